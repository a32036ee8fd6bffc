"""Services: one name and address for the pods that a selector finds.

Source: pkg/apis/core/validation/validation.go (validateService), pkg/apis/core/v1/defaults.go,
pkg/registry/core/service/strategy.go@v1.36.2.
"""

from collections.abc import Sequence
from typing import Any

from insideout.apimachinery import names
from insideout.apiserver.objects import addresses, field, metadata, service_traffic
from insideout.apiserver.objects import service_addresses as families
from insideout.apiserver.objects.endpoints import endpoint_ip
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.pods.probes import port as port_rules
from insideout.apiserver.objects.strategy import Strategy

Object = dict[str, Any]

_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
_PROTOCOLS = ("SCTP", "TCP", "UDP")
_AFFINITY_S = 10800
_MOST_AFFINITY_S = 86400


def defaults(service: Object) -> None:
    """Fill in what a Service leaves out."""
    spec = service["spec"]
    spec.setdefault("sessionAffinity", "None")
    if spec["sessionAffinity"] == "None":
        spec.pop("sessionAffinityConfig", None)
    elif spec["sessionAffinity"] == "ClientIP":
        config = (spec.get("sessionAffinityConfig") or {}).get("clientIP") or {}
        if config.get("timeoutSeconds") is None:
            spec["sessionAffinityConfig"] = {"clientIP": {"timeoutSeconds": _AFFINITY_S}}
    spec.setdefault("type", "ClusterIP")
    for port in spec.get("ports") or ():
        port.setdefault("protocol", "TCP")
        if port.get("targetPort") in (None, 0, ""):
            port["targetPort"] = port.get("port", 0)
    if families.reaches_outside(spec):
        spec.setdefault("externalTrafficPolicy", "Cluster")
    if spec["type"] in ("NodePort", "LoadBalancer", "ClusterIP"):
        spec.setdefault("internalTrafficPolicy", "Cluster")
    if spec["type"] == "LoadBalancer":
        spec.setdefault("allocateLoadBalancerNodePorts", True)
        for ingress in ((service.get("status") or {}).get("loadBalancer") or {}).get("ingress") or ():
            if ingress.get("ip"):
                ingress.setdefault("ipMode", "VIP")


def validate(service: Object) -> Causes:
    """Return what is wrong with a new Service."""
    causes = families.family_rules(service["spec"], None)
    if causes:
        return causes
    return metadata.validate_kubernetes(service["metadata"], True, names.dns_label) + _service(service, None)


def validate_update(new: Object, old: Object) -> Causes:
    """Return what is wrong with a change of a Service."""
    causes = families.family_rules(new["spec"], old["spec"])
    if causes:
        return causes
    causes = metadata.validate_kubernetes_update(new["metadata"], old["metadata"])
    causes += families.change_rules(new["spec"], old["spec"])
    causes += service_traffic.load_balancer_class(new["spec"], old["spec"])
    if families.checks_health(new["spec"]) and families.checks_health(old["spec"]):
        before, after = (each["spec"].get("healthCheckNodePort", 0) for each in (old, new))
        if before != after:
            causes.append(field.forbidden("spec.healthCheckNodePort", field.IMMUTABLE))
    return causes + _service(new, old)


def validate_status(new: Object, old: Object) -> Causes:
    """Return what is wrong with a change of a Service's status."""
    causes = metadata.validate_kubernetes_update(new["metadata"], old["metadata"])
    path = "status.loadBalancer.ingress"
    ingresses = ((new.get("status") or {}).get("loadBalancer") or {}).get("ingress") or ()
    if ingresses and new["spec"].get("type") != "LoadBalancer":
        return [*causes, field.forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'")]
    for index, ingress in enumerate(ingresses):
        at, ip, mode = f"{path}[{index}]", ingress.get("ip"), ingress.get("ipMode")
        causes += addresses.ip(ip, f"{at}.ip") if ip else []
        if mode is None and ip:
            causes.append(field.required(f"{at}.ipMode", "must be specified when `ip` is set"))
        elif mode is not None and not ip:
            causes.append(field.forbidden(f"{at}.ipMode", "may not be specified when `ip` is not set"))
        elif mode is not None:
            causes += field.one_of(f"{at}.ipMode", mode, ("Proxy", "VIP"))
        host = ingress.get("hostname")
        if host:
            causes += field.each(f"{at}.hostname", host, names.dns_subdomain(host))
            if addresses.parse(host) is not None:
                detail = "must be a DNS name, not an IP address"
                causes.append(field.invalid(f"{at}.hostname", host, detail))
    return causes


def _service(service: Object, old: Object | None) -> Causes:
    spec, kind = service["spec"], service["spec"].get("type", "")
    before = (old or {}).get("spec")
    causes: Causes = []
    if not spec.get("ports") and not families.is_headless(spec) and kind != "ExternalName":
        causes.append(field.required("spec.ports"))
    causes += _type_rules(spec, kind)
    causes += _ports(spec)
    causes += metadata.labels(spec.get("selector"), "spec.selector")
    causes += _affinity(spec)
    causes += families.cluster_ip_rules(spec, before)
    for index, address in enumerate(spec.get("externalIPs") or ()):
        at = f"spec.externalIPs[{index}]"
        known = address in ((before or {}).get("externalIPs") or ())
        causes += ([] if known else addresses.ip(address, at)) or endpoint_ip(address, at)
    causes += field.one_of("spec.type", kind, _TYPES) if kind else [field.required("spec.type")]
    causes += _repeated_ports(spec, kind)
    causes += service_traffic.balancer_rules(service, old)
    return causes + service_traffic.traffic(spec, kind)


def _type_rules(spec: Object, kind: str) -> Causes:
    if kind in ("LoadBalancer", "NodePort") and families.is_headless(spec):
        detail = f"may not be set to 'None' for {kind} services"
        return [field.invalid("spec.clusterIPs[0]", families.NONE, detail)]
    if kind != "ExternalName":
        return []
    causes = [
        field.forbidden(f"spec.{name}", "may not be set for ExternalName services")
        for name in ("clusterIPs", "ipFamilies", "ipFamilyPolicy")
        if spec.get(name)
    ]
    name = spec.get("externalName", "").removesuffix(".")
    if not name:
        return [*causes, field.required("spec.externalName")]
    return causes + field.each("spec.externalName", name, names.dns_subdomain(name))


def _ports(spec: Object) -> Causes:
    causes: Causes = []
    seen: set[str] = set()
    ports: Sequence[Object] = spec.get("ports") or ()
    for index, port in enumerate(ports):
        at, name = f"spec.ports[{index}]", port.get("name", "")
        if name:
            causes += field.each(f"{at}.name", name, names.dns_label(name))
            if name in seen:
                causes.append(field.duplicate(f"{at}.name", name))
            seen.add(name)
        elif len(ports) > 1:
            causes.append(field.required(f"{at}.name"))
        causes += field.each(f"{at}.port", port.get("port", 0), names.port_number(port.get("port", 0)))
        if port.get("protocol"):
            causes += field.one_of(f"{at}.protocol", port["protocol"], _PROTOCOLS)
        else:
            causes.append(field.required(f"{at}.protocol"))
        causes += port_rules(port.get("targetPort"), f"{at}.targetPort")
        if port.get("appProtocol") is not None:
            protocol = port["appProtocol"]
            causes += field.each(f"{at}.appProtocol", protocol, names.label_key(protocol))
    return causes


def _repeated_ports(spec: Object, kind: str) -> Causes:
    causes: Causes = []
    ports: Sequence[Object] = spec.get("ports") or ()
    if kind == "ClusterIP":
        for index, port in enumerate(ports):
            if port.get("nodePort"):
                detail = "may not be used when `type` is 'ClusterIP'"
                causes.append(field.forbidden(f"spec.ports[{index}].nodePort", detail))
    on_nodes: set[tuple[str, int]] = set()
    for index, port in enumerate(ports):
        key = (port.get("protocol", ""), port.get("nodePort", 0))
        if key[1] and key in on_nodes:
            causes.append(field.duplicate(f"spec.ports[{index}].nodePort", key[1]))
        on_nodes.add(key)
    seen: set[tuple[str, int]] = set()
    for index, port in enumerate(ports):
        key = (port.get("protocol", ""), port.get("port", 0))
        if key in seen:
            shown = {"Name": "", "Protocol": key[0], "AppProtocol": None, "Port": key[1]}
            causes.append(field.duplicate(f"spec.ports[{index}]", {**shown, "TargetPort": 0, "NodePort": 0}))
        seen.add(key)
    return causes


def _affinity(spec: Object) -> Causes:
    affinity, config = spec.get("sessionAffinity", ""), spec.get("sessionAffinityConfig")
    if not affinity:
        return [field.required("spec.sessionAffinity")]
    causes = field.one_of("spec.sessionAffinity", affinity, ("ClientIP", "None"))
    if affinity == "None" and config is not None:
        detail = "must not be set when session affinity is None"
        causes.append(field.forbidden("spec.sessionAffinityConfig", detail))
    elif affinity == "ClientIP":
        path, detail = "spec.sessionAffinityConfig", "when session affinity type is ClientIP"
        timeout_s = ((config or {}).get("clientIP") or {}).get("timeoutSeconds")
        if timeout_s is None:
            return [*causes, field.required(path, detail)]
        if not 0 < timeout_s <= _MOST_AFFINITY_S:
            detail = f"must be greater than 0 and less than {_MOST_AFFINITY_S}"
            causes.append(field.invalid(f"{path}.clientIP.timeoutSeconds", timeout_s, detail))
    return causes


def _on_create(service: Object) -> None:
    families.normalize(service, None)
    families.fill_families(service["spec"], None)


def _on_update(new: Object, old: Object) -> None:
    families.keep_allocated(new, old)
    families.normalize(new, old)
    families.drop_unneeded(new, old)
    families.fill_families(new["spec"], old["spec"])


SERVICE = Strategy(
    defaults=defaults,
    on_create=_on_create,
    on_update=_on_update,
    validate=validate,
    validate_update=validate_update,
    validate_status=validate_status,
    has_status=True,
)
