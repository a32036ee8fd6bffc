"""Load-balancer source ranges: the chain KUBE-FW lets listed clients on; others meet a DROP.

Node ports are not guarded by it, nor are external addresses.

Source: syncProxyRules, "Set up firewall chain", pkg/proxy/iptables/proxier.go@v1.36.2.
"""

from collections.abc import Iterator

from insideout.proxy.config import ProxyConfig
from insideout.proxy.iptables.rule import Rule, comment, jump, rule
from insideout.proxy.names import iptables_chain
from insideout.proxy.traffic import Traffic


def firewall(traffic: Traffic, config: ProxyConfig) -> Iterator[Rule]:
    """Yield the rules of the Service port's KUBE-FW chain, if it has one."""
    port, name = traffic.port, traffic.port.name
    if not (traffic.reachable.any and port.has_firewall):
        return
    chain, allowed = iptables_chain("FW", name), jump(iptables_chain("EXT", name))
    why = comment(f"{name} loadbalancer IP")
    for source in traffic.allowed_sources(config.node_ip):
        yield rule(chain, why, ("-s", source), allowed)
    yield rule(chain, comment(f"other traffic to {name} will be dropped by KUBE-PROXY-FIREWALL"))
