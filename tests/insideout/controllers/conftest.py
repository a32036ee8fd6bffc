"""A whole cluster for the tests of components."""

from collections.abc import Callable

import pytest

from insideout.backends.embedded import EmbeddedBackend
from insideout.client import Client, Object
from insideout.controllers.manager import ControllerManager
from insideout.kubelet.hollow import HollowNodes
from insideout.kubelet.host import Timing
from insideout.scheduler.scheduler import Scheduler


class ClusterUnderTest:
    """Control plane and nodes; Pods are ready 0.4 s after they were bound."""

    def __init__(self, nodes: int) -> None:
        backend = EmbeddedBackend()
        self.loop = backend.loop
        self.client: Client = backend.client("test")
        self.nodes = HollowNodes(backend.client("kubelet"), self.loop, timing=Timing(0.4, 0, 0.2))
        self.manager = ControllerManager(backend.client("kube-controller-manager"), self.loop)
        self.scheduler = Scheduler(backend.client("kube-scheduler"), self.loop)
        for component in (self.nodes, self.manager, self.scheduler):
            component.start()
        for index in range(nodes):
            self.nodes.add(f"n{index}", cpu="64", first_renewal_s=index)
        self.loop.run(1)

    def run(self, seconds: float) -> None:
        """Let time pass."""
        self.loop.run(seconds)

    def create(self, api_version: str, kind: str, name: str, spec: Object, **metadata: object) -> Object:
        """Create an object in the namespace default."""
        full = {"name": name, "namespace": "default", **metadata}
        obj = {"apiVersion": api_version, "kind": kind, "metadata": full, "spec": spec}
        plural = {"NetworkPolicy": "networkpolicies"}.get(kind, f"{kind.lower()}s")
        return self.client.create(plural, obj)

    def get(self, resource: str, name: str) -> Object:
        """Return an object of the namespace default."""
        return self.client.get(resource, name, "default")

    def patch(self, resource: str, name: str, patch: Object) -> Object:
        """Merge into an object of the namespace default."""
        return self.client.patch(resource, name, patch, "default")

    def names(self, resource: str) -> list[str]:
        """Return the names of a resource in the namespace default."""
        return [obj["metadata"]["name"] for obj in self.client.list(resource, "default")["items"]]

    def events(self, kind: str) -> list[tuple[str, str]]:
        """Return reason and message of the Events about a kind, in order."""
        events = self.client.list("events")["items"]
        events.sort(key=lambda event: int(event["metadata"]["resourceVersion"]))
        return [(e["reason"], e["message"]) for e in events if e["involvedObject"]["kind"] == kind]


@pytest.fixture
def cluster() -> Callable[[int], ClusterUnderTest]:
    """Return how to make a cluster with some nodes."""
    return ClusterUnderTest


def template(name: str, script: str = "serve", **spec: object) -> Object:
    """Return a Pod template with a program for its container c."""
    return {
        "metadata": {"labels": {"app": name}, "annotations": {"program.course/c": script}},
        "spec": {"containers": [{"name": "c", "image": "i"}], **spec},
    }
