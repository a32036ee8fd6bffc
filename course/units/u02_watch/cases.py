"""The visible cases of unit 02: each rule is a contrast, so that no constant answer holds."""

from collections.abc import Iterator
from typing import Any

from course.checks.report import Case, kept
from course.units.u02_watch import playing
from course.units.u02_watch.answers import Reflector, Ring, WorkQueue

Calls = list[list[Any]]


@kept
def list_cases() -> Iterator[Case]:
    """Yield the examples for `list_shows(version, match, limit)`."""
    for rule, table in _LISTS.items():
        for arguments, expected in table:
            yield Case(rule, arguments, expected)


@kept
def ring_cases() -> Iterator[Case]:
    """Yield the examples for the class Ring."""
    for rule, table in _RINGS.items():
        for cap, list_rv, added, asked in table:
            yield ring_case(rule, cap, list_rv, [*added, *([("since", rv) for rv in asked])])
    rule = "an event can be anything, and what comes is the event alone"
    for version in (10, 11):
        calls: Calls = [["add", 11, None], ["add", 12, {}], ["add", 13, [3, "x"]], ["since", version]]
        yield Case(rule, (5, 10, calls), playing.ring(Ring)(5, 10, calls))


def ring_case(rule: str, cap: int, list_rv: int, calls: list[Any]) -> Case:
    """Return a case; a number among the calls adds an event of that version, ("since", rv) asks."""
    written: Calls = [list(one) if isinstance(one, tuple) else ["add", one, event(one)] for one in calls]
    return Case(rule, (cap, list_rv, written), playing.ring(Ring)(cap, list_rv, written))


def event(rv: int) -> str:
    """Return the event of a version."""
    return f"event {rv}"


@kept
def queue_cases() -> Iterator[Case]:
    """Yield the examples for the class WorkQueue."""
    for rule, table in _QUEUES.items():
        for text in table:
            calls = [one.split() for one in text.split(", ")]
            yield Case(rule, (calls,), playing.queue(WorkQueue)(calls))


@kept
def reflector_cases() -> Iterator[Case]:
    """Yield the examples for the class Reflector."""
    for rule, table in _REFLECTORS.items():
        for calls in table:
            yield reflector_case(rule, calls)


def reflector_case(rule: str, calls: Calls) -> Case:
    """Return a case of calls of a Reflector's methods."""
    return Case(rule, (calls,), playing.reflector(Reflector)(calls))


def thing(name: str, version: int) -> dict[str, str]:
    """Return an object as a Reflector gets it."""
    return {"name": name, "version": str(version)}


_LISTS: dict[str, list[tuple[tuple[str, str, int], str]]] = {
    "no version: the latest state; version 0: any state": [
        (("", "", 0), "latest"),
        (("0", "", 0), "any"),
        (("", "", 5), "latest"),
        (("0", "", 5), "any"),
        (("0", "NotOlderThan", 0), "any"),
    ],
    "a version alone: not older": [
        (("12", "", 0), "not older"),
        (("12", "NotOlderThan", 0), "not older"),
        (("12", "Exact", 0), "exact"),
    ],
    "a version and a limit": [
        (("12", "", 5), "exact"),
        (("12", "NotOlderThan", 5), "not older"),
        (("12", "Exact", 5), "exact"),
    ],
}

_RINGS: dict[str, list[tuple[int, int, list[int], list[int]]]] = {
    "the events after the version, in order, and not that of the version itself": [
        (5, 10, [11, 12, 15], [11]),
        (5, 10, [11, 12, 15], [10]),
        (5, 10, [11, 12, 15], [13]),
        (5, 10, [11, 12, 15], [15, 99]),
    ],
    "while nothing was overwritten, everything after the list is there": [
        (5, 10, [14, 15], [10]),
        (5, 10, [14, 15], [9]),
        (5, 10, [], [10, 9]),
        (2, 10, [14, 15], [10, 11, 9]),
    ],
    "once something was overwritten, the oldest event kept decides": [
        (2, 10, [11, 12, 15], [11]),
        (2, 10, [11, 12, 15], [10]),
        (2, 10, [11, 13, 15], [12, 11]),
        (1, 10, [11, 12, 20], [19, 18]),
        (3, 10, [11, 12, 13, 14, 15, 16], [13, 12, 16]),
    ],
}

_QUEUES: dict[str, list[str]] = {
    "keys come out in the order in which they came in": [
        "add a, get, done a",
        "add a, add b, get, get",
        "add b, add a, add c, get, get, get",
    ],
    "a key waits once, however often it was added": [
        "add a, add a, get, done a, get",
        "add a, add b, add a, get, get, done a, done b, get",
        "add b, add a, add b, add b, get, done b, get, done a, get",
    ],
    "a key that is being worked on is not given to anybody else": [
        "add a, get, add a, get",
        "add a, get, add a, add b, get, get",
    ],
    "a key that was added while it was worked on comes once more, behind those that wait": [
        "add a, get, add a, done a, get, done a, get",
        "add a, get, add a, add a, done a, get, done a, get",
        "add a, get, add a, add b, done a, get, get",
        "add a, get, done a, get",
        "add a, get, add a, done a, add a, get, done a, get",
        "add a, get, add b, get, add b, done a, done b, get",
    ],
    "an empty queue gives None": [
        "get",
        "get, add a, get, done a, get",
    ],
}

_GONE: list[Any] = ["on_event", "ERROR", {"code": 410}]
_LISTED: Calls = [["ask"], ["on_list", 200, "7", [thing("a", 3), thing("b", 5)]]]

_REFLECTORS: dict[str, list[Calls]] = {
    "first a list at 0, then a watch from the version of the list": [
        [["ask"]],
        [*_LISTED, ["ask"]],
        [["ask"], ["on_list", 200, "9", []], ["ask"], ["objects"]],
        [*_LISTED, ["objects"]],
    ],
    "an event changes the copy, and the copy decides what it is: added, updated or deleted": [
        [*_LISTED, ["on_event", "ADDED", thing("c", 8)], ["objects"]],
        [*_LISTED, ["on_event", "MODIFIED", thing("a", 8)], ["objects"]],
        [*_LISTED, ["on_event", "DELETED", thing("a", 8)], ["objects"]],
        [*_LISTED, ["on_event", "ADDED", thing("a", 8)], ["objects"]],
        [*_LISTED, ["on_event", "MODIFIED", thing("c", 8)], ["objects"]],
        [*_LISTED, ["on_event", "DELETED", thing("c", 8)], ["objects"]],
    ],
    "after a break the watch goes on from the last version seen": [
        [*_LISTED, ["on_close"], ["ask"]],
        [*_LISTED, ["on_event", "ADDED", thing("c", 8)], ["on_close"], ["ask"]],
        [*_LISTED, ["on_event", "DELETED", thing("a", 9)], ["on_close"], ["ask"]],
        [*_LISTED, ["on_event", "BOOKMARK", {"version": "40"}], ["on_close"], ["ask"], ["objects"]],
        [*_LISTED, ["on_event", "MODIFIED", thing("b", 8)], ["ask"]],
    ],
    "after an ERROR event there is a list, at the last version seen": [
        [*_LISTED, _GONE, ["ask"]],
        [*_LISTED, ["on_event", "ADDED", thing("c", 8)], _GONE, ["ask"]],
        [*_LISTED, ["on_event", "ERROR", {"code": 500}], ["ask"]],
        [*_LISTED, _GONE, ["on_list", 200, "20", []], ["ask"]],
    ],
    "a list refused with 410 or 504 is asked for without a version, one that failed otherwise as before": [
        [["ask"], ["on_list", 500, "", []], ["ask"]],
        [*_LISTED, _GONE, ["on_list", 410, "", []], ["ask"]],
        [*_LISTED, _GONE, ["on_list", 504, "", []], ["ask"]],
        [*_LISTED, _GONE, ["on_list", 503, "", []], ["ask"], ["objects"]],
        [
            *_LISTED,
            *[
                _GONE,
                ["on_list", 410, "", []],
                ["on_list", 500, "", []],
                ["ask"],
            ],
        ],
        [
            *_LISTED,
            *[_GONE, ["on_list", 410, "", []], ["on_list", 200, "30", []]],
            *[["ask"], _GONE, ["ask"]],
        ],
    ],
    "a later list tells what changed meanwhile, also what is gone": [
        [
            *_LISTED,
            *[_GONE, ["on_list", 200, "20", [thing("a", 3)]], ["objects"]],
        ],
        [
            *_LISTED,
            _GONE,
            ["on_list", 200, "20", [thing("b", 15), thing("a", 3)]],
        ],
        [
            *_LISTED,
            *[_GONE, ["on_list", 200, "20", [thing("c", 15), thing("a", 9)]]],
            ["objects"],
        ],
        [
            *_LISTED,
            _GONE,
            ["on_list", 200, "20", [thing("a", 3), thing("b", 5)]],
        ],
    ],
}
