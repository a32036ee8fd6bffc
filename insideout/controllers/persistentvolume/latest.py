"""What is known of volumes and claims: the informer's cache, and what this controller wrote itself.

Binding is four writes, and each of them comes back as an event while the others are still under way.  Acting
on the cache alone would repair a binding that is right already, at the price of conflicts.

Source: pkg/controller/volume/persistentvolume/pv_controller_base.go:storeObjectUpdate@v1.36.2.
"""

from insideout.client import Object
from insideout.client.informer import Informer, Key, key_of


class Latest:
    """The newest known version of each object of one kind."""

    def __init__(self, informer: Informer) -> None:
        self._informer = informer
        self._written: dict[Key, Object] = {}

    def get(self, name: str, namespace: str = "") -> Object | None:
        """Return the object, or None."""
        cached = self._informer.get(name, namespace)
        written = self._written.get((namespace, name))
        if cached is None or written is None:
            return cached
        if _version(cached) >= _version(written) or cached["metadata"]["uid"] != written["metadata"]["uid"]:
            del self._written[namespace, name]
            return cached
        return written

    def list(self) -> list[Object]:
        """Return all of them."""
        known = (self.get(*reversed(key_of(each))) for each in self._informer.list())
        return [each for each in known if each is not None]

    def wrote(self, obj: Object) -> Object:
        """Remember what a write returned."""
        self._written[key_of(obj)] = obj
        return obj

    def gone(self, obj: Object) -> None:
        """Forget an object that the cache no longer has."""
        self._written.pop(key_of(obj), None)


def _version(obj: Object) -> int:
    return int(obj["metadata"]["resourceVersion"])
