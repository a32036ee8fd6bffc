"""What a kubelet answers at /stats/summary: what the node, each Pod and each container use.

Only what hollow nodes have: CPU and memory of programs; no file systems, network or swap.

Source: staging/src/k8s.io/kubelet/pkg/apis/stats/v1alpha1/types.go,
pkg/kubelet/server/stats/summary.go@v1.36.2.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from insideout.apimachinery import timestamps
from insideout.client import Object
from insideout.kubelet.usage import NodeUsage, Running


def summary(node: str, since: datetime, usage: NodeUsage) -> Object:
    """Return the summary of a node that is there `since` an instant."""
    pods: dict[str, list[Running]] = {}
    for one in usage.running:
        pods.setdefault(one.uid, []).append(one)
    whole = _used(usage, usage.running)
    whole["cpu"]["usageCoreNanoSeconds"] = _nano(usage.cpu_used_s)  # with what ended since
    return {
        "node": {"nodeName": node, "startTime": timestamps.seconds(since), **whole},
        "pods": [_pod(usage, uid, those) for uid, those in pods.items()],
    }


def _pod(usage: NodeUsage, uid: str, those: list[Running]) -> Object:
    first = those[0]
    return {
        "podRef": {"name": first.pod, "namespace": first.namespace, "uid": uid},
        "startTime": min(_started(usage, one) for one in those),
        "containers": [
            {"name": one.container, "startTime": _started(usage, one), **_used(usage, [one])} for one in those
        ],
        **_used(usage, those),
    }


def _used(usage: NodeUsage, those: Iterable[Running]) -> dict[str, Object]:
    """Return CPU and memory of containers together."""
    processes = [one.process for one in those]
    now, bytes_used = timestamps.seconds(usage.date), sum(one.memory_bytes for one in processes)
    return {
        "cpu": {
            "time": now,
            "usageNanoCores": sum(one.cpu_milli for one in processes) * 10**6,
            "usageCoreNanoSeconds": _nano(sum(one.cpu_used_s for one in processes)),
        },
        "memory": {
            "time": now,
            "usageBytes": bytes_used,
            "workingSetBytes": bytes_used,
            "rssBytes": bytes_used,
        },
    }


def _started(usage: NodeUsage, one: Running) -> str:
    return timestamps.seconds(usage.date - timedelta(seconds=usage.at_s - one.process.started_s))


def _nano(seconds: float) -> int:
    return int(seconds * 10**9)
