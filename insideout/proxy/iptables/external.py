"""Traffic from outside: the chain KUBE-EXT that node ports, external and load-balancer addresses lead to.

Under policy Cluster the packet may go on to another node, so it is masqueraded to come back this way, and the
pod does not see the client's address.  Under policy Local it stays here and the address is kept.

Source: syncProxyRules, "Set up external traffic handling", pkg/proxy/iptables/proxier.go@v1.36.2.
"""

from collections.abc import Iterator

from insideout.proxy.config import ProxyConfig
from insideout.proxy.iptables.rule import MARK_MASQ, Rule, comment, jump, rule
from insideout.proxy.names import iptables_chain
from insideout.proxy.traffic import Traffic


def external(traffic: Traffic, config: ProxyConfig) -> Iterator[Rule]:
    """Yield the rules of the Service port's KUBE-EXT chain, if it has one."""
    if not traffic.uses_external_chain:
        return
    name = traffic.port.name
    chain, everyone = iptables_chain("EXT", name), iptables_chain("SVC", name)
    if not traffic.port.external_local:
        yield rule(chain, comment(f"masquerade traffic for {name} external destinations"), jump(MARK_MASQ))
        yield rule(chain, jump(everyone))
        return
    # Pods and the node itself take no part in the policy: they are served as if through a load balancer.
    from_pods = ("-s", config.cluster_cidr)
    from_node = ("-m", "addrtype", "--src-type", "LOCAL")
    yield rule(chain, comment(f"pod traffic for {name} external destinations"), from_pods, jump(everyone))
    yield rule(
        chain,
        comment(f"masquerade LOCAL traffic for {name} external destinations"),
        from_node,
        jump(MARK_MASQ),
    )
    yield rule(
        chain, comment(f"route LOCAL traffic for {name} external destinations"), from_node, jump(everyone)
    )
    if not traffic.external_refusal:
        yield rule(chain, jump(iptables_chain("SVL", name)))
