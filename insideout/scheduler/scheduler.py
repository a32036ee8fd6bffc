"""The scheduler as a component: takes pods from its queue one by one, decides, and writes what it decided.

Cycles run one after another on the event loop.  A cycle takes CYCLE_S of virtual time, and a binding is
written BIND_S after its cycle, while later cycles already go on; on the real scheduler, which was measured to
bind 2,000 pods in 6.6 s, both vary around such values.  A pod's room counts as taken from its cycle on.

Left out: extenders, several profiles in one process (start several schedulers with different names instead),
pod groups, and limits on the rate of requests.

Source: pkg/scheduler/scheduler.go and schedule_one.go@v1.36.2.
"""

from collections.abc import Callable

from insideout.client import ApiError, Client
from insideout.client.leaderelection import LeaderElector, MayAcquire, may_acquire
from insideout.scheduler.attempt import Attempt, attempt
from insideout.scheduler.cycle import Cycle
from insideout.scheduler.evictions import Evictions
from insideout.scheduler.filters.volume_binding import Plan
from insideout.scheduler.nominator import Nominator
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.preemption import Preemption
from insideout.scheduler.profile import Profile
from insideout.scheduler.queue import UNSCHEDULABLE_CHECK_S, QueuedPod, SchedulingQueue
from insideout.scheduler.snapshot import Snapshot
from insideout.scheduler.volumes import POLL_S, TIMEOUT_S, BindingFailedError, VolumeBinder
from insideout.scheduler.watching import DEFAULT_SCHEDULER, Watching
from insideout.scheduler.writes import Writer
from insideout.sim.loop import Loop, Timer

CYCLE_S = 0.001
BIND_S = 0.002


class Scheduler:
    """Schedules the pods whose `spec.schedulerName` is `name`.

    Args:
        client: how it talks to the API server.
        loop: the event loop that it lives on.
        name: the scheduler name that it answers to.
        profile: its filters, scores and weights; the default ones of v1.36 when missing.
        identity: when given, it takes part in the election for the Lease kube-system/`lease` under this
            identity, and schedules only while it leads.
        lease: the Lease's name; copies of one scheduler share it, other schedulers need another one.
        on_attempt: told of every attempt, for pictures and tables.
        may_acquire: the rule by which it takes the Lease.

    """

    def __init__(
        self,
        client: Client,
        loop: Loop,
        name: str = DEFAULT_SCHEDULER,
        *,
        profile: Profile | None = None,
        identity: str = "",
        lease: str = "kube-scheduler",
        on_attempt: Callable[[PodInfo, Attempt], object] | None = None,
        may_acquire: MayAcquire = may_acquire,
    ) -> None:
        self.name = name
        self.snapshot = Snapshot()
        self.queue = SchedulingQueue(lambda: loop.now_s)
        self._loop = loop
        self._on_attempt = on_attempt
        self._nominator = Nominator()
        self._cycle = Cycle(self.snapshot, self._nominator, profile)
        self._preemption = Preemption(self._cycle, loop.rng(f"{name}/preemption"), loop.time)
        self._writer = Writer(client, loop, name)
        self._volumes = VolumeBinder(client, self.snapshot)
        self._evictions = Evictions(loop, self._writer, self._nominator, self._retry)
        self.queue.hold(self._evictions.holds)
        self._watching = Watching(client, loop, name, self.snapshot, self.queue, self._nominator, self._wake)
        self._elector: LeaderElector | None = None
        if identity:
            self._elector = LeaderElector(
                client,
                loop,
                identity,
                name=lease,
                on_started=self._begin,
                on_stopped=self.stop,
                may_acquire=may_acquire,
            )
        self._running = False
        self._leads = False
        self._timers: dict[str, Timer] = {}

    @property
    def leads(self) -> bool:
        """Return whether it schedules now, rather than standing by for a leader."""
        return self._leads

    def start(self) -> None:
        """Begin to watch, and to schedule once it leads and knows the cluster."""
        if self._running:
            return
        self._running = True
        self._watching.start()
        if self._elector is not None:
            self._elector.start()
        else:
            self._begin()

    def stop(self, *, release: bool = True) -> None:
        """Stop at once and for good; what was decided but not written is lost, as when the process ends.

        A leader gives its Lease back, unless it has no time to `release` it: when it is killed.
        """
        if not self._running:
            return
        self._running = self._leads = False
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._evictions.stop()
        self._watching.stop()
        if self._elector is not None:
            self._elector.stop(release=release)

    def _begin(self) -> None:
        self._leads = True
        self._at("sweep", self._loop.now_s + UNSCHEDULABLE_CHECK_S, self._sweep)
        self._wake()

    # --- time ---

    def _at(self, what: str, when_s: float, callback: Callable[[], object]) -> None:
        """Call back at `when_s`, unless something of the kind is due already."""
        if what not in self._timers:
            self._timers[what] = self._loop.call_at(when_s, self._due, what, callback)

    def _due(self, what: str, callback: Callable[[], object]) -> None:
        self._timers.pop(what, None)
        callback()

    def _wake(self) -> None:
        """See to it that a cycle comes when a pod is ready, and the end of the next back-off in time."""
        if not self._leads:
            return
        if self.queue.is_ready():
            self._at("cycle", self._loop.now_s, self._run_cycle)
        flush_s = self.queue.next_flush_s()
        if flush_s is not None:
            self._at("flush", flush_s, self._flush)

    def _flush(self) -> None:
        self.queue.flush_backoff()
        self._wake()

    def _sweep(self) -> None:
        self.queue.flush_unschedulable()
        self._at("sweep", self._loop.now_s + UNSCHEDULABLE_CHECK_S, self._sweep)
        self._wake()

    # --- one pod ---

    def _run_cycle(self) -> None:
        if not self._watching.synced:
            self._at("cycle", self._loop.now_s + CYCLE_S, self._run_cycle)
            return
        queued = self.queue.pop()
        if queued is None:
            return
        try:
            self._try(queued)
        finally:
            if self.queue.is_ready():
                self._at("cycle", self._loop.now_s + CYCLE_S, self._run_cycle)
            self._wake()

    def _try(self, queued: QueuedPod) -> None:
        pod = queued.pod
        if pod.deleting:
            self._writer.refuse_deleting(pod)
            return
        try:
            result = attempt(self._cycle, self._preemption, pod, self._watching.budgets)
        except Exception as problem:
            # A filter or score broke.  The pod is tried again later, and whoever runs the loop hears of it.
            self._fail(queued, frozenset(), "SchedulerError", f"{type(problem).__name__}: {problem}", "")
            raise
        if self._on_attempt is not None:
            self._on_attempt(pod, result)
        if result.node_name:
            node = self.snapshot.node(result.node_name)
            plan = self._volumes.assume(pod, node) if node is not None else Plan()
            self._watching.assume(pod, result.node_name)
            bind = self._bind_volumes if plan.bindings or plan.provisions else self._bind
            self._loop.call_later(CYCLE_S + BIND_S, bind, queued, result.node_name, plan)
            return
        if result.candidate is not None:
            self._evictions.begin(pod, result.candidate)
        self._fail(queued, result.plugins, "Unschedulable", result.message, result.nominate)

    def _bind_volumes(self, queued: QueuedPod, node_name: str, plan: Plan) -> None:
        """Have the pod's claims bound, and look every second whether they are."""
        if not self._running:
            return
        try:
            self._volumes.write(plan, node_name)
        except ApiError as problem:
            self._bind_failed(queued, plan, "PreBind", "VolumeBinding", problem)
            return
        until_s = self._loop.now_s + TIMEOUT_S
        self._loop.call_later(POLL_S, self._await_volumes, queued, node_name, plan, until_s)

    def _await_volumes(self, queued: QueuedPod, node_name: str, plan: Plan, until_s: float) -> None:
        if not self._running:
            return
        try:
            node = self.snapshot.node(node_name)
            if node is None:
                raise BindingFailedError(f'binding volumes: failed to get node "{node_name}"')
            done = self._volumes.done(plan, node)
            if not done and self._loop.now_s >= until_s:
                raise self._volumes.timed_out()
        except (BindingFailedError, ApiError) as problem:
            self._bind_failed(queued, plan, "PreBind", "VolumeBinding", problem)
            return
        if done:
            self._bind(queued, node_name, plan)
        else:
            self._loop.call_later(POLL_S, self._await_volumes, queued, node_name, plan, until_s)

    def _bind(self, queued: QueuedPod, node_name: str, plan: Plan) -> None:
        if not self._running:
            return
        try:
            self._writer.bind(queued.pod, node_name)
        except ApiError as problem:
            self._bind_failed(queued, plan, "Bind", "DefaultBinder", problem)

    def _bind_failed(
        self, queued: QueuedPod, plan: Plan, point: str, plugin: str, problem: Exception
    ) -> None:
        """Give the pod's room and volumes back and try again later."""
        self._volumes.forget(plan)
        self._watching.forget(queued.pod)
        message = f'running {point} plugin "{plugin}": {problem}'
        self._fail(queued, frozenset(), "SchedulerError", message, "")
        self._wake()

    def _retry(self, pod: PodInfo) -> None:
        """Try a pod again whose victims could not all be evicted."""
        self.queue.activate(pod.key)
        self._wake()

    def _fail(
        self, queued: QueuedPod, plugins: frozenset[str], reason: str, message: str, nominate: str | None
    ) -> None:
        """Put the pod back, unless it has gone or been placed meanwhile, and say why it failed."""
        latest = self._watching.current(queued.pod)
        if latest is None:
            return
        queued.pod = PodInfo(latest)
        if not queued.pod.node_name:
            self.queue.put_back(queued, plugins)
        if nominate is not None:
            self._nominator.nominate(queued.pod, nominate)
        self._write(self._writer.report_failure, queued.pod, reason, message, nominate)

    def _write(self, write: Callable[..., object], *args: object) -> None:
        """Write, and go on when the API server refuses or is away: the next attempt shows what is true."""
        try:
            write(*args)
        except ApiError:
            return
