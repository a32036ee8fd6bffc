"""The Pods of one node: which come in, which are refused, what the API is told of them.

Source: pkg/kubelet/kubelet.go:HandlePodAdditions, HandlePodCleanups, pkg/kubelet/status/status_manager.go,
pkg/kubelet/pod/{pod_manager,mirror_client}.go@v1.36.2.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal

from insideout.apimachinery.hostports import HostPort, host_ports
from insideout.client import ApiError, Client, Object
from insideout.client.events import EventRecorder
from insideout.client.interface import UnreachableError, sharing
from insideout.kubelet.admission import Held, Rejection, admit
from insideout.kubelet.environment import Node
from insideout.kubelet.host import Timing
from insideout.kubelet.images import Images
from insideout.kubelet.order import Order
from insideout.kubelet.podstatus import status_patch
from insideout.kubelet.podworker import PodWorker
from insideout.kubelet.programs import Programs
from insideout.kubelet.servicelinks import ServiceLinks
from insideout.kubelet.sources import Immutable, Sources
from insideout.kubelet.staticpods import HASH, is_mirror, mirror_of
from insideout.sim import Loop

RETRY_S = 1.0


class PodManager:
    """Runs a node's Pods and keeps their status in the API current; it is their `Host`."""

    def __init__(
        self,
        client: Client,
        loop: Loop,
        *,
        timing: Timing,
        programs: Programs,
        images: Images,
        recorder: EventRecorder | None,
        node: Callable[[], Object],
        address: str,
        pod_cidr: str,
        links: ServiceLinks,
        refuses: Callable[[Object], Rejection | None],
        network_set_up: Callable[[], object] = lambda: None,
    ) -> None:
        self.loop = loop
        self.timing = timing
        self.programs = programs
        self.images = images
        self.order = Order()
        self.workers: dict[str, PodWorker] = {}
        self.is_silent = False
        self.is_halted = False
        self.ended_cpu_s = 0.0
        """How many seconds of a CPU containers used that have ended."""
        self.network_problem = ""
        self._client = sharing(client)
        self._recorder = recorder
        self._node = node
        self.address = address
        self._prefix = pod_cidr.rsplit(".", 1)[0]
        self._links = links
        self._refuses = refuses
        self._network_set_up = network_set_up
        self._addresses = 0
        self._dirty: dict[str, None] = {}
        self._flush_due = False
        self._reported: dict[str, Object] = {}
        self._mirrors: dict[str, str] = {}
        """The UID of the mirror Pod for each static Pod's UID, "" while there is none."""

    # What comes in.

    def handle(self, pod: Object) -> None:
        """Take in a Pod of this node from the API, new or changed."""
        uid = pod["metadata"]["uid"]
        worker = self.workers.get(uid)
        if is_mirror(pod):
            self._handle_mirror(pod)
        elif worker is not None:
            worker.update(pod)
        elif (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed"):
            if "deletionTimestamp" in pod["metadata"]:
                self._remove(pod)
        else:
            self._begin(pod)

    def gone(self, pod: Object) -> None:
        """Take in that a Pod is no longer in the API: whatever still runs of it ends; a mirror comes back."""
        if is_mirror(pod):
            digest = pod["metadata"]["annotations"].get(HASH, "")
            if digest in self._mirrors:
                self._mirrors[digest] = ""
                self._show(digest)
            return
        self._forget(pod["metadata"]["uid"])

    def catch_up(self, pods: list[Object]) -> None:
        """Take in all the Pods there are after a silence, and report everything again."""
        known = {pod["metadata"]["uid"] for pod in pods}
        for uid in [uid for uid in self.workers if uid not in known and uid not in self._mirrors]:
            self._forget(uid)
        self._reported.clear()
        for worker in self.workers.values():
            worker.reconnect()
        for pod in pods:
            self.handle(pod)
        for uid in self.workers:
            self.report(uid)

    def sync_all(self) -> None:
        """Look after every Pod again."""
        for worker in list(self.workers.values()):
            worker.sync()

    def run_static(self, pod: Object) -> None:
        """Run a static Pod, and show it in the API."""
        uid = pod["metadata"]["uid"]
        worker = self.workers[uid] = PodWorker(self, pod)
        self._mirrors[uid] = ""
        worker.start()
        self._show(uid)

    def end_static(self, uid: str) -> None:
        """End a static Pod whose manifest is gone."""
        worker = self.workers[uid]
        worker.update(worker.pod | {"metadata": worker.pod["metadata"] | {"deletionTimestamp": ""}})

    def end_all(self) -> None:
        """End every container: the machine is gone."""
        for worker in self.workers.values():
            worker.kill()
        self.workers.clear()

    def _begin(self, pod: Object) -> None:
        worker = self.workers[pod["metadata"]["uid"]] = PodWorker(self, pod)
        if "deletionTimestamp" in pod["metadata"]:
            worker.update(pod)
            return
        rejection = self._refuses(pod) or admit(pod, self._node(), self._held(worker))
        if rejection is None:
            worker.start()
            return
        self.record(pod, "Warning", rejection.reason, rejection.message)
        worker.is_finished = True
        worker.fail(rejection.reason, f"Pod was rejected: {rejection.message}", 0)

    def _forget(self, uid: str) -> None:
        worker = self.workers.pop(uid, None)
        if worker is not None:
            worker.kill()
            self.images.forget_pod(uid)
        self._reported.pop(uid, None)
        self._dirty.pop(uid, None)

    def _held(self, asking: PodWorker) -> Held:
        """Return what others than the Pod that asks take of the node; ports if it wants any itself."""
        used: dict[str, Decimal] = {}
        others = [w for w in self.workers.values() if w is not asking and not w.is_finished]
        for worker in others:
            for name, amount in worker.requests.items():
                used[name] = used.get(name, Decimal(0)) + amount
        ports: list[HostPort] = []
        if any(host_ports(asking.pod["spec"])):
            ports = [port for worker in others for port in host_ports(worker.pod["spec"])]
        return Held(used, len(others), ports)

    # Mirror Pods.

    def _handle_mirror(self, pod: Object) -> None:
        digest = pod["metadata"]["annotations"].get(HASH, "")
        if digest not in self._mirrors or "deletionTimestamp" in pod["metadata"]:
            self._remove(pod)
        elif self._mirrors[digest] != pod["metadata"]["uid"]:
            self._mirrors[digest] = pod["metadata"]["uid"]
            self._reported.pop(digest, None)
            self.report(digest)

    def _show(self, uid: str) -> None:
        """Create the mirror of a static Pod; the API tells when it is there."""
        worker = self.workers.get(uid)
        if worker is not None and not self.is_silent:
            mirror = mirror_of(worker.pod, self._node())
            self.attempt(
                lambda: self._client.create("pods", mirror),
                otherwise=lambda: self.loop.call_later(RETRY_S, self._show, uid),
            )

    # What Pods tell the node.

    def assign_ip(self, pod: Object) -> str:
        """Return the node's own address for a Pod in its network, else the next free one of the Pod range."""
        if pod["spec"].get("hostNetwork"):
            return self.address
        taken = {worker.ip for worker in self.workers.values()}
        while True:
            self._addresses += 1
            address = f"{self._prefix}.{self._addresses % 252 + 2}"
            if address not in taken:
                return address

    def sources(self, namespace: str, immutable: Immutable | None = None) -> Sources:
        """Return the ConfigMaps and Secrets of a namespace, to be read now but for those in `immutable`."""
        return Sources(self._read, namespace, immutable)

    def services(self, namespace: str, *, own: bool) -> Mapping[str, str]:
        """Return the variables that name Services to containers in a namespace; `own`: those there, too."""
        return self._links.variables(namespace, own=own)

    def _read(self, resource: str, name: str, namespace: str) -> Object:
        if self.is_silent:
            raise UnreachableError("the node is cut off")
        return self._client.get(resource, name, namespace)

    def as_variables(self) -> Node:
        """Return what variables may say of the node."""
        return Node(self.address, (self._node().get("status") or {}).get("allocatable") or {})

    def network_set_up(self) -> None:
        """Tell the node that a Pod has set up its network."""
        self._network_set_up()

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

    def used_cpu(self, seconds: float) -> None:
        """Keep what a container used that has ended."""
        self.ended_cpu_s += seconds

    def finished(self, uid: str) -> None:
        """Remove a Pod that has stopped; its status is written first."""
        self._flush()
        worker = self.workers.get(uid)
        if worker is None or self.is_silent:
            return
        if uid in self._mirrors:
            mirror_uid = self._mirrors.pop(uid)
            metadata = worker.pod["metadata"] | {"uid": mirror_uid}
            self._forget(uid)
            self._remove({"metadata": metadata})
        else:
            self._remove(worker.pod)

    # Writing.

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
        uid = self._mirrors.get(worker.uid, worker.uid)
        status = worker.status() | {"hostIP": self.address, "hostIPs": [{"ip": self.address}]}
        changes = status_patch(self._reported.get(worker.uid, {}), status)
        if not changes or not uid:
            return
        self._reported[worker.uid] = status
        metadata = worker.pod["metadata"]
        patch = {"metadata": {"uid": uid}, "status": changes}
        self.attempt(
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
        self.attempt(
            lambda: self._client.delete(
                "pods", metadata["name"], metadata["namespace"], uid=metadata["uid"], grace_period_s=0
            ),
            otherwise=lambda: self.loop.call_later(RETRY_S, self._remove_again, pod),
        )

    def _remove_again(self, pod: Object) -> None:
        if pod["metadata"]["uid"] in self.workers and not self.is_silent:
            self._remove(pod)

    def attempt(
        self, write: Callable[[], Object], otherwise: Callable[[], object] | None = None
    ) -> Object | None:
        """Make a write; one that the server refuses for good is dropped, any other is for `otherwise`."""
        try:
            return write()
        except ApiError as refused:
            if refused.code not in (404, 409, 422) and otherwise is not None:
                otherwise()
        return None
