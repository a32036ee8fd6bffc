"""The namespace controller: it empties a namespace that is being deleted, Pods first, and then lets it go.

Source: pkg/controller/namespace/namespace_controller.go, deletion/namespaced_resources_deleter.go,
deletion/status_condition_utils.go@v1.36.2.
"""

from collections import Counter

from insideout.apimachinery import conditions, timestamps
from insideout.apimachinery.copies import copied
from insideout.client import ApiError, Object
from insideout.client.informer import Key
from insideout.controllers import kinds
from insideout.controllers.controller import Controller

FINALIZER = "kubernetes"
GRACE_PERIOD_S = 5.0
"""Other API servers of the cluster are given so long to hear of the deletion."""
FINALIZER_ESTIMATE_S = 15
_DONE = {
    "NamespaceDeletionDiscoveryFailure": ("ResourcesDiscovered", "All resources successfully discovered"),
    "NamespaceDeletionGroupVersionParsingFailure": (
        "ParsedGroupVersions",
        "All legacy kube types successfully parsed",
    ),
    "NamespaceDeletionContentFailure": (
        "ContentDeleted",
        "All content successfully deleted, may be waiting on finalization",
    ),
    "NamespaceContentRemaining": ("ContentRemoved", "All content successfully removed"),
    "NamespaceFinalizersRemaining": (
        "ContentHasNoFinalizers",
        "All content-preserving finalizers finished",
    ),
}


class Remaining:
    """What is left of a namespace's content: how many of each resource, and what holds them."""

    def __init__(self) -> None:
        self.resources: Counter[str] = Counter()
        self.finalizers: Counter[str] = Counter()
        self.estimate_s = 0
        self.errors: list[str] = []


class NamespaceController(Controller):
    """Empties namespaces."""

    name = "namespace-controller"

    def watch(self) -> None:
        """Watch Namespaces, and definitions of further kinds of content."""
        self._namespaces = self.on(
            "namespaces", add=self._changed, update=lambda _, namespace: self._changed(namespace)
        )
        self._definitions = self.on("customresourcedefinitions")

    def sync(self, key: Key) -> None:
        """Delete what there is, say what remains, and come back or take the finalizer off."""
        try:
            namespace = self.client.get("namespaces", key[1])
        except ApiError as refused:
            if refused.code == 404:
                return
            raise
        if "deletionTimestamp" not in namespace["metadata"]:
            return
        if FINALIZER not in (namespace["spec"].get("finalizers") or ()):
            return
        remaining = self._empty(key[1])
        namespace = self._report(namespace, remaining)
        if remaining.resources or remaining.errors:
            self.queue.add_after(key, remaining.estimate_s / 2 + 1)
            return
        spec = namespace["spec"] | {
            "finalizers": [name for name in namespace["spec"]["finalizers"] if name != FINALIZER]
        }
        self.client.update("namespaces", namespace | {"spec": spec}, subresource="finalize")

    def _changed(self, namespace: Object) -> None:
        if "deletionTimestamp" in namespace["metadata"]:
            self.queue.add_after(("", namespace["metadata"]["name"]), GRACE_PERIOD_S)

    def _empty(self, namespace: str) -> Remaining:
        """Delete everything; as long as there are Pods, nothing but them, for they may need the rest."""
        remaining = Remaining()
        self._delete_all("pods", namespace, remaining)
        if remaining.resources:
            return remaining
        resources = [r for r in kinds.built_in() if r.namespaced and r.resource != "pods"]
        for definition in self._definitions.list():
            resources += [resource for resource in kinds.defined_by(definition) if resource.namespaced]
        for resource in ["events", *(resource.resource for resource in resources)]:
            self._delete_all(resource, namespace, remaining)
        return remaining

    def _delete_all(self, resource: str, namespace: str, remaining: Remaining) -> None:
        try:
            for obj in self.client.list(resource, namespace)["items"]:
                if "deletionTimestamp" not in obj["metadata"]:
                    self._delete(resource, obj)
            left = self.client.list(resource, namespace)["items"]
        except ApiError as refused:
            remaining.errors.append(str(refused))
            return
        if not left:
            return
        remaining.resources[resource] = len(left)
        finalizers = [name for obj in left for name in obj["metadata"].get("finalizers") or ()]
        remaining.finalizers.update(finalizers)
        grace_s = [obj["metadata"].get("deletionGracePeriodSeconds") or 0 for obj in left]
        estimate_s = max(grace_s) if resource == "pods" else 0
        if finalizers and not estimate_s:
            estimate_s = FINALIZER_ESTIMATE_S
        remaining.estimate_s = max(remaining.estimate_s, estimate_s)

    def _delete(self, resource: str, obj: Object) -> None:
        metadata = obj["metadata"]
        try:
            self.client.delete(
                resource, metadata["name"], metadata["namespace"], propagation_policy="Background"
            )
        except ApiError as refused:
            if refused.code != 404:
                raise

    def _report(self, namespace: Object, remaining: Remaining) -> Object:
        """Write the conditions that say why a namespace is still there."""
        wrong = _problems(remaining)
        changed = copied(namespace)
        status = changed.setdefault("status", {})
        listed = {condition["type"]: condition for condition in status.get("conditions") or ()}
        for type_, done in _DONE.items():
            state = "True" if type_ in wrong else "False"
            reason, message = wrong.get(type_, done)
            before = conditions.find(namespace, type_)
            if before is None or (before["status"], before["reason"], before["message"]) != (
                state,
                reason,
                message,
            ):
                listed[type_] = {
                    "type": type_,
                    "status": state,
                    "lastTransitionTime": timestamps.seconds(self.loop.time()),
                    "reason": reason,
                    "message": message,
                }
        status["conditions"] = list(listed.values())
        if changed == namespace:
            return namespace
        return self.client.update("namespaces", changed, subresource="status")


def _problems(remaining: Remaining) -> dict[str, tuple[str, str]]:
    """Return reason and message of the conditions that are True."""
    problems = {}
    if remaining.errors:
        message = f"Failed to delete all resource types, {len(remaining.errors)} remaining: "
        problems["NamespaceDeletionContentFailure"] = (
            "ContentDeletionFailed",
            message + ", ".join(sorted(remaining.errors)),
        )
    if remaining.resources:
        listed = [
            f"{_dotted(name)} has {count} resource instances" for name, count in remaining.resources.items()
        ]
        problems["NamespaceContentRemaining"] = (
            "SomeResourcesRemain",
            f"Some resources are remaining: {', '.join(sorted(listed))}",
        )
    if remaining.finalizers:
        listed = [f"{name} in {count} resource instances" for name, count in remaining.finalizers.items()]
        problems["NamespaceFinalizersRemaining"] = (
            "SomeFinalizersRemain",
            f"Some content in the namespace has finalizers remaining: {', '.join(sorted(listed))}",
        )
    return problems


def _dotted(resource: str) -> str:
    """Return a resource with its group; those of the core group end in a dot."""
    return resource if "." in resource else f"{resource}."
