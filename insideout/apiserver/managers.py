"""Who set which field of an object: kept cheaply at every write, worked out when somebody asks.

A write only notes who wrote and what the object was before and after.  The notes become managedFields
entries when the object is shown to a client that gets them, when server-side apply needs them, or when eight
have gathered, so that no long chain of old objects stays in memory.  How entries follow from writes is the
business of insideout.apiserver.patch.
"""

from typing import Any, NamedTuple

from insideout.apiserver.kinds import Kind
from insideout.apiserver.patch import record_update

Object = dict[str, Any]
Entries = list[Object]

_MOST_NOTES = 8


class Write(NamedTuple):
    """One write: of what, by whom, when, and the object before (None: created) and after.

    `sent` is the managedFields that the client sent along, None when it sent none.
    """

    kind: Kind
    manager: str
    subresource: str
    time: str
    before: Object | None
    after: Object
    sent: Entries | None = None


class Managers:
    """The managers of one version of an object.

    It never changes in meaning: working out the entries early or late gives the same ones.
    """

    __slots__ = ("_earlier", "_entries", "_write")

    def __init__(
        self, entries: Entries | None, earlier: "Managers | None" = None, write: Write | None = None
    ) -> None:
        self._entries = entries
        self._earlier = earlier
        self._write = write

    def after(self, write: Write) -> "Managers":
        """Return the managers after one more write."""
        later = Managers(None, self, write)
        if self._notes() >= _MOST_NOTES:
            later.entries()
        return later

    def entries(self) -> Entries:
        """Return metadata.managedFields; not to be changed."""
        if self._entries is None:
            assert self._earlier is not None  # one of the two is always there
            assert self._write is not None
            self._entries = _recorded(self._write, self._earlier.entries())
            self._earlier = self._write = None
        return self._entries

    def _notes(self) -> int:
        """Return how many writes back the last worked-out entries are."""
        notes, managers = 0, self
        while managers._entries is None and managers._earlier is not None:
            notes, managers = notes + 1, managers._earlier
        return notes


def _recorded(write: Write, entries: Entries) -> Entries:
    before = _with_entries(write.before, entries) if write.before is not None else None
    after = _with_entries(write.after, write.sent)
    return record_update(write.kind, after, before, write.manager, "Update", write.subresource, write.time)


def _with_entries(obj: Object, entries: Entries | None) -> Object:
    metadata = {key: value for key, value in obj["metadata"].items() if key != "managedFields"}
    if entries is not None:
        metadata["managedFields"] = entries
    return {**obj, "metadata": metadata}


NOBODY = Managers([])
"""The managers of an object that is not there."""
