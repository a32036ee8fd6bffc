"""What is stored of an object, and how it is shown.

A stored object is never changed after its write, so the store, every watcher and every informer may hold the
same dict.  Its resourceVersion is the store's revision, known only after the write; it is filled in when the
object is first shown, before anybody else can see it.  managedFields are kept beside the object and computed
when somebody asks for them.

Source: k8s.io/apiserver/pkg/storage/api_object_versioner.go@v1.36.2 (the version is the store's revision).
"""

from typing import Any, NamedTuple

from insideout.apiserver.managers import Managers
from insideout.store import KeyValue

Object = dict[str, Any]


class Stored(NamedTuple):
    """The value of a key: an object without resourceVersion and managedFields, and who set its fields."""

    object: Object
    managers: Managers


class View(NamedTuple):
    """An object as it leaves the server: not to be changed by whoever holds it."""

    object: Object
    managers: Managers

    def with_managed_fields(self) -> Object:
        """Return the object with metadata.managedFields, as the real server shows it."""
        entries = self.managers.entries()
        if not entries:
            return self.object
        return {**self.object, "metadata": {**self.object["metadata"], "managedFields": entries}}

    def at(self, revision: int) -> "View":
        """Return the view with another resourceVersion: a deletion shows the last state at its own."""
        metadata = {**self.object["metadata"], "resourceVersion": str(revision)}
        return View({**self.object, "metadata": metadata}, self.managers)


def to_json(stored: Stored) -> Object:
    """Return a stored value as JSON, for a store that sends its values to others."""
    return {"object": stored.object, "managers": stored.managers.entries()}


def from_json(value: Object) -> Stored:
    """Return the stored value that `to_json` wrote down."""
    return Stored(value["object"], Managers(value["managers"]))


def show(pair: KeyValue) -> View:
    """Return the view of a stored pair; its object carries the pair's resourceVersion from then on."""
    stored: Stored = pair.value
    metadata = stored.object["metadata"]
    if "resourceVersion" not in metadata:
        metadata["resourceVersion"] = str(pair.mod_revision)
    return View(stored.object, stored.managers)
