"""Cluster IPs and IP families of Services: keeping their fields in step, and rules for them.

This is a cluster of one family, IPv4.  What is wrong here is reported before anything else about a Service:
upstream looks at it while it allocates addresses.

Source: pkg/registry/core/service/storage/{storage,alloc}.go,
pkg/apis/core/validation/validation.go (ValidateServiceClusterIPsRelatedFields)@v1.36.2.
"""

from typing import Any

from insideout.apiserver.objects import addresses, field
from insideout.apiserver.objects.field import Causes

Object = dict[str, Any]

FAMILY = "IPv4"
NONE = "None"
_POLICIES = ("PreferDualStack", "RequireDualStack", "SingleStack")


def is_headless(spec: Object) -> bool:
    """Tell whether a Service has endpoints but no address of its own."""
    return spec.get("clusterIPs") == [NONE]


def normalize(new: Object, old: Object | None) -> None:
    """Make clusterIPs follow a client that only knows clusterIP."""
    spec, before = new["spec"], (old or {}).get("spec") or {}
    one, many = spec.get("clusterIP", ""), spec.get("clusterIPs") or []
    if old is None:
        if one and not many:
            spec["clusterIPs"] = [one]
        return
    if before.get("clusterIPs") and not many and before.get("clusterIP", "") == one:
        spec["clusterIPs"] = before["clusterIPs"]
    if before.get("clusterIP", "") != one and (before.get("clusterIPs") or []) == many:
        if one:
            spec["clusterIPs"] = [one]
        else:
            spec.pop("clusterIPs", None)


def keep_allocated(new: Object, old: Object) -> None:
    """Fill in what was allocated earlier and the client left out."""
    spec, before = new["spec"], old["spec"]
    if spec.get("type") != "ExternalName" and before.get("type") != "ExternalName":
        for name in ("clusterIP", "clusterIPs"):
            if not spec.get(name) and before.get(name):
                spec[name] = before[name]
    if _has_node_ports(spec) and _has_node_ports(before):
        ports = {port.get("name", ""): port.get("nodePort", 0) for port in before.get("ports") or ()}
        asked = {port.get("nodePort", 0) for port in spec.get("ports") or ()}
        for port in spec.get("ports") or ():
            kept = ports.get(port.get("name", ""), 0)
            if not port.get("nodePort") and kept and kept not in asked:
                port["nodePort"] = kept
    if before.get("healthCheckNodePort") and not spec.get("healthCheckNodePort") and checks_health(spec):
        spec["healthCheckNodePort"] = before["healthCheckNodePort"]


def drop_unneeded(new: Object, old: Object) -> None:
    """Drop what only the former type needed and the client sent back unchanged."""
    spec, before = new["spec"], old["spec"]
    if spec.get("type") == "ExternalName" and before.get("type") != "ExternalName":
        if all(spec.get(name) == before.get(name) for name in ("clusterIP", "clusterIPs")):
            spec.pop("clusterIP", None)
            spec.pop("clusterIPs", None)
        for name in ("ipFamilies", "ipFamilyPolicy"):
            if spec.get(name) == before.get(name):
                spec.pop(name, None)
    if _has_node_ports(before) and not _has_node_ports(spec):
        known = {port.get("nodePort", 0) for port in before.get("ports") or ()}
        if all(port.get("nodePort", 0) in known | {0} for port in spec.get("ports") or ()):
            for port in spec.get("ports") or ():
                port.pop("nodePort", None)
    if checks_health(before) and not checks_health(spec):
        _drop_same(spec, before, "healthCheckNodePort")
    if before.get("type") == "LoadBalancer" and spec.get("type") != "LoadBalancer":
        _drop_same(spec, before, "allocateLoadBalancerNodePorts")
        _drop_same(spec, before, "loadBalancerClass")
    if reaches_outside(before) and not reaches_outside(spec):
        _drop_same(spec, before, "externalTrafficPolicy")
    if spec.get("type") != "LoadBalancer" and (new.get("status") or {}).get("loadBalancer"):
        new["status"] = {**new["status"], "loadBalancer": {}}


def fill_families(spec: Object, before: Object | None) -> None:
    """Choose the family and its policy where the client did not, unless its own choice is wrong."""
    if spec.get("type") == "ExternalName":
        return
    unselective = spec.get("clusterIP") == NONE and not spec.get("selector")
    if spec.get("ipFamilyPolicy") is None:
        kept = (before or {}).get("ipFamilyPolicy")
        spec["ipFamilyPolicy"] = kept or ("RequireDualStack" if unselective else "SingleStack")
    if family_rules(spec, before):
        return
    if not spec.get("ipFamilies"):
        spec["ipFamilies"] = [FAMILY]
    if unselective and len(spec["ipFamilies"]) < 2 and spec["ipFamilyPolicy"] != "SingleStack":
        spec["ipFamilies"] = [*spec["ipFamilies"], "IPv6" if spec["ipFamilies"][0] == FAMILY else FAMILY]


def family_rules(spec: Object, before: Object | None) -> Causes:
    """Return what keeps addresses from being allocated."""
    if spec.get("type") == "ExternalName":
        return []
    causes = cluster_ip_rules(spec, before)
    if causes:
        return causes
    policy, ips = spec.get("ipFamilyPolicy"), spec.get("clusterIPs") or []
    families = spec.get("ipFamilies") or []
    if policy == "SingleStack":
        detail = "must be 'RequireDualStack' or 'PreferDualStack' when multiple {} are specified"
        if len(ips) == 2:
            causes.append(field.invalid("spec.ipFamilyPolicy", policy, detail.format("cluster IPs")))
        if len(families) == 2:
            causes.append(field.invalid("spec.ipFamilyPolicy", policy, detail.format("IP families")))
    for index, address in enumerate(ips):
        if address == NONE:
            break
        if index >= len(families) and ":" in address:
            detail = "IPv6 is not configured on this cluster"
            causes.append(field.invalid(f"spec.clusterIPs[{index}]", ips, detail))
    if causes or (spec.get("clusterIP") == NONE and not spec.get("selector")):
        return causes
    if policy == "RequireDualStack":
        detail = "this cluster is not configured for dual-stack services"
        causes.append(field.invalid("spec.ipFamilyPolicy", policy, detail))
    for index, family in enumerate(families):
        if family != FAMILY:
            at = f"spec.ipFamilies[{index}]"
            causes.append(field.invalid(at, family, "not configured on this cluster"))
    return causes


def cluster_ip_rules(spec: Object, before: Object | None) -> Causes:
    """Return what is wrong with cluster IPs, families and policy among themselves."""
    if spec.get("type") == "ExternalName":
        return []
    causes: Causes = []
    one, many = spec.get("clusterIP", ""), spec.get("clusterIPs") or []
    if one and not many:
        causes.append(field.required("spec.clusterIPs"))
    elif one and many[0] != one:
        causes.append(field.invalid("spec.clusterIPs", many, "first value must match `clusterIP`"))
    elif many and not one:
        detail = "must be empty when `clusterIP` is not specified"
        causes.append(field.invalid("spec.clusterIPs", many, detail))
    families, policy = spec.get("ipFamilies") or [], spec.get("ipFamilyPolicy")
    for index, family in enumerate(families):
        at = f"spec.ipFamilies[{index}]"
        causes += field.one_of(at, family, ("IPv4", "IPv6"))
        if family in families[:index]:
            causes.append(field.duplicate(at, family))
    if policy is not None:
        causes += field.one_of("spec.ipFamilyPolicy", policy, _POLICIES)
    wrong = _addresses(many, (before or {}).get("clusterIPs") or [])
    causes += wrong
    if len(many) > 2:
        causes.append(field.invalid("spec.clusterIPs", many, "may only hold up to 2 values"))
    if wrong:
        return causes
    if len(many) > 1 and len({":" in address for address in many}) == 1:
        detail = "may specify no more than one IP for each IP family"
        causes.append(field.invalid("spec.clusterIPs", many, detail))
    if not is_headless(spec):
        for index, (address, family) in enumerate(zip(many, families, strict=False)):
            if (family == "IPv6") != (":" in address) and family in ("IPv4", "IPv6"):
                detail = f"expected an {family} value as indicated by `ipFamilies[{index}]`"
                causes.append(field.invalid(f"spec.clusterIPs[{index}]", address, detail))
    return causes


def change_rules(spec: Object, before: Object) -> Causes:
    """Return what is wrong with a change of allocated addresses or families."""
    if "ExternalName" in (spec.get("type"), before.get("type")):
        return []
    headless, was_headless = is_headless(spec), is_headless(before)
    causes: Causes = []
    new, old = spec.get("clusterIPs") or [], before.get("clusterIPs") or []
    if not (headless and was_headless):
        causes += _change(new, old, "clusterIPs", "primary clusterIP can not be unset", spec)
    if headless == was_headless and not headless:
        families, families_before = spec.get("ipFamilies") or [], before.get("ipFamilies") or []
        causes += _change(families, families_before, "ipFamilies", "primary ipFamily can not be unset", spec)
    return causes


def reaches_outside(spec: Object) -> bool:
    """Tell whether a Service can be reached from outside of the cluster."""
    if spec.get("type") in ("LoadBalancer", "NodePort"):
        return True
    return spec.get("type") == "ClusterIP" and bool(spec.get("externalIPs"))


def _change(new: list[str], old: list[str], name: str, unset: str, spec: Object) -> Causes:
    path = f"spec.{name}"
    if len(new) == len(old):
        return [
            field.invalid(f"{path}[{index if name == 'clusterIPs' else 0}]", new, "may not change once set")
            for index, value in enumerate(old)
            if value != new[index]
        ]
    causes: Causes = []
    if not new:
        causes.append(field.invalid(f"{path}[0]", None, unset))
    if new and old and new[0] != old[0]:
        causes.append(field.invalid(f"{path}[0]", new, "may not change once set"))
    if len(old) > len(new) == 1 and spec.get("ipFamilyPolicy") != "SingleStack":
        what = "clusterIP" if name == "clusterIPs" else "ipFamily"
        detail = f"must be set to 'SingleStack' when releasing the secondary {what}"
        causes.append(field.invalid("spec.ipFamilyPolicy", spec.get("ipFamilyPolicy"), detail))
    return causes


def _addresses(given: list[str], known: list[str]) -> Causes:
    causes: Causes = []
    for index, address in enumerate(given):
        if index == 0 and address == NONE:
            if len(given) > 1:
                detail = "'None' must be the first and only value"
                causes.append(field.invalid("spec.clusterIPs", given, detail))
        elif address not in known:
            causes += addresses.ip(address, f"spec.clusterIPs[{index}]")
    return causes


def _has_node_ports(spec: Object) -> bool:
    return spec.get("type") in ("NodePort", "LoadBalancer")


def checks_health(spec: Object) -> bool:
    """Tell whether a load balancer asks each node if it has one of the pods."""
    return spec.get("type") == "LoadBalancer" and spec.get("externalTrafficPolicy") == "Local"


def _drop_same(spec: Object, before: Object, name: str) -> None:
    if spec.get(name) == before.get(name):
        spec.pop(name, None)
