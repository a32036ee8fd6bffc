"""ResourceQuotas: how much the objects of a namespace may ask for together.

Source: pkg/apis/core/validation/validation.go (ValidateResourceQuota), pkg/apis/core/helper/helpers.go,
pkg/registry/core/resourcequota/strategy.go@v1.36.2.
"""

from collections.abc import Sequence
from typing import Any

from insideout.apimachinery import names, resources
from insideout.apiserver.objects import field, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.pods import requirements
from insideout.apiserver.objects.strategy import Strategy

Object = dict[str, Any]

SCOPES = (
    "Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass",
    "CrossNamespacePodAffinity", "VolumeAttributesClass",
)  # fmt: skip
_ONLY_EXIST = ("Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "CrossNamespacePodAffinity")
_CONFLICTS = (("BestEffort", "NotBestEffort"), ("Terminating", "NotTerminating"))
_COMPUTE = (
    "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.ephemeral-storage",
    "limits.cpu", "limits.memory", "limits.ephemeral-storage", "pods",
)  # fmt: skip
_CLAIMS = ("persistentvolumeclaims", "requests.storage")


def validate(quota: Object) -> Causes:
    """Return what is wrong with a ResourceQuota."""
    causes = metadata.validate_kubernetes(quota["metadata"], True, names.dns_subdomain)
    return causes + _spec(quota.get("spec") or {})


def _spec(spec: Object) -> Causes:
    causes = _amounts(spec.get("hard"), "spec.hard")
    hard = sorted(spec.get("hard") or {})
    scopes = spec.get("scopes") or []
    for scope in scopes:
        causes += _scope(scope, hard, "spec.scopes", "spec.scopes", scopes)
    causes += _conflicts(scopes, "spec.scopes", scopes)
    selector = spec.get("scopeSelector")
    if selector is not None:
        causes += _selector(selector, hard, scopes)
    return causes


def _amounts(amounts: Object | None, path: str) -> Causes:
    causes: Causes = []
    for name, value in sorted(resources.amounts(amounts).items()):
        at = f"{path}[{name}]"
        causes += requirements.resource_name(name, at)
        if "/" not in name and not _is_standard(name):
            causes.append(field.invalid(at, name, "must be a standard resource for quota"))
        causes += requirements.quantity(name, value, at)
    return causes


def _is_standard(name: str) -> bool:
    huge = requirements.is_huge_page(name.removeprefix("requests."))
    return name in requirements.STANDARD_FOR_QUOTA or huge


def _scope(scope: str, hard: Sequence[str], named: str, path: str, shown: object) -> Causes:
    """Return what is wrong with one scope, `named` where it stands; `shown` is what messages repeat."""
    causes: Causes = []
    if scope not in SCOPES:
        causes.append(field.invalid(named, scope if named != path else shown, "unsupported scope"))
    for name in hard:
        if _is_standard(name) and not _fits(scope, name):
            causes.append(field.invalid(path, shown, "unsupported scope applied to resource"))
    return causes


def _fits(scope: str, name: str) -> bool:
    """Tell whether a scope says anything about a resource."""
    if scope == "BestEffort":
        return name == "pods"
    if scope == "VolumeAttributesClass":
        return name in _CLAIMS
    if scope in SCOPES:
        return name in _COMPUTE
    return True


def _conflicts(scopes: Sequence[str], path: str, shown: object) -> Causes:
    both = [pair for pair in _CONFLICTS if set(pair) <= set(scopes)]
    return [field.invalid(path, shown, "conflicting scopes") for _ in both]


def _selector(selector: Object, hard: Sequence[str], scopes: object) -> Causes:
    path = "spec.scopeSelector.matchExpressions"
    causes: Causes = []
    found = []
    for each in selector.get("matchExpressions") or ():
        scope, operator, values = (
            each.get("scopeName", ""),
            each.get("operator", ""),
            each.get("values") or [],
        )
        causes += _scope(scope, hard, f"{path}.scopeName", path, selector)
        if scope in _ONLY_EXIST and operator != "Exists":
            *named, last = (f"ResourceQuotaScope{name}" for name in _ONLY_EXIST)
            detail = f"must be 'Exist' when scope is any of {', '.join(named)} or {last}"
            causes.append(field.invalid(f"{path}.operator", operator, detail))
        if operator in ("In", "NotIn"):
            if not values:
                detail = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"
                causes.append(field.required(f"{path}.values", detail))
        elif operator in ("Exists", "DoesNotExist"):
            if values:
                detail = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"
                causes.append(field.invalid(f"{path}.values", values, detail))
        else:
            causes.append(field.invalid(f"{path}.operator", operator, "not a valid selector operator"))
        found.append(scope)
    return causes + _conflicts(found, path, scopes)


def _update(new: Object, old: Object) -> Causes:
    causes = metadata.validate_kubernetes_update(new["metadata"], old["metadata"]) + _spec(
        new.get("spec") or {}
    )
    scopes, before = ((each.get("spec") or {}).get("scopes") or [] for each in (new, old))
    if set(scopes) != set(before):
        causes.append(field.invalid("spec.scopes", scopes, field.IMMUTABLE))
    return causes


def _status(new: Object, old: Object) -> Causes:
    causes = metadata.validate_kubernetes_update(new["metadata"], old["metadata"])
    status = new.get("status") or {}
    return causes + _amounts(status.get("hard"), "status.hard") + _amounts(status.get("used"), "status.used")


RESOURCE_QUOTA = Strategy(
    validate=validate, validate_update=_update, validate_status=_status, has_status=True
)
