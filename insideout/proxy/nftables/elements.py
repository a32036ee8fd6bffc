"""Which chain a packet for a Service enters: elements of maps, where iptables mode has rules in a row.

The kernel keeps a map as a hash table, so a look-up costs the same for ten Services and for ten thousand.

Source: syncProxyRules, "Capture the clusterIP" to "Capture nodeports", pkg/proxy/nftables/proxier.go@v1.36.2.
"""

from insideout.proxy.names import nftables_chain
from insideout.proxy.nftables.table import Table
from insideout.proxy.traffic import Refusal, Traffic

_VERDICT: dict[Refusal, str] = {"REJECT": "goto reject-chain", "DROP": "drop"}


def add_elements(table: Table, traffic: Traffic) -> None:
    """Add what one Service port has in kube-proxy's sets and maps."""
    port, name = traffic.port, traffic.port.name

    def at(address: str) -> str:
        return f"{address} . {name.l4proto} . {port.port}"

    for endpoint in traffic.reachable.all:
        if endpoint.is_local:
            loop = f"{endpoint.ip} . {endpoint.ip} . {name.l4proto} . {endpoint.port}"
            table.put("hairpin-connections", loop)
    table.put("cluster-ips", port.cluster_ip)
    if traffic.internal_refusal:
        refused = _VERDICT[traffic.internal_refusal]
        table.put("no-endpoint-services", at(port.cluster_ip), refused, str(name))
    else:
        internal = nftables_chain("local" if port.internal_local else "service", name)
        table.put("service-ips", at(port.cluster_ip), f"goto {internal}")

    external = f"goto {nftables_chain('external', name)}"
    for address in (*port.external_ips, *port.load_balancer_ips):
        if traffic.reachable.any:
            table.put("service-ips", at(address), external)
        if traffic.external_refusal:
            table.put("no-endpoint-services", at(address), _VERDICT[traffic.external_refusal], str(name))
    if port.has_firewall:
        for address in port.load_balancer_ips:
            table.put("firewall-ips", at(address), f"goto {nftables_chain('firewall', name)}")
    if port.node_port:
        here = f"{name.l4proto} . {port.node_port}"
        if traffic.reachable.any:
            table.put("service-nodeports", here, external)
        if traffic.external_refusal:
            table.put("no-endpoint-nodeports", here, _VERDICT[traffic.external_refusal], str(name))
