"""What is refused, and the health check port that is let in: the Services' rules in the table filter.

A Service that nobody serves is rejected, so that the client learns it at once.  Under policy Local, with
endpoints on other nodes only, packets are dropped: a load balancer in front should have sent them elsewhere.

Source: syncProxyRules, pkg/proxy/iptables/proxier.go@v1.36.2.
"""

from collections.abc import Iterator

from insideout.proxy.iptables.rule import (
    EXTERNAL_SERVICES,
    NODEPORTS,
    PROXY_FIREWALL,
    SERVICES,
    Rule,
    comment,
    jump,
    rule,
    to_port,
    to_service,
)
from insideout.proxy.names import iptables_chain
from insideout.proxy.traffic import Traffic

_WHY = {"REJECT": "has no endpoints", "DROP": "has no local endpoints"}


def refusals(traffic: Traffic) -> Iterator[Rule]:
    """Yield the filter rules of one Service port."""
    port, name = traffic.port, traffic.port.name
    if traffic.internal_refusal:
        why = comment(f"{name} {_WHY[traffic.internal_refusal]}")
        yield rule(SERVICES, why, to_service(port, port.cluster_ip), jump(traffic.internal_refusal))
    outside = traffic.external_refusal
    why = comment(f"{name} {_WHY[outside]}") if outside else ()
    if outside:
        for address in port.external_ips:
            yield rule(EXTERNAL_SERVICES, why, to_service(port, address), jump(outside))
    if port.has_firewall and traffic.reachable.any:
        for address in port.load_balancer_ips:
            guarded = comment(f"{name} traffic not accepted by {iptables_chain('FW', name)}")
            yield rule(PROXY_FIREWALL, guarded, to_service(port, address), jump("DROP"))
    if outside:
        for address in port.load_balancer_ips:
            yield rule(EXTERNAL_SERVICES, why, to_service(port, address), jump(outside))
        if port.node_port:
            here = ("-m", "addrtype", "--dst-type", "LOCAL")
            match = to_port(name.l4proto, port.node_port)
            yield rule(EXTERNAL_SERVICES, why, here, match, jump(outside))
    if port.health_check_node_port:
        why = comment(f"{name} health check node port")
        yield rule(NODEPORTS, why, to_port("tcp", port.health_check_node_port), jump("ACCEPT"))
