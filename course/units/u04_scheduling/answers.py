"""The right answers of this unit's exercises, from the embedded scheduler and kubelet themselves.

Pods and nodes in plain data become objects, and the scheduler's own filters and scores are asked about them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from course.units.u04_scheduling.objects import Plain
from insideout.kubelet.backoff import BackOff
from insideout.scheduler import messages
from insideout.scheduler.cycle import ask
from insideout.scheduler.filters import (
    Check,
    node_affinity,
    node_resources_fit,
    node_unschedulable,
    pod_topology_spread,
    taint_toleration,
)
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.scores import (
    node_resources_balanced_allocation,
)
from insideout.scheduler.scores import node_resources_fit as node_resources_fit_score
from insideout.scheduler.scores import (
    taint_toleration as taint_toleration_score,
)
from insideout.scheduler.snapshot import Snapshot

FILTERS = (node_unschedulable, taint_toleration, node_affinity, node_resources_fit, pod_topology_spread)
SCORES = (taint_toleration_score, node_resources_fit_score, node_resources_balanced_allocation)
_SHIFT = 2**31


def restart_delays(runs: Sequence[float], initial: float = 10, cap: float = 300) -> list[float]:
    """Return how long the kubelet leaves a container alone after each run, by its own back-off."""
    back_off, now_s, delays = BackOff(initial, cap), 0.0, []
    for run_s in runs:
        ended_s = now_s + run_s
        delays.append(back_off.remaining_s(ended_s, ended_s))
        now_s = ended_s + delays[-1]
        back_off.advance(ended_s, now_s)
    return delays


def fit_message(n: int, statuses: Mapping[str, Sequence[str]]) -> str:
    """Return the scheduler's own message."""
    return messages.fit_message(n, statuses.values())


def filters(pod: Plain, nodes: Sequence[Plain]) -> dict[str, list[str]]:
    """Return each node's reasons by the scheduler's own filters, [] where the pod fits."""
    new, snapshot = PodInfo(pod_object(pod)), snapshot_of(nodes)
    checks = [each.prepare(new, snapshot) for each in FILTERS]
    asked: list[Check] = [each for each in checks if each is not None and callable(each)]
    answers = {node.name: ask(asked, node) for node in snapshot.nodes}
    return {name: list(status.reasons) if status else [] for name, status in answers.items()}


def score(pod: Plain, nodes: Sequence[Plain]) -> dict[str, dict[str, int]]:
    """Return each node's scores by the scheduler's own three plugins, before weights."""
    new, snapshot = PodInfo(pod_object(pod)), snapshot_of(nodes)
    table: dict[str, dict[str, int]] = {node.name: {} for node in snapshot.nodes}
    for plugin in SCORES:
        column = plugin.score(new, snapshot.nodes, snapshot)
        for node, value in zip(snapshot.nodes, column or (), strict=column is not None):
            table[node.name][plugin.NAME] = value
    return table


def pick_node(candidates: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the node on which preemption does the least harm.

    Source: pkg/scheduler/framework/preemption/preemption.go@v1.36.2 (pickOneNodeForPreemption).
    """

    def harm(name: str) -> tuple[float, ...]:
        victims = candidates[name]["victims"]
        top = max(priority for priority, _ in victims)
        earliest = min(start for priority, start in victims if priority == top)
        total = sum(priority + _SHIFT for priority, _ in victims)
        return candidates[name]["pdb"], top, total, len(victims), -earliest

    return min(candidates, key=harm)


def snapshot_of(nodes: Sequence[Plain]) -> Snapshot:
    """Return what the scheduler would know of these nodes."""
    snapshot = Snapshot()
    for node in nodes:
        snapshot.set_node(_node_object(node))
        for number, pod in enumerate(node["pods"]):
            named = pod_object(pod)
            named["metadata"] |= {"uid": f"{node['name']}/{number}"}
            snapshot.add_pod(PodInfo(named), node["name"])
    return snapshot


def pod_object(pod: Plain) -> Plain:
    """Return the Pod that this plain data describes."""
    spec: Plain = {
        "containers": [
            {"name": f"c{number}", "image": "v1", "resources": {"requests": _quantities(each)}}
            for number, each in enumerate(pod["containers"])
        ],
        "nodeSelector": pod["node_selector"],
        "tolerations": pod["tolerations"],
        "topologySpreadConstraints": [_constraint(each) for each in pod["spread"]],
    }
    if pod["affinity"]:
        terms = [{"matchExpressions": each} for each in pod["affinity"]]
        required = {"nodeSelectorTerms": terms}
        spec["affinity"] = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}}
    metadata: Plain = {"name": pod["name"], "namespace": "default", "labels": pod["labels"]}
    if pod["leaving"]:
        metadata["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    return {"metadata": metadata, "spec": spec}


def _quantities(container: Plain) -> Plain:
    written = {"cpu": f"{container.get('cpu')}m", "memory": str(container.get("memory"))}
    return {name: text for name, text in written.items() if name in container}


def _constraint(constraint: Plain) -> Plain:
    return {
        "topologyKey": constraint["key"],
        "maxSkew": constraint["max_skew"],
        "minDomains": constraint["min_domains"],
        "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": constraint["match"]},
    }


def _node_object(node: Plain) -> Plain:
    allocatable = {"cpu": f"{node['cpu']}m", "memory": str(node["memory"]), "pods": str(node["max_pods"])}
    return {
        "metadata": {"name": node["name"], "labels": node["labels"]},
        "spec": {"unschedulable": node["unschedulable"], "taints": node["taints"]},
        "status": {"allocatable": allocatable},
    }
