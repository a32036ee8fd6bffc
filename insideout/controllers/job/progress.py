"""How far a Job is, and whether it is over.

Source: pkg/controller/job/job_controller.go:syncJob, getNewFinishedPods, pastBackoffLimitOnFailure;
backoff_utils.go@v1.36.2.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from insideout.apimachinery import conditions, timestamps
from insideout.apimachinery import pods as podutil
from insideout.client import Object
from insideout.controllers.job import indexes, policies

FINALIZER = "batch.kubernetes.io/job-tracking"
FIRST_BACK_OFF_S, LAST_BACK_OFF_S = 10.0, 600.0


class Verdict(NamedTuple):
    """Why a Job is over: `type` is "SuccessCriteriaMet" or "FailureTarget", what comes before the end."""

    type: str
    reason: str
    message: str


SUCCESS = Verdict("SuccessCriteriaMet", "CompletionsReached", "Reached expected number of succeeded pods")
BACKOFF_LIMIT = Verdict(
    "FailureTarget", "BackoffLimitExceeded", "Job has reached the specified backoff limit"
)
DEADLINE = Verdict("FailureTarget", "DeadlineExceeded", "Job was active longer than specified deadline")


MAX_FAILED_INDEXES = Verdict(
    "FailureTarget",
    "MaxFailedIndexesExceeded",
    "Job has exceeded the specified maximal number of failed indexes",
)
FAILED_INDEXES = Verdict("FailureTarget", "FailedIndexes", "Job has failed indexes")
OURS = "kubernetes.io/job-controller"


class Counts(NamedTuple):
    """Pods of a Job: those that ended and are not counted in its status yet, and all that ended.

    `failed_indexes` are those that may have no further Pod, None where no limit is by index.
    """

    new_succeeded: list[Object]
    new_failed: list[Object]
    succeeded: int
    failed: int
    failed_indexes: set[int] | None = None


def is_finished(job: Object) -> bool:
    """Tell whether a Job is Complete or Failed."""
    return "True" in (conditions.status_of(job, "Complete"), conditions.status_of(job, "Failed"))


def is_indexed(job: Object) -> bool:
    """Tell whether each completion of a Job has a number."""
    return bool(job["spec"].get("completionMode") == "Indexed")


def has_failed(pod: Object, job: Object) -> bool:
    """Tell whether a Pod counts as failed: one being deleted does, unless replacements wait for it."""
    if podutil.phase(pod) == "Failed":
        return True
    if job["spec"].get("podReplacementPolicy") == "Failed":
        return False
    return podutil.is_terminating(pod) and podutil.phase(pod) != "Succeeded"


def is_tracked(pod: Object, released: Collection[str]) -> bool:
    """Tell whether a Pod still waits to be counted."""
    metadata = pod["metadata"]
    return FINALIZER in (metadata.get("finalizers") or ()) and metadata["uid"] not in released


def count(job: Object, pods: Iterable[Object], released: Collection[str]) -> Counts:
    """Count a Job's Pods; `released` are UIDs whose finalizer is off, though a cache may show it still."""
    status = job.get("status") or {}
    uncounted = status.get("uncountedTerminatedPods") or {}
    waiting = {name: set(uncounted.get(name) or ()) for name in ("succeeded", "failed")}
    tracked = [pod for pod in pods if is_tracked(pod, released)]
    new_succeeded = [
        pod
        for pod in tracked
        if podutil.phase(pod) == "Succeeded" and pod["metadata"]["uid"] not in waiting["succeeded"]
    ]
    new_failed = [
        pod for pod in tracked if has_failed(pod, job) and pod["metadata"]["uid"] not in waiting["failed"]
    ]
    succeeded = status.get("succeeded", 0) + len(waiting["succeeded"]) + len(new_succeeded)
    if is_indexed(job):
        succeeded = len(succeeded_indexes(job, new_succeeded))
    counted = [pod for pod in new_failed if policies.match(job, pod).counts]
    failed = status.get("failed", 0) + len(waiting["failed"]) + len(counted)
    return Counts(new_succeeded, new_failed, succeeded, failed, _failed_indexes(job, new_failed))


def _failed_indexes(job: Object, new_failed: Iterable[Object]) -> set[int] | None:
    """Return the indexes that have failed, in the status or by Pods that just did."""
    if job["spec"].get("backoffLimitPerIndex") is None:
        return None
    completions = job["spec"]["completions"]
    known = indexes.parse((job.get("status") or {}).get("failedIndexes") or "", completions)
    found = {indexes.index_of(pod) for pod in new_failed if policies.ends_index(job, pod)}
    return known | {index for index in found if index is not None and index < completions}


def succeeded_indexes(job: Object, new_succeeded: Iterable[Object]) -> set[int]:
    """Return the indexes that are done, in the status or in Pods that just succeeded."""
    completions = job["spec"]["completions"]
    done = indexes.parse((job.get("status") or {}).get("completedIndexes", ""), completions)
    found = {indexes.index_of(pod) for pod in new_succeeded}
    return done | {index for index in found if index is not None and index < completions}


def verdict(job: Object, pods: Collection[Object], counts: Counts, now: datetime) -> Verdict | None:
    """Return why a Job is over whatever its Pods still do, or None."""
    for known in ("FailureTarget", "SuccessCriteriaMet"):
        condition = conditions.find(job, known)
        if condition is not None and condition["status"] == "True":
            return Verdict(known, condition["reason"], condition["message"])
    for pod in pods:
        matched = policies.match(job, pod) if has_failed(pod, job) else policies.Matched()
        if matched.action == "FailJob":
            return Verdict("FailureTarget", "PodFailurePolicy", matched.message)
    limit = job["spec"].get("backoffLimit", 6)
    if counts.failed > limit or _restarts_exceed(job, pods, limit):
        return BACKOFF_LIMIT
    left_s = deadline_left_s(job, now)
    if left_s is not None and left_s <= 0:
        return DEADLINE
    return _by_index(job, counts) if is_indexed(job) else None


def _by_index(job: Object, counts: Counts) -> Verdict | None:
    """Return what failed and succeeded indexes decide."""
    spec, failed = job["spec"], counts.failed_indexes or set()
    if spec.get("maxFailedIndexes") is not None and len(failed) > spec["maxFailedIndexes"]:
        return MAX_FAILED_INDEXES
    if failed and len(failed) + counts.succeeded >= spec["completions"]:
        return FAILED_INDEXES
    why = policies.success(job, succeeded_indexes(job, counts.new_succeeded))
    return Verdict(SUCCESS.type, "SuccessPolicy", why) if why else None


def deadline_left_s(job: Object, now: datetime) -> float | None:
    """Return how long a Job may still be active, None without a deadline or while it is suspended."""
    deadline_s = job["spec"].get("activeDeadlineSeconds")
    started = (job.get("status") or {}).get("startTime")
    if deadline_s is None or started is None or job["spec"].get("suspend"):
        return None
    return float(deadline_s) - (now - timestamps.parse(started)).total_seconds()


def is_complete(job: Object, succeeded: int, active: int) -> bool:
    """Tell whether enough Pods succeeded and none is at work any more."""
    return bool(succeeded >= job["spec"].get("completions", 1) and active == 0)


def wanted_active(job: Object, succeeded: int, active: int, failed_indexes: int = 0) -> int:
    """Return how many Pods should be at work.

    Without a number of completions, one success means that nothing new is started.
    """
    spec = job["spec"]
    if spec.get("suspend"):
        return 0
    parallelism: int = spec.get("parallelism", 1)
    if "completions" not in spec:
        return active if succeeded else parallelism
    return int(max(0, min(spec["completions"] - succeeded - failed_indexes, parallelism)))


def back_off_s(failures: int, last_failure: datetime | None, now: datetime) -> float:
    """Return how long to wait before the next Pod, after so many failures since the last success."""
    if not failures or last_failure is None:
        return 0.0
    delay_s: float = min(FIRST_BACK_OFF_S * 2 ** (failures - 1), LAST_BACK_OFF_S)
    return max(0.0, delay_s - (now - last_failure).total_seconds())


def finished_at(pod: Object) -> datetime:
    """Return when a Pod ended: its last container did, or it stopped being ready, or was deleted."""
    statuses = (pod.get("status") or {}).get("containerStatuses") or ()
    ends = [status["state"].get("terminated", {}).get("finishedAt") for status in statuses]
    if ends and all(ends):
        return max(timestamps.parse(end) for end in ends)
    ready = conditions.find(pod, "Ready")
    if ready is not None and ready["status"] == "False" and ready.get("lastTransitionTime"):
        return timestamps.parse(ready["lastTransitionTime"])
    metadata = pod["metadata"]
    return timestamps.parse(metadata.get("deletionTimestamp") or metadata["creationTimestamp"])


def _restarts_exceed(job: Object, pods: Iterable[Object], limit: int) -> bool:
    """Tell whether containers that are restarted in place failed too often; for restartPolicy OnFailure."""
    if job["spec"]["template"]["spec"].get("restartPolicy") != "OnFailure":
        return False
    restarts = sum(
        container.get("restartCount", 0)
        for pod in pods
        if podutil.phase(pod) in ("Running", "Pending")
        for kind in ("initContainerStatuses", "containerStatuses")
        for container in (pod.get("status") or {}).get(kind) or ()
    )
    return bool(restarts > 0 if limit == 0 else restarts >= limit)
