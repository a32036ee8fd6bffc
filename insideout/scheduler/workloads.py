"""Which pods belong together when a pod names no spread constraints of its own.

Those that its Services and its controller (ReplicaSet or StatefulSet) select.

Source: pkg/scheduler/framework/plugins/helper/spread.go@v1.36.2 (DefaultSelector).  ReplicationControllers
are not served here and so left out.
"""

from insideout.apimachinery.selectors import EVERYTHING, LabelSelector, from_labels, from_object
from insideout.client import Object
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.spread import both

_CONTROLLERS = ("ReplicaSet", "StatefulSet")


class Workloads:
    """The Services, ReplicaSets and StatefulSets of the cluster."""

    def __init__(self) -> None:
        self._services: dict[str, dict[str, Object]] = {}
        self._controllers: dict[tuple[str, str, str], LabelSelector] = {}
        self._known: dict[object, LabelSelector] = {}

    def put(self, obj: Object) -> None:
        """Take a Service, ReplicaSet or StatefulSet in, or its new state."""
        namespace, name = obj["metadata"]["namespace"], obj["metadata"]["name"]
        if obj["kind"] == "Service":
            old = self._services.get(namespace, {}).get(name)
            if old is not None and old["spec"].get("selector") == obj["spec"].get("selector"):
                return
            self._services.setdefault(namespace, {})[name] = obj
        else:
            selector = from_object(obj["spec"].get("selector")) or EVERYTHING
            if self._controllers.get((namespace, obj["kind"], name)) == selector:
                return
            self._controllers[namespace, obj["kind"], name] = selector
        self._known.clear()

    def remove(self, obj: Object) -> None:
        """Forget the object."""
        namespace, name = obj["metadata"]["namespace"], obj["metadata"]["name"]
        if obj["kind"] == "Service":
            self._services.get(namespace, {}).pop(name, None)
        else:
            self._controllers.pop((namespace, obj["kind"], name), None)
        self._known.clear()

    def selector_of(self, pod: PodInfo) -> LabelSelector:
        """Return what selects the pod's kin; an empty selector when it has none."""
        key = (pod.namespace, tuple(pod.labels.items()), pod.controller)
        if key not in self._known:
            self._known[key] = self._find(pod)
        return self._known[key]

    def _find(self, pod: PodInfo) -> LabelSelector:
        merged: dict[str, str] = {}
        services = self._services.get(pod.namespace, {})
        for name in sorted(services):
            pairs = services[name]["spec"].get("selector")
            if pairs is not None and from_labels(pairs).matches(pod.labels):
                merged.update(pairs)
        selector = from_labels(merged)
        kind, owner = pod.controller
        if kind in _CONTROLLERS:
            selector = both(selector, self._controllers.get((pod.namespace, kind, owner), EVERYTHING))
        return selector
