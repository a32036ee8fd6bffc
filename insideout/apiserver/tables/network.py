"""The rows of Services, Endpoints, EndpointSlices and NetworkPolicies.

Source: pkg/printers/internalversion/printers.go@v1.36.2.
"""

from datetime import datetime

from insideout.apiserver.tables.ages import age
from insideout.apiserver.tables.columns import (
    AGE,
    NAME,
    Cells,
    Column,
    Object,
    Printer,
    created,
    few,
    labels_text,
    name_of,
    part,
    selector_text,
)

_SHOWN = 3


def _service(obj: Object, now: datetime) -> Cells:
    spec = part(obj, "spec")
    return [
        name_of(obj),
        spec.get("type", ""),
        (spec.get("clusterIPs") or ["<none>"])[0],
        _external_ip(spec, part(obj, "status")),
        ",".join(_port(each) for each in spec.get("ports") or []) or "<none>",
        age(created(obj), now),
        labels_text(spec.get("selector")),
    ]


def _port(port: Object) -> str:
    node = f":{port['nodePort']}" if port.get("nodePort") else ""
    return f"{port.get('port', 0)}{node}/{port.get('protocol', '')}"


def _external_ip(spec: Object, status: Object) -> str:
    given = spec.get("externalIPs") or []
    match spec.get("type"):
        case "ClusterIP" | "NodePort":
            return ",".join(given) or "<none>"
        case "LoadBalancer":
            ingress = part(status, "loadBalancer").get("ingress") or []
            found = sorted({each.get("ip") or each.get("hostname") or "" for each in ingress} - {""})
            return ",".join([*found, *given]) or "<pending>"
        case "ExternalName":
            return str(spec.get("externalName", ""))
        case _:
            return "<unknown>"


SERVICES = Printer(
    (
        NAME,
        Column("Type", "V1ServiceSpec.type"),
        Column("Cluster-IP", "V1ServiceSpec.clusterIP"),
        Column("External-IP", "V1ServiceSpec.externalIPs"),
        Column("Port(s)", "V1ServiceSpec.ports"),
        AGE,
        Column("Selector", "V1ServiceSpec.selector", priority=1),
    ),
    _service,
)


def _endpoints(obj: Object, now: datetime) -> Cells:
    found: list[str] = []
    for subset in obj.get("subsets") or []:
        addresses = [each.get("ip", "") for each in subset.get("addresses") or []]
        ports = subset.get("ports") or []
        found += (
            [_host_port(ip, port.get("port", 0)) for port in ports for ip in addresses]
            if ports
            else addresses
        )
    return [name_of(obj), few(found, _SHOWN, "" if obj.get("subsets") else "<none>"), age(created(obj), now)]


def _host_port(ip: str, port: int) -> str:
    return f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}"


ENDPOINTS = Printer((NAME, Column("Endpoints", "V1Endpoints.subsets"), AGE), _endpoints)


def _endpoint_slice(obj: Object, now: datetime) -> Cells:
    ports = []
    for port in obj.get("ports") or []:
        number, name = port.get("port"), port.get("name")
        ports.append("*" if number is None and name is None else str(name if number is None else number))
    addresses = [address for each in obj.get("endpoints") or [] for address in each.get("addresses") or []]
    return [
        name_of(obj),
        obj.get("addressType", ""),
        few(ports, _SHOWN, "<unset>"),
        few(addresses, _SHOWN, "<unset>"),
        age(created(obj), now),
    ]


ENDPOINT_SLICES = Printer(
    (
        NAME,
        Column("AddressType", "V1EndpointSlice.addressType"),
        Column("Ports", "V1EndpointSlice.ports"),
        Column("Endpoints", "V1EndpointSlice.endpoints"),
        AGE,
    ),
    _endpoint_slice,
)


def _network_policy(obj: Object, now: datetime) -> Cells:
    selector = selector_text(part(obj, "spec").get("podSelector")) or "<none>"
    return [name_of(obj), selector, age(created(obj), now)]


NETWORK_POLICIES = Printer(
    (NAME, Column("Pod-Selector", "V1NetworkPolicySpec.podSelector"), AGE), _network_policy
)
