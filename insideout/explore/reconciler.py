"""A controller around a function `reconcile(api, key)`: informers say which key, a queue calls it again.

It is what controller-runtime and kopf put around such a function: every event of a watched object queues the
key of its owner, failures come back later, a number that is returned means "again in so many seconds".

Source: sigs.k8s.io/controller-runtime/pkg/{internal/controller,handler}, the behaviour of Reconcile and
EnqueueRequestForOwner.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from insideout.apimachinery import owners
from insideout.client.informer import Informer, Key, key_of
from insideout.client.interface import ApiError, Client, Object
from insideout.client.workqueue import WorkQueue
from insideout.explore.scenario import Component, Factory
from insideout.sim.loop import Loop

Reconcile = Callable[[Any, Key], Any]


class Reconciler:
    """Runs `reconcile(api, key)` for every object of `resource`, and again when something of `owns` changes.

    `owner_of(obj)` says for an object of `owns` which key to queue, None for none; when it is not given, that
    is the controller in its ownerReferences.
    """

    def __init__(
        self,
        client: Client,
        loop: Loop,
        reconcile: Reconcile,
        resource: str,
        owns: Iterable[str] = (),
        *,
        owner_of: Callable[[Object], Key | None] | None = None,
        api: Callable[["Reconciler"], Any] | None = None,
    ) -> None:
        self.client = client
        self.loop = loop
        self.informers = {name: Informer(client, loop, name) for name in (resource, *owns)}
        self._queue: WorkQueue[Key] = WorkQueue(loop)
        self._reconcile = reconcile
        self._api = api(self) if api is not None else client
        owner = owner_of or controller_of
        for name, informer in self.informers.items():
            note = self._note if name == resource else self._note_owner(owner)
            informer.add_handler(on_add=note, on_update=partial(_newer, note), on_delete=note)

    def start(self) -> None:
        """Begin."""
        for informer in self.informers.values():
            informer.start()
        self.loop.call_soon(self._begin)

    def stop(self) -> None:
        """End."""
        self._queue.stop()
        for informer in self.informers.values():
            informer.stop()

    def _begin(self) -> None:
        """Work only on what a complete cache says."""
        if all(informer.synced for informer in self.informers.values()):
            self._queue.start(self._sync)
        else:
            self.loop.call_later(0.1, self._begin)

    def _sync(self, key: Key) -> None:
        try:
            again_s = self._reconcile(self._api, key)
        except ApiError:
            raise
        except Exception:
            self._queue.add_rate_limited(key)
            raise
        if isinstance(again_s, int | float) and not isinstance(again_s, bool):
            self._queue.add_after(key, again_s)

    def _note(self, obj: Object) -> None:
        self._queue.add(key_of(obj))

    def _note_owner(self, owner: Callable[[Object], Key | None]) -> Callable[[Object], None]:
        def note(obj: Object) -> None:
            key = owner(obj)
            if key is not None:
                self._queue.add(key)

        return note


def _newer(note: Callable[[Object], None], _: Object, obj: Object) -> None:
    note(obj)


def controller_of(obj: Object) -> Key | None:
    """Return the key of an object's controller."""
    owner = owners.controller_of(obj)
    return (obj["metadata"].get("namespace", ""), owner["name"]) if owner is not None else None


def reconciler(reconcile: Reconcile, resource: str, *owns: str, **options: Any) -> Factory:
    """Return a factory of controllers around `reconcile(api, key)`."""

    def make(client: Client, loop: Loop) -> Component:
        return Reconciler(client, loop, reconcile, resource, owns, **options)

    return make
