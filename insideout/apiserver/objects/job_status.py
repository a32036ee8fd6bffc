"""Rules for the status of a Job, which only moves towards its end.

Left out: overlapping completed and failed indexes.

Source: pkg/apis/batch/validation/validation.go (validateJobStatus, ValidateJobStatusUpdate),
pkg/registry/batch/job/strategy.go (getStatusValidationOptions)@v1.36.2.
"""

from typing import Any

from insideout.apiserver.objects import counts, field, job_policies
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.strategy import metadata_change

Object = dict[str, Any]


def validate(new: Object, old: Object) -> Causes:
    """Return what is wrong with a change of a Job's status."""
    status: Object = new.get("status") or {}
    keys = ("active", "succeeded", "failed", "ready", "terminating")
    causes = metadata_change(new, old) + counts.not_negative(status, keys, "status")
    causes += _conditions(_true(new), _true(old))
    causes += _finished(status, old.get("status") or {}, _true(new))
    completions = new["spec"].get("completions")
    if status.get("completedIndexes") and completions is not None:
        try:
            job_policies.count_indexes(status["completedIndexes"], completions)
        except ValueError as problem:
            detail = f"error parsing completedIndexes: {problem}"
            causes.append(field.invalid("status.completedIndexes", status["completedIndexes"], detail))
    if (status.get("ready") or 0) > (status.get("active") or 0):
        detail = "cannot set more ready pods than active"
        causes.append(field.invalid("status.ready", status.get("ready") or 0, detail))
    return causes


def _conditions(now: set[str], before: set[str]) -> Causes:
    wrong = []
    if {"Complete", "Failed"} <= now:
        wrong.append("cannot set Complete=True and Failed=true conditions")
    if {"Complete", "FailureTarget"} <= now:
        wrong.append("cannot set Complete=True and FailureTarget=true conditions")
    if "Failed" in now - before and "FailureTarget" not in now:
        wrong.append("cannot set Failed=True condition without the FailureTarget=true condition")
    if "Complete" in now - before and "SuccessCriteriaMet" not in now:
        wrong.append("cannot set Complete=True condition without the SuccessCriteriaMet=true condition")
    if {"SuccessCriteriaMet", "Failed"} <= now:
        wrong.append("cannot set SuccessCriteriaMet=True and Failed=true conditions")
    if {"SuccessCriteriaMet", "FailureTarget"} <= now:
        wrong.append("cannot set SuccessCriteriaMet=True and FailureTarget=true conditions")
    causes = [_omitted("status.conditions", detail) for detail in wrong]
    for name in ("Failed", "Complete", "FailureTarget", "SuccessCriteriaMet"):
        if name in before - now:
            causes.append(_omitted("status.conditions", f"cannot disable the terminal {name}=True condition"))
    return causes


def _finished(status: Object, before: Object, now: set[str]) -> Causes:
    causes: Causes = []
    done_at, started_at = status.get("completionTime"), status.get("startTime")
    if done_at and "Complete" not in now:
        detail = "cannot set completionTime when there is no Complete=True condition"
        causes.append(field.invalid("status.completionTime", done_at, detail))
    if not done_at and "Complete" in now:
        detail = "completionTime is required for Complete jobs"
        causes.append(field.required("status.completionTime", detail))
    if done_at and started_at and done_at < started_at:
        detail = "must be equal to or after `startTime`"
        causes.append(field.invalid("status.completionTime", done_at, detail))
    if before.get("completionTime") and done_at != before["completionTime"]:
        causes.append(field.invalid("status.completionTime", done_at, "completionTime cannot be mutated"))
    if not now & {"Complete", "Failed"}:
        return causes
    if status.get("active"):
        detail = "active>0 is invalid for finished job"
        causes.append(field.invalid("status.active", status["active"], detail))
    if not started_at:
        causes.append(field.required("status.startTime", "startTime is required for finished job"))
    if status.get("terminating"):
        detail = "terminating>0 is invalid for finished job"
        causes.append(field.invalid("status.terminating", status["terminating"], detail))
    return causes


def _true(job: Object) -> set[str]:
    conditions = (job.get("status") or {}).get("conditions") or ()
    return {each.get("type", "") for each in conditions if each.get("status") == "True"}


def _omitted(path: str, detail: str) -> Any:
    return field.invalid(path, "", detail)._replace(message=f"Invalid value: {detail}")
