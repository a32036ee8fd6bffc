"""CronJobs: a schedule and the Job that it makes.

Source: pkg/apis/batch/validation/validation.go, pkg/apis/batch/v1/defaults.go,
pkg/registry/batch/cronjob/strategy.go@v1.36.2.
"""

import re
import zoneinfo
from typing import Any

from insideout.apimachinery import cron, names
from insideout.apiserver.objects import counts, field, jobs, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.pods import defaults as pod_defaults
from insideout.apiserver.objects.strategy import Strategy, metadata_change
from insideout.apiserver.status import Cause

Object = dict[str, Any]

_LONGEST_NAME = 52  # a Job's name has at most 63 characters, of which its time takes eleven
_POLICIES = ("Allow", "Forbid", "Replace")
_ZONE_PART = re.compile(r"[A-Za-z.\-_0-9+]{1,14}")


def defaults(obj: Object) -> None:
    """Fill in what a CronJob leaves out; its Jobs get theirs when they are made."""
    spec = obj.setdefault("spec", {})
    if not spec.get("concurrencyPolicy"):
        spec["concurrencyPolicy"] = "Allow"
    spec.setdefault("suspend", False)
    spec.setdefault("successfulJobsHistoryLimit", 3)
    spec.setdefault("failedJobsHistoryLimit", 1)
    template = spec.setdefault("jobTemplate", {}).setdefault("spec", {}).setdefault("template", {})
    pod_defaults.template(template)


def validate(obj: Object) -> Causes:
    """Return what is wrong with a new CronJob."""
    causes = metadata.validate_kubernetes(obj["metadata"], True, names.dns_subdomain)
    causes += _spec(obj["spec"], None)
    name = obj["metadata"].get("name", "")
    if len(name) > _LONGEST_NAME:
        detail = f"must be no more than {_LONGEST_NAME} characters"
        causes.append(field.invalid("metadata.name", name, detail))
    return causes


def _spec(spec: Object, old: Object | None) -> Causes:
    causes = _schedule(spec, old)
    causes += counts.not_negative(spec, ("startingDeadlineSeconds",), "spec")
    zone = spec.get("timeZone")
    if zone is not None and (old is None or zone != old.get("timeZone")):
        causes += _zone(zone)
    causes += field.one_of("spec.concurrencyPolicy", spec.get("concurrencyPolicy"), _POLICIES)
    causes += _template(spec["jobTemplate"].get("spec") or {})
    return causes + counts.not_negative(
        spec, ("successfulJobsHistoryLimit", "failedJobsHistoryLimit"), "spec"
    )


def _schedule(spec: Object, old: Object | None) -> Causes:
    text, causes = spec.get("schedule", ""), []
    if not text:
        return [field.required("spec.schedule")]
    named_before = "TZ" in (old or {}).get("schedule", "")
    zone, rest = re.match(r"(?:TZ|CRON_TZ)=\S* ", text), text
    if zone is not None:
        rest = text[zone.end() :].strip()
    try:
        cron.parse(rest)
    except ValueError as problem:
        causes.append(field.invalid("spec.schedule", text, str(problem)))
    if "TZ" in text and not named_before:
        detail = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
        causes.append(field.invalid("spec.schedule", text, detail))
    elif "TZ" in text and spec.get("timeZone") is not None:
        detail = "cannot use both timeZone field and TZ or CRON_TZ in schedule"
        causes.append(field.invalid("spec.schedule", text, detail))
    return causes


def _zone(zone: str) -> Causes:
    path = "spec.timeZone"
    if not zone:
        return [field.invalid(path, zone, "timeZone must be nil or non-empty string")]
    for part in zone.split("/"):
        if part in (".", "..") or part.startswith("-") or not _ZONE_PART.fullmatch(part):
            return [field.invalid(path, zone, f"unknown time zone {zone}")]
    causes: Causes = []
    if zone.lower() == "local":
        detail = "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"
        causes.append(field.invalid(path, zone, detail))
    try:
        zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, OSError):
        if zone != "Local":
            causes.append(field.invalid(path, zone, f"unknown time zone {zone}"))
    return causes


def _template(job: Object) -> Causes:
    path = "spec.jobTemplate.spec"
    given = {"completionMode": "NonIndexed", "podReplacementPolicy": None, **job}
    causes = [
        Cause(each.reason, path + each.field.removeprefix("spec"), each.message)
        for each in jobs.spec_without_selector(given)
    ]
    if job.get("selector") is not None:
        shown = metadata.shown_selector(job["selector"])
        causes.append(field.invalid(f"{path}.selector", shown, "`selector` will be auto-generated"))
    if job.get("manualSelector"):
        causes.append(field.not_supported(f"{path}.manualSelector", True, ("nil", "false")))
    return causes


CRON_JOB = Strategy(
    defaults=defaults,
    validate=validate,
    validate_update=lambda new, old: metadata_change(new, old) + _spec(new["spec"], old["spec"]),
    validate_status=lambda new, old: [],
    counts_generation=True,
    has_status=True,
)
