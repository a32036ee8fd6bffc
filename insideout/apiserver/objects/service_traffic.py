"""Services' fields for load balancers and traffic policies.

Source: pkg/apis/core/validation/validation.go (validateService, validateServiceExternalTrafficPolicy,
validateLoadBalancerClassField), pkg/api/service/util.go@v1.36.2.
"""

from typing import Any

from insideout.apimachinery import names
from insideout.apiserver.objects import addresses, field
from insideout.apiserver.objects import service_addresses as families
from insideout.apiserver.objects.field import Causes

Object = dict[str, Any]

_SOURCE_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"
_ONLY_BALANCERS = "may only be used when `type` is 'LoadBalancer'"


def balancer_rules(service: Object, old: Object | None) -> Causes:
    """Return what is wrong with the fields for load balancers; `old` is the Service before a change."""
    spec, kind = service["spec"], service["spec"].get("type")
    causes: Causes = []
    ranges = spec.get("loadBalancerSourceRanges") or ()
    annotation = (service["metadata"].get("annotations") or {}).get(_SOURCE_RANGES)
    if ranges:
        path = "spec.LoadBalancerSourceRanges"
        if kind != "LoadBalancer":
            causes.append(field.forbidden(path, _ONLY_BALANCERS))
        known = [
            each.strip() for each in ((old or {}).get("spec") or {}).get("loadBalancerSourceRanges") or ()
        ]
        for index, each in enumerate(ranges):
            causes += [] if each.strip() in known else addresses.cidr(each.strip(), f"{path}[{index}]")
    elif annotation is not None:
        path = f"metadata.annotations[{_SOURCE_RANGES}]"
        if kind != "LoadBalancer":
            causes.append(field.forbidden(path, _ONLY_BALANCERS))
        for each in annotation.split(",") if annotation.strip() else ():
            causes += addresses.cidr(each.strip(), path)
    if spec.get("allocateLoadBalancerNodePorts") is not None and kind != "LoadBalancer":
        causes.append(field.forbidden("spec.allocateLoadBalancerNodePorts", _ONLY_BALANCERS))
    return causes + load_balancer_class(spec, None)


def load_balancer_class(spec: Object, before: Object | None) -> Causes:
    """Return what is wrong with the class; `before` is the spec before a change."""
    name = spec.get("loadBalancerClass")
    causes: Causes = []
    if spec.get("type") != "LoadBalancer":
        return [field.forbidden("spec.loadBalancerClass", _ONLY_BALANCERS)] if name is not None else []
    if before and before.get("type") == "LoadBalancer" and before.get("loadBalancerClass") != name:
        causes.append(field.invalid("spec.loadBalancerClass", name, "may not change once set"))
    if name is not None:
        causes += field.each("spec.loadBalancerClass", name, names.label_key(name))
    return causes


def traffic(spec: Object, kind: str) -> Causes:
    """Return what is wrong with the policies on where traffic goes."""
    causes: Causes = []
    external, internal = spec.get("externalTrafficPolicy", ""), spec.get("internalTrafficPolicy")
    path = "spec.externalTrafficPolicy"
    if not families.reaches_outside(spec):
        if external:
            detail = "may only be set for externally-accessible services"
            causes.append(field.invalid(path, external, detail))
    elif not external:
        causes.append(field.required(path))
    else:
        causes += field.one_of(path, external, ("Cluster", "Local"))
    health = spec.get("healthCheckNodePort", 0)
    if not families.checks_health(spec):
        if health:
            detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
            causes.append(field.invalid("spec.healthCheckNodePort", health, detail))
    elif health:
        causes += field.each("spec.healthCheckNodePort", health, names.port_number(health))
    else:
        causes.append(field.required("spec.healthCheckNodePort"))
    if internal is not None:
        causes += field.one_of("spec.internalTrafficPolicy", internal, ("Cluster", "Local"))
    elif kind in ("NodePort", "LoadBalancer", "ClusterIP"):
        causes.append(field.required("spec.internalTrafficPolicy"))
    near = spec.get("trafficDistribution")
    if near is not None:
        known = ("PreferClose", "PreferSameZone", "PreferSameNode")
        causes += field.one_of("spec.trafficDistribution", near, known)
    return causes
