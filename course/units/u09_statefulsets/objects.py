"""Small StatefulSets and their pods for cases, as API objects, and how a report shows them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from course.checks.report import as_yaml
from insideout.apimachinery import timestamps

Object = dict[str, Any]

NOW = "2026-01-01T12:00:00Z"
OLD, NEW = "db-old", "db-new"
"""The current and the update revision in every case."""
_NOW = datetime.fromisoformat(NOW)


def sts(
    replicas: int,
    *,
    partition: int | None = None,
    start: int | None = None,
    on_delete: bool = False,
    deleting: bool = False,
    revisions: tuple[str, str] = (OLD, NEW),
    name: str = "db",
    **spec: Any,
) -> Object:
    """Return a StatefulSet, called db unless `name` says otherwise; `spec` are further fields of its spec."""
    strategy: Object = {"type": "OnDelete" if on_delete else "RollingUpdate"}
    if partition is not None:
        strategy["rollingUpdate"] = {"partition": partition}
    if start is not None:
        spec["ordinals"] = {"start": start}
    metadata: Object = {"name": name} | ({"deletionTimestamp": NOW} if deleting else {})
    status = {"currentRevision": revisions[0], "updateRevision": revisions[1]}
    return {
        "metadata": metadata,
        "spec": {"replicas": replicas, "updateStrategy": strategy, **spec},
        "status": status,
    }


def pod(
    ordinal: int,
    revision: str = NEW,
    *,
    ready: bool | str | None = True,
    ready_for_s: int = 100,
    going: bool = False,
    phase: str = "Running",
    others: bool = False,
    of: str = "db",
) -> Object:
    """Return a pod of the set `of`; `ready` is its condition's status, None for a pod without conditions.

    With `others` it has two more conditions, which say True.
    """
    metadata: Object = {"name": f"{of}-{ordinal}", "labels": {"controller-revision-hash": revision}}
    if going:
        metadata["deletionTimestamp"] = NOW
    since = timestamps.seconds(_NOW - timedelta(seconds=ready_for_s))
    condition = {"type": "Ready", "status": str(ready), "lastTransitionTime": since}
    conditions = [] if ready is None else [condition]
    if others:
        more = [
            {"type": name, "status": "True", "lastTransitionTime": since}
            for name in ("ContainersReady", "example.com/ready")
        ]
        conditions = [more[0], *conditions, more[1]]
    return {"metadata": metadata, "status": {"phase": phase, "conditions": conditions}}


def pods(*ordinals: int, revision: str = NEW) -> list[Object]:
    """Return pods in good health."""
    return [pod(ordinal, revision) for ordinal in ordinals]


def show_sync(stateful_set: Object, own: Iterable[Object], now: str) -> str:
    """Write the set's settings and a pod a line."""
    revisions = "current {currentRevision}, update {updateRevision}".format(**stateful_set["status"])
    lines = [as_yaml({"spec": stateful_set["spec"]}), f"revisions: {revisions}"]
    if "deletionTimestamp" in stateful_set["metadata"]:
        lines.append("the set is being deleted")
    lines += [_line(one, now) for one in own] or ["no pods"]
    return "\n".join(lines)


def _line(one: Object, now: str) -> str:
    metadata, status = one["metadata"], one["status"]
    words = [metadata["labels"]["controller-revision-hash"], status["phase"]]
    for condition in status["conditions"]:
        since_s = timestamps.parse(now) - timestamps.parse(condition["lastTransitionTime"])
        words.append(f"{condition['type']}={condition['status']} for {since_s.total_seconds():g} s")
    words += ["deleting"] if "deletionTimestamp" in metadata else []
    return f"{metadata['name']}: {', '.join(words)}"
