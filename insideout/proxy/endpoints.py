"""What kube-proxy reads from EndpointSlices: the endpoints of each Service port, in the order of the rules.

A Service's slices are merged on "ip:port".  The same address may stand in two slices for a moment, or belong
to a new pod and to the terminating one it was taken from; the one that is not terminating wins.  Endpoints
are sorted as strings, so 10.244.1.10 comes before 10.244.1.9.  Only an endpoint's first address counts.

Source: pkg/proxy/endpointslicecache.go, pkg/proxy/endpoint.go, cmd/kube-proxy/app/server.go@v1.36.2.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from insideout.client import Object
from insideout.proxy.names import ServicePortName
from insideout.proxy.services import PROXY_NAME_LABEL

SERVICE_NAME_LABEL = "kubernetes.io/service-name"
HEADLESS_LABEL = "service.kubernetes.io/headless"


@dataclass(frozen=True)
class Endpoint:
    """One address and port behind a Service port, with its conditions and hints."""

    ip: str
    port: int
    is_local: bool = False
    ready: bool = True
    serving: bool = True
    terminating: bool = False
    zone_hints: frozenset[str] = frozenset()
    node_hints: frozenset[str] = frozenset()

    def __str__(self) -> str:
        """Return "ip:port", the form that hashes, comments and the order of endpoints are made from."""
        return f"{self.ip}:{self.port}"


def endpoints_by_port(slices: Iterable[Object], node: str) -> dict[ServicePortName, list[Endpoint]]:
    """Merge `slices` into the endpoints of every Service port, sorted by "ip:port"."""
    found: dict[ServicePortName, dict[str, Endpoint]] = {}
    for endpoint_slice in sorted(filter(_is_ours, slices), key=lambda one: one["metadata"]["name"]):
        for name, port in _ports(endpoint_slice):
            merged = found.setdefault(name, {})
            for item in endpoint_slice.get("endpoints") or []:
                if not item.get("addresses"):
                    continue
                endpoint = _endpoint(item, port, node)
                if str(endpoint) not in merged or not endpoint.terminating:
                    merged[str(endpoint)] = endpoint
    return {name: [merged[key] for key in sorted(merged)] for name, merged in sorted(found.items()) if merged}


def _is_ours(endpoint_slice: Object) -> bool:
    labels: Mapping[str, str] = endpoint_slice["metadata"].get("labels") or {}
    return (
        endpoint_slice.get("addressType") == "IPv4"
        and bool(labels.get(SERVICE_NAME_LABEL))
        and HEADLESS_LABEL not in labels
        and PROXY_NAME_LABEL not in labels
    )


def _ports(endpoint_slice: Object) -> Iterator[tuple[ServicePortName, int]]:
    """Yield each port with its number; one without a number, meaning "all ports", carries nothing."""
    metadata = endpoint_slice["metadata"]
    service = metadata["labels"][SERVICE_NAME_LABEL]
    for port in endpoint_slice.get("ports") or []:
        if port.get("port"):
            yield (
                ServicePortName(
                    metadata.get("namespace") or "default",
                    service,
                    port.get("name") or "",
                    port.get("protocol") or "TCP",
                ),
                port["port"],
            )


def _endpoint(item: Object, port: int, node: str) -> Endpoint:
    """Read one endpoint; a condition that is not given means ready, serving and not terminating."""
    conditions = item.get("conditions") or {}
    hints = item.get("hints") or {}
    return Endpoint(
        ip=item["addresses"][0],
        port=port,
        is_local=bool(node) and item.get("nodeName") == node,
        ready=conditions.get("ready") is not False,
        serving=conditions.get("serving") is not False,
        terminating=conditions.get("terminating") is True,
        zone_hints=frozenset(zone["name"] for zone in hints.get("forZones") or []),
        node_hints=frozenset(one["name"] for one in hints.get("forNodes") or []),
    )
