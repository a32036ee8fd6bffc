"""What the Endpoints and the EndpointSlice controllers share: a Service is due when its Pods change.

Source: staging/src/k8s.io/endpointslice/util/controller_utils.go:GetServicesToUpdateOnPodChange,
GetPodServiceMemberships@v1.36.2.
"""

from insideout.apimachinery import selectors
from insideout.client import Object
from insideout.controllers.controller import Controller
from insideout.controllers.endpointslice.endpoint import membership


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
        if before["metadata"].get("labels") != pod["metadata"].get("labels"):
            self._pod_changed(before)
        if membership(before) != membership(pod):
            self._pod_changed(pod)

    def _pod_changed(self, pod: Object) -> None:
        labels = pod["metadata"].get("labels") or {}
        if not labels:
            return
        for service in self.services.list(pod["metadata"]["namespace"]):
            wanted = service["spec"].get("selector")
            if wanted and all(labels.get(key) == value for key, value in wanted.items()):
                self.enqueue(service)
