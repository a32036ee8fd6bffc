"""All objects of one kind for those who ask at nearly every write and find the same few or none."""

from typing import Any

from insideout.apiserver import keys
from insideout.apiserver.kinds import Kind
from insideout.store import Store

Object = dict[str, Any]


class EachStored:
    """All objects of a kind, in the order of their names, read again after one was written."""

    def __init__(self, store: Store, kind: Kind) -> None:
        self._store = store
        self._prefix = keys.prefix(kind)
        self._objects: list[Object] | None = None
        store.watch(self._prefix, store.revision + 1, self._forget)

    def _forget(self) -> None:
        self._objects = None

    def objects(self) -> list[Object]:
        """Return the objects."""
        if self._objects is None:
            self._objects = [pair.value.object for pair in self._store.range(self._prefix).items]
        return self._objects
