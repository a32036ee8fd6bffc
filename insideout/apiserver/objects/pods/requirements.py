"""Rules for requests and limits, of containers and of whole pods.

Source: pkg/apis/core/validation/validation.go (validateResourceRequirements, validatePodResourceConsistency),
pkg/apis/core/helper/helpers.go@v1.36.2.
"""

from collections.abc import Callable, Sequence
from typing import Any

from insideout.apimachinery import amount, names, resources
from insideout.apimachinery.amount import Amount
from insideout.apiserver.objects import field
from insideout.apiserver.objects.field import Causes

Object = dict[str, Any]

_COMPUTE = ("cpu", "memory", "ephemeral-storage")
_QUOTA = (
    "limits.cpu", "limits.ephemeral-storage", "limits.memory", "persistentvolumeclaims", "pods",
    "replicationcontrollers", "requests.cpu", "requests.ephemeral-storage", "requests.memory",
    "requests.storage", "resourcequotas", "secrets", "services", "services.loadbalancers",
    "services.nodeports", "configmaps", "storage",
)  # fmt: skip
STANDARD_FOR_QUOTA = (*_COMPUTE, *(name for name in _QUOTA if name != "storage"))
"""What a ResourceQuota may limit by a name without a domain, besides huge pages."""

_INTEGERS = (
    "pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps",
    "persistentvolumeclaims", "services.nodeports", "services.loadbalancers",
)  # fmt: skip
_NATIVE_DOMAIN = "kubernetes.io/"
_NOT_INTEGER = "must be an integer"


def container_requirements(wanted: Object, path: str, claim_names: Sequence[str] = ()) -> Causes:
    """Return what is wrong with a container's requests and limits."""
    return _requirements(wanted, path, container_resource_name, claim_names) if wanted else []


def pod_requirements(spec: Object, path: str) -> Causes:
    """Return what is wrong with requests and limits of the pod itself, also against its containers'."""
    wanted = spec["resources"]
    if (spec.get("os") or {}).get("name") == "windows":
        return [field.forbidden(path, "may not be set for a windows pod")]
    causes: Causes = []
    if wanted.get("claims") is not None:
        causes.append(field.forbidden(f"{path}.claims", "claims may not be set for Resources at pod-level"))
    causes += _requirements(wanted, path, _pod_resource_name, ())
    return causes + _consistency(spec, path)


def quantity(name: str, value: Amount, path: str) -> Causes:
    """Return what is wrong with an amount of a resource."""
    causes = not_negative(value, path)
    if (name in _INTEGERS or is_extended(name)) and value.value % 1:
        causes.append(field.invalid(path, value.text, _NOT_INTEGER))
    return causes


def not_negative(value: Amount, path: str) -> Causes:
    """Refuse an amount below zero."""
    return [field.invalid(path, value.text, field.NOT_NEGATIVE)] if value.value < 0 else []


def is_extended(name: str) -> bool:
    """Tell whether a resource is one that devices bring, such as example.com/gpu."""
    if "/" not in name or _NATIVE_DOMAIN in name or name.startswith("requests."):
        return False
    return not names.label_key(f"requests.{name}")


def is_huge_page(name: str) -> bool:
    """Tell whether a resource is huge pages of some size."""
    return name.startswith("hugepages-")


def allows_overcommit(name: str) -> bool:
    """Tell whether limits may be above requests."""
    return ("/" not in name or _NATIVE_DOMAIN in name) and not is_huge_page(name)


def resource_name(name: str, path: str) -> Causes:
    """Return what is wrong with the name of a resource, wherever it stands."""
    causes = field.each(path, name, names.label_key(name))
    if not causes and "/" not in name and not (name in _COMPUTE or name in _QUOTA or is_huge_page(name)):
        causes.append(field.invalid(path, name, "must be a standard resource type or fully qualified"))
    return causes


def container_resource_name(name: str, path: str) -> Causes:
    """Return what is wrong with the name of something that a container may ask for."""
    causes = resource_name(name, path)
    if "/" not in name:
        if name not in _COMPUTE and not is_huge_page(name):
            causes.append(field.invalid(path, name, "must be a standard resource for containers"))
    elif _NATIVE_DOMAIN not in name and not is_extended(name):
        causes.append(field.invalid(path, name, "doesn't follow extended resource name standard"))
    return causes


def _pod_resource_name(name: str, path: str) -> Causes:
    causes = resource_name(name, path)
    if not causes and not resources.is_pod_level(name):
        causes.append(field.not_supported(path, name, ("cpu", "hugepages-", "memory")))
    return causes


def _requirements(
    wanted: Object, path: str, name_rule: Callable[[str, str], Causes], claim_names: Sequence[str]
) -> Causes:
    causes: Causes = []
    limits, requests = resources.amounts(wanted.get("limits")), resources.amounts(wanted.get("requests"))
    for name, limit in sorted(limits.items()):
        at = f"{path}.limits[{name}]"
        causes += name_rule(name, at) + quantity(name, limit, at) + _huge_pages(name, limit, at)
    for name, request in sorted(requests.items()):
        at = f"{path}.requests[{name}]"
        causes += name_rule(name, at) + quantity(name, request, at)
        causes += _against_limit(name, request, limits.get(name), path)
        causes += _huge_pages(name, request, at)
    given = {*limits, *requests}
    if any(map(is_huge_page, given)) and not given & {"cpu", "memory"}:
        causes.append(field.forbidden(path, "HugePages require cpu or memory"))
    return causes + _claims(wanted.get("claims") or (), f"{path}.claims", claim_names)


def _against_limit(name: str, request: Amount, limit: Amount | None, path: str) -> Causes:
    if limit is None:
        if allows_overcommit(name):
            return []
        return [field.required(f"{path}.limits", "Limit must be set for non overcommitable resources")]
    if request.value != limit.value and not allows_overcommit(name):
        detail = f"must be equal to {name} limit of {limit}"
    elif request.value > limit.value:
        detail = f"must be less than or equal to {name} limit of {limit}"
    else:
        return []
    return [field.invalid(f"{path}.requests", request.text, detail)]


def _huge_pages(name: str, value: Amount, path: str) -> Causes:
    if not is_huge_page(name):
        return []
    try:
        page = amount.parse(name.removeprefix("hugepages-")).value
    except ValueError:
        page = amount.ZERO.value
    if page <= 0 or value.value < 0 or value.value % page:
        return [field.invalid(path, value.text, f"{value} is not positive integer multiple of {name}")]
    return []


def _claims(claims: Sequence[Object], path: str, claim_names: Sequence[str]) -> Causes:
    causes: Causes = []
    seen: set[str] = set()
    for index, claim in enumerate(claims):
        at, name = f"{path}[{index}]", claim.get("name", "")
        if not name:
            causes.append(field.required(at))
            continue
        key = f"{name}/{claim['request']}" if claim.get("request") else name
        if claim.get("request"):
            causes += field.each(f"{at}.request", claim["request"], names.dns_label(claim["request"]))
        if name in seen or key in seen or (key == name and any(s.startswith(f"{name}/") for s in seen)):
            causes.append(field.duplicate(at, key))
        seen.add(key)
        if name not in claim_names:
            known = f": {', '.join(sorted(claim_names))}" if claim_names else " which is empty"
            cause = field.not_found(at, name)
            detail = f"must be one of the names in pod.spec.resourceClaims{known}"
            causes.append(cause._replace(message=f"{cause.message}: {detail}"))
    return causes


def _consistency(spec: Object, path: str) -> Causes:
    """Hold the pod's own amounts against those of its containers."""
    causes: Causes = []
    requests = resources.amounts(spec["resources"].get("requests"))
    limits = resources.amounts(spec["resources"].get("limits"))
    for name, asked in sorted(resources.container_requests(spec).items()):
        if name in requests and asked.value > requests[name].value:
            detail = f"must be greater than or equal to aggregate container requests of {asked}"
            causes.append(field.invalid(f"{path}.requests[{name}]", requests[name].text, detail))
    for name, limited in sorted(resources.container_limits(spec).items()):
        if is_huge_page(name) and name in limits and limited.value > limits[name].value:
            detail = f"must be greater than or equal to aggregate container limits of {limited}"
            causes.append(field.invalid(f"{path}.limits[{name}]", limits[name].text, detail))
    for index, container in enumerate(spec.get("containers") or ()):
        own = resources.amounts((container.get("resources") or {}).get("limits"))
        for name, limit in sorted(own.items()):
            if name in limits and limit.value > limits[name].value:
                detail = f"must be less than or equal to pod limits of {limits[name]}"
                causes.append(field.invalid(f"{path}.containers[{index}][{name}].limits", limit.text, detail))
    return causes
