"""NetworkPolicies.

Source: pkg/apis/networking/validation/validation.go, pkg/apis/networking/v1/defaults.go@v1.36.2.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from insideout.apimachinery import names
from insideout.apiserver.objects import addresses, field, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.strategy import Strategy, metadata_change

Object = dict[str, Any]

_TYPES = ("Ingress", "Egress")
_SIDES = (("ingress", "from"), ("egress", "to"))


def defaults(policy: Object) -> None:
    """Say which directions it is about, and TCP where a port names no protocol."""
    spec = policy.get("spec") or {}
    if not spec.get("policyTypes"):
        spec["policyTypes"] = ["Ingress", "Egress"] if spec.get("egress") else ["Ingress"]
    for side, _ in _SIDES:
        for rule in spec.get(side) or ():
            for port in rule.get("ports") or ():
                port.setdefault("protocol", "TCP")


def validate(policy: Object) -> Causes:
    """Return what is wrong with a NetworkPolicy."""
    return metadata.validate_kubernetes(policy["metadata"], True, names.dns_subdomain) + _spec(policy, ())


def _spec(policy: Object, known: Iterable[str]) -> Causes:
    spec = policy.get("spec") or {}
    causes = metadata.label_selector(spec.get("podSelector"), "spec.podSelector")
    for side, direction in _SIDES:
        for index, rule in enumerate(spec.get(side) or ()):
            at = f"spec.{side}[{index}]"
            for place, port in enumerate(rule.get("ports") or ()):
                causes += _port(port, f"{at}.ports[{place}]")
            for place, peer in enumerate(rule.get(direction) or ()):
                causes += _peer(peer, known, f"{at}.{direction}[{place}]")
    types = spec.get("policyTypes") or []
    if len(types) > len(_TYPES):
        return [
            *causes,
            field.invalid("spec.policyTypes", types, "may not specify more than two policyTypes"),
        ]
    for index, each in enumerate(types):
        causes += field.one_of(f"spec.policyTypes[{index}]", each, _TYPES)
    return causes


def _port(port: Object, path: str) -> Causes:
    causes: Causes = []
    number, last = port.get("port"), port.get("endPort")
    if port.get("protocol") is not None:
        causes += field.one_of(f"{path}.protocol", port["protocol"], ("TCP", "UDP", "SCTP"))
    if number is None:
        if last is not None:
            detail = "may not be specified when `port` is not specified"
            causes.append(field.invalid(f"{path}.endPort", last, detail))
    elif isinstance(number, int):
        causes += field.each(f"{path}.port", number, names.port_number(number))
        if last is not None:
            if last < number:
                detail = "must be greater than or equal to `port`"
                causes.append(field.invalid(f"{path}.endPort", number, detail))
            causes += field.each(f"{path}.endPort", last, names.port_number(last))
    else:
        if last is not None:
            detail = "may not be specified when `port` is non-numeric"
            causes.append(field.invalid(f"{path}.endPort", last, detail))
        causes += field.each(f"{path}.port", number, names.port_name(number))
    return causes


def _peer(peer: Object, known: Iterable[str], path: str) -> Causes:
    given = [name for name in ("podSelector", "namespaceSelector", "ipBlock") if peer.get(name) is not None]
    causes: Causes = []
    for name in given:
        if name == "ipBlock":
            causes += _block(peer[name], known, f"{path}.{name}")
        else:
            causes += metadata.label_selector(peer[name], f"{path}.{name}")
    if not given:
        causes.append(field.required(path, "must specify a peer"))
    elif len(given) > 1 and "ipBlock" in given:
        causes.append(field.forbidden(path, "may not specify both ipBlock and another peer"))
    return causes


def _block(block: Object, known: Iterable[str], path: str) -> Causes:
    whole = block.get("cidr", "")
    if not whole:
        return [field.required(f"{path}.cidr")]
    causes = [] if whole in known else addresses.cidr(whole, f"{path}.cidr")
    outer = addresses.network(whole)
    if outer is None:
        return causes
    for index, part in enumerate(block.get("except") or ()):
        at, inner = f"{path}.except[{index}]", addresses.network(part)
        causes += [] if part in known else addresses.cidr(part, at)
        if inner is not None:
            inside = inner.version == outer.version and inner.network_address in outer
            if not inside or outer.prefixlen >= inner.prefixlen:
                causes.append(field.invalid(at, part, "must be a strict subset of `cidr`"))
    return causes


def _cidrs(policy: Object) -> Iterator[str]:
    for side, direction in _SIDES:
        for rule in (policy.get("spec") or {}).get(side) or ():
            for peer in rule.get(direction) or ():
                block = peer.get("ipBlock") or {}
                yield block.get("cidr", "")
                yield from block.get("except") or ()


NETWORK_POLICY = Strategy(
    defaults=defaults,
    validate=validate,
    validate_update=lambda new, old: metadata_change(new, old) + _spec(new, tuple(_cidrs(old))),
    counts_generation=True,
)
