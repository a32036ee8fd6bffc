"""Choosing an endpoint: the chains KUBE-SVC and KUBE-SVL, with session affinity in front of chance.

Affinity is a list of client addresses for each endpoint, kept by the kernel's match `recent`.  A client on
the list goes straight back; the endpoint's own chain writes it there, and each new connection renews the
entry.

Source: syncProxyRules and writeServiceToEndpointRules, pkg/proxy/iptables/proxier.go@v1.36.2.
"""

from collections.abc import Iterator

from insideout.proxy.config import ProxyConfig
from insideout.proxy.endpoints import Endpoint
from insideout.proxy.iptables.dispatch import internal_chain
from insideout.proxy.iptables.probability import written
from insideout.proxy.iptables.rule import MARK_MASQ, Rule, comment, jump, rule, to_service
from insideout.proxy.names import iptables_chain
from insideout.proxy.services import ServicePort
from insideout.proxy.traffic import Traffic


def masquerade_strangers(traffic: Traffic, config: ProxyConfig) -> Iterator[Rule]:
    """Yield the rule that masquerades cluster IP traffic from outside the pod network.

    Its sender may not know the way back from the pod, or the reply may take another way than through this
    node.
    """
    if traffic.internal_refusal:
        return
    port = traffic.port
    strangers = () if config.masquerade_all else ("!", "-s", config.cluster_cidr)
    match = to_service(port, port.cluster_ip)
    why = comment(f"{port.name} cluster IP")
    yield rule(internal_chain(traffic), why, match, strangers, jump(MARK_MASQ))


def policy_chains(traffic: Traffic, *, comments: bool) -> Iterator[Rule]:
    """Yield the rules of KUBE-SVC and of KUBE-SVL, whichever the Service port uses."""
    port = traffic.port
    if traffic.cluster_endpoints:
        yield from _choose(
            iptables_chain("SVC", port.name), port, traffic.cluster_endpoints, comments=comments
        )
    if traffic.local_endpoints:
        yield from _choose(iptables_chain("SVL", port.name), port, traffic.local_endpoints, comments=comments)


def _choose(chain: str, port: ServicePort, endpoints: list[Endpoint], *, comments: bool) -> Iterator[Rule]:
    ways = [
        (
            comment(f"{port.name} -> {endpoint}") if comments else (),
            iptables_chain("SEP", port.name, str(endpoint)),
        )
        for endpoint in endpoints
    ]
    if port.affinity_s:
        for why, target in ways:
            seen = ("-m", "recent", "--name", target, "--rcheck", "--seconds", str(port.affinity_s), "--reap")
            yield rule(chain, why, seen, jump(target))
    for left, (why, target) in zip(range(len(ways), 0, -1), ways, strict=True):
        # The last rule takes whatever is left, so that no packet falls through.
        chance = ("-m", "statistic", "--mode", "random", "--probability", written(left)) if left > 1 else ()
        yield rule(chain, why, chance, jump(target))
