"""Which chain a packet for a Service enters: the rules of KUBE-SERVICES and KUBE-NODEPORTS in the table nat.

These two chains grow with the number of Services, and the first packet of every connection walks them from
the top: this is where iptables mode gets slow.

Source: syncProxyRules, "Capture the clusterIP" to "Capture nodeports", pkg/proxy/iptables/proxier.go@v1.36.2.
"""

from collections.abc import Iterator

from insideout.proxy.config import ProxyConfig
from insideout.proxy.iptables.rule import NODEPORTS, SERVICES, Rule, comment, jump, rule, to_port, to_service
from insideout.proxy.names import iptables_chain
from insideout.proxy.traffic import Traffic


def internal_chain(traffic: Traffic) -> str:
    """Return the chain for cluster IP traffic: SVL under internalTrafficPolicy Local, otherwise SVC."""
    return iptables_chain("SVL" if traffic.port.internal_local else "SVC", traffic.port.name)


def dispatch(traffic: Traffic, config: ProxyConfig) -> Iterator[Rule]:
    """Yield the rules that lead packets for each of the Service's addresses into its chains."""
    port, name = traffic.port, traffic.port.name
    if not traffic.internal_refusal:
        match = to_service(port, port.cluster_ip)
        yield rule(SERVICES, comment(f"{name} cluster IP"), match, jump(internal_chain(traffic)))
    if not traffic.reachable.any:
        return
    external = iptables_chain("EXT", name)
    for address in port.external_ips:
        yield rule(SERVICES, comment(f"{name} external IP"), to_service(port, address), jump(external))
    guarded = iptables_chain("FW", name) if port.has_firewall else external
    for address in port.load_balancer_ips:
        yield rule(SERVICES, comment(f"{name} loadbalancer IP"), to_service(port, address), jump(guarded))
    if port.node_port:
        if config.nfacct:
            # Counts who still uses NodePorts at localhost, a use that nftables mode gave up.
            at_localhost = to_port(name.l4proto, port.node_port, "127.0.0.0/8")
            counted = ("-m", "nfacct", "--nfacct-name", "localhost_nps_accepted_pkts")
            yield rule(NODEPORTS, comment(str(name)), at_localhost, counted, jump(external))
        yield rule(NODEPORTS, comment(str(name)), to_port(name.l4proto, port.node_port), jump(external))
