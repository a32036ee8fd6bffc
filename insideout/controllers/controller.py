"""What all controllers have in common: informers fill a queue of keys, and `sync` closes one key's gap.

A controller acts on what is there now, never on what happened: however many events came, and whichever were
missed, one `sync` of the key does what is needed.

Source: the shape of every controller below pkg/controller, for example pkg/controller/replicaset
/replica_set.go:Run@v1.36.2.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar

from insideout.client import Client, Object
from insideout.client.events import EventRecorder
from insideout.client.informer import Informer, Key, key_of
from insideout.client.workqueue import WorkQueue
from insideout.controllers.informers import Informers
from insideout.sim import Loop


class Controller(ABC):
    """A controller with one queue of namespaced names; a subclass says what to watch and how to sync."""

    name: ClassVar[str]
    """The component that its Events name, such as "replicaset-controller"."""

    def __init__(self, client: Client, loop: Loop, informers: Informers | None = None) -> None:
        self.client = client
        self.loop = loop
        self.informers = informers if informers is not None else Informers(client, loop)
        self.queue: WorkQueue[Key] = WorkQueue(loop)
        self.recorder = EventRecorder(client, loop, self.name)
        self._watched: list[tuple[Informer, Callable[[Object], object] | None]] = []
        self._running = False
        self._begun = False
        self.watch()

    @abstractmethod
    def watch(self) -> None:
        """Ask for informers with `on`, and for what to do at each change."""

    @abstractmethod
    def sync(self, key: Key) -> None:
        """Close the gap of one object; ApiError brings the key back later."""

    def on(
        self,
        resource: str,
        *,
        add: Callable[[Object], object] | None = None,
        update: Callable[[Object, Object], object] | None = None,
        delete: Callable[[Object], object] | None = None,
    ) -> Informer:
        """Watch a resource; handlers are silent until work begins, then hear of all there is as added."""
        informer = self.informers.of(resource)

        def when_begun(handler: Callable[..., object] | None) -> Callable[..., None] | None:
            if handler is None:
                return None

            def handle(*objects: Object) -> None:
                if self._begun:
                    handler(*objects)

            return handle

        informer.add_handler(
            on_add=when_begun(add), on_update=when_begun(update), on_delete=when_begun(delete)
        )
        self._watched.append((informer, add))
        if self._begun and add is not None:
            for obj in informer.list():
                add(obj)
        return informer

    def enqueue(self, obj: Object) -> None:
        """Queue an object's own key."""
        self.queue.add(key_of(obj))

    def start(self) -> None:
        """Begin: informers first, work when all of them have listed."""
        self._running = True
        self.informers.start()
        self._begin_when_synced()

    def stop(self) -> None:
        """End: no handler runs and nothing is written any more."""
        self._running = self._begun = False
        self.queue.stop()
        self.informers.stop()

    def began(self) -> None:  # noqa: B027 - most controllers have nothing to do here
        """Do what is to be done once when work begins; set timers, for instance."""

    def _begin_when_synced(self) -> None:
        if not self._running:
            return
        if not all(informer.synced for informer, _ in self._watched):
            self.loop.call_later(_SYNC_POLL_S, self._begin_when_synced)
            return
        self._begun = True
        for informer, add in list(self._watched):
            if add is not None:
                for obj in informer.list():
                    add(obj)
        self.queue.start(self.sync)
        self.began()


_SYNC_POLL_S = 0.1
"""How often a starting controller looks whether its informers have listed; client-go's syncedPollPeriod."""
