"""Jobs: their defaults, their generated selector, and what may change.

Source: pkg/apis/batch/validation/validation.go, pkg/apis/batch/v1/defaults.go,
pkg/registry/batch/job/strategy.go@v1.36.2.
"""

from typing import Any

from insideout.apimachinery import names, selectors
from insideout.apiserver.objects import (
    counts,
    field,
    job_policies,
    job_status,
    job_templates,
    metadata,
    templates,
)
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.pods import defaults as pod_defaults
from insideout.apiserver.objects.pods import internal
from insideout.apiserver.objects.strategy import Strategy, metadata_change

Object = dict[str, Any]

_NAME_LABELS = ("job-name", "batch.kubernetes.io/job-name")
_UID_LABEL = "batch.kubernetes.io/controller-uid"
_UID_LABELS = ("controller-uid", _UID_LABEL)
_MOST_INT32 = 2**31 - 1
_MOST_INDEXED = 100_000
_MOST_PARALLEL = 10_000
_COUNTS = (
    "parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished",
    "backoffLimitPerIndex", "maxFailedIndexes",
)  # fmt: skip


def defaults(job: Object) -> None:
    """Fill in what a Job leaves out."""
    spec = job["spec"]
    if spec.get("completions") is None and spec.get("parallelism") is None:
        spec["completions"] = 1
    spec.setdefault("parallelism", 1)
    spec.setdefault("backoffLimit", 6 if spec.get("backoffLimitPerIndex") is None else _MOST_INT32)
    labels = (spec["template"].get("metadata") or {}).get("labels")
    if labels and not job["metadata"].get("labels"):
        job["metadata"]["labels"] = labels  # the same map: see _on_create
    spec.setdefault("completionMode", "NonIndexed")
    spec.setdefault("suspend", False)
    policy = spec.get("podFailurePolicy")
    spec.setdefault("podReplacementPolicy", "TerminatingOrFailed" if policy is None else "Failed")
    spec.setdefault("manualSelector", False)
    for rule in (policy or {}).get("rules") or ():
        for pattern in rule.get("onPodConditions") or ():
            if not pattern.get("status"):
                pattern["status"] = "True"
    pod_defaults.template(spec["template"])


def validate(job: Object) -> Causes:
    """Return what is wrong with a Job."""
    spec, name = job["spec"], job["metadata"].get("name", "")
    causes = metadata.validate_kubernetes(job["metadata"], True, names.dns_subdomain)
    causes += _generated_selector(job) + _spec(spec)
    last = (spec.get("completions") or 0) - 1
    if spec.get("completionMode") == "Indexed" and last >= 0:
        pod_name = f"{name}-{last}"
        if names.dns_label(pod_name):
            detail = f"will not able to create pod with invalid DNS label: {pod_name}"
            causes.append(field.invalid("metadata.name", name, detail))
    return causes


def _generated_selector(job: Object) -> Causes:
    spec, meta = job["spec"], job["metadata"]
    if spec.get("manualSelector") or spec.get("selector") is None:
        return []
    causes: Causes = []
    labels: Object = (spec["template"].get("metadata") or {}).get("labels") or {}
    due = {
        "controller-uid": meta.get("uid", ""),
        "job-name": meta.get("name", ""),
        _UID_LABEL: meta.get("uid", ""),
        "batch.kubernetes.io/job-name": meta.get("name", ""),
    }
    for key, value in due.items():
        path = f"spec.template.metadata.labels[{key}]"
        if key not in labels:
            causes.append(field.required(path, f"must be '{value}'"))
        elif labels[key] != value:
            causes.append(field.invalid(path, field.ordered(labels), f"must be '{value}'"))
    try:
        wanted = selectors.from_object(spec["selector"])
    except ValueError:
        return causes
    if wanted is not None and not wanted.matches(due):
        shown = metadata.shown_selector(spec["selector"])
        causes.append(field.invalid("spec.selector", shown, "`selector` not auto-generated"))
    return causes


def spec_without_selector(spec: Object) -> Causes:
    """Return what is wrong with the spec of a Job, or of the Jobs that a CronJob makes, but its selector."""
    causes = counts.not_negative(spec, _COUNTS, "spec")
    if spec.get("maxFailedIndexes") is not None and spec.get("backoffLimitPerIndex") is None:
        causes.append(field.required("spec.backoffLimitPerIndex", "when maxFailedIndexes is specified"))
    if spec.get("managedBy") is not None:
        causes += _managed_by(spec["managedBy"], "spec.managedBy")
    causes += _indexes(spec)
    causes += job_policies.failure(spec, "spec.podFailurePolicy")
    causes += job_policies.success(spec, "spec.successPolicy")
    causes += job_policies.replacement(spec, "spec.podReplacementPolicy")
    causes += templates.template(spec["template"], "spec.template")
    return causes + _restart_policy(spec)


def _spec(spec: Object) -> Causes:
    causes = spec_without_selector(spec)
    if spec.get("selector") is None:
        causes.append(field.required("spec.selector"))
    causes += metadata.label_selector(spec.get("selector"), "spec.selector")
    labels = (spec["template"].get("metadata") or {}).get("labels")
    try:
        wanted = selectors.from_object(spec.get("selector"))
    except ValueError:
        return causes
    if wanted is None or not wanted.matches(labels):
        path = "spec.template.metadata.labels"
        causes.append(field.invalid(path, field.ordered(labels), templates.MISMATCH))
    return causes


def _managed_by(given: str, path: str) -> Causes:
    host, slash, rest = given.partition("/")
    if not given:
        causes = [field.required(path)]
    elif not (host and slash and rest):
        causes = [field.invalid(path, given, 'must be a domain-prefixed path (such as "acme.io/foo")')]
    else:
        causes = field.each(path, host, names.dns_subdomain(host))
        causes += field.each(path, rest, names.http_path(rest))
    return causes + ([field.too_long(path, 63)] if len(given) > 63 else [])


def _indexes(spec: Object) -> Causes:
    mode = spec.get("completionMode")
    if mode not in ("NonIndexed", "Indexed"):
        return field.one_of("spec.completionMode", mode or "", ("NonIndexed", "Indexed"))
    causes: Causes = []
    if mode == "NonIndexed":
        for key in ("backoffLimitPerIndex", "maxFailedIndexes"):
            if spec.get(key) is not None:
                causes.append(field.invalid(f"spec.{key}", spec[key], "requires indexed completion mode"))
        return causes
    completions, parallel, failed = (spec.get(k) for k in ("completions", "parallelism", "maxFailedIndexes"))
    if completions is None:
        causes.append(field.required("spec.completions", "when completion mode is Indexed"))
    if (parallel or 0) > _MOST_INDEXED:
        detail = f"must be less than or equal to {_MOST_INDEXED} when completion mode is Indexed"
        causes.append(field.invalid("spec.parallelism", parallel, detail))
    if completions is not None and (failed or 0) > completions:
        detail = "must be less than or equal to completions"
        causes.append(field.invalid("spec.maxFailedIndexes", failed, detail))
    if (failed or 0) > _MOST_INDEXED:
        detail = f"must be less than or equal to {_MOST_INDEXED}"
        causes.append(field.invalid("spec.maxFailedIndexes", failed, detail))
    if (completions or 0) > _MOST_INDEXED and spec.get("backoffLimitPerIndex") is not None:
        if failed is None:
            detail = f"must be specified when completions is above {_MOST_INDEXED}"
            causes.append(field.required("spec.maxFailedIndexes", detail))
        detail = (
            f"must be less than or equal to {_MOST_PARALLEL} when completions are above {_MOST_INDEXED} "
            "and used with backoff limit per index"
        )
        for key in ("parallelism", "maxFailedIndexes"):
            if (spec.get(key) or 0) > _MOST_PARALLEL:
                causes.append(field.invalid(f"spec.{key}", spec[key], detail))
    return causes


def _restart_policy(spec: Object) -> Causes:
    path = "spec.template.spec.restartPolicy"
    policy = (spec["template"].get("spec") or {}).get("restartPolicy", "")
    if policy in ("Always", ""):
        return [field.required(path, 'valid values: "OnFailure", "Never"')]
    if policy not in ("OnFailure", "Never"):
        return field.one_of(path, policy, ("OnFailure", "Never"))
    if spec.get("podFailurePolicy") is not None and policy != "Never":
        detail = 'only "Never" is supported when podFailurePolicy is specified'
        return [field.invalid(path, policy, detail)]
    return []


def _change(new: Object, old: Object) -> Causes:
    spec, before = new["spec"], old["spec"]
    causes = validate(new) + metadata_change(new, old) + _spec(spec)
    if spec.get("completionMode") != "Indexed":
        causes += field.immutable("spec.completions", spec.get("completions"), before.get("completions"))
    elif spec.get("completions") not in (None, before.get("completions"), spec.get("parallelism")):
        detail = "can only be modified in tandem with spec.parallelism"
        causes.append(field.invalid("spec.completions", spec["completions"], detail))
    causes += templates.immutable_selector(new, old) + job_templates.change(new, old)
    causes += field.immutable("spec.completionMode", spec.get("completionMode"), before.get("completionMode"))
    causes += _immutable_struct("podFailurePolicy", "PodFailurePolicy", spec, before)
    for key in ("backoffLimitPerIndex", "managedBy"):
        causes += field.immutable(f"spec.{key}", spec.get(key), before.get(key))
    return causes + _immutable_struct("successPolicy", "SuccessPolicy", spec, before)


def _immutable_struct(name: str, struct: str, new: Object, old: Object) -> Causes:
    if new.get(name) == old.get(name):
        return []
    shown = None if new.get(name) is None else internal.dump(struct, new[name])
    return [field.invalid(f"spec.{name}", shown, field.IMMUTABLE)]


def _on_create(job: Object) -> None:
    """Select the Job's own pods by its uid.

    Labels that a Job has from its template are the same map in Go, and so get what that gets.
    """
    spec, meta = job["spec"], job["metadata"]
    if spec.get("manualSelector"):
        return
    template = spec["template"].setdefault("metadata", {})
    shared = not meta.get("labels") or meta["labels"] is template.get("labels")
    labels = dict(template.get("labels") or {})
    for key in _NAME_LABELS:
        labels.setdefault(key, meta.get("name", ""))
    for key in _UID_LABELS:
        labels.setdefault(key, meta.get("uid", ""))
    template["labels"] = labels
    selector = dict(spec.get("selector") or {})
    selector["matchLabels"] = {_UID_LABEL: meta.get("uid", ""), **(selector.get("matchLabels") or {})}
    spec["selector"] = selector
    if shared:
        meta["labels"] = dict(labels)


JOB = Strategy(
    pod_spec_at=("spec", "template", "spec"),
    defaults=defaults,
    on_create=_on_create,
    validate=validate,
    validate_update=_change,
    validate_status=job_status.validate,
    counts_generation=True,
    has_status=True,
)
