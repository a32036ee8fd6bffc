"""What people believe about lists, watches and queues, each as a class or function that acts on it."""

from collections.abc import Callable
from typing import Any

from course.units.u02_watch import playing
from course.units.u02_watch.answers import Changes, Gone, Object, Reflector, Ring, WorkQueue, list_shows

Known = dict[str, Callable[..., Any]]


def _not_older(version: str, match: str, limit: int) -> str:
    return {"": "latest", "0": "any"}.get(version, "exact" if match == "Exact" else "not older")


def _always_exact(version: str, match: str, limit: int) -> str:
    return {"": "latest", "0": "any"}.get(version, "not older" if match == "NotOlderThan" else "exact")


def _limit_is_exact(version: str, match: str, limit: int) -> str:
    return "exact" if limit and version not in ("", "0") else list_shows(version, match, limit)


def _zero_is_latest(version: str, match: str, limit: int) -> str:
    return "latest" if version == "0" else list_shows(version, match, limit)


class _OneTooEarly(Ring):
    def since(self, rv: int) -> list[Any]:
        if rv == self._oldest - 1:
            raise Gone(rv)
        return super().since(rv)


class _Inclusive(Ring):
    def since(self, rv: int) -> list[Any]:
        super().since(rv)
        return [ev for kept, ev in self._kept if kept >= rv]


class _NeverGone(Ring):
    def since(self, rv: int) -> list[Any]:
        return [ev for kept, ev in self._kept if kept > rv]


class _FirstKept(Ring):
    """Takes the first kept event for the oldest version from the beginning."""

    def since(self, rv: int) -> list[Any]:
        if self._kept and rv < self._kept[0][0] - 1:
            raise Gone(rv)
        return [ev for kept, ev in self._kept if kept > rv]


class _OnlyTheList(Ring):
    """Never notices that events were overwritten."""

    def __init__(self, cap: int, list_rv: int) -> None:
        super().__init__(cap, list_rv)
        self._list_rv = list_rv

    def since(self, rv: int) -> list[Any]:
        if rv < self._list_rv:
            raise Gone(rv)
        return [ev for kept, ev in self._kept if kept > rv]


class _TwiceAtOnce(WorkQueue):
    def add(self, key: str) -> None:
        if key not in self._waiting:
            self._waiting.append(key)


class _Forgetful(WorkQueue):
    def add(self, key: str) -> None:
        if key not in self._at_work:
            super().add(key)


class _Doubles(WorkQueue):
    def add(self, key: str) -> None:
        if key in self._at_work:
            self._again.add(key)
        else:
            self._waiting.append(key)


class _NewestFirst(WorkQueue):
    def get(self) -> str | None:
        if self._waiting:
            self._waiting.insert(0, self._waiting.pop())
        return super().get()


class _FromZero(Reflector):
    def on_close(self) -> None:
        self._version = "0"


class _FromTheList(Reflector):
    """Goes on from the version of its list, not of the last event."""

    def on_event(self, type: str, obj: Object) -> Changes:
        version = self._version
        changes = super().on_event(type, obj)
        self._version = version
        return changes


class _ListsAfterClose(Reflector):
    def on_close(self) -> None:
        self._lists = True


class _RelistsAnywhere(Reflector):
    """Lists at "0" after a 410, where an older state may come."""

    def on_event(self, type: str, obj: Object) -> Changes:
        if type == "ERROR":
            self._version = ""
        return super().on_event(type, obj)


class _NeverAsksForTheLatest(Reflector):
    def on_list(self, code: int, version: str, items: list[Object]) -> Changes:
        return super().on_list(code if code == 200 else 500, version, items)


class _KeepsTheDeleted(Reflector):
    def on_list(self, code: int, version: str, items: list[Object]) -> Changes:
        if code != 200:
            return super().on_list(code, version, items)
        names = [item["name"] for item in items]
        return super().on_list(
            code, version, [*items, *(o for name, o in self._objects.items() if name not in names)]
        )


class _Silent(Reflector):
    """Makes its copy right after a list, but tells nothing."""

    def on_list(self, code: int, version: str, items: list[Object]) -> Changes:
        changes = super().on_list(code, version, items)
        return [change for change in changes if change[0] == "added"]


class _IgnoresBookmarks(Reflector):
    def on_event(self, type: str, obj: Object) -> Changes:
        return [] if type == "BOOKMARK" else super().on_event(type, obj)


class _TrustsTheType(Reflector):
    """Says what the event says, whether the object is known or not."""

    def on_event(self, type: str, obj: Object) -> Changes:
        changes = super().on_event(type, obj)
        said = {"ADDED": "added", "MODIFIED": "updated", "DELETED": "deleted"}.get(type)
        return [[said, obj["name"]]] if said else changes


LIST_SHOWS: Known = {
    "a list is never older than the version it names, whatever else is asked": _not_older,
    "a list shows exactly the version it names": _always_exact,
    "a limit makes any list exact": _limit_is_exact,
    'version "0" is the latest state': _zero_is_latest,
}
RINGS: dict[str, type] = {
    "the version just before the oldest event is gone already": _OneTooEarly,
    "the event of the version given comes once more": _Inclusive,
    "a version that is too old begins at what is left": _NeverGone,
    "what lies between the list and the first event is gone": _FirstKept,
    "nothing newer than the list can be gone": _OnlyTheList,
}
QUEUES: dict[str, type] = {
    "a key that is being worked on may be taken by another worker": _TwiceAtOnce,
    "a key that is being worked on need not be added again": _Forgetful,
    "each add is a piece of work": _Doubles,
    "the newest key comes first": _NewestFirst,
}
REFLECTORS: dict[str, type] = {
    'after a break, watch from "0"': _FromZero,
    "after a break, go on from the version of the list": _FromTheList,
    "after a break, list again": _ListsAfterClose,
    'after a 410, list at "0"': _RelistsAnywhere,
    "a list that was refused is asked for again in the same way": _NeverAsksForTheLatest,
    "what is not in a list is still there": _KeepsTheDeleted,
    "a list after a break tells nothing but new objects": _Silent,
    "a bookmark means nothing": _IgnoresBookmarks,
    "an event's type says what it is for the copy": _TrustsTheType,
}

RING: Known = {belief: playing.ring(made) for belief, made in RINGS.items()}
QUEUE: Known = {belief: playing.queue(made) for belief, made in QUEUES.items()}
REFLECTOR: Known = {belief: playing.reflector(made) for belief, made in REFLECTORS.items()}
KNOWN: dict[str, Known] = {
    "list_shows": LIST_SHOWS,
    "Ring": RING,
    "WorkQueue": QUEUE,
    "Reflector": REFLECTOR,
}
"""By exercise: the sentence that says the wrong belief, and what answers by it."""


def since(cap: int, list_rv: int, added: list[int], rv: int) -> list[int]:
    """Return which of the versions `added` to a ring come after `rv`: the form of the learner's examples."""
    return _since(Ring, cap, list_rv, added, rv)


def _since(made: type, cap: int, list_rv: int, added: list[int], rv: int) -> list[int]:
    one = made(cap, list_rv)
    for version in added:
        one.add(version, version)
    found: list[int] = one.since(rv)
    return found


def _of(made: type) -> Callable[[int, int, list[int], int], list[int]]:
    return lambda cap, list_rv, added, rv: _since(made, cap, list_rv, added, rv)


SINCE: Known = {belief: _of(made) for belief, made in RINGS.items()}
"""The same beliefs about rings, in the form of the learner's examples."""
