"""Short ways to write nodes, pods and snapshots."""

from collections.abc import Iterable
from typing import Any

from insideout.client import Object
from insideout.scheduler.filters import Filter, OnlyNodes
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.scores import Score
from insideout.scheduler.snapshot import Snapshot
from insideout.scheduler.status import Status

ZONE = "topology.kubernetes.io/zone"
HOSTNAME = "kubernetes.io/hostname"


def node(
    name: str,
    labels: dict[str, str] | None = None,
    *,
    cpu: str = "8",
    memory: str = "8Gi",
    pods: str = "110",
    taints: Iterable[tuple[str, str, str]] = (),
    unschedulable: bool = False,
    images: dict[str, int] | None = None,
    **resources: str,
) -> Object:
    """Return a Node; `labels` come besides its hostname, `taints` are key, value, effect."""
    return {
        "metadata": {"name": name, "labels": {HOSTNAME: name, **(labels or {})}},
        "spec": {
            "unschedulable": unschedulable,
            "taints": [{"key": key, "value": value, "effect": effect} for key, value, effect in taints],
        },
        "status": {
            "allocatable": {"cpu": cpu, "memory": memory, "pods": pods}
            | {key.replace("__", "/").replace("_", "."): amount for key, amount in resources.items()},
            "images": [{"names": [each], "sizeBytes": size} for each, size in (images or {}).items()],
        },
    }


def container(image: str = "nginx:1.27", ports: Iterable[Object] = (), **requests: str) -> Object:
    """Return a container with these requests."""
    return {"name": "c", "image": image, "ports": list(ports), "resources": {"requests": requests}}


def pod(
    name: str = "new",
    labels: dict[str, str] | None = None,
    *,
    containers: list[Object] | None = None,
    namespace: str = "default",
    status: Object | None = None,
    metadata: Object | None = None,
    cpu: str = "",
    memory: str = "",
    **spec: Any,
) -> PodInfo:
    """Return a pod as the scheduler sees it."""
    requests = {key: amount for key, amount in (("cpu", cpu), ("memory", memory)) if amount}
    return PodInfo(
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "namespace": namespace, "labels": labels or {}, **(metadata or {})},
            "spec": {"containers": containers or [container(**requests)], **spec},
            "status": status or {},
        }
    )


def snapshot(*nodes: Object, **placed: PodInfo | list[PodInfo]) -> Snapshot:
    """Return a snapshot of nodes and, by the node's name, the pods placed on them."""
    result = Snapshot()
    for each in nodes:
        result.set_node(each)
    for name, pods in placed.items():
        for info in pods if isinstance(pods, list) else [pods]:
            result.add_pod(info, name)
    return result


def reasons(plugin: Filter, new: PodInfo, view: Snapshot) -> dict[str, str] | str:
    """Return each node's reasons, joined, "" where the pod fits; or why no node was asked."""
    prepared = plugin.prepare(new, view)
    if isinstance(prepared, Status):
        return ", ".join(prepared.reasons)
    if isinstance(prepared, OnlyNodes):
        names, check = prepared
        asked = [each for each in view.nodes if each.name in names]
    else:
        check, asked = prepared, view.nodes
    answers = {each.name: check(each) if check else None for each in asked}
    return {name: ", ".join(status.reasons) if status else "" for name, status in sorted(answers.items())}


def scores(plugin: Score, new: PodInfo, view: Snapshot) -> dict[str, int] | None:
    """Return each node's score, or None when the plugin has nothing to say."""
    found = plugin.score(new, view.nodes, view)
    if found is None:
        return None
    return dict(sorted(zip((each.name for each in view.nodes), found, strict=True)))


def prefer(key: str, *values: str, weight: int = 1, operator: str = "In") -> Object:
    """Return a preferred node affinity term on a label."""
    expression: Object = {"key": key, "operator": operator}
    if values:
        expression["values"] = list(values)
    return {"weight": weight, "preference": {"matchExpressions": [expression]}}


def term(key: str, **labels: str) -> Object:
    """Return a pod affinity term about pods with these labels."""
    return {"topologyKey": key, "labelSelector": {"matchLabels": labels}}


def required(*terms: Object) -> Object:
    """Return a pod affinity, or anti-affinity, that must hold."""
    return {"requiredDuringSchedulingIgnoredDuringExecution": list(terms)}


def preferred(*terms: tuple[int, Object]) -> Object:
    """Return a pod affinity, or anti-affinity, by weight."""
    return {
        "preferredDuringSchedulingIgnoredDuringExecution": [
            {"weight": weight, "podAffinityTerm": each} for weight, each in terms
        ]
    }


def spread(key: str, skew: int = 1, *, hard: bool = True, app: str = "x", **more: Any) -> Object:
    """Return a topology spread constraint over pods labelled app=`app`."""
    return {
        "maxSkew": skew,
        "topologyKey": key,
        "whenUnsatisfiable": "DoNotSchedule" if hard else "ScheduleAnyway",
        "labelSelector": {"matchLabels": {"app": app}},
        **more,
    }
