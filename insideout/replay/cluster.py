"""The cluster that records are played on, with hollow nodes that behave as the recorder's did."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from insideout.backends.embedded import EmbeddedBackend
from insideout.client import Object, WatchEvent
from insideout.controllers.hollowprovisioner import HollowProvisioner
from insideout.controllers.manager import ControllerManager
from insideout.kubelet.hollow import HollowNodes
from insideout.kubelet.host import Timing
from insideout.kubelet.programs import Program, Programs, parse
from insideout.scheduler.scheduler import Scheduler

FAIL_ANNOTATION = "oracle/fail"
HOLD_FINALIZER = "oracle/hold"
POLL_S = 1.6
LONGEST_S = 15.0
REQUEST_S = 0.005
"""How long the recorder's requests took, about: what it created one by one did not come at one instant."""

Seen = TypeVar("Seen")


class RecorderPrograms(Programs):
    """Programs that run, except in Pods that the recorder asked never to become ready.

    A Pod that the recorder's finalizer holds goes on running while it terminates, as the recorder's nodes
    let it.
    """

    def of(self, pod: Object, container: Object) -> Program:
        """Return the program of a container."""
        annotations: Mapping[str, str] = pod["metadata"].get("annotations") or {}
        if annotations.get(FAIL_ANNOTATION) == "never-ready":
            return parse("unready")
        if HOLD_FINALIZER in (pod["metadata"].get("finalizers") or ()):
            return parse("ignore-stop")
        return super().of(pod, container)


class RecorderNodes(HollowNodes):
    """Nodes that can leave deleted Pods as they are for a while, as the recorder's did when asked."""

    linger_s = 0.0

    def _handle(self, pod: Object) -> None:
        if self.linger_s and "deletionTimestamp" in pod["metadata"]:
            self._loop.call_later(self.linger_s, super()._handle, pod)
        else:
            super()._handle(pod)


class ReplayCluster:
    """A control plane and some nodes, in virtual time."""

    def __init__(
        self,
        ready_after_s: float,
        gone_after_s: float,
        *,
        seed: int = 0,
        change: Callable[[ControllerManager], object] | None = None,
    ) -> None:
        backend = EmbeddedBackend(seed=seed, has_storage=True)
        self.loop = backend.loop
        self.client = backend.client("recorder")
        timing = Timing(sandbox_s=ready_after_s, start_s=0.0, stop_s=gone_after_s)
        self.nodes = RecorderNodes(
            backend.client("kubelet"),
            self.loop,
            timing=timing,
            programs=RecorderPrograms(),
            record_events=False,
        )
        self.manager = ControllerManager(backend.client("kube-controller-manager"), self.loop)
        self.scheduler = Scheduler(backend.client("kube-scheduler"), self.loop)
        if change is not None:
            change(self.manager)
        provisioner = HollowProvisioner(backend.client("hollow-provisioner"), self.loop)
        for component in (self.nodes, self.manager, provisioner, self.scheduler):
            component.start()

    def run(self, seconds: float) -> None:
        """Let time pass."""
        self.loop.run(seconds)

    def wait(self, condition: Callable[[], bool], timeout_s: float) -> bool:
        """Let time pass until `condition` holds; False when it did not within `timeout_s`."""
        end_s = self.loop.now_s + timeout_s
        while not condition():
            if self.loop.now_s >= end_s:
                return False
            self.loop.run(0.02)
        return True

    def settled(self, look: Callable[[], Seen]) -> Seen:
        """Let time pass until two looks show the same; return what the last one shows."""
        end_s = self.loop.now_s + LONGEST_S
        self.run(POLL_S)
        last = look()
        while self.loop.now_s < end_s:
            self.run(POLL_S)
            seen = look()
            if seen == last:
                break
            last = seen
        return last

    def follow(self, resource: str, namespace: str, tell: Callable[[str, Object], object]) -> None:
        """Call `tell` with the type and object of every change from now on."""
        version = self.client.list(resource, namespace)["metadata"]["resourceVersion"]

        def on_event(event: WatchEvent) -> None:
            if event.type in ("ADDED", "MODIFIED", "DELETED"):
                tell(event.type, event.object)

        self.client.watch(resource, on_event, namespace, resource_version=version)

    def create_namespace(self, name: str) -> None:
        """Create a namespace."""
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        self.client.create("namespaces", namespace)
