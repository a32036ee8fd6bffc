"""What an object costs of a ResourceQuota, by the names that quotas use, and which quotas it concerns.

A pod is charged for its effective requests and limits (insideout.apimachinery.resources), a claim for its
storage, a Service for its ports; every object counts as one, under "count/<resource>" and, for a few kinds,
under an older name.  A resource is named as "pods" or "deployments.apps".

Left out: quotas by device class or by volume attributes class.

Source: pkg/quota/v1/evaluator/core/{pods,services,persistent_volume_claims,registry}.go,
k8s.io/apiserver/pkg/quota/v1/generic/evaluator.go@v1.36.2.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from insideout.apimachinery import amount, names, pods, resources, timestamps
from insideout.apimachinery.amount import Amount
from insideout.apimachinery.qos import qos_class
from insideout.apimachinery.resources import Amounts

Object = dict[str, Any]

_ONE = amount.parse("1")
_POD_COMPUTE = ("cpu", "memory", "ephemeral-storage")
_DEMANDED = ("cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory")
"""What every container must ask for where a quota limits it."""
_OLD_NAMES = ("configmaps", "persistentvolumeclaims", "replicationcontrollers", "resourcequotas", "secrets")
_STORAGE_CLASS = ".storageclass.storage.k8s.io/"


def usage(resource: str, obj: Object, now: datetime) -> Amounts:
    """Return what an object costs.  A pod that has run to its end costs no more than its place."""
    cost = {f"count/{resource}": _ONE}
    if resource == "pods":
        if not _has_ended(obj, now):
            cost |= _compute(resources.effective_requests(obj), resources.effective_limits(obj))
    elif resource == "services":
        cost |= _service(obj["spec"])
    elif resource == "persistentvolumeclaims":
        cost |= _claim(obj)
    elif resource in _OLD_NAMES:
        cost[resource] = _ONE
    return cost


def matching(resource: str, hard: Iterable[str]) -> list[str]:
    """Return those names of a quota that an object of this resource can be charged for."""
    return [name for name in hard if _concerns(resource, name)]


def in_scope(quota: Object, resource: str, obj: Object) -> bool:
    """Tell whether a quota's scopes, if it has any, take in an object: only pods have scopes."""
    spec = quota.get("spec") or {}
    selectors = [{"scopeName": scope, "operator": "Exists"} for scope in spec.get("scopes") or ()]
    selectors += (spec.get("scopeSelector") or {}).get("matchExpressions") or ()
    return all(resource == "pods" and _matches(each, obj) for each in selectors)


def missing(pod: Object, required: Iterable[str]) -> str:
    """Return what containers of a pod must ask for and do not, "" for nothing: "requests.cpu for: c0,c1".

    Nothing is missing where the pod itself asks for or limits something.
    """
    wanted = sorted(set(required) & set(_DEMANDED))
    spec = pod["spec"]
    own = spec.get("resources") or {}
    if any(map(resources.is_pod_level, {**(own.get("requests") or {}), **(own.get("limits") or {})})):
        return ""
    found: dict[str, set[str]] = {}
    for container in [*spec["containers"], *(spec.get("initContainers") or ())]:
        asked = container.get("resources") or {}
        has = _compute(resources.amounts(asked.get("requests")), resources.amounts(asked.get("limits")))
        for name in wanted:
            if name not in has:
                found.setdefault(name, set()).add(container["name"])
    return "; ".join(f"{name} for: {','.join(sorted(lacking))}" for name, lacking in sorted(found.items()))


def added(left: Mapping[str, Amount], right: Mapping[str, Amount]) -> Amounts:
    """Return the sums, of names that only one of them has, too."""
    sums = {name: amount.add(left[name], right[name]) for name in left if name in right}
    return {**left, **right, **sums}


def _has_ended(pod: Object, now: datetime) -> bool:
    """Tell whether a pod has run to its end, or should have been gone by now."""
    if pods.is_terminal(pod):
        return True
    deletion = pod["metadata"].get("deletionTimestamp")
    grace_s = pod["metadata"].get("deletionGracePeriodSeconds")
    if deletion is None or grace_s is None:
        return False
    return now > timestamps.parse(deletion) + timedelta(seconds=int(grace_s))


def _compute(requests: Amounts, limits: Amounts) -> Amounts:
    cost = {"pods": _ONE}
    for name, value in requests.items():
        if name in _POD_COMPUTE or name.startswith("hugepages-"):
            cost[name] = value
        if name in _POD_COMPUTE or name.startswith("hugepages-") or _is_extended(name):
            cost[f"requests.{name}"] = value
    return cost | {f"limits.{name}": limits[name] for name in _POD_COMPUTE if name in limits}


def _service(spec: Object) -> Amounts:
    ports = amount.parse(str(len(spec.get("ports") or ())))
    cost = {"services": _ONE, "services.nodeports": amount.ZERO, "services.loadbalancers": amount.ZERO}
    if spec.get("type") == "NodePort":
        cost["services.nodeports"] = ports
    elif spec.get("type") == "LoadBalancer":
        allocated = spec.get("allocateLoadBalancerNodePorts", True)
        own = sum(1 for port in spec.get("ports") or () if port.get("nodePort"))
        cost["services.nodeports"] = ports if allocated else amount.parse(str(own))
        cost["services.loadbalancers"] = _ONE
    return cost


def _claim(claim: Object) -> Amounts:
    cost = {"persistentvolumeclaims": _ONE}
    spec = claim["spec"]
    storage_class = spec.get("storageClassName", "")
    if storage_class:
        cost[f"{storage_class}{_STORAGE_CLASS}persistentvolumeclaims"] = _ONE
    asked = resources.amounts((spec.get("resources") or {}).get("requests")).get("storage")
    if asked is not None:
        cost["requests.storage"] = asked
        if storage_class:
            cost[f"{storage_class}{_STORAGE_CLASS}requests.storage"] = asked
    return cost


def _concerns(resource: str, name: str) -> bool:
    if name == f"count/{resource}":
        return True
    if resource == "pods":
        asked = name.partition(".")[2] if name.startswith(("requests.", "limits.")) else name
        huge = name.removeprefix("requests.").startswith("hugepages-")
        return name == "pods" or asked in _POD_COMPUTE or huge or _is_asked_extended(name)
    if resource == "services":
        return name in ("services", "services.nodeports", "services.loadbalancers")
    if resource == "persistentvolumeclaims":
        return name in ("persistentvolumeclaims", "requests.storage") or _STORAGE_CLASS in name
    return resource in _OLD_NAMES and name == resource


def _is_extended(name: str) -> bool:
    native = "/" not in name or "kubernetes.io/" in name
    return not native and not name.startswith("requests.") and not names.label_key(f"requests.{name}")


def _is_asked_extended(name: str) -> bool:
    return name.startswith("requests.") and "/" in name and "kubernetes.io/" not in name


def _matches(selector: Object, pod: Object) -> bool:
    spec = pod["spec"]
    match selector["scopeName"]:
        case "Terminating":
            return spec.get("activeDeadlineSeconds") is not None
        case "NotTerminating":
            return spec.get("activeDeadlineSeconds") is None
        case "BestEffort":
            return qos_class(pod) == "BestEffort"
        case "NotBestEffort":
            return qos_class(pod) != "BestEffort"
        case "PriorityClass":
            return _selects(selector, spec.get("priorityClassName") or None)
        case "CrossNamespacePodAffinity":
            return _reaches_other_namespaces(spec.get("affinity") or {})
    return False


def _selects(selector: Object, name: str | None) -> bool:
    values = selector.get("values") or ()
    match selector["operator"]:
        case "Exists":
            return name is not None
        case "DoesNotExist":
            return name is None
        case "In":
            return name in values
    return name not in values


def _reaches_other_namespaces(affinity: Object) -> bool:
    terms: list[Object] = []
    for name in ("podAffinity", "podAntiAffinity"):
        given = affinity.get(name) or {}
        terms += given.get("requiredDuringSchedulingIgnoredDuringExecution") or ()
        preferred = given.get("preferredDuringSchedulingIgnoredDuringExecution") or ()
        terms += [each["podAffinityTerm"] for each in preferred]
    return any(term.get("namespaces") or term.get("namespaceSelector") is not None for term in terms)
