"""Load-balancer source ranges: the chain firewall-… drops every client outside them, before any rewriting.

Source: syncProxyRules, usesFWChain, pkg/proxy/nftables/proxier.go@v1.36.2; the printed form is nft's, which
merges and sorts ranges.
"""

from ipaddress import IPv4Network, collapse_addresses

from course.proxy.config import ProxyConfig
from course.proxy.iptables.firewall import allows_node
from course.proxy.names import nftables_chain
from course.proxy.nftables.table import Table
from course.proxy.traffic import Traffic


def add_firewall(table: Table, traffic: Traffic, config: ProxyConfig) -> None:
    """Add the rule of one Service port's firewall chain, if it has one."""
    port = traffic.port
    if not port.has_firewall:
        return
    allowed = [*port.source_ranges]
    if allows_node(port.source_ranges, config.node_ip):
        allowed += port.load_balancer_ips
    table.chain(nftables_chain("firewall", port.name), f"ip saddr != {_sources(allowed)} drop")


def _sources(ranges: list[str]) -> str:
    networks = [str(one).removesuffix("/32") for one in collapse_addresses(map(IPv4Network, ranges))]
    return networks[0] if len(networks) == 1 else "{ " + ", ".join(networks) + " }"
