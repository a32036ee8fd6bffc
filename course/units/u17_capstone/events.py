"""What happened in an hour of the day, as somebody finds it afterwards who looks for causes.

An event is a dict: id, t (seconds since the day began), what, and on, the names of all that it is about.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from course.units.u17_capstone.day import Day
from course.units.u17_capstone.stage import Stage
from insideout.apimachinery import conditions
from insideout.apimachinery import pods as podutil
from insideout.view.tables import Table

Object = dict[str, Any]
SILENT, BACK, CUT = "node silent", "node back", "pod deleted by hand"
UNKNOWN, TAINTED = "node Unknown", "node tainted"
TOLD, GONE, CREATED = "pod told to go", "pod gone", "pod created"
LINKS: dict[str, list[list[Any]]] = {
    UNKNOWN: [[SILENT, 40, 60]],
    TAINTED: [[UNKNOWN, 0, 10]],
    TOLD: [[TAINTED, 0, 310], [CUT, 0, 1]],
    BACK: [[SILENT, 0, 3600]],
    GONE: [[TOLD, 0, 35], [BACK, 0, 10]],
    CREATED: [[TOLD, 0, 1], [GONE, 0, 1]],
}
"""By an event what may have caused it, and how many seconds before, at least and at most."""


class _Found(NamedTuple):
    time_s: float
    what: str
    on: list[str]


def events_of(day: Day, hour: str) -> list[Object]:
    """Return the events of an hour that was played, in their order; LookupError when it was not."""
    played = day.named(hour)
    found = sorted(
        (one for one in _all(day.stage) if played.from_s <= one.time_s <= played.to_s),
        key=lambda one: (one.time_s, _ORDER.index(one.what), one.on),
    )
    return [
        {"id": number, "t": round(one.time_s - day.began_s, 1), "what": one.what, "on": one.on}
        for number, one in enumerate(found, 1)
    ]


def as_table(events: list[Object], at_most: int = 30) -> Table:
    """Return events as a table."""
    rows = tuple((str(one["id"]), f"{one['t']:.1f}", one["what"], ", ".join(one["on"])) for one in events)
    return Table(("ID", "SECOND", "WHAT", "ON"), rows[:at_most])


_ORDER = (SILENT, BACK, CUT, UNKNOWN, TAINTED, TOLD, GONE, CREATED)


def _all(stage: Stage) -> Iterator[_Found]:
    for mark in stage.marks:
        if mark.what.endswith(" falls silent"):
            yield _Found(mark.time_s, SILENT, [mark.what.split()[0]])
        elif mark.what.endswith(" is back"):
            yield _Found(mark.time_s, BACK, [mark.what.split()[0]])
        elif mark.what.startswith("pod ") and mark.what.endswith(" is deleted"):
            yield _Found(mark.time_s, CUT, [mark.what.split()[1]])
    yield from _of_nodes(stage)
    yield from _of_pods(stage)


def _of_nodes(stage: Stage) -> Iterator[_Found]:
    before: dict[str, tuple[bool, bool]] = {}
    for seen in stage.nodes_seen.seen:
        if seen.object is None:
            continue
        name = seen.key[1]
        unknown = conditions.status_of(seen.object, "Ready") == "Unknown"
        taints = seen.object["spec"].get("taints") or ()
        tainted = any(taint["effect"] == "NoExecute" for taint in taints)
        was_unknown, was_tainted = before.get(name, (False, False))
        if unknown and not was_unknown:
            yield _Found(seen.time_s, UNKNOWN, [name])
        if tainted and not was_tainted:
            yield _Found(seen.time_s, TAINTED, [name])
        before[name] = unknown, tainted


def _of_pods(stage: Stage) -> Iterator[_Found]:
    last: dict[str, Object] = {}
    told: set[str] = set()
    for seen in stage.pods_seen.seen:
        name, before = seen.key[1], last.pop(seen.key[1], None)
        if before is not None and (seen.object is None or _uid(seen.object) != _uid(before)):
            yield _Found(seen.time_s, GONE, _about(before))
        if seen.object is None:
            continue
        last[name] = seen.object
        if before is None or _uid(before) != _uid(seen.object):
            yield _Found(seen.time_s, CREATED, _about(seen.object)[:2])
        if podutil.is_terminating(seen.object) and _uid(seen.object) not in told:
            told.add(_uid(seen.object))
            yield _Found(seen.time_s, TOLD, _about(seen.object))


def _about(pod: Object) -> list[str]:
    labels = pod["metadata"].get("labels") or {}
    return [pod["metadata"]["name"], str(labels.get("app", "")), pod["spec"].get("nodeName", "")]


def _uid(pod: Object) -> str:
    return str(pod["metadata"]["uid"])
