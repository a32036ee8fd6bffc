"""Wrong controllers for the Store, each with one classic mistake and the steps that bring it out."""

from typing import Any, NamedTuple

from insideout.client import ApiError, Client, Object, WatchEvent
from insideout.client.informer import Key
from insideout.explore import Factory, Step, reconciler
from insideout.explore.scenario import Component
from insideout.sim import Loop
from tests.insideout.explore.right import ByHand, Cached, Live, delete, live, shelf, with_cache
from tests.insideout.explore.shop import (
    CREATE,
    DELETE,
    FINALIZER,
    FOREIGN_FINALIZER,
    KIOSK,
    MEND,
    NS,
    PAINT,
    ROOMS,
    SHELVES,
    SHRINK,
    STORES,
    TAKE_SHELF,
)


class Bug(NamedTuple):
    """A mistake: who makes it, what users do, and the rules that it may break."""

    factory: Factory
    steps: tuple[Step, ...]
    rules: tuple[str, ...]


GOAL, QUIET, CRASH = "the goal is reached", "goes quiet", "does not crash"
TWIN, FOREIGN, ROOM = "no shelf twice", "nothing foreign is touched", "the room is given back first"
STATUS, WANTED = "the status is about the generation it names", "no shelf goes that is wanted"
OTHERS, SPEC = "another's finalizer stays", "the spec is the user's"


class RentsBeforeFinalizer(Live):
    """Creates the thing outside before the finalizer that would have it removed."""

    def __call__(self, api: Client, key: Key) -> Any:
        store = self.read(api, key[1])
        if store is not None and not store["metadata"].get("deletionTimestamp"):
            self.rent(api, store)
        return super().__call__(api, key)


class LetsGoBeforeCleanup(Live):
    """Removes the finalizer, then cleans up."""

    def finish(self, api: Client, store: Object) -> None:
        if FINALIZER in store["metadata"].get("finalizers", []):
            self.let_go(api, store)
            self.give_back(api, store)


class NoFinalizer(Live):
    """Cleans up when the object is seen to be gone; nobody sees it while the controller is down."""

    def __init__(self) -> None:
        self.known: set[str] = set()

    def __call__(self, api: Client, key: Key) -> Any:
        store = self.read(api, key[1])
        if store is None and key[1] in self.known:
            delete(api, ROOMS, key[1])
            return None
        if store is not None:
            self.known.add(key[1])
        return super().__call__(api, key)

    def register(self, api: Client, store: Object) -> Object:
        return store


class GeneratesFromCache(Cached):
    """generateName, and a cache that has not seen the last creation decides how many are missing."""

    def shelves(self, api: Client, store: Object) -> None:
        found = self.own(api, store)
        for _ in range(store["spec"]["shelves"] - len(found)):
            body = shelf(store, "")
            body["metadata"]["generateName"] = "web-"
            del body["metadata"]["name"]
            api.create(SHELVES, body, NS)
        for each in found[store["spec"]["shelves"] :]:
            self.remove(api, each)


class NamesInStatus(Live):
    """Notes the generated names in the status afterwards: a crash in between forgets them."""

    def shelves(self, api: Client, store: Object) -> None:
        names = list((store.get("status") or {}).get("names", []))
        while len(names) < store["spec"]["shelves"]:
            body = shelf(store, "")
            body["metadata"]["generateName"] = "web-"
            del body["metadata"]["name"]
            names.append(api.create(SHELVES, body, NS)["metadata"]["name"])
        for name in names[store["spec"]["shelves"] :]:
            delete(api, SHELVES, name)
        self.names = names[: store["spec"]["shelves"]]

    def report(self, api: Client, store: Object) -> None:
        status = {
            "shelves": store["spec"]["shelves"],
            "observedGeneration": store["metadata"]["generation"],
            "names": self.names,
        }
        if store.get("status") != status:
            api.update(STORES, {**store, "status": status}, NS, subresource="status")


class OnlyAdded:
    """Acts on the type of an event: builds when something is added, cleans up when it is deleted."""

    def __init__(self, client: Client, loop: Loop) -> None:
        self._client = client

    def start(self) -> None:
        version = self._client.list(STORES)["metadata"]["resourceVersion"]
        self._client.watch(STORES, self._on_event, resource_version=version)

    def stop(self) -> None:
        """Nothing to end."""

    def _on_event(self, event: WatchEvent) -> None:
        if event.type == "ADDED" or event.type == "MODIFIED":
            Live()(self._client, (NS, event.object["metadata"]["name"]))


class FreshGeneration(Live):
    """Reads the object again for the status, and takes the generation from there."""

    def report(self, api: Client, store: Object) -> None:
        fresh = self.read(api, store["metadata"]["name"])
        if fresh is None:
            return
        status = {"shelves": store["spec"]["shelves"], "observedGeneration": fresh["metadata"]["generation"]}
        if fresh.get("status") != status:
            api.update(STORES, {**fresh, "status": status}, NS, subresource="status")


class Heartbeat(Live):
    """Writes the status every ten seconds, whether or not anything has changed."""

    def __init__(self) -> None:
        self.beats = 0

    def report(self, api: Client, store: Object) -> float:  # type: ignore[override]
        self.beats += 1
        status = {
            "shelves": store["spec"]["shelves"],
            "observedGeneration": store["metadata"]["generation"],
            "heartbeat": self.beats // 2,
        }
        api.update(STORES, {**store, "status": status}, NS, subresource="status")
        return 10.0


class CountsItself(Live):
    """Counts in the status how often it ran: each write leads to the next."""

    def report(self, api: Client, store: Object) -> None:
        runs = (store.get("status") or {}).get("runs", 0) + 1
        status = {
            "shelves": store["spec"]["shelves"],
            "observedGeneration": store["metadata"]["generation"],
            "runs": runs,
        }
        api.update(STORES, {**store, "status": status}, NS, subresource="status")


class ForcesStale(Cached):
    """Meets a conflict with the new version on the old object: what the user changed meanwhile is undone."""

    def register(self, api: Client, store: Object) -> Object:
        try:
            return super().register(api, store)
        except ApiError as error:
            if error.code != 409:
                raise
        version = api.get(STORES, store["metadata"]["name"], NS)["metadata"]["resourceVersion"]
        return super().register(api, {**store, "metadata": {**store["metadata"], "resourceVersion": version}})


class SwallowsErrors(Live):
    """Takes every refusal as done."""

    def __call__(self, api: Client, key: Key) -> Any:
        try:
            return super().__call__(api, key)
        except ApiError:
            return None


class GivesUp(Live):
    """Tries a second time at once, and takes a second refusal as done."""

    def __call__(self, api: Client, key: Key) -> Any:
        try:
            return super().__call__(api, key)
        except ApiError:
            return SwallowsErrors()(api, key)


class AdoptsByLabel(Live):
    """Takes for its own whatever carries its label."""

    def own(self, api: Client, store: Object) -> list[Object]:
        selector = f"store={store['metadata']['name']}"
        return list(api.list(SHELVES, NS, label_selector=selector)["items"])


class WritesFinalizersWhole(Live):
    """Sets the list of finalizers to its own, whoever else has one there."""

    def register(self, api: Client, store: Object) -> Object:
        if FINALIZER in store["metadata"].get("finalizers", []):
            return store
        return api.patch(STORES, store["metadata"]["name"], {"metadata": {"finalizers": [FINALIZER]}}, NS)

    def let_go(self, api: Client, store: Object) -> None:
        api.patch(STORES, store["metadata"]["name"], {"metadata": {"finalizers": None}}, NS)


class CleanupOnce(Live):
    """Takes it for an error that what it removes is gone already."""

    def give_back(self, api: Client, store: Object) -> None:
        api.delete(ROOMS, store["metadata"]["name"], NS)


class CreatesBlindly(Live):
    """Creates without looking, and takes it for an error that it is there already."""

    def __init__(self) -> None:
        self.rented: set[str] = set()

    def rent(self, api: Client, store: Object) -> None:
        name = store["metadata"]["name"]
        if name not in self.rented:
            api.create(
                ROOMS,
                {"apiVersion": "outside.example.com/v1", "kind": "Room", "metadata": {"name": name}},
                NS,
            )
            self.rented.add(name)


class StatusFirst(Live):
    """Writes that it is done, then does it; what says done is not looked at again."""

    def __call__(self, api: Client, key: Key) -> Any:
        store = self.read(api, key[1])
        if store is None:
            return None
        if store["metadata"].get("deletionTimestamp"):
            return self.finish(api, store)
        if (store.get("status") or {}).get("observedGeneration") == store["metadata"]["generation"]:
            return None
        store = self.register(api, store)
        self.rent(api, store)
        self.report(api, store)
        return self.shelves(api, store)


class IgnoresDeletion(Live):
    """Never looks for the deletionTimestamp: it goes on as if nothing had happened."""

    def finish(self, api: Client, store: Object) -> None:
        self.shelves(api, store)
        self.report(api, store)


class RentsFromCache(Cached):
    """Creates the thing outside because a cache, older than the deletion, says so."""

    def confirm(self, api: Client, store: Object) -> bool:
        return True


class RemembersPaint(Live):
    """Paints when the colour differs from what it remembers, not from what is there."""

    def __init__(self) -> None:
        self.painted: dict[str, str] = {}

    def paint(self, api: Client, store: Object, found: Object) -> None:
        name, paint = found["metadata"]["name"], store["spec"]["paint"]
        if self.painted.get(name) != paint:
            self.painted[name] = paint
            super().paint(api, store, found)


class WatchesFromNow(ByHand):
    """Goes on from now when a watch ends: what happened in between is never looked at."""

    def __init__(self, client: Client, loop: Loop) -> None:
        super().__init__(client, loop)
        self._listed = False

    def _list(self) -> None:
        if not self._listed:
            self._listed = True
            super()._list()
            return
        version = self._client.list(STORES)["metadata"]["resourceVersion"]
        self._client.watch(STORES, self._on_event, resource_version=version, on_close=self._list)


class BuildsAnew(Live):
    """Changes a shelf by taking all down and building them again."""

    def paint(self, api: Client, store: Object, found: Object) -> None:
        self.remove(api, found)
        self.build(api, store, found["metadata"]["name"])


class SweepsByCache(Cached):
    """Takes down what has no owner in a list of owners that lags."""

    def shelves(self, api: Client, store: Object) -> None:
        super().shelves(api, store)
        known = {each["metadata"]["uid"] for each in self.controller.informers[STORES].list()}
        for each in api.list(SHELVES, NS)["items"]:
            owners = each["metadata"].get("ownerReferences", [])
            if owners and owners[0]["uid"] not in known:
                self.remove(api, each)


def live_alone(client: Client, loop: Loop) -> Component:
    """Watches Stores only, and never hears of what happens to its shelves."""
    return reconciler(Live(), STORES)(client, loop)


BUGS: dict[str, Bug] = {
    "the thing outside before the finalizer": Bug(live(RentsBeforeFinalizer), (CREATE, DELETE), (GOAL, ROOM)),
    "the finalizer goes before the cleanup": Bug(live(LetsGoBeforeCleanup), (CREATE, DELETE), (GOAL, ROOM)),
    "no finalizer": Bug(live(NoFinalizer), (CREATE, DELETE), (GOAL, ROOM)),
    "generateName from a cache": Bug(with_cache(GeneratesFromCache), (CREATE, SHRINK), (TWIN,)),
    "names noted afterwards": Bug(live(NamesInStatus), (CREATE,), (TWIN, GOAL)),
    "acting on the type of the event": Bug(OnlyAdded, (CREATE, SHRINK), (GOAL, CRASH)),
    "the generation of a later read": Bug(live(FreshGeneration), (CREATE, SHRINK), (STATUS,)),
    "a heartbeat in the status": Bug(live(Heartbeat), (CREATE,), (QUIET,)),
    "a counter in the status": Bug(live(CountsItself), (CREATE,), (QUIET,)),
    "retrying with the stale object": Bug(with_cache(ForcesStale), (CREATE, SHRINK), (SPEC,)),
    "errors swallowed": Bug(live(SwallowsErrors), (CREATE,), (GOAL,)),
    "errors swallowed at the second try": Bug(live(GivesUp), (CREATE,), (GOAL,)),
    "adopting by label": Bug(live(AdoptsByLabel), (CREATE,), (FOREIGN,)),
    "another's finalizer dropped": Bug(
        live(WritesFinalizersWhole), (CREATE, FOREIGN_FINALIZER, DELETE), (OTHERS,)
    ),
    "cleanup that works once": Bug(live(CleanupOnce), (CREATE, DELETE), (GOAL, QUIET)),
    "creation that works once": Bug(live(CreatesBlindly), (CREATE,), (GOAL, QUIET)),
    "the status before the work": Bug(live(StatusFirst), (CREATE, SHRINK), (GOAL,)),
    "deletion overlooked": Bug(live(IgnoresDeletion), (CREATE, DELETE), (GOAL,)),
    "the thing outside from an old cache": Bug(with_cache(RentsFromCache), (CREATE, DELETE), (GOAL,)),
    "remembering instead of looking": Bug(live(RemembersPaint), (CREATE, PAINT, MEND), (GOAL,)),
    "watching from now": Bug(WatchesFromNow, (CREATE, SHRINK), (GOAL,)),
    "building anew": Bug(live(BuildsAnew), (CREATE, PAINT), (WANTED,)),
    "deleting by a list that lags": Bug(with_cache(SweepsByCache), (CREATE, KIOSK), (WANTED,)),
    "children not watched": Bug(live_alone, (CREATE, TAKE_SHELF), (GOAL,)),
}
