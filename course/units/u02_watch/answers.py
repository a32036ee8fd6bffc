"""The package's own answers to the exercises of unit 02; the right answers to drawn cases come from them.

Source: k8s.io/apiserver/pkg/storage/cacher/{delegator,watch_cache}.go,
k8s.io/client-go/tools/cache/reflector.go, k8s.io/client-go/util/workqueue/queue.go@v1.36.2.
"""

from collections import deque
from typing import Any

Object = dict[str, Any]
Changes = list[list[str]]


class Gone(Exception):  # noqa: N818  the name that learners raise
    """The version is older than what is kept."""


def list_shows(version: str, match: str, limit: int) -> str:
    """Return which state a list shows: "latest", "any", "not older" or "exact"."""
    if match == "Exact":
        return "exact"
    if not version:
        return "latest"
    if version == "0":
        return "any"
    return "exact" if limit and not match else "not older"


class Ring:
    """The last `cap` events after a list at version `list_rv`."""

    def __init__(self, cap: int, list_rv: int) -> None:
        self._kept: deque[tuple[int, Any]] = deque(maxlen=cap)
        self._cap = cap
        self._oldest = list_rv + 1

    def add(self, rv: int, ev: Any) -> None:
        """Keep an event."""
        full = len(self._kept) == self._cap
        self._kept.append((rv, ev))
        if full:
            self._oldest = self._kept[0][0]

    def since(self, rv: int) -> list[Any]:
        """Return the events after `rv`; raise Gone when some may be missing."""
        if rv < self._oldest - 1:
            raise Gone(rv)
        return [ev for kept, ev in self._kept if kept > rv]


class WorkQueue:
    """Keys to work on, each waiting once at most and never worked on twice at once."""

    def __init__(self) -> None:
        self._waiting: list[str] = []
        self._again: set[str] = set()
        self._at_work: set[str] = set()

    def add(self, key: str) -> None:
        """Let a key wait."""
        if key in self._at_work:
            self._again.add(key)
        elif key not in self._waiting:
            self._waiting.append(key)

    def get(self) -> str | None:
        """Take the key that waits longest; None when none does."""
        if not self._waiting:
            return None
        key = self._waiting.pop(0)
        self._at_work.add(key)
        return key

    def done(self, key: str) -> None:
        """Say that the work on a key is over."""
        self._at_work.discard(key)
        if key in self._again:
            self._again.discard(key)
            self._waiting.append(key)


class Reflector:
    """What to ask an API server next, and a copy of what it told."""

    def __init__(self) -> None:
        self._objects: dict[str, Object] = {}
        self._version = ""
        self._lists = True
        self._refused = False

    def ask(self) -> list[str]:
        """Return ["list", version] or ["watch", version]."""
        if not self._lists:
            return ["watch", self._version]
        if self._refused:
            return ["list", ""]
        return ["list", self._version or "0"]

    def on_list(self, code: int, version: str, items: list[Object]) -> Changes:
        """Take the answer to a list; return what changed."""
        if code != 200:
            self._refused = self._refused or code in (410, 504)
            return []
        now = {item["name"]: item for item in items}
        changes = [["deleted", name] for name in self._objects if name not in now]
        for name, item in now.items():
            before = self._objects.get(name)
            if before is None:
                changes.append(["added", name])
            elif before["version"] != item["version"]:
                changes.append(["updated", name])
        self._objects, self._version = now, version
        self._lists = self._refused = False
        return changes

    def on_event(self, type: str, obj: Object) -> Changes:
        """Take an event of the watch; return what changed."""
        if type == "ERROR":
            self._lists = True
            return []
        self._version = obj["version"]
        if type == "BOOKMARK":
            return []
        name = obj["name"]
        known = name in self._objects
        if type == "DELETED":
            self._objects.pop(name, None)
            return [["deleted", name]] if known else []
        self._objects[name] = obj
        return [["updated" if known else "added", name]]

    def on_close(self) -> None:
        """Note that the watch ended without an error."""

    def objects(self) -> dict[str, Object]:
        """Return the copy, by name."""
        return dict(self._objects)
