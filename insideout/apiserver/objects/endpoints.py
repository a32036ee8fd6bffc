"""Endpoints and EndpointSlices: where a Service's traffic goes.

Source: pkg/apis/core/validation/validation.go (ValidateEndpoints),
pkg/apis/discovery/validation/validation.go, pkg/apis/discovery/v1/defaults.go@v1.36.2.
"""

import ipaddress
from collections.abc import Sequence
from typing import Any

from insideout.apimachinery import names
from insideout.apiserver.objects import addresses, field, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.strategy import Strategy, metadata_change

Object = dict[str, Any]

_PROTOCOLS = ("SCTP", "TCP", "UDP")
_TYPES = ("FQDN", "IPv4", "IPv6")
_MOST_ENDPOINTS, _MOST_PORTS, _MOST_ADDRESSES, _MOST_HINTS = 1000, 20000, 100, 8
_MULTICAST = (ipaddress.ip_network("224.0.0.0/24"), ipaddress.ip_network("ff02::/16"))


def endpoint_ip(text: str, path: str) -> Causes:
    """Refuse addresses to which no traffic can go."""
    address = addresses.parse(text)
    if address is None:
        return [field.invalid(path, text, "must be a valid IP address")]
    causes: Causes = []
    if address.is_unspecified:
        causes.append(field.invalid(path, text, f"may not be unspecified ({text})"))
    if address.is_loopback:
        detail = "may not be in the loopback range (127.0.0.0/8, ::1/128)"
        causes.append(field.invalid(path, text, detail))
    if address.is_link_local:
        detail = "may not be in the link-local range (169.254.0.0/16, fe80::/10)"
        causes.append(field.invalid(path, text, detail))
    if any(address in network for network in _MULTICAST):
        detail = "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"
        causes.append(field.invalid(path, text, detail))
    return causes


def _endpoints_defaults(obj: Object) -> None:
    for subset in obj.get("subsets") or ():
        for port in subset.get("ports") or ():
            port.setdefault("protocol", "TCP")


def _endpoints(obj: Object, old: Object | None = None) -> Causes:
    causes = metadata.validate_kubernetes(obj["metadata"], True, names.dns_subdomain)
    if old is not None and old.get("subsets") == obj.get("subsets"):
        return causes
    for index, subset in enumerate(obj.get("subsets") or ()):
        at = f"subsets[{index}]"
        if not subset.get("addresses") and not subset.get("notReadyAddresses"):
            causes.append(field.required(at, "must specify `addresses` or `notReadyAddresses`"))
        for name in ("addresses", "notReadyAddresses"):
            for place, address in enumerate(subset.get(name) or ()):
                causes += _address(address, f"{at}.{name}[{place}]")
        ports: Sequence[Object] = subset.get("ports") or ()
        for place, port in enumerate(ports):
            causes += _port(port, f"{at}.ports[{place}]", named=len(ports) > 1)
    return causes


def _address(address: Object, path: str) -> Causes:
    ip, host, node = address.get("ip", ""), address.get("hostname"), address.get("nodeName")
    causes = addresses.ip(ip, f"{path}.ip")
    if host:
        causes += field.each(f"{path}.hostname", host, names.dns_label(host))
    if node is not None:
        causes += field.each(f"{path}.nodeName", node, names.dns_subdomain(node))
    return causes or endpoint_ip(ip, f"{path}.ip")


def _port(port: Object, path: str, *, named: bool) -> Causes:
    causes: Causes = []
    name, number = port.get("name", ""), port.get("port", 0)
    if name:
        causes += field.each(f"{path}.name", name, names.dns_label(name))
    elif named:
        causes.append(field.required(f"{path}.name"))
    causes += field.each(f"{path}.port", number, names.port_number(number))
    if port.get("protocol"):
        causes += field.one_of(f"{path}.protocol", port["protocol"], _PROTOCOLS)
    else:
        causes.append(field.required(f"{path}.protocol"))
    if port.get("appProtocol") is not None:
        protocol = port["appProtocol"]
        causes += field.each(f"{path}.appProtocol", protocol, names.label_key(protocol))
    return causes


def _slice_defaults(obj: Object) -> None:
    for port in obj.get("ports") or ():
        port.setdefault("name", "")
        port.setdefault("protocol", "TCP")


def _slice(obj: Object, old: Object | None = None) -> Causes:
    kind = obj.get("addressType", "")
    causes = metadata.validate_kubernetes(obj["metadata"], True, names.dns_subdomain)
    causes += field.one_of("addressType", kind, _TYPES) if kind else [field.required("addressType")]
    causes += _slice_ports(obj.get("ports") or [])
    if old is not None and old.get("endpoints") == obj.get("endpoints"):
        return causes
    endpoints: Sequence[Object] = obj.get("endpoints") or ()
    if len(endpoints) > _MOST_ENDPOINTS:
        return [*causes, field.too_many("endpoints", len(endpoints), _MOST_ENDPOINTS)]
    for index, endpoint in enumerate(endpoints):
        causes += _endpoint(endpoint, kind, f"endpoints[{index}]")
    return causes


def _slice_ports(ports: Sequence[Object]) -> Causes:
    if len(ports) > _MOST_PORTS:
        return [field.too_many("ports", len(ports), _MOST_PORTS)]
    causes: Causes = []
    seen: set[str] = set()
    for index, port in enumerate(ports):
        at, name = f"ports[{index}]", port.get("name", "")
        if name:
            causes += field.each(f"{at}.name", name, names.dns_label(name))
        if name in seen:
            causes.append(field.duplicate(f"{at}.name", name))
        seen.add(name)
        if port.get("protocol") is None:
            causes.append(field.required(f"{at}.protocol"))
        else:
            causes += field.one_of(f"{at}.protocol", port["protocol"], _PROTOCOLS)
        if port.get("appProtocol") is not None:
            protocol = port["appProtocol"]
            causes += field.each(f"{at}.appProtocol", protocol, names.label_key(protocol))
    return causes


def _endpoint(endpoint: Object, kind: str, path: str) -> Causes:
    causes: Causes = []
    at, given = f"{path}.addresses", endpoint.get("addresses") or ()
    if not given:
        causes.append(field.required(at, "must contain at least 1 address"))
    elif len(given) > _MOST_ADDRESSES:
        causes.append(field.too_many(at, len(given), _MOST_ADDRESSES))
    for index, address in enumerate(given):
        causes += _slice_address(address, kind, at, f"{at}[{index}]")
    node, host = endpoint.get("nodeName"), endpoint.get("hostname")
    if node is not None:
        causes += field.each(f"{path}.nodeName", node, names.dns_subdomain(node))
    causes += metadata.labels(endpoint.get("deprecatedTopology"), f"{path}.deprecatedTopology")
    if host is not None:
        causes += field.each(f"{path}.hostname", host, names.dns_label(host))
    hints: Object = endpoint.get("hints") or {}
    for name, rule in (("forZones", names.label_value), ("forNodes", names.dns_subdomain)):
        wanted = hints.get(name) or ()
        if len(wanted) > _MOST_HINTS:
            causes.append(field.too_many(f"{path}.hints.{name}", len(wanted), _MOST_HINTS))
            continue
        seen: set[str] = set()
        for index, hint in enumerate(wanted):
            where, value = f"{path}.hints.{name}[{index}].name", hint.get("name", "")
            if value in seen:
                causes.append(field.duplicate(where, value))
            seen.add(value)
            causes += field.each(where, value, rule(value))
    return causes


def _slice_address(address: str, kind: str, list_path: str, path: str) -> Causes:
    if kind == "IPv4":
        causes = addresses.ip(address, path)
        if not causes and ":" in address:
            causes.append(field.invalid(list_path, address, "must be an IPv4 address"))
    elif kind == "IPv6":
        causes = addresses.canonical_ip(address, path)
        if not causes and ":" not in address:
            causes.append(field.invalid(list_path, address, "must be an IPv6 address"))
    else:
        return _domain(address, path) if kind == "FQDN" else []
    return causes if causes and causes[0].field == path else causes + endpoint_ip(address, path)


def _domain(name: str, path: str) -> Causes:
    if not name:
        return [field.required(path)]
    name = name.removesuffix(".")
    wrong = names.dns_subdomain(name)
    if wrong:
        return [field.invalid(path, name, ",".join(wrong))]
    if "." not in name:
        detail = "should be a domain with at least two segments separated by dots"
        return [field.invalid(path, name, detail)]
    labels = ((label, names.dns_label(label)) for label in name.split("."))
    return [field.invalid(path, label, ",".join(reasons)) for label, reasons in labels if reasons][:1]


def _slice_on_update(new: Object, old: Object) -> None:
    """Count a new generation for any change but of metadata, labels excepted."""

    def counted(obj: Object) -> tuple[Object, Any]:
        content = {key: value for key, value in obj.items() if key != "metadata"}
        return content, obj["metadata"].get("labels") or None

    if counted(new) != counted(old):
        new["metadata"]["generation"] = old["metadata"].get("generation", 0) + 1


ENDPOINTS = Strategy(
    defaults=_endpoints_defaults,
    validate=_endpoints,
    validate_update=lambda new, old: metadata_change(new, old) + _endpoints(new, old),
)
ENDPOINT_SLICE = Strategy(
    defaults=_slice_defaults,
    on_create=lambda obj: obj["metadata"].update(generation=1),
    on_update=_slice_on_update,
    validate=_slice,
    validate_update=lambda new, old: (
        _slice(new, old) + field.immutable("addressType", new.get("addressType"), old.get("addressType"))
    ),
)
