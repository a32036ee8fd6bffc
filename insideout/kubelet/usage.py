"""What a node's containers use now: the measurement behind a kubelet's metrics and metrics.k8s.io.

A container's working set is its program's memory: programs have no page cache.  Left out: what the kubelet
and the machine use themselves, so a node that runs nothing uses nothing.

Source: pkg/kubelet/stats/cri_stats_provider.go@v1.36.2.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from insideout.kubelet.podworker import PodWorker
from insideout.kubelet.process import Process


class Running(NamedTuple):
    """A running container: where it is, what it was made of, how its runtime calls it, and its process.

    `uid` is its Pod's.
    """

    namespace: str
    pod: str
    container: str
    image: str
    name: str
    process: Process
    uid: str


class NodeUsage(NamedTuple):
    """A measurement: when; CPU seconds that all containers ever used; bytes in use; who runs."""

    at_s: float
    date: datetime
    cpu_used_s: float
    memory_bytes: int
    running: list[Running]

    def epoch_s(self, one: Running) -> float:
        """Return when a container started, in seconds since the epoch."""
        return self.date.timestamp() - (self.at_s - one.process.started_s)


def running(workers: Iterable[PodWorker]) -> list[Running]:
    """Return the containers that run for these Pods."""
    return [
        Running(
            worker.pod["metadata"]["namespace"],
            worker.pod["metadata"]["name"],
            one.name,
            one.spec.get("image", ""),
            f"{worker.uid}-{one.name}-{one.runs}",
            one.process,
            worker.uid,
        )
        for worker in workers
        for one in worker.containers
        if one.is_running and one.process is not None
    ]


def measured(at_s: float, date: datetime, ended_cpu_s: float, workers: Iterable[PodWorker]) -> NodeUsage:
    """Return what a node uses; `ended_cpu_s` is what containers used that run no more."""
    there = running(workers)
    cpu_used_s = ended_cpu_s + sum(one.process.cpu_used_s for one in there)
    return NodeUsage(at_s, date, cpu_used_s, sum(one.process.memory_bytes for one in there), there)
