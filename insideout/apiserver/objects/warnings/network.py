"""Warnings about Services, what they lead to, and who may reach it."""

from collections.abc import Mapping

from insideout.apimachinery.goquote import go_quote
from insideout.apiserver.objects import addresses
from insideout.apiserver.objects.warnings.rule import Object, Rule, Warnings


def _service(new: Object, old: Object | None) -> Warnings:
    spec, annotations = new["spec"], new["metadata"].get("annotations") or {}
    hints, mode = (f"service.kubernetes.io/topology-{each}" for each in ("aware-hints", "mode"))
    if hints in annotations:
        yield f"annotation {hints} is deprecated, please use {mode} instead"
    kind, outside = spec.get("type"), spec.get("externalIPs") or ()
    headless = kind == "ClusterIP" and spec.get("clusterIP") == "None"
    for index, address in enumerate(spec.get("clusterIPs") or () if not headless else ()):
        yield from addresses.ip_warnings(address, f"spec.clusterIPs[{index}]")
    ignored = (spec.get("loadBalancerIP"), outside, spec.get("sessionAffinity") != "None")
    for name, given in zip(("loadBalancerIP", "externalIPs", "SessionAffinity"), ignored, strict=True):
        if headless and given:
            yield f"spec.{name} is ignored for headless services"
    for index, address in enumerate(outside):
        yield from addresses.ip_warnings(address, f"spec.externalIPs[{index}]")
    if outside and not headless and kind != "ExternalName":
        yield "spec.externalIPs is deprecated and may no longer be implemented in some clusters"
    if spec.get("loadBalancerIP"):
        yield from addresses.ip_warnings(spec["loadBalancerIP"], "spec.loadBalancerIP")
    for index, cidr in enumerate(spec.get("loadBalancerSourceRanges") or ()):
        yield from addresses.cidr_warnings(cidr.strip(), f"spec.loadBalancerSourceRanges[{index}]")
    if kind == "ExternalName" and outside:
        yield 'spec.externalIPs is ignored when spec.type is "ExternalName"'
    if kind != "ExternalName" and spec.get("externalName"):
        yield 'spec.externalName is ignored when spec.type is not "ExternalName"'
    if spec.get("trafficDistribution") == "PreferClose":
        yield 'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"'


def _network_policy(new: Object, old: Object | None) -> Warnings:
    for direction, side in (("ingress", "from"), ("egress", "to")):
        for index, rule in enumerate((new.get("spec") or {}).get(direction) or ()):
            for position, peer in enumerate(rule.get(side) or ()):
                block = peer.get("ipBlock") or {}
                at = f"spec.{direction}[{index}].{side}[{position}].ipBlock"
                yield from addresses.cidr_warnings(block.get("cidr", ""), f"{at}.cidr")
                for number, cidr in enumerate(block.get("except") or ()):
                    yield from addresses.cidr_warnings(cidr, f"{at}.except[{number}]")


def _slice(new: Object, old: Object | None) -> Warnings:
    if old is None and new.get("addressType") == "FQDN":
        yield "spec.addressType: FQDN endpoints are deprecated"
    for index, endpoint in enumerate(new.get("endpoints") or ()):
        for position, address in enumerate(endpoint.get("addresses") or ()):
            yield from addresses.ip_warnings(address, f"endpoints[{index}].addresses[{position}]")


def _endpoints(new: Object, old: Object | None) -> Warnings:
    for index, subset in enumerate(new.get("subsets") or ()):
        for name in ("addresses", "notReadyAddresses"):
            for position, address in enumerate(subset.get(name) or ()):
                at = f"subsets[{index}].{name}[{position}].ip"
                yield from addresses.ip_warnings(address.get("ip", ""), at)


def _ingress(new: Object, old: Object | None) -> Warnings:
    key = "kubernetes.io/ingress.class"
    annotated = key in (new["metadata"].get("annotations") or {})
    if old is None and annotated and (new.get("spec") or {}).get("ingressClassName") is None:
        yield f"annotation {go_quote(key)} is deprecated, please use 'spec.ingressClassName' instead"


RULES: Mapping[str, Rule] = {
    "endpoints": _endpoints,
    "endpointslices.discovery.k8s.io": _slice,
    "ingresses.networking.k8s.io": _ingress,
    "networkpolicies.networking.k8s.io": _network_policy,
    "services": _service,
}
