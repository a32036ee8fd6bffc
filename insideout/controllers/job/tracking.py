"""Counting each Pod that ended once: its UID goes into the status; when it is let go, the count rises.

Source: pkg/controller/job/job_controller.go:trackJobStatusAndRemoveFinalizers,
cleanUncountedPodsWithoutFinalizers@v1.36.2.
"""

from collections.abc import Collection, Iterable

from insideout.apimachinery import pods as podutil
from insideout.client import Object
from insideout.controllers.job import indexes, policies, progress
from insideout.controllers.job.progress import SUCCESS, Counts, Verdict


def write_down(
    job: Object,
    pods: Iterable[Object],
    counts: Counts,
    released: Collection[str],
    verdict: Verdict | None,
) -> None:
    """Put the UIDs of Pods that ended into the status; the indexes of an Indexed Job are counted at once."""
    status = job["status"]
    if progress.is_indexed(job):
        done = progress.succeeded_indexes(job, counts.new_succeeded)
        status |= {"succeeded": len(done), "completedIndexes": indexes.write(done)}
        if counts.failed_indexes is not None:
            status["failedIndexes"] = indexes.write(counts.failed_indexes)
    else:
        _add(status, "succeeded", counts.new_succeeded)
    _add(status, "failed", _failed_now(job, pods, counts, released, verdict))


def settle(status: Object, held: Collection[str]) -> None:
    """Count the Pods that were written down and have been let go; `held` are the UIDs of the others."""
    uncounted = status.setdefault("uncountedTerminatedPods", {})
    for name in ("succeeded", "failed"):
        waiting = uncounted.get(name) or []
        left = [uid for uid in waiting if uid in held]
        if len(left) < len(waiting):
            status[name] = status.get(name, 0) + len(waiting) - len(left)
        uncounted.pop(name, None)
        if left:
            uncounted[name] = left


def _failed_now(
    job: Object,
    pods: Iterable[Object],
    counts: Counts,
    released: Collection[str],
    verdict: Verdict | None,
) -> list[Object]:
    """Return the Pods to write down as failed: when a Job has failed, so has whatever it cut short.

    Failures that a policy ignores are not counted.
    """
    if verdict is None or verdict.type == SUCCESS.type:
        return [pod for pod in counts.new_failed if policies.match(job, pod).counts]
    known = (job["status"].get("uncountedTerminatedPods") or {}).get("failed") or ()
    return [
        pod
        for pod in pods
        if progress.is_tracked(pod, released)
        and podutil.phase(pod) != "Succeeded"
        and pod["metadata"]["uid"] not in known
        and policies.match(job, pod).counts
    ]


def _add(status: Object, name: str, pods: list[Object]) -> None:
    if pods:
        uncounted = status["uncountedTerminatedPods"]
        uncounted[name] = [*uncounted.get(name, []), *(pod["metadata"]["uid"] for pod in pods)]
