"""The cluster as `repair(api)` has it: verbs on plain data, under the name of whoever is on call."""

from typing import Any

from course.units.u16_troubleshooting.objects import Object
from course.units.u16_troubleshooting.snapshot import snapshot, told
from course.units.u16_troubleshooting.town import Town


class Api:
    """Get, list, create, update, patch, delete, and a snapshot of everything."""

    offers = ("get", "list", "create", "update", "patch", "delete", "snapshot")
    """What a learner's code may call from its own process."""

    def __init__(self, town: Town, *, reworded: bool = False) -> None:
        self._town = town
        self._client = town.cluster.client(town.on_call)
        self._reworded = reworded

    def get(self, resource: str, name: str, namespace: str | None = None) -> Object:
        """Return the object; ApiError with code 404 when there is none."""
        return self._told(self._client.get(resource, name, namespace))

    def list(self, resource: str, namespace: str | None = None, *, label_selector: str = "") -> Object:
        """Return the List object, of one namespace or of all: its objects are in "items"."""
        found = self._client.list(resource, namespace, label_selector=label_selector)
        return self._told({**found, "items": self._town.view.own(resource, found["items"])})

    def create(self, resource: str, obj: Object, namespace: str | None = None) -> Object:
        """Create the object and return it."""
        return self._told(self._client.create(resource, obj, namespace))

    def update(
        self, resource: str, obj: Object, namespace: str | None = None, *, subresource: str = ""
    ) -> Object:
        """Replace the object and return it; ApiError with code 409 when its resourceVersion is old."""
        return self._told(self._client.update(resource, obj, namespace, subresource=subresource))

    def patch(
        self, resource: str, name: str, patch: Any, namespace: str | None = None, *, type: str = "merge"
    ) -> Object:
        """Merge into the object and return it; `type` may be "json" or "strategic"."""
        kind: Any = type
        return self._told(self._client.patch(resource, name, patch, namespace, type=kind))

    def delete(self, resource: str, name: str, namespace: str | None = None) -> Object:
        """Delete the object, or begin to."""
        return self._told(self._client.delete(resource, name, namespace))

    def snapshot(self) -> dict[str, Any]:
        """Return all objects by resource, as `diagnose` is given them."""
        return snapshot(self._town, reworded=self._reworded)

    def _told(self, obj: Object) -> Object:
        made: Object = told(obj, reworded=self._reworded)
        return made
