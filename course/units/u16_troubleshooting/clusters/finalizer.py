"""9: a namespace that does not go, held by a finalizer that nobody removes any more.

Look-alikes: the same finalizer in a namespace that stays, and a finalizer that its controller will remove.
"""

from course.units.u16_troubleshooting.clusters.broken import CHANGES, Allowed, Answer, Broken, Link, shown
from course.units.u16_troubleshooting.objects import Object, config_map, deployment
from course.units.u16_troubleshooting.town import Town
from insideout.client import ApiError

_HELD = "NamespaceFinalizersRemaining"


class Finalizer(Broken):
    """An object of a namespace that is being deleted has a finalizer whose controller is gone."""

    cause = "finalizer"
    symptom = "a namespace stays Terminating"

    @staticmethod
    def look_alikes(town: Town) -> None:
        """Put in objects with finalizers, where nothing is being deleted."""
        namespace = town.namespace()
        town.create(config_map(namespace, town.name(), ("example.com/rent",)))

    def build(self) -> None:
        """Put in a namespace with a workload and two ConfigMaps; the same finalizer is in use elsewhere."""
        town = self.town
        self.elsewhere, self.namespace = sorted((town.namespace(), town.namespace()))
        self.name = town.name()
        self.finalizer = f"{town.name()}.example.com/cleanup"
        town.create(deployment(self.namespace, town.name(), 1), config_map(self.namespace, town.name()))
        town.create(config_map(self.namespace, self.name, (self.finalizer,)))
        self.other = town.name()
        town.create(config_map(self.elsewhere, self.other, (self.finalizer,)))

    def spoil(self) -> None:
        """Delete the namespace."""
        self.town.client.delete("namespaces", self.namespace)

    def shows(self) -> bool:
        """Tell whether only that object is left, and the namespace says so."""
        found = self.town.client.get("namespaces", self.namespace)
        left = self.town.objects("configmaps", self.namespace)
        return len(left) == 1 and shown(found, _HELD).endswith("=True, SomeFinalizersRemain")

    def answer(self) -> Answer:
        """Return the object and its finalizers."""
        return self.cause, f"configmaps/{self.namespace}/{self.name}", "metadata.finalizers"

    def chain(self) -> list[Link]:
        """From the namespace to what is left in it."""
        found = self.town.client.get("namespaces", self.namespace)
        return [
            Link("symptom", f"namespace {self.namespace}", "Terminating"),
            Link("condition", "its conditions", shown(found, _HELD)),
            Link("owner", "what is left in it", "1 ConfigMap"),
            Link("object", f"ConfigMap {self.name}", "has a deletionTimestamp"),
            Link("field", "metadata.finalizers", self.finalizer),
        ]

    def flaw(self) -> str:
        """Ask for the namespace, and for the object elsewhere."""
        other = self.town.client.get("configmaps", self.other, self.elsewhere)
        if self.finalizer not in other["metadata"].get("finalizers", ()):
            return "the same finalizer is gone where nothing was being deleted"
        return "the namespace is still there" if self._is_there() else ""

    def allowed(self) -> list[Allowed]:
        """Allow the finalizers of that object."""
        return [Allowed(CHANGES, "configmaps", self.namespace, self.name, ("metadata.finalizers",))]

    def may_go(self) -> tuple[str, ...]:
        """Let go the namespace with what is in it."""
        return f"namespaces/{self.namespace}", f"configmaps/{self.namespace}/{self.name}"

    def _is_there(self) -> Object | None:
        try:
            found: Object = self.town.client.get("namespaces", self.namespace)
        except ApiError as refused:
            if refused.code != 404:
                raise
            return None
        return found
