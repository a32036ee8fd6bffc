"""What of a cluster is a town's: all of it, or its part of a cluster that several towns share."""

from course.units.u16_troubleshooting.objects import Object

SYSTEM = "kube-system"


class View:
    """Which objects are a town's own: what it has named, what is in its namespaces, and what tells of it."""

    def __init__(self, *, is_shared: bool = False) -> None:
        self.is_shared = is_shared
        self._named: set[str] = set()

    def add(self, name: str) -> None:
        """Take in what has this name: no other town has it."""
        self._named.add(name)

    def own(self, resource: str, objects: list[Object]) -> list[Object]:
        """Return the objects that are this town's; all where it has the cluster for itself."""
        if not self.is_shared:
            return objects
        return [obj for obj in objects if self._is_own(resource, obj)]

    def _is_own(self, resource: str, obj: Object) -> bool:
        metadata = obj["metadata"]
        names = {metadata["name"], metadata.get("namespace")}
        if resource == "events":
            names.add((obj.get("involvedObject") or obj.get("regarding") or {}).get("name"))
        if metadata.get("namespace") == SYSTEM:
            names.add((metadata.get("labels") or {}).get("app"))
        return not self._named.isdisjoint(names) or self._is_anybodys(obj)

    @staticmethod
    def _is_anybodys(obj: Object) -> bool:
        """Tell whether it came with the cluster: the default class, the groups of the API server itself."""
        labels = obj["metadata"].get("labels") or {}
        return any(name in labels for name in ("addonmanager.kubernetes.io/mode", _AUTOMANAGED))


_AUTOMANAGED = "kube-aggregator.kubernetes.io/automanaged"
