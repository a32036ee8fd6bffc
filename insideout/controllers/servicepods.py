"""What the Endpoints and the EndpointSlice controllers share: a Service is due when its Pods change.

Source: staging/src/k8s.io/endpointslice/util/controller_utils.go:GetPodUpdateProjectionKey,
GetServicesToUpdate@v1.36.2.
"""

from insideout.apimachinery import selectors
from insideout.client import Object
from insideout.client.informer import Key, key_of
from insideout.controllers.controller import Controller
from insideout.controllers.endpointslice import endpoint as endpoints


class ServicePodsController(Controller):
    """A controller of Services that looks at the Pods which they select."""

    def watch(self) -> None:
        """Watch Services and Pods."""
        self.services = self.on(
            "services", add=self.enqueue, update=lambda _, obj: self.enqueue(obj), delete=self.enqueue
        )
        self.pods = self.on("pods", add=self._pod_changed, update=self._pod_updated, delete=self._pod_changed)

    def pods_of(self, service: Object) -> list[Object] | None:
        """Return the Pods of a Service; None when somebody else says where it leads."""
        spec = service["spec"]
        if spec.get("type") == "ExternalName" or not spec.get("selector"):
            return None
        selector = selectors.from_labels(spec["selector"])
        pods = self.pods.list(service["metadata"]["namespace"])
        return [pod for pod in pods if selector.matches(pod["metadata"].get("labels"))]

    def _pod_updated(self, before: Object, pod: Object) -> None:
        changed = endpoints.changed(before, pod)
        if not endpoints.belonging_changed(before, pod):
            due = self._services_of(pod) if changed else {}
        else:
            now, then = self._services_of(pod), self._services_of(before)
            due = now | then
            if not changed:
                due = {key: due[key] for key in now.keys() ^ then.keys()}
        for service in due.values():
            self.enqueue(service)

    def _pod_changed(self, pod: Object) -> None:
        for service in self._services_of(pod).values():
            self.enqueue(service)

    def _services_of(self, pod: Object) -> dict[Key, Object]:
        """Return the Services that select a Pod."""
        labels = pod["metadata"].get("labels") or {}
        if not labels:
            return {}
        found = {}
        for service in self.services.list(pod["metadata"]["namespace"]):
            wanted = service["spec"].get("selector")
            if wanted and all(labels.get(key) == value for key, value in wanted.items()):
                found[key_of(service)] = service
        return found
