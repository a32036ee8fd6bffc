"""The scheduler's decisions in plain data: dicts and lists go in, dicts, lists and numbers come out.

So each decision can be written without this package's types, as learners do, and then decide in the scheduler
itself.  A pod is a dict with

    name, labels            as in its metadata
    containers              [{"cpu": millicores, "memory": bytes}, ...]: requests, each missing where not set
    node_selector           {label: value}
    affinity                required node affinity, [] for none: terms of [{"key", "operator", "values"}, ...]
    tolerations             [{"key", "operator", "value", "effect"}, ...]; what is not set is ""
    spread                  hard constraints: [{"key", "max_skew", "min_domains", "match": labels}, ...]
    leaving                 whether it is being deleted

and a node one with name, labels, unschedulable, taints [{"key", "value", "effect"}, ...], cpu (millicores),
memory (bytes), max_pods, and pods, those that stand on it.

Left out, besides everything that the other filters ask about: init containers and pod-level requests,
selectors with expressions, namespaces, the inclusion policies of spread constraints.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from insideout.apimachinery import quantity
from insideout.scheduler.filters import Check, Prepared
from insideout.scheduler.nodeinfo import NodeInfo
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.preemption import Candidate
from insideout.scheduler.profile import Profile
from insideout.scheduler.scores import Score
from insideout.scheduler.snapshot import Snapshot
from insideout.scheduler.status import Status, unresolvable, unschedulable
from insideout.scheduler.taints import Taint, Toleration

Plain = dict[str, Any]
Filters = Callable[[Plain, list[Plain]], Mapping[str, Sequence[str]]]
"""From a pod and all nodes to each node's reasons to refuse it, [] for one where it fits."""
ScoreTable = Callable[[Plain, list[Plain]], Mapping[str, Mapping[str, int]]]
"""From a pod and the nodes where it fits to {node: {plugin: score from 0 to 100}}."""
PickNode = Callable[[Plain], str]
"""From {node: {"pdb": broken budgets, "victims": [[priority, start], ...]}} to the name of one."""

WEIGHTS = {"TaintToleration": 3, "NodeResourcesFit": 1, "NodeResourcesBalancedAllocation": 1}
_CURED_BY_EVICTION = ("Insufficient ", "Too many pods")
_SKEWED = "node(s) didn't match pod topology spread constraints"


def plain_pod(pod: PodInfo) -> Plain:
    """Return the pod in plain data."""
    return {
        "name": pod.name,
        "labels": dict(pod.labels),
        "containers": [_requests(each) for each in pod.pod["spec"]["containers"]],
        "node_selector": dict(pod.pod["spec"].get("nodeSelector") or {}),
        "affinity": _terms(pod),
        "tolerations": [_toleration(each) for each in pod.tolerations],
        "spread": _constraints(pod),
        "leaving": pod.deleting,
    }


def plain_node(node: NodeInfo) -> Plain:
    """Return the node in plain data, its pods included."""
    return {
        "name": node.name,
        "labels": dict(node.labels),
        "unschedulable": node.unschedulable,
        "taints": [_taint(each) for each in (*node.hard_taints, *node.soft_taints)],
        "cpu": node.allocatable.milli_cpu,
        "memory": node.allocatable.memory_bytes,
        "max_pods": node.allocatable.pods,
        "pods": [plain_pod(each) for each in node.pods.values()],
    }


def profile_by(
    filters: Filters,
    score: ScoreTable,
    *,
    pick_node: PickNode | None = None,
    fit_message: Callable[[int, dict[str, list[str]]], str] | None = None,
) -> Profile:
    """Return a profile that asks these functions instead of this package's own."""
    return Profile(
        filters=(_Filters(filters),),
        scores=_scores_by(score),
        pick=None if pick_node is None else _pick_by(pick_node),
        message=fit_message,
    )


class _Filters:
    """All filters as one: it asks once a cycle, about all nodes."""

    NAME = "filters"

    def __init__(self, filters: Filters) -> None:
        self._filters = filters

    def prepare(self, pod: PodInfo, snapshot: Snapshot) -> Prepared:
        """Ask about all nodes."""
        answers = self._filters(plain_pod(pod), [plain_node(node) for node in snapshot.nodes])
        missing = [node.name for node in snapshot.nodes if node.name not in answers]
        if missing:
            raise ValueError(f"filters left out {', '.join(missing)}; give every node a list of reasons")
        statuses = {name: self._status(reasons) for name, reasons in answers.items()}
        check: Check = lambda node: statuses[node.name]  # noqa: E731  a Check is what it is
        return check

    def _status(self, reasons: Sequence[str]) -> Status | None:
        if not reasons:
            return None
        cured = all(each.startswith(_CURED_BY_EVICTION) or each == _SKEWED for each in reasons)
        return (unschedulable if cured else unresolvable)(self.NAME, *reasons)


class _Score:
    """One plugin's column of the table, which is asked for once a cycle."""

    def __init__(self, name: str, table: "_Table") -> None:
        self.NAME = name
        self._table = table

    def score(self, pod: PodInfo, nodes: Sequence[NodeInfo], snapshot: Snapshot) -> list[int] | None:
        """Return the column, None when the table has none."""
        rows = self._table.of(pod, nodes)
        if all(self.NAME not in scores for scores in rows.values()):
            return None
        return [rows[node.name][self.NAME] for node in nodes]


class _Table:
    """The scores of the latest cycle; all plugins ask about the same list of nodes."""

    def __init__(self, score: ScoreTable) -> None:
        self._score = score
        self._nodes: Sequence[NodeInfo] = ()
        self._rows: Mapping[str, Mapping[str, int]] = {}

    def of(self, pod: PodInfo, nodes: Sequence[NodeInfo]) -> Mapping[str, Mapping[str, int]]:
        if self._nodes is not nodes:
            self._rows = self._score(plain_pod(pod), [plain_node(node) for node in nodes])
            self._nodes = nodes
        missing = [node.name for node in nodes if node.name not in self._rows]
        if missing:
            raise ValueError(f"score left out {', '.join(missing)}; give every node its scores")
        return self._rows


def _scores_by(score: ScoreTable) -> tuple[tuple[Score, int], ...]:
    table = _Table(score)
    return tuple((_Score(name, table), weight) for name, weight in WEIGHTS.items())


def _pick_by(pick_node: PickNode) -> Callable[[Sequence[Candidate], Callable[[PodInfo], float]], Candidate]:
    def pick(candidates: Sequence[Candidate], started_s: Callable[[PodInfo], float]) -> Candidate:
        by_name = {each.node_name: each for each in candidates}
        name = pick_node(
            {
                each.node_name: {
                    "pdb": each.violations,
                    "victims": [[victim.priority, started_s(victim)] for victim in each.victims],
                }
                for each in candidates
            }
        )
        if name not in by_name:
            raise ValueError(f"pick_node gave {name!r}; give one of {', '.join(by_name)}")
        return by_name[name]

    return pick


def _requests(container: Plain) -> Plain:
    requests = (container.get("resources") or {}).get("requests") or {}
    plain: Plain = {}
    if "cpu" in requests:
        plain["cpu"] = int(quantity.parse(requests["cpu"]) * 1000)
    if "memory" in requests:
        plain["memory"] = int(quantity.parse(requests["memory"]))
    return plain


def _terms(pod: PodInfo) -> list[list[Plain]]:
    affinity = (pod.pod["spec"].get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or {}
    return [
        [
            {"key": each["key"], "operator": each["operator"], "values": list(each.get("values") or ())}
            for each in term.get("matchExpressions") or ()
        ]
        for term in required.get("nodeSelectorTerms") or ()
    ]


def _constraints(pod: PodInfo) -> list[Plain]:
    return [
        {
            "key": each["topologyKey"],
            "max_skew": each["maxSkew"],
            "min_domains": each.get("minDomains") or 1,
            "match": dict((each.get("labelSelector") or {}).get("matchLabels") or {}),
        }
        for each in pod.pod["spec"].get("topologySpreadConstraints") or ()
        if each.get("whenUnsatisfiable", "DoNotSchedule") == "DoNotSchedule"
    ]


def _taint(taint: Taint) -> Plain:
    return {"key": taint.key, "value": taint.value, "effect": taint.effect}


def _toleration(toleration: Toleration) -> Plain:
    return {
        "key": toleration.key,
        "operator": toleration.operator or "Equal",
        "value": toleration.value,
        "effect": toleration.effect,
    }
