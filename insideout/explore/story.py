"""An execution in words: each write with the fields that matter, each fault where it happens.

Left out of objects: what the server counts and stamps (UIDs, versions, times).  Events are told only where a
fault concerns them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from insideout.client.interface import Object
from insideout.explore import faults
from insideout.explore.trace import CALL, CRASH, EVENT, FAULT, QUIET, START, STEP, Entry

MOST_FIELDS = 6
MOST_WORDS = 90
_WIDEST = 60
_STAMPS = ("uid", "resourceVersion", "creationTimestamp", "managedFields", "selfLink", "namespace")
_AFTER_ITS_CALL = (faults.KILL_AFTER, faults.LOSE, faults.TRAVEL)
_ABOUT_EVENTS = (faults.LAG, faults.LONG_LAG, faults.SKIP, faults.POSTPONE)
_DONE = {"create": "creates", "update": "updates", "patch": "patches", "delete": "deletes"}


class Line(NamedTuple):
    """One line of a story: who does what; `fault` is its number, 0 for what is no fault.

    `kind` is that of the trace; `fields` are the fields of an object that matter, as "path: value".
    """

    kind: str
    time_s: float
    who: str
    text: str
    fields: tuple[str, ...] = ()
    fault: int = 0

    def __str__(self) -> str:
        return f"{self.text}: {', '.join(self.fields)}" if self.fields else self.text


def written(lines: Sequence[Line]) -> str:
    """Write a story down; faults stand out by their numbers, times where they change."""
    rows = []
    before = ""
    for line in lines:
        when = f"{line.time_s:.3f} s"
        mark = f"({line.fault})" if line.fault else ""
        rows.append(f"{when if when != before else '':>10}  {mark:4}{line}")
        before = when
    return "\n".join(rows)


def lines_of(trace: Sequence[Entry]) -> list[Line]:
    """Return the story of an execution."""
    about_events = any(entry.kind == FAULT and entry.text in _ABOUT_EVENTS for entry in trace)
    lines: list[Line] = []
    number = 0
    starts = 0
    for entry in _in_order(trace):
        if entry.kind == FAULT:
            number += 1
            lines.append(Line(FAULT, entry.time_s, entry.who, _fault(entry), fault=number))
        elif entry.kind == START:
            starts += 1
            again = f"{entry.who} starts" if starts == 1 else f"{entry.who} starts again, with empty memory"
            lines.append(Line(START, entry.time_s, entry.who, again))
        elif entry.kind == STEP:
            lines.append(Line(STEP, entry.time_s, entry.who, f"user: {entry.text}"))
        elif entry.kind == CRASH:
            what = entry.text if entry.who == "user" else f"fails by itself: {entry.text}"
            lines.append(Line(CRASH, entry.time_s, entry.who, f"{entry.who}: {what}"))
        elif entry.kind == QUIET:
            lines.append(Line(QUIET, entry.time_s, entry.who, "all is quiet"))
        elif entry.kind == EVENT:
            if about_events:
                text = f"{entry.who} is told: {entry.text} {entry.resource}/{entry.name}"
                shown = tuple(_changed(entry.before, entry.after))[:3] if entry.text != "DELETED" else ()
                lines.append(Line(EVENT, entry.time_s, entry.who, text, shown))
        else:
            lines.append(_call(entry))
    return lines


def _in_order(trace: Sequence[Entry]) -> Iterator[Entry]:
    """Yield the entries, a fault that follows a write after that write."""
    waiting: list[Entry] = []
    for entry in trace:
        if entry.kind == FAULT and entry.text in _AFTER_ITS_CALL:
            waiting.append(entry)
            continue
        yield entry
        if entry.kind == CALL and waiting and entry.who == waiting[0].who:
            yield from waiting
            waiting.clear()
    yield from waiting


def _fault(entry: Entry) -> str:
    meaning = faults.MEANING[entry.text]
    if entry.text in _AFTER_ITS_CALL or not entry.resource:
        return meaning
    what = f"{entry.resource}/{entry.name}" if entry.name else entry.resource
    return f"{meaning} (before {entry.verb} {what})" if entry.verb else f"{meaning} (of {what})"


def _call(entry: Entry) -> Line:
    what = f"{entry.resource}/{entry.name}" + (f"/{entry.subresource}" if entry.subresource else "")
    text = f"{entry.who} {_DONE.get(entry.verb, entry.verb)} {what}"
    if entry.code >= 300 and entry.code != 504:
        return Line(CALL, entry.time_s, entry.who, f"{text}: refused, {entry.code} {_reason(entry)}")
    if entry.verb == "delete":
        kept = entry.after is not None
        return Line(CALL, entry.time_s, entry.who, f"{text} (finalizers keep it)" if kept else text)
    gone = entry.after is None
    fields = ("it is gone with that",) if gone else tuple(_changed(entry.before, entry.after))
    if len(fields) > MOST_FIELDS:
        fields = (*fields[:MOST_FIELDS], f"and {len(fields) - MOST_FIELDS} more")
    if not fields and entry.verb != "create":
        fields = ("nothing changes",)
    return Line(CALL, entry.time_s, entry.who, text, fields)


def _reason(entry: Entry) -> str:
    return entry.message if len(entry.message) <= MOST_WORDS else f"{entry.message[: MOST_WORDS - 3]}..."


def _changed(before: Object | None, after: Object | None) -> Iterator[str]:
    """Yield the fields in which an object differs from what it was, or all that matter of a new one."""
    old, new = dict(_flat(before or {})), dict(_flat(after or {}))
    for path in sorted({*old, *new}, key=_weight):
        if old.get(path) == new.get(path):
            continue
        if path not in new:
            yield f"{path}: removed"
        elif path in old:
            yield f"{path}: {_short(old[path])} -> {_short(new[path])}"
        elif not (before is None and path in ("apiVersion", "kind", "metadata.name", "metadata.generation")):
            yield f"{path}: {_short(new[path])}"


def _weight(path: str) -> tuple[int, str]:
    order = ("metadata.deletionTimestamp", "metadata.finalizers", "spec", "data", "status", "metadata")
    return next((place for place, start in enumerate(order) if path.startswith(start)), len(order)), path


def _flat(value: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, Any]]:
    for key, each in value.items():
        path = f"{prefix}{key}"
        if prefix == "metadata." and key in _STAMPS:
            continue
        if path == "metadata.ownerReferences":
            yield path, [f"{one.get('kind')} {one.get('name')}" for one in each]
        elif isinstance(each, dict) and each:
            yield from _flat(each, f"{path}.")
        else:
            yield path, each


def _short(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        text = "[" + ", ".join(value) + "]"
    else:
        text = str(value)
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 3]}..."
