"""What is there before any Service: base chains, look-ups in maps, masquerading, answers to wrong addresses.

Unlike iptables mode, traffic to a cluster IP's unused ports and to cluster IPs that no Service has is
refused.

Source: setupNFTables, pkg/proxy/nftables/proxier.go@v1.36.2.
"""

from insideout.proxy.config import ProxyConfig
from insideout.proxy.nftables.table import Table

_FILTER = "type filter hook {} priority {}; policy accept;"
_NAT = "type nat hook {} priority {}; policy accept;"
_DESTINATION = "ip daddr . meta l4proto . th dport"
_NODE_PORT = "ip daddr @nodeport-ips meta l4proto . th dport"
_ADDRESS_PORT = "ipv4_addr . inet_proto . inet_service : verdict"
_PORT = "inet_proto . inet_service : verdict"


def masquerade(config: ProxyConfig) -> str:
    """Return the statement that marks a packet for masquerading."""
    return f"meta mark set meta mark | {config.masquerade_mark:#010x}"


def set_up(config: ProxyConfig) -> Table:
    """Return the table without any Service."""
    table = Table()
    _containers(table, config)
    _base_chains(table)
    _jump_chains(table, config)
    return table


def _containers(table: Table, config: ProxyConfig) -> None:
    hairpin = "ipv4_addr . ipv4_addr . inet_proto . inet_service"
    no_endpoints = "vmap to drop or reject packets to services with no endpoints"
    no_node_port = "vmap to drop or reject packets to service nodeports with no endpoints"
    guarded = "destinations that are subject to LoadBalancerSourceRanges"
    table.container("set", "hairpin-connections", hairpin, "service hairpin connections")
    table.container("set", "cluster-ips", "ipv4_addr", "Active ClusterIPs")
    table.container("set", "nodeport-ips", "ipv4_addr", "IPs that accept NodePort traffic")
    table.container("map", "no-endpoint-services", _ADDRESS_PORT, no_endpoints)
    table.container("map", "no-endpoint-nodeports", _PORT, no_node_port)
    table.container("map", "firewall-ips", _ADDRESS_PORT, guarded)
    table.container("map", "service-ips", _ADDRESS_PORT, "ClusterIP, ExternalIP and LoadBalancer IP traffic")
    table.container("map", "service-nodeports", _PORT, "NodePort traffic")
    for address in config.node_port_ips:
        table.put("nodeport-ips", address)


def _base_chains(table: Table) -> None:
    """Make the chains that the kernel starts, each with its jumps."""
    firewall, services = "ct state new jump firewall-check", "ct state new jump service-endpoints-check"
    node_ports, cluster_ips = (
        "ct state new jump nodeport-endpoints-check",
        "ct state new jump cluster-ips-check",
    )
    pre_dnat = _FILTER.format("prerouting", "dstnat - 10")
    table.chain("filter-prerouting-pre-dnat", firewall, hook=pre_dnat)
    table.chain("filter-output-pre-dnat", firewall, hook=_FILTER.format("output", "-110"))
    table.chain("filter-input", node_ports, services, hook=_FILTER.format("input", "filter"))
    table.chain("filter-forward", services, cluster_ips, hook=_FILTER.format("forward", "filter"))
    table.chain("filter-output", services, cluster_ips, hook=_FILTER.format("output", "filter"))
    table.chain("nat-prerouting", "jump services", hook=_NAT.format("prerouting", "dstnat"))
    table.chain("nat-output", "jump services", hook=_NAT.format("output", "-100"))
    table.chain("nat-postrouting", "jump masquerading", hook=_NAT.format("postrouting", "srcnat"))


def _jump_chains(table: Table, config: ProxyConfig) -> None:
    """Make the chains that the base chains jump to."""
    table.chain("nodeport-endpoints-check", f"{_NODE_PORT} vmap @no-endpoint-nodeports")
    table.chain("service-endpoints-check", f"{_DESTINATION} vmap @no-endpoint-services")
    table.chain("firewall-check", f"{_DESTINATION} vmap @firewall-ips")
    if config.masquerade_all:
        strangers = f'ip daddr @cluster-ips {masquerade(config)} comment "masquerade all clusterIP traffic"'
    else:
        strangers = (
            f"ip daddr @cluster-ips ip saddr != {config.cluster_cidr} {masquerade(config)}"
            ' comment "masquerade clusterIP traffic from outside cluster"'
        )
    table.chain(
        "services",
        strangers,
        f"{_DESTINATION} vmap @service-ips",
        f"{_NODE_PORT} vmap @service-nodeports",
    )
    mark = f"{config.masquerade_mark:#010x}"
    table.chain(
        "masquerading",
        f"meta mark & {mark} != 0x00000000 meta mark set meta mark ^ {mark} masquerade fully-random",
        f"ct status dnat ip saddr . {_DESTINATION} @hairpin-connections masquerade fully-random",
    )
    table.chain(
        "cluster-ips-check",
        'ip daddr @cluster-ips reject comment "Reject traffic to invalid ports of ClusterIPs"',
        f'ip daddr {config.service_cidr} drop comment "Drop traffic to unallocated ClusterIPs"',
    )
    table.chain(
        "reject-chain",
        "reject",
        comment="helper for @no-endpoint-services / @no-endpoint-nodeports",
    )
