"""The whole of a node's rules as text: ours, or with someone else's rules for the Services in nat."""

from collections.abc import Callable, Iterable, Sequence

from insideout.client import Object
from insideout.proxy.config import ProxyConfig
from insideout.proxy.iptables import static
from insideout.proxy.iptables.ruleset import build
from insideout.proxy.iptables.save import save_line, save_text

Writer = Callable[[Sequence[Object], Sequence[Object], ProxyConfig], str]
"""From Services and EndpointSlices to iptables-save text: what a kube-proxy is made of."""


def kube_proxy_text(services: Sequence[Object], slices: Sequence[Object], config: ProxyConfig) -> str:
    """Return the tables nat and filter as kube-proxy writes them."""
    return "\n".join(map(save_text, build(services, slices, config))) + "\n"


def text_with_nat(
    lines: Iterable[str], services: Sequence[Object], slices: Sequence[Object], config: ProxyConfig
) -> str:
    """Return the tables with `lines` as the Services' rules in nat, and all else as kube-proxy writes it.

    `lines` are rules of iptables-save; the chains they belong to are declared for them.
    """
    before = [*static.nat_hooks(), *static.masquerading(config)]
    rules = [*map(save_line, before), *lines, *map(save_line, static.node_ports_last())]
    builtin = ("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING")
    chains = sorted({*static.NAT_CHAINS, *(line.split()[1] for line in rules)}.difference(builtin))
    return "\n".join(
        [
            "*nat",
            *(f":{chain} ACCEPT [0:0]" for chain in builtin),
            *(f":{chain} - [0:0]" for chain in chains),
            *rules,
            "COMMIT",
            save_text(build(services, slices, config).filter),
            "",
        ]
    )
