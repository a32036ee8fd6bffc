"""What kube-proxy reads from a Service: one `ServicePort` for each port that it must carry.

Headless and ExternalName Services have none, nor have Services that another proxy claims by label.  Fields
that the API server fills in (protocol, policies, the affinity timeout) take its defaults here, so that an
object can be read as its author wrote it.

Source: pkg/proxy/serviceport.go, pkg/proxy/servicechangetracker.go, pkg/proxy/util/utils.go and
pkg/api/v1/service/util.go@v1.36.2.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_address, ip_network

from insideout.client import Object
from insideout.proxy.names import ServicePortName

PROXY_NAME_LABEL = "service.kubernetes.io/service-proxy-name"
DEFAULT_AFFINITY_S = 10800
"""Three hours: what the API server writes when ClientIP affinity has no timeout."""


@dataclass(frozen=True)
class ServicePort:
    """One port of a Service, as rules need it; zero means no such port."""

    name: ServicePortName
    cluster_ip: str
    port: int
    node_port: int = 0
    external_ips: tuple[str, ...] = ()
    load_balancer_ips: tuple[str, ...] = ()
    source_ranges: tuple[str, ...] = ()
    affinity_s: int = 0
    external_local: bool = False
    internal_local: bool = False
    health_check_node_port: int = 0

    @property
    def externally_accessible(self) -> bool:
        """Whether anything but the cluster IP leads here."""
        return bool(self.node_port or self.load_balancer_ips or self.external_ips)

    @property
    def uses_cluster_endpoints(self) -> bool:
        """Whether some traffic goes to endpoints on any node.

        External traffic always counts: even under policy Local, what starts in this node's pods and on the
        node itself takes the short cut to all endpoints.
        """
        return not self.internal_local or self.externally_accessible

    @property
    def uses_local_endpoints(self) -> bool:
        """Whether some traffic may only go to endpoints on this node."""
        return self.internal_local or (self.external_local and self.externally_accessible)

    @property
    def has_firewall(self) -> bool:
        """Whether loadBalancerSourceRanges guard a load balancer's address."""
        return bool(self.load_balancer_ips and self.source_ranges)


def _is_ipv4(text: str) -> bool:
    try:
        return ip_address(text.strip()).version == 4
    except ValueError:
        return False


def _ipv4_ranges(ranges: Iterable[str]) -> tuple[str, ...]:
    """Return the IPv4 ranges in order; none when one of them is everything, which is the same as no range."""
    found = []
    for text in ranges:
        try:
            network = ip_network(text.strip(), strict=False)
        except ValueError:
            continue
        if isinstance(network, IPv4Network):
            found.append(network)
    return () if any(network.prefixlen == 0 for network in found) else tuple(map(str, found))


def cluster_ipv4(service: Object) -> str:
    """Return the Service's IPv4 cluster address, "" when it has none: headless, ExternalName, IPv6 only."""
    spec = service["spec"]
    cluster_ip = spec.get("clusterIP") or ""
    if cluster_ip in ("", "None") or spec.get("type") == "ExternalName":
        return ""
    addresses = spec.get("clusterIPs") or [cluster_ip]
    families = spec.get("ipFamilies") or []
    if not families:
        return cluster_ip if _is_ipv4(cluster_ip) else ""
    if "IPv4" in families and families.index("IPv4") < len(addresses):
        return str(addresses[families.index("IPv4")])
    return ""


def service_ports(service: Object) -> list[ServicePort]:
    """Return the ports of `service` that kube-proxy carries over IPv4, in the Service's order."""
    metadata, spec = service["metadata"], service["spec"]
    cluster_ip = cluster_ipv4(service)
    if not cluster_ip or PROXY_NAME_LABEL in (metadata.get("labels") or {}):
        return []
    kind = spec.get("type") or "ClusterIP"
    outside = kind in ("NodePort", "LoadBalancer") or bool(spec.get("externalIPs"))
    external_local = outside and spec.get("externalTrafficPolicy") == "Local"
    affinity_s = 0
    if spec.get("sessionAffinity") == "ClientIP":
        client_ip = (spec.get("sessionAffinityConfig") or {}).get("clientIP") or {}
        affinity_s = client_ip.get("timeoutSeconds") or DEFAULT_AFFINITY_S
    ingress = ((service.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
    return [
        ServicePort(
            name=ServicePortName(
                metadata.get("namespace") or "default",
                metadata["name"],
                port.get("name") or "",
                port.get("protocol") or "TCP",
            ),
            cluster_ip=cluster_ip,
            port=port["port"],
            node_port=port.get("nodePort") or 0,
            external_ips=tuple(ip.strip() for ip in spec.get("externalIPs") or [] if _is_ipv4(ip)),
            load_balancer_ips=tuple(
                one["ip"] for one in ingress if _is_ipv4(one.get("ip") or "") and one.get("ipMode") != "Proxy"
            ),
            source_ranges=_ipv4_ranges(spec.get("loadBalancerSourceRanges") or []),
            affinity_s=affinity_s,
            external_local=external_local,
            internal_local=spec.get("internalTrafficPolicy") == "Local",
            health_check_node_port=(
                spec.get("healthCheckNodePort") or 0 if kind == "LoadBalancer" and external_local else 0
            ),
        )
        for port in spec.get("ports") or []
    ]
