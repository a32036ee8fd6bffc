"""A local copy of a resource, kept current by one list and one watch, and handlers told of each change.

The copy lags the server by the events under way, never more: after a closed watch it goes on from the last
version seen, and when that has been compacted (410) it lists again and tells the handlers what changed.  Left
out: the delta queue between reflector and handlers, resync periods.

Source: k8s.io/client-go/tools/cache/{reflector,shared_informer,thread_safe_store}.go@v1.36.2.
"""

from collections.abc import Callable, Hashable, Mapping
from typing import Any, NamedTuple

from insideout.client.indices import Count, Index, Key, Lookup
from insideout.client.interface import ApiError, Client, Object, Watch, WatchEvent, sharing
from insideout.sim.loop import Loop, Timer

__all__ = ["Informer", "Key", "key_of"]

_FIRST_RETRY_S = 0.8
_LAST_RETRY_S = 30.0

Objects = list[Object]


def key_of(obj: Object) -> Key:
    """Return the key of an object."""
    metadata = obj["metadata"]
    return metadata.get("namespace", ""), metadata["name"]


class _Handler(NamedTuple):
    on_add: Callable[[Object], object] | None
    on_update: Callable[[Object, Object], object] | None
    on_delete: Callable[[Object], object] | None


class Informer:
    """The cache of one resource, all of it or what the selectors let through.

    Objects in it are shared: whoever wants to change one copies it first, with
    insideout.apimachinery.copies.copied.
    """

    def __init__(
        self,
        client: Client,
        loop: Loop,
        resource: str,
        *,
        namespace: str | None = None,
        label_selector: str = "",
        field_selector: str = "",
    ) -> None:
        self.resource = resource
        self.synced = False
        self.last_version = ""
        self._client = sharing(client)
        self._loop = loop
        self._scope: dict[str, Any] = {
            "namespace": namespace,
            "label_selector": label_selector,
            "field_selector": field_selector,
        }
        self._objects: dict[Key, Object] = {}
        self._handlers: list[_Handler] = []
        self._indices: dict[str, Index] = {}
        self._counts: dict[str, Count] = {}
        self._lookups: list[Lookup] = []  # all of both
        self._watch: Watch | None = None
        self._retry: Timer | None = None
        self._retry_s = _FIRST_RETRY_S
        self._running = False

    def add_handler(
        self,
        *,
        on_add: Callable[[Object], object] | None = None,
        on_update: Callable[[Object, Object], object] | None = None,
        on_delete: Callable[[Object], object] | None = None,
    ) -> None:
        """Tell a handler of every change from now on; what is already here comes to it as added, at once."""
        self._handlers.append(_Handler(on_add, on_update, on_delete))
        if on_add is not None:
            for obj in list(self._objects.values()):
                on_add(obj)

    def add_index(self, name: str, values_of: Callable[[Object], list[str]]) -> None:
        """Keep an index of the objects under each of `values_of(obj)`, for `by_index`."""
        index = self._indices[name] = Index(values_of)
        self._add_lookup(index)

    def add_count(
        self, name: str, value_of: Callable[[Object], str], sort_of: Callable[[Object], Hashable]
    ) -> None:
        """Keep the number of objects of each sort under each `value_of(obj)`, for `count`."""
        count = self._counts[name] = Count(value_of, sort_of)
        self._add_lookup(count)

    def _add_lookup(self, lookup: Lookup) -> None:
        self._lookups.append(lookup)
        for key, obj in self._objects.items():
            lookup.put(key, obj)

    def start(self) -> None:
        """List and watch; the first list happens as a callback of the loop."""
        if not self._running:
            self._running = True
            self._retry = self._loop.call_soon(self._list)

    def stop(self) -> None:
        """Hold the cache as it is and tell nobody anything more."""
        self._running = False
        if self._retry is not None:
            self._retry.cancel()
        if self._watch is not None:
            self._watch.stop()
            self._watch = None

    def get(self, name: str, namespace: str = "") -> Object | None:
        """Return the cached object, or None."""
        return self._objects.get((namespace, name))

    def list(self, namespace: str = "") -> Objects:
        """Return the cached objects, of one namespace or of all."""
        if not namespace:
            return [*self._objects.values()]
        return [obj for (found, _), obj in self._objects.items() if found == namespace]

    def by_index(self, name: str, value: str) -> Objects:
        """Return the cached objects that the index `name` has under `value`."""
        return self._indices[name].under(value)

    def count(self, name: str, value: str) -> Mapping[Any, int]:
        """Return how many cached objects of each sort the count `name` has under `value`."""
        return self._counts[name].under(value)

    def __len__(self) -> int:
        return len(self._objects)

    def _list(self) -> None:
        if not self._running:
            return
        try:
            listed = self._client.list(self.resource, **self._scope)
        except ApiError:  # the server refuses or cannot be reached: ask again, ever later
            self._retry = self._loop.call_later(self._retry_s, self._list)
            self._retry_s = min(self._retry_s * 2, _LAST_RETRY_S)
            return
        self._retry_s = _FIRST_RETRY_S
        self._replace({key_of(obj): obj for obj in listed["items"]})
        self.last_version = listed["metadata"]["resourceVersion"]
        self.synced = True
        self._start_watch()

    def _replace(self, objects: dict[Key, Object]) -> None:
        """Make the cache what a list shows, telling the handlers the difference."""
        for key in [key for key in self._objects if key not in objects]:
            self._remove(key, self._objects[key])
        for key, obj in objects.items():
            before = self._objects.get(key)
            if before is None or _version(before) != _version(obj):
                self._set(key, obj)

    def _start_watch(self) -> None:
        if not self._running:
            return
        try:
            self._watch = self._client.watch(
                self.resource,
                self._on_event,
                resource_version=self.last_version,
                on_close=self._on_close,
                **self._scope,
            )
        except ApiError as problem:
            if problem.code == 410:
                self._restart(relist=True)
            else:  # the server refuses or cannot be reached: try again, ever later
                self._retry = self._loop.call_later(self._retry_s, self._start_watch)
                self._retry_s = min(self._retry_s * 2, _LAST_RETRY_S)
        else:
            self._retry_s = _FIRST_RETRY_S

    def _on_event(self, event: WatchEvent) -> None:
        if event.type == "ERROR":
            self._stop_watch()
            self._restart(relist=event.object.get("code") == 410)
            return
        self.last_version = event.object["metadata"]["resourceVersion"]
        if event.type == "BOOKMARK":
            return
        key = key_of(event.object)
        if event.type == "DELETED":
            if key in self._objects:
                self._remove(key, event.object)
        else:
            self._set(key, event.object)

    def _on_close(self) -> None:
        if self._watch is not None:
            self._watch = None
            self._restart(relist=False)

    def _stop_watch(self) -> None:
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.stop()

    def _restart(self, *, relist: bool) -> None:
        if self._running:
            self._retry = self._loop.call_soon(self._list if relist else self._start_watch)

    def _set(self, key: Key, obj: Object) -> None:
        before = self._objects.get(key)
        self._objects[key] = obj
        for lookup in self._lookups:
            lookup.put(key, obj)
        for handler in self._handlers:
            if before is None:
                if handler.on_add is not None:
                    handler.on_add(obj)
            elif handler.on_update is not None:
                handler.on_update(before, obj)

    def _remove(self, key: Key, last: Object) -> None:
        del self._objects[key]
        for lookup in self._lookups:
            lookup.remove(key)
        for handler in self._handlers:
            if handler.on_delete is not None:
                handler.on_delete(last)


def _version(obj: Object) -> str:
    return str(obj["metadata"].get("resourceVersion", ""))
