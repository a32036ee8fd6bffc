"""Who set which field of an object: kept cheaply at every write, worked out when somebody asks.

A write only notes who wrote and what the object was before and after.  The notes become managedFields entries
when the object is shown to a client that gets them, when server-side apply needs them, or when eight have
gathered, so that no long chain of old objects stays in memory.
"""

from typing import Any, NamedTuple

Object = dict[str, Any]

_MOST_NOTES = 8


class Write(NamedTuple):
    """One write: by whom, through which subresource, when, and the object before (None: created) and after."""

    manager: str
    operation: str
    subresource: str
    time: str
    before: Object | None
    after: Object


class Managers:
    """The managers of one version of an object.

    It never changes in meaning: working out the entries early or late gives the same ones.
    """

    __slots__ = ("_entries", "_writes")

    def __init__(self, entries: list[Object], writes: tuple[Write, ...] = ()) -> None:
        self._entries = entries
        self._writes = writes

    def after(self, write: Write) -> "Managers":
        """Return the managers after one more write."""
        if len(self._writes) >= _MOST_NOTES:
            return Managers(self.entries(), (write,))
        return Managers(self._entries, (*self._writes, write))

    def entries(self) -> list[Object]:
        """Return metadata.managedFields; not to be changed."""
        self._writes = ()
        return self._entries


NOBODY = Managers([])
"""The managers of an object that is not there."""
