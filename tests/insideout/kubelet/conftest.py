"""A node without an API server: what its Pods tell it is kept for the test to read."""

from collections.abc import Callable, Mapping

import pytest

from insideout.client import ApiError, Object
from insideout.kubelet.environment import Node
from insideout.kubelet.host import Timing
from insideout.kubelet.images import Images, Registry
from insideout.kubelet.order import Order
from insideout.kubelet.podworker import PodWorker
from insideout.kubelet.programs import Programs
from insideout.kubelet.sources import Immutable, Sources
from insideout.sim import Loop


def _nothing(resource: str, name: str, namespace: str) -> Object:
    raise ApiError({"code": 404, "message": f'{resource} "{name}" not found'})


class FakeHost:
    """Runs Pods and remembers Events, and the Pods that were to be removed."""

    def __init__(self) -> None:
        self.is_halted = False
        self.address = "172.18.0.2"
        self.network_problem = ""
        self.loop = Loop()
        self.timing = Timing(sandbox_s=0.0, start_s=0.0, stop_s=0.0)
        self.programs = Programs()
        self.registry = Registry()
        self.images = Images(self.loop, self.registry)
        self.order = Order()
        self.events: list[tuple[float, str, str]] = []
        self.removed: list[tuple[float, str]] = []

    def assign_ip(self, pod: Object) -> str:
        """Return an address."""
        return "10.244.0.2"

    def sources(self, namespace: str, immutable: Immutable | None = None) -> Sources:
        """Return what there is of ConfigMaps and Secrets: nothing."""
        return Sources(_nothing, namespace, immutable)

    def services(self, namespace: str, *, own: bool) -> Mapping[str, str]:
        """Return what there is of Services: nothing."""
        return {}

    def as_variables(self) -> Node:
        """Return a node that has only its address."""
        return Node(self.address, {})

    def network_set_up(self) -> None:
        """Need none."""

    def record(self, pod: Object, type_: str, reason: str, message: str) -> None:
        """Remember an Event."""
        self.events.append((self.loop.now_s, reason, message))

    def report(self, uid: str) -> None:
        """Say nothing to anybody."""

    def used_cpu(self, seconds: float) -> None:
        """Nobody measures here."""

    def finished(self, uid: str) -> None:
        """Remember that a Pod is to be removed."""
        self.removed.append((self.loop.now_s, uid))

    def run(self, spec: Object, programs: dict[str, str] | None = None) -> PodWorker:
        """Run a Pod with scripts for its containers, by container name."""
        annotations = {f"program.course/{name}": script for name, script in (programs or {}).items()}
        metadata = {"name": "p", "namespace": "ns", "uid": "u", "annotations": annotations}
        worker = PodWorker(self, {"metadata": metadata, "spec": spec})
        worker.start()
        return worker

    def at(self, reason: str) -> list[float]:
        """Return when Events of a reason were recorded."""
        return [time_s for time_s, found, _ in self.events if found == reason]


@pytest.fixture
def host() -> FakeHost:
    """Return a node for one test."""
    return FakeHost()


@pytest.fixture
def delete() -> Callable[[PodWorker, int], None]:
    """Return how a Pod's deletion reaches its node."""

    def begin(worker: PodWorker, grace_s: int) -> None:
        metadata = worker.pod["metadata"] | {"deletionTimestamp": "t", "deletionGracePeriodSeconds": grace_s}
        worker.update(worker.pod | {"metadata": metadata})

    return begin
