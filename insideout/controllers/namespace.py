"""The namespace controller: it empties a namespace that is being deleted, Pods first, and then lets it go.

What it cannot find out keeps the namespace: while an APIService is not available, nobody knows what its group
has there.  A deletion that a finalizer holds up is looked at again after some seconds, one that fails ever
later.

Upstream asks the server's discovery documents; here CustomResourceDefinitions are watched, and APIServices
listed.

Source: pkg/controller/namespace/namespace_controller.go, deletion/namespaced_resources_deleter.go@v1.36.2.
"""

from insideout.apimachinery import pods as podutil
from insideout.apimachinery import timestamps
from insideout.client import ApiError, Object
from insideout.client.informer import Key
from insideout.client.workqueue import backoff_s
from insideout.controllers import kinds
from insideout.controllers.controller import Controller
from insideout.controllers.kinds import Resource
from insideout.controllers.namespaceconditions import Findings, updated

FINALIZER = "kubernetes"
GRACE_PERIOD_S = 5.0
"""Other API servers of the cluster are given so long to hear of the deletion."""
FINALIZER_ESTIMATE_S = 15
LAST_RETRY_S = 60.0
_PODS = Resource("v1", "Pod", "pods", True)
_EVENTS = Resource("v1", "Event", "events", True)


class NamespaceController(Controller):
    """Empties namespaces."""

    name = "namespace-controller"

    def watch(self) -> None:
        """Watch Namespaces, and definitions of further kinds of content."""
        self._namespaces = self.on(
            "namespaces", add=self._changed, update=lambda _, namespace: self._changed(namespace)
        )
        self._definitions = self.on("customresourcedefinitions")
        self._failures: dict[Key, int] = {}

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
        findings = Findings(undiscovered=self._undiscovered())
        estimate_s = self._empty(namespace, findings)
        namespace = self._report(namespace, findings)
        if findings.errors or findings.undiscovered:
            failures = self._failures[key] = self._failures.get(key, -1) + 1
            self.queue.add_after(key, min(backoff_s(failures), LAST_RETRY_S))
            return
        self._failures.pop(key, None)
        if estimate_s:
            self.queue.add_after(key, estimate_s / 2 + 1)
            return
        spec = namespace["spec"] | {
            "finalizers": [name for name in namespace["spec"]["finalizers"] if name != FINALIZER]
        }
        self.client.update("namespaces", namespace | {"spec": spec}, subresource="finalize")

    def _changed(self, namespace: Object) -> None:
        if "deletionTimestamp" in namespace["metadata"]:
            self.queue.add_after(("", namespace["metadata"]["name"]), GRACE_PERIOD_S)

    def _undiscovered(self) -> list[str]:
        """Return the groups and versions whose servers cannot be asked what they have."""
        found = []
        for each in self.client.list("apiservices.apiregistration.k8s.io")["items"]:
            conditions = (each.get("status") or {}).get("conditions") or ()
            available = any(one["type"] == "Available" and one["status"] == "True" for one in conditions)
            if each["spec"].get("service") is not None and not available:
                found.append(f"{each['spec']['group']}/{each['spec']['version']}")
        return found

    def _empty(self, namespace: Object, findings: Findings) -> int:
        """Delete everything; as long as there are Pods, nothing but them, for they may need the rest.

        Returns how many seconds what is left may take.
        """
        estimate_s = self._delete_all(_PODS, namespace, findings)
        if findings.resources:
            findings.is_counted = False
            return estimate_s
        resources = [r for r in kinds.built_in() if r.namespaced and r.resource != "pods"]
        for definition in self._definitions.list():
            resources += [resource for resource in kinds.defined_by(definition) if resource.namespaced]
        for resource in (_EVENTS, *resources):
            estimate_s = max(estimate_s, self._delete_all(resource, namespace, findings))
        return estimate_s

    def _delete_all(self, resource: Resource, namespace: Object, findings: Findings) -> int:
        """Delete all objects of a kind; return how long those that are left may take."""
        name, place = resource.resource, namespace["metadata"]["name"]
        try:
            found = self.client.list(name, place)["items"]
            estimate_s = self._grace_s(found, namespace) if resource is _PODS else 0
            for obj in found:
                if "deletionTimestamp" not in obj["metadata"]:
                    self._delete(name, obj)
            left = self.client.list(name, place)["items"]
        except ApiError as refused:
            why = f"failed to delete pods for namespace: {place}, err: {refused}"
            findings.errors.append(str(refused))
            if resource is _PODS:
                findings.errors[-1] = why
            return 0
        if not left:
            return 0
        findings.resources[name] = len(left)
        held = [finalizer for obj in left for finalizer in obj["metadata"].get("finalizers") or ()]
        findings.finalizers.update(held)
        if estimate_s or held:
            return estimate_s or FINALIZER_ESTIMATE_S
        # Nothing holds it, and it is still there: that is not expected.
        group, _, version = resource.api_version.rpartition("/")
        what = f"{group}/{version}, Resource={name.partition('.')[0]}"
        why = f"unexpected items still remain in namespace: {place} for gvr: {what}"
        if resource is _PODS:
            why = f"failed to delete pods for namespace: {place}, err: {why}"
        findings.errors.append(why)
        return 0

    def _grace_s(self, pods: list[Object], namespace: Object) -> int:
        """Return how long Pods may still take to end, 0 when that should be over."""
        longest = max(
            (
                int(pod["spec"].get("terminationGracePeriodSeconds") or 0)
                for pod in pods
                if not podutil.is_terminal(pod)
            ),
            default=0,
        )
        deleted = timestamps.parse(namespace["metadata"]["deletionTimestamp"])
        return 0 if (self.loop.time() - deleted).total_seconds() >= longest else longest

    def _delete(self, resource: str, obj: Object) -> None:
        metadata = obj["metadata"]
        try:
            self.client.delete(
                resource, metadata["name"], metadata["namespace"], propagation_policy="Background"
            )
        except ApiError as refused:
            if refused.code != 404:
                raise

    def _report(self, namespace: Object, findings: Findings) -> Object:
        """Write the conditions that say why a namespace is still there."""
        changed = updated(namespace, findings, timestamps.seconds(self.loop.time()))
        if changed is namespace:
            return namespace
        return self.client.update("namespaces", changed, subresource="status")
