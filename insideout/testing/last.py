"""What a cluster last did, in a few lines: its nodes and pods, its Events, the tail of its request log."""

from typing import Any

from insideout.apiserver.requestlog import EventDelivered, RequestMade
from insideout.cluster import Cluster

EVENTS = 10
REQUESTS = 20


def last(cluster: Cluster) -> list[tuple[str, str]]:
    """Return sections for a test's report, each a title and its text."""
    made = list(cluster.log)  # before this asks, too
    sections = [("cluster", f"{cluster!r}\n")]
    try:
        events = cluster.client("report").list("events")["items"]
    except OSError:  # the API server is paused
        events = []
    events.sort(key=_when)
    sections.append((f"last {EVENTS} of {len(events)} Events", _lines(map(_event, events[-EVENTS:]))))
    return [*sections, (f"last {REQUESTS} of {len(made)} requests and watch events", _tail(made))]


def _when(event: dict[str, Any]) -> str:
    found = event.get("lastTimestamp") or event.get("eventTime") or event["metadata"]["creationTimestamp"]
    return str(found)


def _event(event: dict[str, Any]) -> str:
    about = event["involvedObject"]
    return (
        f"{_when(event)} {event.get('type', 'Normal'):7} {event.get('reason', '')} "
        f"{about.get('kind')}/{about.get('name')}: {event.get('message', '')}"
    )


def _tail(entries: list[RequestMade | EventDelivered]) -> str:
    return _lines(map(_entry, entries[-REQUESTS:]))


def _entry(entry: RequestMade | EventDelivered) -> str:
    place = "/".join(filter(None, (entry.namespace, entry.name)))
    if isinstance(entry, EventDelivered):
        what = f"{entry.type} {entry.resource} {place} {entry.state}"
        return f"t={entry.time_s:.3f}s {entry.client} was told: {what}"
    what = "/".join(filter(None, (entry.resource, entry.subresource)))
    return f"t={entry.time_s:.3f}s {entry.client} {entry.verb} {what} {place} -> {entry.code}"


def _lines(lines: Any) -> str:
    return "\n".join(line.rstrip() for line in lines) + "\n"
