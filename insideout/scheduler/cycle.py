"""One scheduling cycle: from a pod and a snapshot to a node, or to the reasons why there is none.

Filters say which nodes the pod fits on, scores say which of these is best.  Large clusters are sampled: the
search ends once enough nodes fit, and the next pod's search starts where this one ended.

Upstream asks 16 nodes at a time, which only shuffles the order in which nodes are found; here they are asked
in order, so that a run repeats.  Batches of equal pods (OpportunisticBatching) never form under the default
profile, because default spread constraints rule them out.

Source: pkg/scheduler/schedule_one.go@v1.36.2 (schedulePod) and framework/runtime/framework.go.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from operator import add

from insideout.scheduler.filters import Check, OnlyNodes
from insideout.scheduler.nodeinfo import NodeInfo
from insideout.scheduler.nominator import Nominator
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.profile import Profile
from insideout.scheduler.sampling import best
from insideout.scheduler.snapshot import Snapshot
from insideout.scheduler.status import Status, unresolvable


@dataclass(frozen=True)
class Scores:
    """Weighted scores of the nodes that fit, by plugin and in all; lists are in the order of `nodes`."""

    nodes: list[str]
    by_plugin: dict[str, list[int]]
    totals: list[int]

    def table(self) -> dict[str, dict[str, int]]:
        """Return node -> plugin -> weighted score, with their "total"."""
        return {
            node: {
                **{plugin: scores[index] for plugin, scores in self.by_plugin.items()},
                "total": self.totals[index],
            }
            for index, node in enumerate(self.nodes)
        }


@dataclass
class Diagnosis:
    """Why the pod did not fit.

    `rejected` holds each node that was asked and turned the pod down, `elsewhere` is the answer of those that
    were not asked, and `before` is set instead when the pod was turned away before any node was asked.
    """

    rejected: dict[str, Status] = field(default_factory=dict)
    elsewhere: Status | None = None
    before: Status | None = None

    def status_of(self, node_name: str) -> Status | None:
        """Return the node's answer; None when it is not known."""
        return self.rejected.get(node_name, self.before or self.elsewhere)

    def plugins(self) -> set[str]:
        """Return the plugins that turned the pod down; events that concern them may change their mind."""
        found = {status.plugin for status in self.rejected.values()}
        return found | {each.plugin for each in (self.before, self.elsewhere) if each is not None}

    def reasons(self, nodes: int) -> Iterable[Sequence[str]]:
        """Return the reasons of each of `nodes` nodes."""
        yield from (status.reasons for status in self.rejected.values())
        if self.elsewhere is not None:
            yield from (self.elsewhere.reasons for _ in range(nodes - len(self.rejected)))


@dataclass(frozen=True)
class Outcome:
    """What a cycle found: a node, or with an empty name the diagnosis.

    `scores` is None when one node fitted, since there was nothing to compare.
    """

    node_name: str
    diagnosis: Diagnosis
    scores: Scores | None = None
    feasible: int = 0


class Cycle:
    """The scheduling algorithm; it remembers only where the next search starts."""

    def __init__(self, snapshot: Snapshot, nominator: Nominator, profile: Profile | None = None) -> None:
        self.snapshot = snapshot
        self.nominator = nominator
        self.profile = profile or Profile()
        self._next_start = 0

    def schedule(self, pod: PodInfo) -> Outcome:
        """Find a node for the pod."""
        diagnosis = Diagnosis()
        feasible = self._find(pod, diagnosis)
        if not feasible:
            return Outcome("", diagnosis)
        if len(feasible) == 1:
            return Outcome(feasible[0].name, diagnosis, feasible=1)
        scores = self.score(pod, feasible)
        return Outcome(scores.nodes[best(scores.totals)], diagnosis, scores, len(feasible))

    def _find(self, pod: PodInfo, diagnosis: Diagnosis) -> list[NodeInfo]:
        prepared = self._prepare(pod)
        if isinstance(prepared, Status):
            diagnosis.before = prepared
            return []
        checks, only, by = prepared
        nominated = self.snapshot.node(pod.nominated_node_name) if pod.nominated_node_name else None
        if nominated is not None and self._search(pod, [nominated], checks, diagnosis):
            return [nominated]
        nodes = self.snapshot.nodes
        if only is not None:
            nodes = [node for node in nodes if node.name in only]
            diagnosis.elsewhere = unresolvable(by, f"node(s) didn't satisfy plugin(s) [{by}]")
        if not nodes:
            return []
        feasible = self._search(pod, nodes, checks, diagnosis)
        processed = len(feasible) + len(diagnosis.rejected)
        self._next_start = (self._next_start + processed) % len(self.snapshot.nodes)
        return feasible

    def _search(
        self, pod: PodInfo, nodes: list[NodeInfo], checks: list[Check], diagnosis: Diagnosis
    ) -> list[NodeInfo]:
        """Ask nodes in turn until enough fit; those that do not are noted in the diagnosis."""
        target = self.profile.target(len(nodes), self.profile.percentage_of_nodes_to_score)
        start = self._next_start % len(nodes)
        feasible: list[NodeInfo] = []
        careful = bool(self.nominator)
        for node in chain(nodes[start:], nodes[:start]) if start else nodes:
            if careful and self.nominator.on(node.name):
                status = self.fits(pod, node)
            else:
                status = None
                for check in checks:  # as `ask`, written out: this runs for every node of every sample
                    status = check(node)
                    if status is not None:
                        break
            if status is not None:
                diagnosis.rejected[node.name] = status
                continue
            feasible.append(node)
            if len(feasible) == target:
                break
        return feasible

    def fits(self, pod: PodInfo, node: NodeInfo) -> Status | None:
        """Return why the pod does not fit on the node as it is now, or None when it does.

        Pods of at least its priority that are nominated to the node are counted as if they were there; the
        pod must fit with them and, since they may never arrive, without them.
        """
        rivals = [
            each
            for each in self.nominator.on(node.name)
            if each.priority >= pod.priority and each.uid != pod.uid
        ]
        if rivals:
            with self.snapshot.also(rivals, node):
                status = self._ask_anew(pod, node)
            if status is not None:
                return status
        return self._ask_anew(pod, node)

    def _ask_anew(self, pod: PodInfo, node: NodeInfo) -> Status | None:
        prepared = self._prepare(pod)
        if isinstance(prepared, Status):
            return prepared
        return ask(prepared[0], node)

    def _prepare(self, pod: PodInfo) -> tuple[list[Check], frozenset[str] | None, str] | Status:
        """Run every filter's `prepare`; return the checks, the only nodes worth asking, and who said so."""
        checks: list[Check] = []
        only: frozenset[str] | None = None
        by = ""
        for each in self.profile.filters:
            prepared = each.prepare(pod, self.snapshot)
            if prepared is None:
                continue
            if isinstance(prepared, Status):
                return prepared
            if isinstance(prepared, OnlyNodes):
                only = prepared.names if only is None else only & prepared.names
                by = each.NAME
                checks.append(prepared.check)
            else:
                checks.append(prepared)
        return checks, only, by

    def score(self, pod: PodInfo, nodes: list[NodeInfo]) -> Scores:
        """Score nodes that the pod fits on."""
        by_plugin: dict[str, list[int]] = {}
        for plugin, weight in self.profile.scores:
            scores = plugin.score(pod, nodes, self.snapshot)
            if scores is not None:
                by_plugin[plugin.NAME] = [weight * score for score in scores] if weight != 1 else scores
        columns = iter(by_plugin.values())
        totals = next(columns, [0] * len(nodes))
        for column in columns:
            totals = list(map(add, totals, column))
        return Scores([node.name for node in nodes], by_plugin, totals)


def ask(checks: Iterable[Check], node: NodeInfo) -> Status | None:
    """Return the first objection to the node, or None."""
    for check in checks:
        status = check(node)
        if status is not None:
            return status
    return None
