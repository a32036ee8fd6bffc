"""Load-balancer source ranges: the chain firewall-… drops every client outside them, before any rewriting.

Source: syncProxyRules, usesFWChain, pkg/proxy/nftables/proxier.go@v1.36.2; the printed form is nft's, which
merges and sorts ranges.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, summarize_address_range

from insideout.proxy.config import ProxyConfig
from insideout.proxy.names import nftables_chain
from insideout.proxy.nftables.table import Table
from insideout.proxy.traffic import Traffic


def add_firewall(table: Table, traffic: Traffic, config: ProxyConfig) -> None:
    """Add the rule of one Service port's firewall chain, if it has one."""
    port = traffic.port
    if not port.has_firewall:
        return
    allowed = traffic.allowed_sources(config.node_ip)
    table.chain(nftables_chain("firewall", port.name), f"ip saddr != {_sources(allowed)} drop")


def _sources(ranges: Iterable[str]) -> str:
    """Return an anonymous set as nft prints it: sorted, and ranges that touch each other as one."""
    networks = sorted(map(IPv4Network, ranges))
    if len(networks) == 1:
        return _printed(int(networks[0][0]), int(networks[0][-1]))
    has_ranges = any(network.prefixlen < 32 for network in networks)
    spans: list[tuple[int, int]] = []
    for first, last in ((int(network[0]), int(network[-1])) for network in networks):
        if spans and first <= spans[-1][1] + (1 if has_ranges else 0):
            spans[-1] = (spans[-1][0], max(last, spans[-1][1]))
        else:
            spans.append((first, last))
    return "{ " + ", ".join(_printed(*span) for span in spans) + " }"


def _printed(first: int, last: int) -> str:
    """Return an address, a prefix or, when it is neither, a range."""
    start, end = IPv4Address(first), IPv4Address(last)
    networks = list(summarize_address_range(start, end))
    return str(networks[0]).removesuffix("/32") if len(networks) == 1 else f"{start}-{end}"
