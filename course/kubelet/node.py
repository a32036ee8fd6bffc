"""A hollow node: a kubelet that registers, sends signs of life, runs Pods as programs and reports on them.

It does not watch by itself: `HollowNodes` has one watch for all nodes and hands each its Pods.

Source: pkg/kubelet/kubelet.go, pkg/kubelet/kubelet_node_status.go,
pkg/kubelet/status/status_manager.go@v1.36.2.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal

from course.apimachinery import timestamps
from course.client import ApiError, Client, Object
from course.client.events import EventRecorder
from course.kubelet.admission import admit, requests_of
from course.kubelet.host import Timing
from course.kubelet.images import Images, Registry
from course.kubelet.nodestatus import (
    LEASE_NAMESPACE,
    RENEW_EVERY_S,
    REPORT_EVERY_S,
    NodeSpec,
    lease_object,
    node_object,
    node_status,
)
from course.kubelet.podstatus import status_patch
from course.kubelet.podworker import PodWorker
from course.kubelet.programs import Programs
from course.sim import Loop, Timer

RETRY_S = 1.0


class HollowNode:
    """One node and its kubelet."""

    def __init__(
        self,
        client: Client,
        loop: Loop,
        spec: NodeSpec,
        index: int,
        *,
        timing: Timing,
        programs: Programs,
        registry: Registry,
        record_events: bool,
        live: Callable[[], Object | None],
    ) -> None:
        self.spec = spec
        self.loop = loop
        self.timing = timing
        self.programs = programs
        self.images = Images(loop, registry)
        self.workers: dict[str, PodWorker] = {}
        self.pressures: dict[str, bool] = {}
        self.is_silent = False
        self.address = f"172.18.{index // 250}.{index % 250 + 2}"
        self.pod_cidr = f"10.{244 - index // 256}.{index % 256}.0/24"
        self._client = client
        self._recorder = EventRecorder(client, loop, "kubelet") if record_events else None
        self._live = live
        self._addresses = 0
        self._dirty: dict[str, None] = {}
        self._flush_due = False
        self._reported: dict[str, Object] = {}
        self._lease: Object | None = None
        self._conditions: list[Object] = []
        self._timers: list[Timer] = []

    # The node itself.

    def start(self, first_renewal_s: float) -> None:
        """Register, and send signs of life from then on; `first_renewal_s` spreads nodes over the period."""
        self._register()
        self._timers = [
            self.loop.call_later(first_renewal_s, self._renew),
            self.loop.call_later(REPORT_EVERY_S, self._report_again),
        ]

    def stop(self) -> None:
        """End the kubelet and every container."""
        self.is_silent = True
        for timer in self._timers:
            timer.cancel()
        for worker in self.workers.values():
            worker.kill()
        self.workers.clear()

    def silence(self) -> None:
        """Cut the kubelet off: containers go on, the API server hears nothing and is not heard."""
        self.is_silent = True

    def revive(self, pods: list[Object]) -> None:
        """Connect again: take in what happened to its Pods meanwhile, and report everything."""
        self.is_silent = False
        known = {pod["metadata"]["uid"] for pod in pods}
        for uid in [uid for uid in self.workers if uid not in known]:
            self._forget(uid)
        self._reported.clear()
        for pod in pods:
            self.handle(pod)
        for uid in self.workers:
            self.report(uid)
        self._renew_now()
        self.report_node()

    def report_node(self) -> None:
        """Write the node's status."""
        status = node_status(self.spec, self.address, self.pressures, self._conditions, self.loop.time())
        self._conditions = status["conditions"]
        self._try(
            lambda: self._client.patch(
                "nodes", self.spec.name, {"status": status}, type="strategic", subresource="status"
            )
        )

    def _register(self) -> None:
        node: Object | None = None
        try:
            node = self._client.create("nodes", node_object(self.spec, self.pod_cidr))
        except ApiError as refused:
            if refused.reason != "AlreadyExists":
                raise
            node = self._client.get("nodes", self.spec.name)
        self.report_node()
        self._lease = self._try(
            lambda: self._client.create("leases", lease_object(node, self.loop.time()), LEASE_NAMESPACE)
        )

    def _renew(self) -> None:
        self._timers[0] = self.loop.call_later(RENEW_EVERY_S, self._renew)
        if not self.is_silent:
            self._renew_now()

    def _renew_now(self) -> None:
        if self._lease is None:
            self._lease = self._try(lambda: self._client.get("leases", self.spec.name, LEASE_NAMESPACE))
        if self._lease is not None:
            lease = self._lease | {
                "spec": self._lease["spec"] | {"renewTime": timestamps.micros(self.loop.time())}
            }
            # A write that fails is made again from what the server holds then.
            self._lease = self._try(lambda: self._client.update("leases", lease, LEASE_NAMESPACE))

    def _report_again(self) -> None:
        self._timers[1] = self.loop.call_later(REPORT_EVERY_S, self._report_again)
        if not self.is_silent:
            self.report_node()

    # Pods.

    def handle(self, pod: Object) -> None:
        """Take in a Pod of this node, new or changed."""
        if self.is_silent:
            return
        uid = pod["metadata"]["uid"]
        worker = self.workers.get(uid)
        if worker is not None:
            worker.update(pod)
            return
        if (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed"):
            if "deletionTimestamp" in pod["metadata"]:
                self._remove(pod)
            return
        worker = self.workers[uid] = PodWorker(self, pod)
        if "deletionTimestamp" in pod["metadata"]:
            worker.update(pod)
            return
        node = self._live() or node_object(self.spec, self.pod_cidr)
        used, others = self._held(uid)
        rejection = admit(pod, node, used, others)
        if rejection is None:
            worker.start()
            return
        self.record(pod, "Warning", rejection.reason, rejection.message)
        worker.is_finished = True
        worker.fail(rejection.reason, f"Pod was rejected: {rejection.message}", 0)

    def gone(self, pod: Object) -> None:
        """Take in that a Pod is no longer in the API: whatever still runs of it ends."""
        if not self.is_silent:
            self._forget(pod["metadata"]["uid"])

    def _forget(self, uid: str) -> None:
        worker = self.workers.pop(uid, None)
        if worker is not None:
            worker.kill()
            self.images.forget_pod(uid)
        self._reported.pop(uid, None)
        self._dirty.pop(uid, None)

    def _held(self, uid: str) -> tuple[Mapping[str, Decimal], int]:
        """Return what the other Pods take of the node, and how many they are."""
        used: dict[str, Decimal] = {}
        others = [w for other, w in self.workers.items() if other != uid and not w.is_finished]
        for worker in others:
            for name, amount in requests_of(worker.pod).items():
                used[name] = used.get(name, Decimal(0)) + amount
        return used, len(others)

    # What Pods tell the node.

    def assign_ip(self, pod: Object) -> str:
        """Return the node's own address for a Pod in its network, else the next free one of the Pod range."""
        if pod["spec"].get("hostNetwork"):
            return self.address
        taken = {worker.ip for worker in self.workers.values()}
        prefix = self.pod_cidr.rsplit(".", 1)[0]
        while True:
            self._addresses += 1
            address = f"{prefix}.{self._addresses % 252 + 2}"
            if address not in taken:
                return address

    def record(self, pod: Object, type_: str, reason: str, message: str) -> None:
        """Write an Event about a Pod."""
        if self._recorder is not None and not self.is_silent:
            self._recorder.event(pod, type_, reason, message)

    def report(self, uid: str) -> None:
        """Write a Pod's status soon, once for all that happens at this instant."""
        self._dirty[uid] = None
        if not self._flush_due:
            self._flush_due = True
            self.loop.call_soon(self._flush)

    def finished(self, uid: str) -> None:
        """Remove a Pod that has stopped; its status is written first."""
        self._flush()
        worker = self.workers.get(uid)
        if worker is not None and not self.is_silent:
            self._remove(worker.pod)

    def _flush(self) -> None:
        self._flush_due = False
        if self.is_silent:
            return
        dirty, self._dirty = self._dirty, {}
        for uid in dirty:
            worker = self.workers.get(uid)
            if worker is not None:
                self._write_status(worker)

    def _write_status(self, worker: PodWorker) -> None:
        status = worker.status() | {"hostIP": self.address, "hostIPs": [{"ip": self.address}]}
        changes = status_patch(self._reported.get(worker.uid, {}), status)
        if not changes:
            return
        self._reported[worker.uid] = status
        metadata = worker.pod["metadata"]
        patch = {"metadata": {"uid": worker.uid}, "status": changes}
        self._try(
            lambda: self._client.patch(
                "pods", metadata["name"], patch, metadata["namespace"], type="strategic", subresource="status"
            ),
            otherwise=lambda: self._report_later(worker.uid),
        )

    def _report_later(self, uid: str) -> None:
        self._reported.pop(uid, None)
        self.loop.call_later(RETRY_S, self.report, uid)

    def _remove(self, pod: Object) -> None:
        metadata = pod["metadata"]
        self._try(
            lambda: self._client.delete(
                "pods", metadata["name"], metadata["namespace"], uid=metadata["uid"], grace_period_s=0
            ),
            otherwise=lambda: self.loop.call_later(RETRY_S, self._remove_again, pod),
        )

    def _remove_again(self, pod: Object) -> None:
        if pod["metadata"]["uid"] in self.workers and not self.is_silent:
            self._remove(pod)

    def _try(
        self, write: Callable[[], Object], otherwise: Callable[[], object] | None = None
    ) -> Object | None:
        """Make a write; one that the server refuses for good is dropped, any other is for `otherwise`."""
        try:
            return write()
        except ApiError as refused:
            if refused.code not in (404, 409, 422) and otherwise is not None:
                otherwise()
        except OSError:
            if otherwise is not None:
                otherwise()
        return None
