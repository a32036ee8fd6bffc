"""What rules cost, in rules: those looked at for a connection's first packet, those written for a change.

Counting rules leaves out how long each takes, but it shows how the cost grows with the number of Services,
and that is what tells the modes apart:

- iptables looks at KUBE-SERVICES from the top, then at one Service's endpoints.  For a change it writes its
  shared chains whole, and the changed Service's own chains.
- nftables looks into maps, which counts as one rule each, whatever their size.  For a change it writes the
  elements that differ and the changed Service's own chains.
- ipvs has a fixed number of iptables rules around the kernel's table of virtual servers.  For a change it
  writes these rules and the real servers that differ; it also compares all Services first, which no count of
  rules shows.

Source: syncProxyRules in pkg/proxy/{iptables,nftables,ipvs}/proxier.go@v1.36.2.
"""

from collections.abc import Collection, Sequence
from itertools import chain

from insideout.client import Object
from insideout.proxy.config import ProxyConfig
from insideout.proxy.iptables import static
from insideout.proxy.iptables.dispatch import dispatch
from insideout.proxy.iptables.refusal import refusals
from insideout.proxy.iptables.ruleset import service_rules
from insideout.proxy.nftables.table import Table
from insideout.proxy.traffic import plan

IPVS_LOOKED_AT = {
    "nat PREROUTING: jump to KUBE-SERVICES": 1,
    "nat KUBE-SERVICES: localhost, set of cluster IPs to masquerade, local addresses, set of cluster IPs": 4,
    "filter INPUT: jumps to KUBE-IPVS-FILTER, KUBE-PROXY-FIREWALL, KUBE-NODE-PORT": 3,
    "filter KUBE-IPVS-FILTER: set of load balancers, set of cluster IPs": 2,
    "filter KUBE-NODE-PORT: set of health check ports": 1,
    "ipvs: the virtual server, its next real server": 2,
    "filter OUTPUT: jump to KUBE-IPVS-OUT-FILTER": 1,
    "nat POSTROUTING: jump to KUBE-POSTROUTING, its test of the mark": 2,
}
"""What a pod's packet for a cluster IP is held against in ipvs mode, for any number of such Services."""

IPVS_WRITTEN = {
    "nat KUBE-SERVICES": 4,
    "nat KUBE-LOAD-BALANCER, KUBE-MARK-MASQ": 2,
    "nat KUBE-POSTROUTING": 3,
    "filter KUBE-SOURCE-RANGES-FIREWALL, KUBE-NODE-PORT": 2,
    "filter KUBE-FORWARD": 2,
    "filter KUBE-IPVS-FILTER": 6,
}
"""The iptables rules that ipvs mode writes on every sync, for any number of cluster IP Services."""


def iptables_written(
    services: Sequence[Object],
    slices: Sequence[Object],
    config: ProxyConfig,
    changed: Collection[tuple[str, str]] | None,
) -> int:
    """Return how many rules iptables mode writes in one sync.

    `changed` are the namespaces and names of the Services that changed; None means a full sync.
    """
    count = sum(map(len, (static.masquerading(config), static.kubelet_firewall(), static.node_ports_last())))
    count += len(static.forwarding(config))
    for traffic in plan(services, slices, config):
        count += sum(1 for _ in chain(dispatch(traffic, config), refusals(traffic)))
        name = traffic.port.name
        if changed is None or (name.namespace, name.service) in changed:
            count += sum(1 for _ in service_rules(traffic, config))
    return count


def nftables_written(before: Table, after: Table) -> int:
    """Return how many rules and elements nftables mode writes to get from one table to the other.

    A chain that differs is written again whole; an element is added or taken away by itself.
    """
    count = 0
    for name, one in after.chains.items():
        if name not in before.chains or before.chains[name].rules != one.rules:
            count += len(one.rules)
    for name in {**before.containers, **after.containers}:
        old, new = (
            set(table.containers[name].elements.values()) if name in table.containers else set()
            for table in (before, after)
        )
        count += len(old ^ new)
    return count


def ipvs_written(real_servers_changed: int) -> int:
    """Return how many rules and real servers ipvs mode writes when that many of the latter come or go."""
    return sum(IPVS_WRITTEN.values()) + real_servers_changed
