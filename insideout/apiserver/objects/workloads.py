"""Deployments and ReplicaSets.

Source: pkg/apis/apps/validation/validation.go, pkg/apis/apps/v1/defaults.go,
pkg/registry/apps/{deployment,replicaset}/strategy.go@v1.36.2.
"""

from typing import Any

from insideout.apimachinery import names
from insideout.apiserver.objects import counts, field, metadata, templates
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.pods import defaults as pod_defaults
from insideout.apiserver.objects.strategy import Strategy, metadata_change, nothing

Object = dict[str, Any]

_TYPES = ("Recreate", "RollingUpdate")
_ABOVE_REPLICAS = "cannot be greater than status.replicas"


def deployment_defaults(obj: Object) -> None:
    """Fill in what a Deployment leaves out."""
    spec = obj["spec"]
    spec.setdefault("replicas", 1)
    strategy = spec["strategy"]
    if not strategy.get("type"):
        strategy["type"] = "RollingUpdate"
    if strategy["type"] == "RollingUpdate":
        rolling = strategy.setdefault("rollingUpdate", {})
        rolling.setdefault("maxUnavailable", "25%")
        rolling.setdefault("maxSurge", "25%")
    spec.setdefault("revisionHistoryLimit", 10)
    spec.setdefault("progressDeadlineSeconds", 600)
    pod_defaults.template(spec["template"])


def validate_deployment(obj: Object) -> Causes:
    """Return what is wrong with a new Deployment."""
    return metadata.validate_kubernetes(obj["metadata"], True, names.dns_subdomain) + _deployment_spec(
        obj["spec"]
    )


def _deployment_spec(spec: Object) -> Causes:
    causes = field.not_negative("spec.replicas", spec.get("replicas"))
    causes += templates.selector(spec.get("selector"), "spec.selector", "deployment")
    causes += _selected(spec, "invalid label selector")
    causes += _strategy(spec["strategy"], "spec.strategy")
    causes += counts.not_negative(spec, ("minReadySeconds", "revisionHistoryLimit"), "spec")
    deadline_s = spec.get("progressDeadlineSeconds")
    if deadline_s is not None:
        causes += field.not_negative("spec.progressDeadlineSeconds", deadline_s)
        if deadline_s <= spec.get("minReadySeconds", 0):
            detail = "must be greater than minReadySeconds"
            causes.append(field.invalid("spec.progressDeadlineSeconds", deadline_s, detail))
    return causes


def _selected(spec: Object, bad_selector: str) -> Causes:
    causes = templates.selected_template(spec, "spec", bad_selector)
    if any(cause.field == "spec.selector" for cause in causes):
        return causes
    return causes + templates.always_running(spec, "spec", "ReplicaSet")


def _strategy(strategy: Object, path: str) -> Causes:
    kind, rolling = strategy.get("type", ""), strategy.get("rollingUpdate")
    at = f"{path}.rollingUpdate"
    if kind == "Recreate":
        detail = "may not be specified when strategy `type` is 'Recreate'"
        return [] if rolling is None else [field.forbidden(at, detail)]
    if kind != "RollingUpdate":
        shown = {"Type": kind, "RollingUpdate": None if rolling is None else _internal(rolling)}
        return [field.not_supported(path, shown, _TYPES)]
    if rolling is None:
        return [field.required(at, "this should be defaulted and never be nil")]
    unavailable, surge = rolling.get("maxUnavailable"), rolling.get("maxSurge")
    causes = counts.int_or_percent(unavailable, f"{at}.maxUnavailable")
    causes += counts.int_or_percent(surge, f"{at}.maxSurge")
    if counts.magnitude(unavailable) == 0 and counts.magnitude(surge) == 0:
        detail = "may not be 0 when `maxSurge` is 0"
        causes.append(field.invalid(f"{at}.maxUnavailable", unavailable, detail))
    return causes + counts.at_most_100_percent(unavailable, f"{at}.maxUnavailable")


def _internal(rolling: Object) -> Object:
    return {"MaxUnavailable": rolling.get("maxUnavailable", 0), "MaxSurge": rolling.get("maxSurge", 0)}


def _deployment_update(new: Object, old: Object) -> Causes:
    return metadata_change(new, old) + _deployment_spec(new["spec"]) + templates.immutable_selector(new, old)


def _deployment_status(new: Object, old: Object) -> Causes:
    status = new.get("status") or {}
    keys = (
        "observedGeneration", "replicas", "updatedReplicas", "readyReplicas", "availableReplicas",
        "unavailableReplicas", "terminatingReplicas", "collisionCount",
    )  # fmt: skip
    causes = metadata_change(new, old) + counts.not_negative(status, keys, "status")
    limited = ("updatedReplicas", "readyReplicas", "availableReplicas")
    causes += counts.at_most(status, limited, "replicas", _ABOVE_REPLICAS)
    detail = "cannot be greater than readyReplicas"
    causes += counts.at_most(status, ("availableReplicas",), "readyReplicas", detail)
    return causes + counts.not_decremented(new, old, "collisionCount")


def _deployment_on_update(new: Object, old: Object) -> None:
    """Count a change of annotations as a change of the spec."""
    given, before = (each["metadata"].get("annotations") or {} for each in (new, old))
    if given != before and new["spec"] == old["spec"]:
        new["metadata"]["generation"] = old["metadata"].get("generation", 0) + 1


def _keep_labels(new: Object, old: Object) -> None:
    new["metadata"].pop("labels", None)
    if old["metadata"].get("labels"):
        new["metadata"]["labels"] = old["metadata"]["labels"]


def replica_set_defaults(obj: Object) -> None:
    """Fill in what a ReplicaSet leaves out."""
    obj["spec"].setdefault("replicas", 1)
    pod_defaults.template(obj["spec"]["template"])


def _replica_set_spec(spec: Object) -> Causes:
    causes = counts.not_negative(spec, ("replicas", "minReadySeconds"), "spec")
    causes += templates.selector(spec.get("selector"), "spec.selector", "deployment")
    return causes + _selected(spec, "invalid label selector")


def _replica_set_update(new: Object, old: Object) -> Causes:
    return metadata_change(new, old) + _replica_set_spec(new["spec"]) + templates.immutable_selector(new, old)


def _replica_set_status(new: Object, old: Object) -> Causes:
    status = new.get("status") or {}
    keys = (
        "replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas", "terminatingReplicas",
        "observedGeneration",
    )  # fmt: skip
    causes = metadata_change(new, old) + counts.not_negative(status, keys, "status")
    limited = ("fullyLabeledReplicas", "readyReplicas", "availableReplicas")
    causes += counts.at_most(status, limited, "replicas", _ABOVE_REPLICAS)
    detail = "cannot be greater than readyReplicas"
    return causes + counts.at_most(status, ("availableReplicas",), "readyReplicas", detail)


DEPLOYMENT = Strategy(
    pod_spec_at=("spec", "template", "spec"),
    defaults=deployment_defaults,
    status_defaults=nothing,
    on_update=_deployment_on_update,
    on_status_update=_keep_labels,
    validate=validate_deployment,
    validate_update=_deployment_update,
    validate_status=_deployment_status,
    counts_generation=True,
    has_status=True,
)
REPLICA_SET = Strategy(
    pod_spec_at=("spec", "template", "spec"),
    defaults=replica_set_defaults,
    status_defaults=nothing,
    validate=lambda obj: (
        metadata.validate_kubernetes(obj["metadata"], True, names.dns_subdomain)
        + _replica_set_spec(obj["spec"])
    ),
    validate_update=_replica_set_update,
    validate_status=_replica_set_status,
    counts_generation=True,
    has_status=True,
)
