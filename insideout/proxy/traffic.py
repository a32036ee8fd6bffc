"""The decision that both modes write down: where a Service port's traffic goes, and what is refused.

Source: the first half of syncProxyRules' loop over services, the same in pkg/proxy/iptables/proxier.go and
pkg/proxy/nftables/proxier.go@v1.36.2.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Literal

from insideout.client import Object
from insideout.proxy.config import ProxyConfig
from insideout.proxy.endpoints import Endpoint, endpoints_by_port
from insideout.proxy.services import ServicePort, service_ports
from insideout.proxy.topology import Reachable, categorize

Refusal = Literal["", "REJECT", "DROP"]
"""REJECT answers "port unreachable": nobody serves this.  DROP is silence: somebody does, elsewhere."""


@dataclass(frozen=True)
class Traffic:
    """One Service port, the endpoints that this node may use for it, and how many it has, ready or not."""

    port: ServicePort
    reachable: Reachable
    known_endpoints: int

    @property
    def cluster_endpoints(self) -> list[Endpoint]:
        """Where traffic under policy Cluster goes."""
        return self.reachable.cluster

    @property
    def local_endpoints(self) -> list[Endpoint]:
        """Where traffic under policy Local goes."""
        return self.reachable.local

    @property
    def internal_refusal(self) -> Refusal:
        """What happens to traffic for the cluster IP that no endpoint may take."""
        return self._refusal(self.port.internal_local)

    @property
    def external_refusal(self) -> Refusal:
        """What happens to traffic from outside for node ports, external and load-balancer addresses."""
        return self._refusal(self.port.external_local)

    @property
    def uses_external_chain(self) -> bool:
        """Whether there is a way in from outside; pods and the node use it even without a local endpoint."""
        return self.reachable.any and self.port.externally_accessible

    def allowed_sources(self, node_ip: str) -> tuple[str, ...]:
        """Return the sources that loadBalancerSourceRanges let in, the load balancer's own address with them.

        A node that holds that address sends with it as its source, so it counts when the node is allowed.
        """
        ranges = self.port.source_ranges
        here = any(ip_address(node_ip) in ip_network(one) for one in ranges)
        return (*ranges, *self.port.load_balancer_ips) if here else ranges

    def _refusal(self, local: bool) -> Refusal:
        if not self.reachable.any:
            return "REJECT"
        return "DROP" if local and not self.reachable.local else ""


def plan(services: Iterable[Object], slices: Iterable[Object], config: ProxyConfig) -> list[Traffic]:
    """Return the decision for every Service port, sorted by name.

    kube-proxy itself walks a Go map, so the order of Services in its shared chains differs from sync to sync.
    """
    endpoints = endpoints_by_port(slices, config.node)
    ports = sorted((port for one in services for port in service_ports(one)), key=lambda port: port.name)
    return [_traffic(port, endpoints.get(port.name, []), config) for port in ports]


def _traffic(port: ServicePort, endpoints: list[Endpoint], config: ProxyConfig) -> Traffic:
    return Traffic(port, categorize(endpoints, port, config.node, config.zone), len(endpoints))
