"""Garbage collection for a few resources: a cluster's garbage collector, without its graph.

An object is deleted when none of its owners, by UID, is there any more.  It is one of a scenario's `others`.

Source: pkg/controller/garbagecollector@v1.36.2 (background deletion only).
"""

from insideout.client.informer import Informer
from insideout.client.interface import ApiError, Client, Object
from insideout.explore.scenario import Component, Factory
from insideout.sim.loop import Loop


class Collector:
    """Deletes objects of `resources` whose owners, which are of `resources` too, are gone."""

    def __init__(self, client: Client, loop: Loop, resources: tuple[str, ...]) -> None:
        self._client = client
        self._loop = loop
        self._informers = {name: Informer(client, loop, name) for name in resources}
        for informer in self._informers.values():
            informer.add_handler(
                on_add=self._look, on_update=lambda _, new: self._look(new), on_delete=self._look
            )

    def start(self) -> None:
        """Begin."""
        for informer in self._informers.values():
            informer.start()

    def stop(self) -> None:
        """End."""
        for informer in self._informers.values():
            informer.stop()

    def _look(self, obj: Object) -> None:
        self._loop.call_soon(self._collect)

    def _collect(self) -> None:
        if not all(informer.synced for informer in self._informers.values()):
            return
        live = {obj["metadata"]["uid"] for each in self._informers.values() for obj in each.list()}
        for resource, informer in self._informers.items():
            for obj in informer.list():
                metadata = obj["metadata"]
                owners = metadata.get("ownerReferences")
                if not owners or metadata.get("deletionTimestamp"):
                    continue
                if any(owner["uid"] in live for owner in owners):
                    continue
                try:
                    self._client.delete(
                        resource, metadata["name"], metadata.get("namespace"), uid=metadata["uid"]
                    )
                except ApiError as problem:
                    if problem.code not in (404, 409):
                        raise


def collector(*resources: str) -> Factory:
    """Return a factory of collectors for these resources."""

    def make(client: Client, loop: Loop) -> Component:
        return Collector(client, loop, resources)

    return make
