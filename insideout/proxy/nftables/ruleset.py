"""The whole of nftables mode: one table for a set of Services and EndpointSlices.

Source: syncProxyRules, pkg/proxy/nftables/proxier.go@v1.36.2.
"""

from collections.abc import Iterable

from insideout.client import Object
from insideout.proxy.config import ProxyConfig
from insideout.proxy.names import nftables_chain
from insideout.proxy.nftables.balancing import add_affinity, add_policy_chains
from insideout.proxy.nftables.elements import add_elements
from insideout.proxy.nftables.external import add_external
from insideout.proxy.nftables.firewall import add_firewall
from insideout.proxy.nftables.static import set_up
from insideout.proxy.nftables.table import Table
from insideout.proxy.traffic import Traffic, plan


def build(services: Iterable[Object], slices: Iterable[Object], config: ProxyConfig) -> Table:
    """Return the table kube-proxy would keep for these objects on the node that `config` describes."""
    table = set_up(config)
    for traffic in plan(services, slices, config):
        _declare(table, traffic)
        add_elements(table, traffic)
        add_external(table, traffic, config)
        add_firewall(table, traffic, config)
        add_policy_chains(table, traffic)
        add_affinity(table, traffic)
    return table


def _declare(table: Table, traffic: Traffic) -> None:
    """Make the chains before any rule that goes to them; this order is the order of listing."""
    name = traffic.port.name
    if traffic.port.affinity_s:
        for endpoint in traffic.reachable.all:
            table.chain(nftables_chain("endpoint", name, str(endpoint)))
    if traffic.cluster_endpoints:
        table.chain(nftables_chain("service", name))
    if traffic.local_endpoints:
        table.chain(nftables_chain("local", name))
    if traffic.uses_external_chain:
        table.chain(nftables_chain("external", name))
    if traffic.port.has_firewall:
        table.chain(nftables_chain("firewall", name))
