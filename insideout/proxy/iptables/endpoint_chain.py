"""One endpoint: the chain KUBE-SEP, where the packet's destination is rewritten.

A pod that reaches itself through its Service (a hairpin) would see its own address as the sender and answer
itself directly; masquerading avoids that.

Source: syncProxyRules, "Generate the per-endpoint chains", pkg/proxy/iptables/proxier.go@v1.36.2.
"""

from collections.abc import Iterator

from insideout.proxy.iptables.rule import MARK_MASQ, Rule, comment, jump, rule
from insideout.proxy.names import iptables_chain
from insideout.proxy.traffic import Traffic


def endpoint_chains(traffic: Traffic, *, comments: bool) -> Iterator[Rule]:
    """Yield the rules of every endpoint that this node may send to."""
    port, name = traffic.port, traffic.port.name
    why = comment(str(name)) if comments else ()
    for endpoint in traffic.reachable.all:
        chain = iptables_chain("SEP", name, str(endpoint))
        yield rule(chain, why, ("-s", endpoint.ip), jump(MARK_MASQ))
        remember = ("-m", "recent", "--name", chain, "--set") if port.affinity_s else ()
        match = ("-m", name.l4proto, "-p", name.l4proto)
        yield rule(chain, why, remember, match, jump("DNAT", "--to-destination", str(endpoint)))
