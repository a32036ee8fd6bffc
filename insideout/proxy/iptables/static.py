"""What is there before any Service: hooks into the kernel's chains, masquerading, forwarding.

Every Service packet enters through PREROUTING (pods and the world outside) or OUTPUT (the node itself), and
leaves through POSTROUTING, where the mark that a rule may have set on the way decides about masquerading.

Source: iptablesJumpChains and the static part of syncProxyRules, pkg/proxy/iptables/proxier.go@v1.36.2.
"""

from insideout.proxy.config import ProxyConfig
from insideout.proxy.iptables.rule import (
    CANARY,
    EXTERNAL_SERVICES,
    FORWARD,
    KUBELET_FIREWALL,
    MARK_MASQ,
    NODEPORTS,
    POSTROUTING,
    PROXY_FIREWALL,
    SERVICES,
    Rule,
    comment,
    jump,
    rule,
)

NAT_CHAINS = (SERVICES, NODEPORTS, POSTROUTING, MARK_MASQ, CANARY)
FILTER_CHAINS = (
    SERVICES,
    EXTERNAL_SERVICES,
    FORWARD,
    NODEPORTS,
    PROXY_FIREWALL,
    KUBELET_FIREWALL,
    CANARY,
)

_NEW = ("-m", "conntrack", "--ctstate", "NEW")


def nat_hooks() -> list[Rule]:
    """Return the jumps from the kernel's chains of the table nat."""
    portals = comment("kubernetes service portals")
    return [
        rule("PREROUTING", portals, jump(SERVICES)),
        rule("OUTPUT", portals, jump(SERVICES)),
        rule("POSTROUTING", comment("kubernetes postrouting rules"), jump(POSTROUTING)),
    ]


def filter_hooks() -> list[Rule]:
    """Return the jumps from the kernel's chains of the table filter.

    kube-proxy puts each one in front of those before it, so they stand in the reverse of its own list.
    """
    firewall = (_NEW, comment("kubernetes load balancer firewall"), jump(PROXY_FIREWALL))
    portals = (_NEW, comment("kubernetes service portals"), jump(SERVICES))
    visible = (_NEW, comment("kubernetes externally-visible service portals"), jump(EXTERNAL_SERVICES))
    return [
        rule("INPUT", jump(KUBELET_FIREWALL)),
        rule("INPUT", *firewall),
        rule("INPUT", comment("kubernetes health check service ports"), jump(NODEPORTS)),
        rule("INPUT", *visible),
        rule("FORWARD", *firewall),
        rule("FORWARD", comment("kubernetes forwarding rules"), jump(FORWARD)),
        rule("FORWARD", *portals),
        rule("FORWARD", *visible),
        rule("OUTPUT", jump(KUBELET_FIREWALL)),
        rule("OUTPUT", *firewall),
        rule("OUTPUT", *portals),
    ]


def masquerading(config: ProxyConfig) -> list[Rule]:
    """Return the rules that set the mark, and those that act on it when the packet leaves.

    The mark is taken off again before masquerading, so that a packet that passes the stack a second time, in
    a tunnel for example, is not masqueraded twice.
    """
    mark = f"{config.masquerade_mark:#x}"
    why = comment("kubernetes service traffic requiring SNAT")
    return [
        rule(POSTROUTING, ("-m", "mark", "!", "--mark", f"{mark}/{mark}"), jump("RETURN")),
        rule(POSTROUTING, jump("MARK", "--xor-mark", mark)),
        rule(POSTROUTING, why, jump("MASQUERADE", "--random-fully")),
        rule(MARK_MASQ, jump("MARK", "--or-mark", mark)),
    ]


def kubelet_firewall() -> list[Rule]:
    """Return the rule that shields localhost, needed since NodePorts at 127.0.0.1 open it to routing."""
    foreign = ("-d", "127.0.0.0/8", "!", "-s", "127.0.0.0/8")
    untracked = ("-m", "conntrack", "!", "--ctstate", "RELATED,ESTABLISHED,DNAT")
    why = comment("block incoming localnet connections")
    return [rule(KUBELET_FIREWALL, why, foreign, untracked, jump("DROP"))]


def node_ports_last() -> list[Rule]:
    """Return the rule that ends KUBE-SERVICES: what is for this node itself may be for a NodePort."""
    why = comment("kubernetes service nodeports; NOTE: this must be the last rule in this chain")
    return [rule(SERVICES, why, ("-m", "addrtype", "--dst-type", "LOCAL"), jump(NODEPORTS))]


def forwarding(config: ProxyConfig) -> list[Rule]:
    """Return KUBE-FORWARD: drop what connection tracking cannot place, accept what Service rules sent."""
    mark = f"{config.masquerade_mark:#x}"
    counted = ("-m", "nfacct", "--nfacct-name", "ct_state_invalid_dropped_pkts") if config.nfacct else ()
    marked = ("-m", "mark", "--mark", f"{mark}/{mark}")
    replies = ("-m", "conntrack", "--ctstate", "RELATED,ESTABLISHED")
    return [
        rule(FORWARD, ("-m", "conntrack", "--ctstate", "INVALID"), counted, jump("DROP")),
        rule(FORWARD, comment("kubernetes forwarding rules"), marked, jump("ACCEPT")),
        rule(FORWARD, comment("kubernetes forwarding conntrack rule"), replies, jump("ACCEPT")),
    ]
