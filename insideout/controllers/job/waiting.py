"""Which indexes wait before their next Pod, where failures are limited by index: each backs off by itself.

Source: pkg/controller/job/backoff_utils.go:getRemainingTimePerIndex@v1.36.2.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from insideout.client import Object
from insideout.controllers.job import indexes, policies, progress


def failures_by_index(job: Object, pods: Iterable[Object]) -> dict[int, list[Object]]:
    """Return the failed Pods of each index."""
    found: dict[int, list[Object]] = {}
    for pod in pods:
        index = indexes.index_of(pod)
        if index is not None and progress.has_failed(pod, job):
            found.setdefault(index, []).append(pod)
    return found


def told(job: Object, failed: dict[int, list[Object]], index: int) -> dict[str, str]:
    """Return the annotations by which the next Pod of an index knows of those before it."""
    return policies.annotations_for(job, failed.get(index, ()))


def delays_s(failed: dict[int, list[Object]], taken: Collection[int], now: datetime) -> dict[int, float]:
    """Return the indexes that have to wait, and how long; those that are `taken` need nothing."""
    found = {}
    for index, pods in failed.items():
        if index not in taken:
            last = max(map(progress.finished_at, pods))
            delay_s = progress.back_off_s(len(pods), last, now)
            if delay_s > 0:
                found[index] = delay_s
    return found
