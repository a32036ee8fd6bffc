"""Warnings about pods and what makes them: names that are no host names, and what pods are warned of."""

from collections.abc import Mapping

from insideout.apimachinery import names
from insideout.apiserver.objects.pods import volume_warnings
from insideout.apiserver.objects.pods import warnings as pods
from insideout.apiserver.objects.warnings.rule import Object, Rule, Warnings

_HOST_NAMES = "this is used in Pod names and hostnames"
_MOST_COMPLETIONS, _MOST_PARALLEL = 100_000, 10_000


def _pod(new: Object, old: Object | None) -> Warnings:
    if old is None:
        yield from _label_name(new, "this is used in the Pod's hostname")
        yield from pods.template(new, "")


def _changed(new: Object, old: Object | None) -> bool:
    return old is None or new["metadata"].get("generation") != old["metadata"].get("generation")


def _label_name(obj: Object, used: str) -> Warnings:
    reasons = names.dns_label(obj["metadata"].get("name", ""))
    if reasons:
        surprise = "which can result in surprising behavior; a DNS label is recommended"
        yield f"metadata.name: {used}, {surprise}: [{' '.join(reasons)}]"


def _workload(new: Object, old: Object | None) -> Warnings:
    if old is None:
        yield from _label_name(new, _HOST_NAMES)
    yield from _templated(new, old)


def _templated(new: Object, old: Object | None) -> Warnings:
    if _changed(new, old):
        yield from pods.template(new["spec"].get("template") or {}, "spec.template")


def _stateful_set(new: Object, old: Object | None) -> Warnings:
    yield from _templated(new, old)
    for index, claim in enumerate(new["spec"].get("volumeClaimTemplates") or ()):
        at = f"spec.volumeClaimTemplates[{index}]{'.Spec' if old is not None else ''}"
        yield from volume_warnings.claim_spec(claim.get("spec") or {}, at)
    if (new["spec"].get("revisionHistoryLimit") or 0) < 0:
        yield (
            "spec.revisionHistoryLimit: a negative value retains all historical revisions; "
            "a value >= 0 is recommended"
        )


def _job(new: Object, old: Object | None) -> Warnings:
    if old is None:
        yield from _label_name(new, _HOST_NAMES)
    if _changed(new, old):
        yield from _job_spec(new["spec"], "spec")


def _job_spec(spec: Object, path: str) -> Warnings:
    many, wide = spec.get("completions") or 0, spec.get("parallelism") or 0
    if spec.get("completionMode") == "Indexed" and many > _MOST_COMPLETIONS and wide > _MOST_PARALLEL:
        yield (
            f"{path}: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher "
            "than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes "
            "fail"
        )
    yield from pods.template(spec.get("template") or {}, f"{path}.template")


def _cron_job(new: Object, old: Object | None) -> Warnings:
    if old is None:
        yield from _label_name(new, _HOST_NAMES)
    if _changed(new, old):
        spec = (new["spec"].get("jobTemplate") or {}).get("spec") or {}
        yield from _job_spec(spec, "spec.jobTemplate.spec")
    if old is not None and "TZ" in new["spec"].get("schedule", ""):
        page = "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/"
        yield (
            f"cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see {page} for more "
            "details"
        )


RULES: Mapping[str, Rule] = {
    "cronjobs.batch": _cron_job,
    "daemonsets.apps": _templated,
    "deployments.apps": _workload,
    "jobs.batch": _job,
    "pods": _pod,
    "replicasets.apps": _workload,
    "replicationcontrollers": _workload,
    "statefulsets.apps": _stateful_set,
}
