"""What a Job's policies say: which failures count, end an index or the Job, and when a few successes do.

Left out: a Pod that somebody takes away before its replacement is made begins the count of its index anew.

Source: pkg/controller/job/{pod_failure_policy,success_policy,indexed_job_utils}.go@v1.36.2.
"""

from collections.abc import Iterable
from typing import NamedTuple

from insideout.client import Object
from insideout.controllers.job import indexes

FAILURES = "batch.kubernetes.io/job-index-failure-count"
IGNORED = "batch.kubernetes.io/job-index-ignored-failure-count"


class Matched(NamedTuple):
    """What a failure policy makes of a failed Pod: its rule's action, "" for none, and why a Job fails."""

    action: str = ""
    message: str = ""

    @property
    def counts(self) -> bool:
        """Whether the failure counts against the limits."""
        return self.action != "Ignore"


def match(job: Object, pod: Object) -> Matched:
    """Return what the Job's failure policy says of a failed Pod: its first rule that fits."""
    metadata = pod["metadata"]
    who = f"{metadata.get('namespace', '')}/{metadata.get('name', '')}"
    for number, rule in enumerate((job["spec"].get("podFailurePolicy") or {}).get("rules") or ()):
        action, end = rule["action"], f"matching {rule['action']} rule at index {number}"
        if rule.get("onExitCodes") is not None:
            ended = _ended(pod, rule["onExitCodes"])
            if ended is not None:
                code = ended["state"]["terminated"]["exitCode"]
                why = f"Container {ended['name']} for pod {who} failed with exit code {code} {end}"
                return Matched(action, why)
        elif rule.get("onPodConditions"):
            condition = _condition(pod, rule["onPodConditions"])
            if condition:
                return Matched(action, f"Pod {who} has condition {condition} {end}")
    return Matched()


def _ended(pod: Object, wanted: Object) -> Object | None:
    """Return the status of the first container that ended with a code that a rule is about."""
    status = pod.get("status") or {}
    for kind in ("containerStatuses", "initContainerStatuses"):
        for container in status.get(kind) or ():
            code = (container.get("state") or {}).get("terminated", {}).get("exitCode", 0)
            if code == 0 or wanted.get("containerName") not in (None, container["name"]):
                continue
            if (code in wanted["values"]) is (wanted["operator"] == "In"):
                found: Object = container
                return found
    return None


def _condition(pod: Object, patterns: Iterable[Object]) -> str:
    wanted = {(each["type"], each["status"]) for each in patterns}
    for each in (pod.get("status") or {}).get("conditions") or ():
        if (each["type"], each["status"]) in wanted:
            return str(each["type"])
    return ""


def failures_of(pod: Object) -> int:
    """Return how many Pods of its index had failed when a Pod was made."""
    text = (pod["metadata"].get("annotations") or {}).get(FAILURES, "")
    return int(text) if text.isdigit() else 0


def ends_index(job: Object, pod: Object) -> bool:
    """Tell whether a failed Pod is the last one that its index may have."""
    matched = match(job, pod)
    if matched.action == "FailIndex":
        return True
    return matched.counts and failures_of(pod) >= job["spec"]["backoffLimitPerIndex"]


def annotations_for(job: Object, failed: Iterable[Object]) -> dict[str, str]:
    """Return what the next Pod of an index is told of the ones that failed before it."""
    count, ignored = 0, 0
    for pod in failed:
        own = pod["metadata"].get("annotations") or {}
        counts = match(job, pod).counts
        count = max(count, failures_of(pod) + counts)
        before = own.get(IGNORED, "0")
        ignored = max(ignored, (int(before) if before.isdigit() else 0) + (not counts))
    found = {FAILURES: str(count)}
    return {**found, IGNORED: str(ignored)} if ignored else found


def success(job: Object, succeeded: set[int]) -> str:
    """Return why the successes so far are enough by the success policy, "" when they are not."""
    if not succeeded:
        return ""
    for number, rule in enumerate((job["spec"].get("successPolicy") or {}).get("rules") or ()):
        count, text = rule.get("succeededCount"), rule.get("succeededIndexes")
        if text is not None:
            wanted = indexes.parse(text, job["spec"]["completions"])
            done = wanted & succeeded
            met = bool(wanted) and (done == wanted or (count is not None and len(done) >= count))
        else:
            met = count is not None and len(succeeded) >= count
        if met:
            return f"Matched rules at index {number}"
    return ""
