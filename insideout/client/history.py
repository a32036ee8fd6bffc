"""What was seen of a resource over time: every event of one watch, with the moment it came."""

from collections.abc import Iterator
from typing import NamedTuple

from insideout.apimachinery.copies import copied
from insideout.client.informer import Key, key_of
from insideout.client.interface import Client, Object, WatchEvent
from insideout.sim.loop import Loop


class Seen(NamedTuple):
    """An object as it was from `time_s` on; None when it is gone."""

    time_s: float
    key: Key
    object: Object | None


class History:
    """Follows a resource from now on, beginning with what is there; it observes and changes nothing.

    A stream that the server ends is not taken up again: histories are for pictures of minutes.
    """

    def __init__(
        self,
        client: Client,
        loop: Loop,
        resource: str,
        namespace: str = "default",
        *,
        label_selector: str = "",
    ) -> None:
        self.seen: list[Seen] = []
        self._loop = loop
        listed = client.list(resource, namespace, label_selector=label_selector)
        for obj in listed["items"]:
            self._note(obj, gone=False)
        self._watch = client.watch(
            resource,
            self._on_event,
            namespace,
            label_selector=label_selector,
            resource_version=listed["metadata"]["resourceVersion"],
        )

    def stop(self) -> None:
        """Follow no longer; what was seen stays."""
        self._watch.stop()

    def of(self, name: str) -> list[Seen]:
        """Return what was seen of the objects with a name."""
        return [seen for seen in self.seen if seen.key[1] == name]

    def moments(self) -> Iterator[tuple[float, dict[Key, Object]]]:
        """Yield each moment of a change with the objects that were there after it."""
        present: dict[Key, Object] = {}
        for position, seen in enumerate(self.seen):
            if seen.object is None:
                present.pop(seen.key, None)
            else:
                present[seen.key] = seen.object
            if position + 1 == len(self.seen) or self.seen[position + 1].time_s > seen.time_s:
                yield seen.time_s, dict(present)

    def _on_event(self, event: WatchEvent) -> None:
        if event.type in ("ADDED", "MODIFIED", "DELETED"):
            self._note(event.object, gone=event.type == "DELETED")

    def _note(self, obj: Object, *, gone: bool) -> None:
        self.seen.append(Seen(self._loop.now_s, key_of(obj), None if gone else copied(obj)))
