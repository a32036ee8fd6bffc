"""Choosing an endpoint: one random number and one map, or, with session affinity, a set and a chain for each.

Without affinity there is no chain for an endpoint: the map leads to the address itself.

Source: writeServiceToEndpointDNATs and writeServiceToEndpointJumps, pkg/proxy/nftables/proxier.go@v1.36.2.
"""

from insideout.proxy.endpoints import Endpoint
from insideout.proxy.names import nftables_chain
from insideout.proxy.nftables.table import Table
from insideout.proxy.services import ServicePort
from insideout.proxy.traffic import Traffic


def add_policy_chains(table: Table, traffic: Traffic) -> None:
    """Add the rules of one Service port's service and local chains, whichever it uses."""
    port = traffic.port
    write = _jumps if port.affinity_s else _dnat
    for prefix, endpoints in (("service", traffic.cluster_endpoints), ("local", traffic.local_endpoints)):
        if endpoints:
            table.chain(nftables_chain(prefix, port.name), *write(port, endpoints))


def add_affinity(table: Table, traffic: Traffic) -> None:
    """Add the set and the rules of each endpoint, when the Service has affinity."""
    port = traffic.port
    if not port.affinity_s:
        return
    for endpoint in traffic.reachable.all:
        clients = nftables_chain("affinity", port.name, str(endpoint))
        table.container("set", clients, "ipv4_addr", timeout_s=port.affinity_s)
        table.chain(
            nftables_chain("endpoint", port.name, str(endpoint)),
            f"update @{clients} {{ ip saddr }}",
            f"meta l4proto {port.name.l4proto} dnat to {endpoint}",
        )


def _dnat(port: ServicePort, endpoints: list[Endpoint]) -> list[str]:
    ways = ", ".join(f"{i} : {one.ip} . {one.port}" for i, one in enumerate(endpoints))
    choice = f"numgen random mod {len(endpoints)} map {{ {ways} }}"
    return [f"meta l4proto {port.name.l4proto} dnat ip to {choice}"]


def _jumps(port: ServicePort, endpoints: list[Endpoint]) -> list[str]:
    rules, ways = [], []
    for i, endpoint in enumerate(map(str, endpoints)):
        target = nftables_chain("endpoint", port.name, endpoint)
        rules.append(f"ip saddr @{nftables_chain('affinity', port.name, endpoint)} goto {target}")
        ways.append(f"{i} : goto {target}")
    return [*rules, f"numgen random mod {len(endpoints)} vmap {{ {', '.join(ways)} }}"]
