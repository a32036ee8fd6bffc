"""Objects that the server writes of itself, from the first time that somebody asks for their kind.

A cluster that nobody asks starts without them.  From then on they are looked at whenever something changes.
"""

from typing import TYPE_CHECKING, Any

from insideout.apiserver import keys
from insideout.apiserver.watching import Selection

if TYPE_CHECKING:
    from insideout.apiserver.kinds import Kind
    from insideout.apiserver.reading import Reader
    from insideout.apiserver.registry import Registry
    from insideout.apiserver.resources import Resources
    from insideout.sim.loop import Loop

Object = dict[str, Any]


class OwnObjects:
    """The base: `look` brings what there is up to date, once for all that changes at one instant."""

    def __init__(
        self, resources: "Resources", reader: "Reader", registry: "Registry", loop: "Loop", *names: str
    ) -> None:
        self._kinds = [_built_in(registry, name) for name in names]
        self._resources, self._reader, self._loop = resources, reader, loop
        self._has_begun = False
        self._is_due = False

    def begin(self) -> None:
        """Write what is missing, and follow changes; nothing the second time."""
        if self._has_begun:
            return
        self._has_begun = True
        self.write()
        self.look()
        for kind in self._kinds:
            self._reader.hub(kind).subscribe(Selection(), lambda _: self._look_soon())

    def write(self) -> None:
        """Write what is there whatever else is: nothing, unless a subclass has such."""

    def look(self) -> None:
        """Bring everything up to date."""
        raise NotImplementedError

    def _look_soon(self) -> None:
        if not self._is_due:
            self._is_due = True
            self._loop.call_soon(self._look_now)

    def _look_now(self) -> None:
        self._is_due = False
        self.look()

    def _all(self, kind: "Kind") -> list[Object]:
        return [pair.value.object for pair in self._resources.store.range(keys.prefix(kind)).items]


def _built_in(registry: "Registry", name: str) -> "Kind":
    kind = registry.named(name)
    assert kind is not None
    return kind
