"""How an informer's cache is found by something else than its keys.

Source: k8s.io/client-go/tools/cache/thread_safe_store.go:threadSafeMap, storeIndex@v1.36.2.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from typing import Any, Protocol

from insideout.client.interface import Object

Key = tuple[str, str]
"""Namespace ("" for cluster-scoped kinds) and name."""


class Lookup(Protocol):
    """Something that is told of every change of a cache."""

    def put(self, key: Key, obj: Object) -> None:
        """Take in a new object, or a new version of one."""

    def remove(self, key: Key) -> None:
        """Take in that an object is gone."""


class Index:
    """Objects under each of `values_of(obj)`; what changed last stands last."""

    def __init__(self, values_of: Callable[[Object], list[str]]) -> None:
        self._values_of = values_of
        self._values: dict[Key, list[str]] = {}
        self._objects: dict[str, dict[Key, Object]] = {}

    def put(self, key: Key, obj: Object) -> None:
        """Take in a new object, or a new version of one."""
        self.remove(key)
        values = self._values[key] = self._values_of(obj)
        for value in values:
            self._objects.setdefault(value, {})[key] = obj

    def remove(self, key: Key) -> None:
        """Take in that an object is gone."""
        for value in self._values.pop(key, ()):
            objects = self._objects.get(value, {})  # nothing there: the object named one value twice
            objects.pop(key, None)
            if not objects:
                self._objects.pop(value, None)

    def under(self, value: str) -> list[Object]:
        """Return the objects under a value."""
        return [*self._objects.get(value, {}).values()]


class Count:
    """How many objects of each sort there are under the one value of each.

    Who counts thousands of objects of a few sorts need not look at every one again at each change of one.
    """

    def __init__(self, value_of: Callable[[Object], str], sort_of: Callable[[Object], Hashable]) -> None:
        self._value_of = value_of
        self._sort_of = sort_of
        self._places: dict[Key, tuple[str, Hashable]] = {}
        self._counts: dict[str, Counter[Hashable]] = {}

    def put(self, key: Key, obj: Object) -> None:
        """Take in a new object, or a new version of one."""
        place = value, sort = self._value_of(obj), self._sort_of(obj)
        if self._places.get(key) != place:
            self.remove(key)
            self._places[key] = place
            self._counts.setdefault(value, Counter())[sort] += 1

    def remove(self, key: Key) -> None:
        """Take in that an object is gone."""
        place = self._places.pop(key, None)
        if place is None:
            return
        value, sort = place
        counts = self._counts[value]
        counts[sort] -= 1
        if not counts[sort]:
            del counts[sort]
            if not counts:
                del self._counts[value]

    def under(self, value: str) -> Mapping[Any, int]:
        """Return the number of each sort under a value."""
        return dict(self._counts.get(value, {}))
