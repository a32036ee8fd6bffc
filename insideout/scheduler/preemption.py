"""Preemption: which pods of lower priority to evict so that a pod fits, and on which node.

On each node that could help, all pods of lower priority are taken away; if the pod then fits, they come back
one by one, the most important first and those whose eviction would break a disruption budget before all
others, as long as the pod still fits.  Who cannot come back is a victim.  Of the nodes, the one is taken with
the fewest broken budgets, then the least important top victim, then the smallest sum of priorities, then the
fewest victims, then the top victims that started last.

Here a pod is taken away from the snapshot itself and put back; upstream works on copies.

Source: pkg/scheduler/framework/preemption/preemption.go and
pkg/scheduler/framework/plugins/defaultpreemption/default_preemption.go@v1.36.2.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from insideout.apimachinery import conditions
from insideout.apimachinery.selectors import LabelSelector, from_object
from insideout.client import Object
from insideout.scheduler import messages
from insideout.scheduler.cycle import Cycle, Diagnosis
from insideout.scheduler.nodeinfo import NodeInfo
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.status import Code, Status, unresolvable, unschedulable

NAME = "DefaultPreemption"
NOT_HELPFUL = unresolvable(NAME, "Preemption is not helpful for scheduling")
NO_VICTIMS = unresolvable(NAME, "No preemption victims found for incoming pod")
MIN_CANDIDATES = 100
MIN_CANDIDATES_PERCENTAGE = 10
_SHIFT = 2**31
"""Added to each priority, so that more victims make a greater sum even when priorities are negative."""


@dataclass(frozen=True)
class Budget:
    """What preemption needs of a PodDisruptionBudget."""

    namespace: str
    selector: LabelSelector | None
    allowed: int
    disrupted: frozenset[str]


def budget(pdb: Object) -> Budget:
    """Read a PodDisruptionBudget."""
    status = pdb.get("status") or {}
    return Budget(
        pdb["metadata"]["namespace"],
        from_object(pdb["spec"].get("selector")),
        status.get("disruptionsAllowed") or 0,
        frozenset(status.get("disruptedPods") or ()),
    )


@dataclass(frozen=True)
class Candidate:
    """A node on which the pod would fit without the victims, the most important first."""

    node_name: str
    victims: tuple[PodInfo, ...]
    violations: int = 0


@dataclass(frozen=True)
class Result:
    """A candidate to act on, or the message that says why there is none.

    `keeps_nomination` is set when nothing was tried, so that an earlier nomination of the pod stands.
    """

    candidate: Candidate | None
    message: str = ""
    keeps_nomination: bool = False


class Preemption:
    """Makes room for pods that fit nowhere; `now` gives the start of a pod that has not reported one."""

    def __init__(self, cycle: Cycle, rng: Random, now: Callable[[], datetime]) -> None:
        self._cycle = cycle
        self._rng = rng
        self._now = now

    def preempt(self, pod: PodInfo, diagnosis: Diagnosis, budgets: Sequence[Budget] = ()) -> Result:
        """Return the best candidate for the pod, or why there is none."""
        refusal = self._ineligible(pod, diagnosis)
        if refusal:
            return Result(None, refusal, keeps_nomination=True)
        nodes = self._cycle.snapshot.nodes
        helpful = [node for node in nodes if _may_help(diagnosis.status_of(node.name))]
        candidates, statuses = self._dry_run(pod, helpful, budgets)
        if candidates:
            return Result(self.select(candidates))
        why = Diagnosis(statuses, NOT_HELPFUL)
        return Result(None, messages.fit_message(len(nodes), why.reasons(len(nodes))))

    def _ineligible(self, pod: PodInfo, diagnosis: Diagnosis) -> str:
        """Return why the pod may not evict others, or an empty text."""
        if pod.pod["spec"].get("preemptionPolicy") == "Never":
            return "not eligible due to preemptionPolicy=Never."
        node = self._cycle.snapshot.node(pod.nominated_node_name) if pod.nominated_node_name else None
        status = diagnosis.status_of(pod.nominated_node_name)
        if node is None or (status is not None and status.code is Code.UNRESOLVABLE):
            return ""
        if any(each.priority < pod.priority and _is_leaving(each) for each in node.pods.values()):
            return "not eligible due to a terminating pod on the nominated node."
        return ""

    def _dry_run(
        self, pod: PodInfo, nodes: Sequence[NodeInfo], budgets: Sequence[Budget]
    ) -> tuple[list[Candidate], dict[str, Status]]:
        """Try nodes from a random one on until enough candidates are found."""
        if not nodes:
            return [], {}
        offset = self._rng.randrange(len(nodes))
        wanted = candidates_wanted(len(nodes))
        harmless: list[Candidate] = []
        harmful: list[Candidate] = []
        statuses: dict[str, Status] = {}
        for node in (*nodes[offset:], *nodes[:offset]):
            found = self.victims_on(pod, node, budgets)
            if isinstance(found, Status):
                statuses[node.name] = found
                continue
            (harmful if found.violations else harmless).append(found)
            if harmless and len(harmless) + len(harmful) >= wanted:
                break
        return harmless + harmful, statuses

    def victims_on(self, pod: PodInfo, node: NodeInfo, budgets: Sequence[Budget] = ()) -> Candidate | Status:
        """Return whom the pod would have to evict from the node, or why that would not help."""
        lesser = [each for each in node.pods.values() if each.priority < pod.priority]
        if not lesser:
            return NO_VICTIMS
        snapshot, order = self._cycle.snapshot, tuple(node.pods)
        for each in lesser:
            snapshot.remove_pod(each.uid)
        victims: list[PodInfo] = []
        violations = 0
        try:
            status = self._cycle.fits(pod, node)
            if status is not None:
                return status
            lesser.sort(key=self._importance)
            for each, breaks in _violating_first(lesser, budgets):
                snapshot.add_pod(each, node.name)
                if self._cycle.fits(pod, node) is not None:
                    snapshot.remove_pod(each.uid)
                    victims.append(each)
                    violations += breaks
        finally:
            for each in lesser:
                if each.uid not in node.pods:
                    snapshot.add_pod(each, node.name)
            node.pods = {uid: node.pods[uid] for uid in order}
        if not victims:
            return unschedulable(NAME, f'expected at least one victim pod on node "{node.name}"')
        return Candidate(node.name, tuple(sorted(victims, key=self._importance)), violations)

    def select(self, candidates: Sequence[Candidate]) -> Candidate:
        """Return the candidate that does the least harm."""
        pick = self._cycle.profile.pick
        if pick is not None:
            return pick(candidates, lambda pod: self._start(pod).timestamp())
        return min(candidates, key=self._harm)

    def _harm(self, candidate: Candidate) -> tuple[int, int, int, int, float]:
        victims = candidate.victims
        top = max(each.priority for each in victims)
        earliest = min(self._start(each) for each in victims if each.priority == top)
        return (
            candidate.violations,
            top,
            sum(each.priority + _SHIFT for each in victims),
            len(victims),
            -earliest.timestamp(),
        )

    def _importance(self, pod: PodInfo) -> tuple[int, datetime]:
        """Sort key: higher priority first, then the longer running."""
        return -pod.priority, self._start(pod)

    def _start(self, pod: PodInfo) -> datetime:
        return datetime.fromisoformat(pod.start_time) if pod.start_time else self._now()


def candidates_wanted(nodes: int) -> int:
    """Return how many candidates end the dry run: 10 % of the nodes, at least 100, at most all."""
    return min(max(nodes * MIN_CANDIDATES_PERCENTAGE // 100, MIN_CANDIDATES), nodes)


def _may_help(status: Status | None) -> bool:
    return status is not None and status.code is Code.UNSCHEDULABLE


def _is_leaving(pod: PodInfo) -> bool:
    """Return whether the pod is terminating because it was preempted."""
    target = conditions.find(pod.pod, "DisruptionTarget") if pod.deleting else None
    return target is not None and (target["status"], target.get("reason")) == (
        "True",
        "PreemptionByScheduler",
    )


def _violating_first(pods: Iterable[PodInfo], budgets: Sequence[Budget]) -> list[tuple[PodInfo, bool]]:
    """Return the pods with whether evicting each breaks a budget, those that do first."""
    left = [each.allowed for each in budgets]
    marked = []
    for pod in pods:
        breaks = False
        for index, each in enumerate(budgets):
            if _guards(each, pod):
                left[index] -= 1
                breaks = breaks or left[index] < 0
        marked.append((pod, breaks))
    return sorted(marked, key=lambda entry: not entry[1])


def _guards(guard: Budget, pod: PodInfo) -> bool:
    selector = guard.selector
    if guard.namespace != pod.namespace or not pod.labels or not selector or not selector.requirements:
        return False
    return selector.matches(pod.labels) and pod.name not in guard.disrupted
