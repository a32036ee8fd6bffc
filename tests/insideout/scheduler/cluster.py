"""A small cluster for the component's tests: an API server, a loop, and no kubelets."""

from typing import Any

from insideout.apiserver.server import ApiServer
from insideout.client import Object
from insideout.client.local import LocalClient
from insideout.sim.loop import Loop


class Cluster:
    """An API server with short ways to make nodes and pods."""

    def __init__(self, seed: int = 0) -> None:
        self.loop = Loop(seed=seed)
        self.server = ApiServer(self.loop)
        self.client = LocalClient(self.server, "test")

    def add_nodes(self, *nodes: Object) -> None:
        """Create nodes with their status, and take off the taint that admission puts on new ones."""
        for each in nodes:
            self.client.create("nodes", {"apiVersion": "v1", "kind": "Node", **each})
            name, taints = each["metadata"]["name"], each["spec"]["taints"]
            self.client.patch("nodes", name, {"status": each["status"]}, subresource="status")
            self.client.patch("nodes", name, {"spec": {"taints": taints or None}})

    def add_priority(self, value: int) -> None:
        """Create the PriorityClass "p<value>"."""
        obj = {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "value": value}
        self.client.create("priorityclasses.scheduling.k8s.io", obj | {"metadata": {"name": f"p{value}"}})

    def add_pod(self, name: str, cpu: str = "", *, priority: int | None = None, **spec: Any) -> Object:
        """Create a pod in the namespace default; a priority needs its class."""
        if priority is not None:
            spec["priorityClassName"] = f"p{priority}"
        metadata = {"name": name, "labels": spec.pop("labels", {}), **spec.pop("metadata", {})}
        requests = {"cpu": cpu} if cpu else {}
        container = {"name": "c", "image": "nginx:1.27", "resources": {"requests": requests}}
        body = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata}
        return self.client.create("pods", body | {"spec": {"containers": [container], **spec}}, "default")

    def pod(self, name: str) -> Object:
        """Return the pod as it is now."""
        return self.client.get("pods", name, "default")

    def node_of(self, name: str) -> str:
        """Return the pod's node, or an empty name."""
        return str(self.pod(name)["spec"].get("nodeName") or "")

    def placed(self) -> dict[str, str]:
        """Return the node of every pod."""
        return {
            each["metadata"]["name"]: each["spec"].get("nodeName") or ""
            for each in self.client.list("pods")["items"]
        }

    def condition(self, name: str, type_: str = "PodScheduled") -> Object:
        """Return a condition of the pod; an empty one when it has none."""
        conditions = self.pod(name).get("status", {}).get("conditions") or []
        return next((each for each in conditions if each["type"] == type_), {})

    def events(self, reason: str) -> list[Object]:
        """Return the events with this reason, in the order in which they came."""
        found = [each for each in self.client.list("events")["items"] if each["reason"] == reason]
        return sorted(found, key=lambda each: int(each["metadata"]["resourceVersion"]))
