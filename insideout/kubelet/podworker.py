"""A Pod's life on its node: from admission to the last container's end.

Each look (`sync`) compares what runs with what should and starts what is missing; it is taken again
whenever a container ends and whenever waiting is over.

Left out: resizing in place, ephemeral containers.

Source: pkg/kubelet/pod_workers.go, pkg/kubelet/kubelet.go:SyncPod, pkg/kubelet/kuberuntime
/kuberuntime_manager.go:computePodActions@v1.36.2.
"""

from collections.abc import Mapping
from decimal import Decimal

from insideout.apimachinery import timestamps
from insideout.apimachinery.resources import is_sidecar
from insideout.client import Object
from insideout.kubelet import deadline, environment, subpaths, volumes
from insideout.kubelet.admission import requests_of
from insideout.kubelet.container import Container
from insideout.kubelet.host import PodHost
from insideout.kubelet.initcontainers import Actions, Kind
from insideout.kubelet.mounting import Mounter
from insideout.kubelet.phase import phase, should_restart
from insideout.kubelet.podstatus import pod_conditions, pod_status
from insideout.kubelet.prober import Kind as ProbeKind
from insideout.kubelet.prober import Prober
from insideout.kubelet.remounting import Remounter
from insideout.kubelet.replacing import Replacer
from insideout.kubelet.starting import Starter
from insideout.kubelet.stopping import Stopper, kill, terminate

NETWORK_RETRY_S = 10.0
"""How soon a Pod that found no network is looked at again; upstream adds up to half of that by chance."""


class PodWorker:
    """One Pod on one node."""

    def __init__(self, host: PodHost, pod: Object) -> None:
        self.pod = pod
        self.uid: str = pod["metadata"]["uid"]
        self.ip = ""
        self.is_finished = False
        """Whether everything has stopped for good."""
        self.reason = ""
        self.message = ""
        self._host = host
        self._final_phase = ""
        self._started = timestamps.seconds(host.loop.time())
        self._conditions: list[Object] = []
        self._extra_conditions: list[Object] = []
        self._stopper: Stopper | None = None
        self._is_deleting = False
        self._is_released = False
        self._sync_at_s: float | None = None
        self._requests: tuple[Object, Mapping[str, Decimal]] = {}, {}  # read from which spec
        self._deadline = deadline.Deadline(host.loop, host.loop.now_s)
        self._mounter = Mounter(host, pod, self._mounted)
        self._remounter = Remounter(host, self._mounter, lambda: self.containers)
        self._starter = Starter(host, pod, run=self._run, stop=self._stop_one, again=self.sync_later)
        self.containers = self._containers(pod)
        self._replacer = Replacer(host, self.containers, self._stop_one, self.status)

    def _containers(self, pod: Object) -> list[Container]:
        spec, programs = pod["spec"], self._host.programs
        inits = spec.get("initContainers") or []
        containers = [
            Container(c, "sidecar" if is_sidecar(c) else "init", programs.of(pod, c)) for c in inits
        ] + [Container(c, "main", programs.of(pod, c)) for c in spec["containers"]]
        if inits:
            for container in containers:
                container.wait("PodInitializing")
        return containers

    # What the node tells it.

    def start(self) -> None:
        """Begin: volumes first, then the network, then containers."""
        self._host.report(self.uid)
        self._watch_deadline()
        self._host.loop.call_later(self._host.timing.sandbox_s, self._mount)

    def update(self, pod: Object) -> None:
        """Take in a newer version of the Pod; a deletion begins, or gets less time.

        Others write the conditions that readiness gates ask for, so whether it is Ready is judged anew.
        """
        before, self.pod = self.pod, pod
        if "deletionTimestamp" in pod["metadata"]:
            self._is_deleting = True
            self.stop(int(pod["metadata"].get("deletionGracePeriodSeconds") or 0))
            return
        self._watch_deadline()
        self._remounter.update(before, pod)
        if self._replacer.take_over(pod, may_stop=self._stopper is None):
            self.sync_later(0.0)
        if pod["spec"].get("readinessGates"):
            self._host.report(self.uid)

    def _watch_deadline(self) -> None:
        if self._deadline.is_another(self.pod):
            self._host.loop.call_later(max(0.0, self._deadline.remaining_s()), self._end_if_due)

    def _end_if_due(self) -> None:
        if self._deadline.remaining_s() <= 0 and self._stopper is None and not self.is_finished:
            self._host.record(self.pod, "Normal", deadline.REASON, deadline.MESSAGE)
            self.fail(deadline.REASON, deadline.MESSAGE, self._grace_s)

    def reconnect(self) -> None:
        """Take note that what was said before may not have been heard."""
        self._is_released = False

    def stop(self, grace_s: int) -> None:
        """Stop everything within `grace_s` seconds, for good."""
        if self._stopper is not None:
            self._stopper.shorten(grace_s)
            self._let_go()
            return
        self._starter.cancel()
        self._mounter.cancel()
        self._remounter.cancel()
        self._stopper = Stopper(self._host, self.pod, self.containers, grace_s, self._stopped)
        self._stopper.begin()

    def fail(self, reason: str, message: str, grace_s: int, conditions: list[Object] | None = None) -> None:
        """Stop everything, and say why the Pod failed: evicted, for example."""
        self._final_phase, self.reason, self.message = "Failed", reason, message
        self._extra_conditions = conditions or []
        self._host.report(self.uid)
        self.stop(grace_s)

    def kill(self) -> None:
        """End everything at once: the Pod is no longer in the API, or its node lost power."""
        self._starter.cancel()
        self._mounter.cancel()
        self._remounter.cancel()
        self.is_finished = True
        for container in self.containers:
            kill(container, container.process)

    @property
    def requests(self) -> Mapping[str, Decimal]:
        """What it takes of its node."""
        spec = self.pod["spec"]
        if self._requests[0] is not spec:
            self._requests = spec, requests_of(self.pod)
        return self._requests[1]

    # What the API shows.

    def status(self) -> Object:
        """Return the status as the API is to have it."""
        if self._stopper is None and (held := self._replacer.held) is not None:
            return held
        now, key = self._host.loop.time(), self.uid
        by_name = {c.name: c.status(key) for c in self.containers}
        has_initialized = any(c.role == "main" and c.runs for c in self.containers)
        current = self._final_phase or phase(
            self.pod["spec"],
            by_name,
            is_terminal=self._stopper is not None and self.is_finished,
            has_initialized=has_initialized,
        )
        self._conditions = pod_conditions(
            self.pod,
            current,
            self.containers,
            has_sandbox=bool(self.ip) and not self.is_finished,
            before=self._conditions,
            now=now,
        )
        return pod_status(
            self.pod,
            current,
            self._conditions + self._extra_conditions,
            {c: by_name[c.name] for c in self.containers},
            started=self._started,
            ip=self.ip,
            why={"reason": self.reason, "message": self.message} if self.reason else {},
        )

    def container(self, name: str) -> Container | None:
        """Return a container by name."""
        return next((c for c in self.containers if c.name == name), None)

    @property
    def memory_bytes(self) -> int:
        """How much memory its containers use."""
        return sum(c.process.memory_bytes for c in self.containers if c.is_running and c.process)

    @property
    def _grace_s(self) -> int:
        return int(self.pod["spec"].get("terminationGracePeriodSeconds", 30))

    # Looking and acting.

    def sync_later(self, delay_s: float) -> None:
        """Look again in `delay_s` seconds, unless an earlier look is due."""
        due_s = self._host.loop.now_s + delay_s
        if self._sync_at_s is None or due_s < self._sync_at_s:
            self._sync_at_s = due_s
            self._host.loop.call_later(delay_s, self._sync_if_due, due_s)

    def _sync_if_due(self, due_s: float) -> None:
        if self._sync_at_s == due_s:
            self._sync_at_s = None
            self.sync()

    def sync(self) -> None:
        """Compare what runs with what should, and start what is missing."""
        if self._host.is_halted or self._stopper is not None or self.is_finished:
            return
        if self._starter.is_busy or not self.ip:
            return
        actions = self._init_actions()
        if actions.kill_pod:
            self._complete()
            return
        missing = [self.containers[index] for index in actions.start]
        if actions.ready_for_main:
            mains = [c for c in self.containers if c.role == "main"]
            missing += [c for c in mains if self._should_start(c)]
            if not missing and not any(c.is_running for c in mains):
                self._complete()
                return
        missing = [container for container in missing if not container.is_running]
        if missing:
            self._starter.start(missing)

    def _init_actions(self) -> Actions:
        inits = [c for c in self.containers if c.role != "main"]
        kinds: list[Kind] = [_kind(container) for container in inits]
        main_running = any(c.role == "main" and c.is_running for c in self.containers)
        policy = self.pod["spec"].get("restartPolicy", "Always")
        return self._host.order.next_starts(
            kinds,
            [container.init_state() for container in inits],
            main_running=main_running,
            restart_on_failure=policy != "Never",
        )

    def _should_start(self, container: Container) -> bool:
        if container.is_running:
            return False
        ended = container.exit_status
        return (
            ended is None
            or container.is_changed
            or should_restart(container.spec, self.pod["spec"], ended.code)
        )

    def _mount(self) -> None:
        if self._stopper is None and not self.is_finished:
            self._mounter.begin()

    def _mounted(self) -> None:
        self._remounter.begin(self.pod)
        self._connect()

    def _connect(self) -> None:
        if self._stopper is not None or self.is_finished:
            return
        problem = self._host.network_problem
        if problem and not self.pod["spec"].get("hostNetwork"):
            self._host.record(self.pod, "Warning", "NetworkNotReady", f"network is not ready: {problem}")
            self._host.loop.call_later(NETWORK_RETRY_S, self._connect)
            return
        self.ip = self._host.assign_ip(self.pod)
        self.sync()

    def _run(self, container: Container) -> None:
        host, metadata = self._host, self.pod["metadata"]
        sources = host.sources(metadata["namespace"])
        links = host.services(
            metadata["namespace"], own=self.pod["spec"].get("enableServiceLinks") is not False
        )
        env = environment.variables(container.spec, self.pod, self.ip, host.as_variables(), sources, links)
        self._mounter.refresh(self.pod)
        mounts = subpaths.resolved(container.spec.get("volumeMounts") or [], env)
        files = volumes.mounted(mounts, self._mounter.payloads)
        host.record(self.pod, "Normal", "Created", "Container created")
        container.run(host.loop, metadata["name"], self._exited, env, files)
        if container.program.sets_up_network:
            self._host.network_set_up()
        self._host.record(self.pod, "Normal", "Started", "Container started")
        if container.is_running and any(f"{k}Probe" in container.spec for k in _PROBES):
            Prober(
                self._host.loop,
                container,
                lambda kind, passed: self._probed(container, kind, passed),
                lambda message: self._host.record(self.pod, "Warning", "Unhealthy", message),
            )
        self._host.report(self.uid)

    def _probed(self, container: Container, kind: ProbeKind, passed: bool) -> None:
        if kind == "readiness":
            container.verdict_ready = passed
        elif kind == "startup":
            container.startup_passed = passed
        if kind != "readiness" and not passed:
            message = f"Container {container.name} failed {kind} probe, will be restarted"
            self._host.record(self.pod, "Normal", "Killing", message)
            self._stop_one(container)
        elif kind == "startup":
            self.sync_later(0.0)
        self._host.report(self.uid)

    def _stop_one(self, container: Container) -> None:
        terminate(self._host, container, self._grace_s)

    def _exited(self, container: Container) -> None:
        if container.process is not None:
            self._host.used_cpu(container.process.cpu_used_s)
        self._host.report(self.uid)
        if self._stopper is not None:
            self._stopper.exited(container)
        elif not self.is_finished:
            self.sync_later(0.0)

    def _complete(self) -> None:
        """Nothing is left to run: stop sidecars, and settle the phase."""
        self.stop(self._grace_s)

    def _stopped(self) -> None:
        self._host.loop.call_later(self._host.timing.stop_s, self._torn_down)

    def _torn_down(self) -> None:
        self.is_finished = True
        self._host.report(self.uid)
        self._let_go()

    def _let_go(self) -> None:
        """Have the Pod removed once it has stopped and is to be deleted; somebody's finalizer may keep it."""
        if self.is_finished and self._is_deleting and not self._is_released:
            self._is_released = True
            self._host.finished(self.uid)


_PROBES: tuple[ProbeKind, ...] = ("startup", "liveness", "readiness")


def _kind(container: Container) -> Kind:
    if container.role == "init":
        return "init"
    return "sideP" if "startupProbe" in container.spec else "side"
