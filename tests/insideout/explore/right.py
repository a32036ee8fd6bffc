"""Right controllers for the Store in different styles: each must survive every exploration."""

from collections.abc import Callable
from typing import Any

from insideout.apimachinery.copies import copied
from insideout.client import ApiError, Client, Object, WatchEvent
from insideout.client.informer import Key
from insideout.explore import Factory, Reconciler, reconciler
from insideout.sim import Loop
from tests.insideout.explore.shop import FINALIZER, NS, ROOMS, SHELVES, STORES, owned


def get(api: Client, resource: str, name: str) -> Object | None:
    try:
        return api.get(resource, name, NS)
    except ApiError as error:
        if error.code == 404:
            return None
        raise


def delete(api: Client, resource: str, name: str, **options: Any) -> None:
    try:
        api.delete(resource, name, NS, **options)
    except ApiError as error:
        if error.code != 404:
            raise


def owner_reference(store: Object) -> Object:
    metadata = store["metadata"]
    return {
        "apiVersion": store["apiVersion"],
        "kind": store["kind"],
        "name": metadata["name"],
        "uid": metadata["uid"],
        "controller": True,
    }


def shelf(store: Object, name: str) -> Object:
    return {
        "metadata": {
            "name": name,
            "labels": {"store": store["metadata"]["name"]},
            "ownerReferences": [owner_reference(store)],
        },
        "data": {"paint": store["spec"]["paint"]},
    }


class Live:
    """A level-triggered reconcile: it reads the server, every name is computed.  Bugs override a part."""

    def __call__(self, api: Client, key: Key) -> Any:
        store = self.read(api, key[1])
        if store is None:
            return None
        if store["metadata"].get("deletionTimestamp"):
            return self.finish(api, store)
        store = self.register(api, store)
        self.rent(api, store)
        self.shelves(api, store)
        return self.report(api, store)

    def read(self, api: Client, name: str) -> Object | None:
        return get(api, STORES, name)

    def finish(self, api: Client, store: Object) -> None:
        if FINALIZER in store["metadata"].get("finalizers", []):
            self.give_back(api, store)
            self.let_go(api, store)

    def give_back(self, api: Client, store: Object) -> None:
        delete(api, ROOMS, store["metadata"]["name"])

    def let_go(self, api: Client, store: Object) -> None:
        finalizers = [each for each in store["metadata"]["finalizers"] if each != FINALIZER]
        api.update(STORES, {**store, "metadata": {**store["metadata"], "finalizers": finalizers}}, NS)

    def register(self, api: Client, store: Object) -> Object:
        finalizers = store["metadata"].get("finalizers", [])
        if FINALIZER in finalizers:
            return store
        metadata = {**store["metadata"], "finalizers": [*finalizers, FINALIZER]}
        return api.update(STORES, {**store, "metadata": metadata}, NS)

    def rent(self, api: Client, store: Object) -> None:
        name = store["metadata"]["name"]
        if get(api, ROOMS, name) is None:
            room = {"apiVersion": "outside.example.com/v1", "kind": "Room", "metadata": {"name": name}}
            api.create(ROOMS, room, NS)

    def shelves(self, api: Client, store: Object) -> None:
        found = {each["metadata"]["name"]: each for each in self.own(api, store)}
        wanted = [f"{store['metadata']['name']}-{number}" for number in range(store["spec"]["shelves"])]
        for name in wanted:
            if name not in found:
                self.build(api, store, name)
            elif found[name]["data"] != {"paint": store["spec"]["paint"]}:
                self.paint(api, store, found[name])
        for name, each in found.items():
            if name not in wanted and not each["metadata"].get("deletionTimestamp"):
                self.remove(api, each)

    def own(self, api: Client, store: Object) -> list[Object]:
        listed = api.list(SHELVES, NS)["items"]
        return [each for each in listed if owned(each, store["metadata"]["uid"])]

    def build(self, api: Client, store: Object, name: str) -> None:
        api.create(SHELVES, shelf(store, name), NS)

    def paint(self, api: Client, store: Object, found: Object) -> None:
        api.update(SHELVES, {**found, "data": {"paint": store["spec"]["paint"]}}, NS)

    def remove(self, api: Client, found: Object) -> None:
        delete(api, SHELVES, found["metadata"]["name"], uid=found["metadata"]["uid"])

    def report(self, api: Client, store: Object) -> None:
        status = {"shelves": store["spec"]["shelves"], "observedGeneration": store["metadata"]["generation"]}
        if store.get("status") != status:
            api.update(STORES, {**store, "status": status}, NS, subresource="status")


class Cached(Live):
    """The same, from the caches of informers, as controller-runtime reads; it looks twice where it must."""

    def __init__(self) -> None:
        self.controller: Reconciler

    def __call__(self, api: Reconciler, key: Key) -> Any:
        self.controller = api
        return super().__call__(api.client, key)

    def read(self, api: Client, name: str) -> Object | None:
        found = self.controller.informers[STORES].get(name, NS)
        return copied(found)

    def own(self, api: Client, store: Object) -> list[Object]:
        cached = self.controller.informers[SHELVES].list(NS)
        return [copied(each) for each in cached if owned(each, store["metadata"]["uid"])]

    def rent(self, api: Client, store: Object) -> None:
        name = store["metadata"]["name"]
        if get(api, ROOMS, name) is None and self.confirm(api, store):
            super().rent(api, store)

    def confirm(self, api: Client, store: Object) -> bool:
        """Look at the server itself before something is made that nobody collects."""
        now = get(api, STORES, store["metadata"]["name"])
        if now is None or now["metadata"]["uid"] != store["metadata"]["uid"]:
            return False
        return FINALIZER in now["metadata"].get("finalizers", []) and not now["metadata"].get(
            "deletionTimestamp"
        )


class Applied(Live):
    """Server-side apply for what it makes: the same call creates and corrects."""

    def rent(self, api: Client, store: Object) -> None:
        name = store["metadata"]["name"]
        room = {"apiVersion": "outside.example.com/v1", "kind": "Room", "metadata": {"name": name}}
        if get(api, ROOMS, name) is None:
            api.patch(ROOMS, name, room, NS, type="apply", field_manager="stores")

    def build(self, api: Client, store: Object, name: str) -> None:
        body = {"apiVersion": "v1", "kind": "ConfigMap", **shelf(store, name)}
        api.patch(SHELVES, name, body, NS, type="apply", field_manager="stores", force=True)

    def paint(self, api: Client, store: Object, found: Object) -> None:
        self.build(api, store, found["metadata"]["name"])


class Generated(Live):
    """Names by generateName: safe, because one live list under the owner's UID decides how many to make."""

    def shelves(self, api: Client, store: Object) -> None:
        found = [each for each in self.own(api, store) if not each["metadata"].get("deletionTimestamp")]
        found.sort(key=lambda each: each["metadata"]["name"])
        spec = store["spec"]
        for _ in range(spec["shelves"] - len(found)):
            body = shelf(store, "")
            body["metadata"]["generateName"] = "web-"
            del body["metadata"]["name"]
            api.create(SHELVES, body, NS)
        for each in found[: spec["shelves"]]:
            if each["data"] != {"paint": spec["paint"]}:
                self.paint(api, store, each)
        for each in found[spec["shelves"] :]:
            self.remove(api, each)


class Polling:
    """No watch at all: every ten seconds it looks at everything there is."""

    def __init__(self, client: Client, loop: Loop) -> None:
        self._client = client
        self._loop = loop
        self._reconcile = Live()

    def start(self) -> None:
        self._loop.call_soon(self._look)

    def stop(self) -> None:
        """Nothing to end: its timers end with it."""

    def _look(self) -> None:
        try:
            for store in self._client.list(STORES)["items"]:
                self._reconcile(self._client, (NS, store["metadata"]["name"]))
        except ApiError:
            pass  # the next look is another try
        self._loop.call_later(10, self._look)


class ByHand:
    """List and watch without an informer: every event, and every new list, leads to a look at a Store."""

    def __init__(self, client: Client, loop: Loop) -> None:
        self._client = client
        self._loop = loop
        self._reconcile = Live()
        self._again_s = 1.0

    def start(self) -> None:
        self._loop.call_soon(self._list)

    def stop(self) -> None:
        """Nothing to end: its watch ends with it."""

    def _list(self) -> None:
        listed = self._client.list(STORES)
        version = listed["metadata"]["resourceVersion"]
        self._client.watch(STORES, self._on_event, resource_version=version, on_close=self._list)
        for store in listed["items"]:
            self._work(store["metadata"]["name"])

    def _on_event(self, event: WatchEvent) -> None:
        if event.type != "ERROR":
            self._work(event.object["metadata"]["name"])

    def _work(self, name: str) -> None:
        try:
            self._reconcile(self._client, (NS, name))
        except ApiError:
            self._loop.call_later(self._again_s, self._work, name)


def with_cache(kind: Callable[[], Any]) -> Factory:
    """Return a factory of controllers around a new `kind()`, which gets the controller with its caches."""
    return lambda client, loop: reconciler(kind(), STORES, SHELVES, api=lambda controller: controller)(
        client, loop
    )


def live(kind: Callable[[], Any]) -> Factory:
    """Return a factory of controllers around a new `kind()`, which gets a client."""
    return lambda client, loop: reconciler(kind(), STORES, SHELVES)(client, loop)


RIGHT: dict[str, Factory] = {
    "live reads": live(Live),
    "cached reads": with_cache(Cached),
    "server-side apply": live(Applied),
    "generateName with live lists": live(Generated),
    "polling": Polling,
    "watching by hand": ByHand,
}
