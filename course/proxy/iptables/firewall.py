"""Load-balancer source ranges: the chain KUBE-FW lets listed clients on; all others meet a DROP in the filter.

Node ports are not guarded by it, nor are external addresses.

Source: syncProxyRules, "Set up firewall chain", pkg/proxy/iptables/proxier.go@v1.36.2.
"""

from collections.abc import Iterator
from ipaddress import ip_address, ip_network

from course.proxy.config import ProxyConfig
from course.proxy.iptables.rule import Rule, comment, jump, rule
from course.proxy.names import iptables_chain
from course.proxy.traffic import Traffic


def allows_node(ranges: tuple[str, ...], node_ip: str) -> bool:
    """Return whether one of the source ranges contains the node's own address."""
    return any(ip_address(node_ip) in ip_network(one) for one in ranges)


def firewall(traffic: Traffic, config: ProxyConfig) -> Iterator[Rule]:
    """Yield the rules of the Service port's KUBE-FW chain, if it has one."""
    port, name = traffic.port, traffic.port.name
    if not (traffic.reachable.any and port.has_firewall):
        return
    chain, allowed = iptables_chain("FW", name), jump(iptables_chain("EXT", name))
    why = comment(f"{name} loadbalancer IP")
    for source in port.source_ranges:
        yield rule(chain, why, ("-s", source), allowed)
    if allows_node(port.source_ranges, config.node_ip):
        # A node that holds the load balancer's address sends with that address as its source.
        for address in port.load_balancer_ips:
            yield rule(chain, why, ("-s", address), allowed)
    yield rule(chain, comment(f"other traffic to {name} will be dropped by KUBE-PROXY-FIREWALL"))
