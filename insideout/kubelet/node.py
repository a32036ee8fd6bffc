"""A hollow node: a kubelet that registers, sends signs of life, and runs Pods as programs.

It does not watch by itself: `HollowNodes` has one watch for all nodes and hands each its Pods.

Source: pkg/kubelet/kubelet.go, pkg/kubelet/kubelet_node_status.go@v1.36.2.
"""

from collections.abc import Callable

from insideout.apimachinery import timestamps
from insideout.client import Client, Object
from insideout.client.events import EventRecorder
from insideout.kubelet.admission import Rejection
from insideout.kubelet.connection import NodeConnection
from insideout.kubelet.eviction import PERIOD_S as LOOK_EVERY_S
from insideout.kubelet.host import Timing
from insideout.kubelet.images import Images, Registry
from insideout.kubelet.nodestatus import (
    LEASE_NAMESPACE,
    NO_NETWORK,
    RENEW_EVERY_S,
    REPORT_EVERY_S,
    RUNTIME_LOOK_S,
    NodeSpec,
    lease_object,
    node_object,
    node_status,
)
from insideout.kubelet.podmanager import RETRY_S, PodManager
from insideout.kubelet.podworker import PodWorker
from insideout.kubelet.programs import Programs
from insideout.kubelet.reclaim import GRACE_S, REASON, MemoryPressure, disruption_condition
from insideout.kubelet.servicelinks import ServiceLinks
from insideout.kubelet.staticpods import static_pod
from insideout.kubelet.usage import NodeUsage, measured
from insideout.sim import Loop, Timer


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
        links: ServiceLinks,
        live: Callable[[], Object | None],
    ) -> None:
        self.spec = spec
        self.address = f"172.18.{index // 250}.{index % 250 + 2}"
        self.pod_cidr = f"10.{244 - index // 256}.{index % 256}.0/24"
        self._client = client
        self._loop = loop
        self._live = live
        self._lease: Object | None = None
        self._conditions: list[Object] = []
        self._registered: Object = {}
        self._timers: dict[str, Timer] = {}
        self.memory = MemoryPressure(spec.memory)
        self._reports_pressure = False
        self._trouble = ""
        self._static: dict[str, str] = {}
        self.pods = PodManager(
            client,
            loop,
            timing=timing,
            programs=programs,
            images=Images(loop, registry),
            recorder=EventRecorder(client, loop, "kubelet") if record_events else None,
            node=lambda: self._live() or self._registered,
            address=self.address,
            pod_cidr=self.pod_cidr,
            links=links,
            refuses=self._refuses,
            network_set_up=self._network_set_up,
        )
        self.pods.network_problem = "" if spec.network else NO_NETWORK
        self.connection = NodeConnection(
            loop,
            self._worker_of,
            self.usage,
            lambda: self.pods.workers.values(),
            name=spec.name,
            address=self.address,
            is_cut_off=lambda: self.is_silent,
        )

    @property
    def is_silent(self) -> bool:
        """Whether the API server neither hears it nor is heard."""
        return self.pods.is_silent

    def usage(self) -> NodeUsage:
        """Measure what its containers use now."""
        now_s, date = self._loop.now_s, self._loop.time()
        return measured(now_s, date, self.pods.ended_cpu_s, self.pods.workers.values())

    def start(self, first_renewal_s: float) -> None:
        """Register, and send signs of life from then on; `first_renewal_s` spreads nodes over the period."""
        self._register()
        self._later("renew", first_renewal_s, self._renew)
        self._later("report", REPORT_EVERY_S, self._report_again)
        self._later("look", first_renewal_s, self._look_at_memory)

    def stop(self) -> None:
        """End the kubelet and every container."""
        self.pods.is_silent = True
        for timer in self._timers.values():
            timer.cancel()
        self.pods.end_all()

    def silence(self) -> None:
        """Cut the kubelet off: containers go on, the API server hears nothing and is not heard."""
        self.pods.is_silent = True

    def halt(self) -> None:
        """End the kubelet's process: containers go on, and nobody restarts them or hears of them."""
        self.pods.is_silent = self.pods.is_halted = True

    def revive(self, pods: list[Object]) -> None:
        """Connect or start again: take in what happened to its Pods meanwhile, and report everything."""
        self.pods.is_silent = self.pods.is_halted = False
        self.pods.catch_up(pods)
        self.pods.sync_all()
        self._renew_now()
        self.report()

    def trouble(self, message: str) -> None:
        """Report Ready=False from now on, for this reason; "" is ready again.  Containers go on."""
        self._trouble = message
        if not self.is_silent:
            self.report()

    def add_static_pod(self, manifest: Object) -> None:
        """Run a Pod from a manifest on this node, whoever else is up."""
        pod = static_pod(manifest, self.spec.name)
        self._static[manifest["metadata"]["name"]] = pod["metadata"]["uid"]
        self.pods.run_static(pod)

    def remove_static_pod(self, name: str) -> None:
        """Take a manifest away; KeyError when there is none of this name."""
        self.pods.end_static(self._static.pop(name))

    def report(self) -> None:
        """Write the node's status."""
        status = self._status()
        self.pods.attempt(
            lambda: self._client.patch(
                "nodes", self.spec.name, {"status": status}, type="strategic", subresource="status"
            ),
            otherwise=lambda: self._later("report", RETRY_S, self._report_again),
        )

    def _status(self) -> Object:
        """Return the node's status, and remember its conditions."""
        pressures = {"MemoryPressure": self._reports_pressure}
        now = self._loop.time()
        status = node_status(self.spec, self.address, pressures, self._conditions, now, self._problem)
        self._conditions = status["conditions"]
        return status

    @property
    def _problem(self) -> str:
        """What keeps the node from being ready, "" when nothing does."""
        return ", ".join(filter(None, (self._trouble, self.pods.network_problem)))

    def _network_set_up(self) -> None:
        """Find, at the next look at the runtime, that Pods get a network now."""
        if self.pods.network_problem:
            self._loop.call_later(RUNTIME_LOOK_S, self._network_found)

    def _network_found(self) -> None:
        self.pods.network_problem = ""
        if not self.is_silent:
            self.report()

    # Signs of life.

    def _register(self) -> None:
        """Create the Node, or find it as it was left; until that works nothing else is said."""
        attempt, name = self.pods.attempt, self.spec.name
        node = node_object(self.spec, self.pod_cidr)
        if self._problem:  # else the controller of nodes might take the taint away before the first report
            node["status"] = self._status()
        found = attempt(lambda: self._client.create("nodes", node))
        found = found or attempt(lambda: self._client.get("nodes", name))
        if found is None:
            self._later("register", RETRY_S, self._register)
            return
        self._registered = found
        self.report()
        self._renew_now()

    def _renew(self) -> None:
        self._later("renew", RENEW_EVERY_S, self._renew)
        if not self.is_silent:
            self._renew_now()
            self._correct()

    def _correct(self) -> None:
        """Report at once when the API has another word on readiness, as after an outage of the API server."""
        live = self._live()
        conditions = (live or {}).get("status", {}).get("conditions", [])
        mine = "False" if self._problem else "True"
        if any(one["type"] == "Ready" and one["status"] != mine for one in conditions):
            self._conditions = conditions
            self.report()

    def _renew_now(self) -> None:
        """Renew the Lease; after a write that failed, from what the server holds, or with a new one."""
        client, attempt = self._client, self.pods.attempt
        if not self._registered:
            return
        if self._lease is None:
            self._lease = attempt(lambda: client.get("leases", self.spec.name, LEASE_NAMESPACE))
        if self._lease is None:
            new = lease_object(self._registered, self._loop.time())
            self._lease = attempt(lambda: client.create("leases", new, LEASE_NAMESPACE))
            return
        renewed = timestamps.micros(self._loop.time())
        lease = self._lease | {"spec": self._lease["spec"] | {"renewTime": renewed}}
        self._lease = attempt(lambda: client.update("leases", lease, LEASE_NAMESPACE))

    def _report_again(self) -> None:
        self._later("report", REPORT_EVERY_S, self._report_again)
        if not self.is_silent:
            self.report()

    def _later(self, what: str, delay_s: float, callback: Callable[[], object]) -> None:
        self._timers[what] = self._loop.call_later(delay_s, callback)

    # Memory.

    def _look_at_memory(self) -> None:
        """Evict one Pod when memory is short; then look again as soon as it may be gone."""
        now_s = self._loop.now_s
        eviction = self.memory.look(self.pods.workers.values(), now_s)
        self._later("look", GRACE_S if eviction else LOOK_EVERY_S, self._look_at_memory)
        if self.memory.is_on(now_s) != self._reports_pressure:
            self._reports_pressure = not self._reports_pressure
            if not self.is_silent:
                self.report()
        if eviction is not None:
            condition = disruption_condition(eviction.message, self._loop.time())
            self.pods.record(eviction.worker.pod, "Warning", REASON, eviction.message)
            eviction.worker.fail(REASON, eviction.message, GRACE_S, [condition])

    def _refuses(self, pod: Object) -> Rejection | None:
        return self.memory.refuses(pod, self._loop.now_s)

    def _worker_of(self, pod: Object) -> PodWorker | None:
        """Return what runs a pod; by name where a request has nothing else."""
        metadata = pod["metadata"]
        if "uid" in metadata:
            return self.pods.workers.get(metadata["uid"])
        wanted = metadata["namespace"], metadata["name"]
        for worker in self.pods.workers.values():
            if (worker.pod["metadata"]["namespace"], worker.pod["metadata"]["name"]) == wanted:
                return worker
        return None
