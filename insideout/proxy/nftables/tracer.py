"""The walk of a packet through kube-proxy's nftables table, as insideout.proxy.netfilter's is for iptables.

The two modes can so be asked the same question, and the rules that each looks at be counted.
"""

from collections.abc import Iterable
from fractions import Fraction

from insideout.proxy.netfilter.chance import Scripted
from insideout.proxy.netfilter.packet import Host, Packet, address, dotted, is_loopback
from insideout.proxy.netfilter.recent import Recent
from insideout.proxy.netfilter.state import Walking
from insideout.proxy.netfilter.tracer import Verdict
from insideout.proxy.nftables.statement import PASS, STOP, compile_rule
from insideout.proxy.nftables.table import Table

SET_TOTAL = 65535
_FROM_NODE = ("filter-output-pre-dnat", "nat-output", "filter-output", "nat-postrouting")
_ARRIVING = ("filter-prerouting-pre-dnat", "nat-prerouting")


class NftTracer:
    """kube-proxy's table, compiled once."""

    def __init__(self, table: Table, node_ips: Iterable[str] = ()) -> None:
        self._chains = {
            name: [(rule, compile_rule(rule, table)) for rule in chain.rules]
            for name, chain in table.chains.items()
        }
        self._host = Host(node_ips)
        self._recent = Recent(SET_TOTAL)

    def trace(self, src_ip: str, dst_ip: str, dst_port: int, proto: str = "tcp") -> list[Verdict]:
        """Return every end that a new connection can have, with exact probabilities that sum to 1."""
        ends = []
        script: list[bool] | None = []
        while script is not None:
            choices = Scripted(script)
            source, destination = address(src_ip), address(dst_ip)
            if self._host.owns(source) and is_loopback(destination):
                source = destination
            packet = Packet(source, destination, proto.lower(), dst_port)
            walking = Walking(packet, self._host, self._recent, 0.0, choices.happens, lasting=False)
            action = self._walk(walking)
            ends.append(
                Verdict(
                    action=action.upper(),
                    ip=dotted(packet.destination),
                    port=packet.port,
                    masquerade=packet.masqueraded,
                    probability=choices.probability * Fraction(1),
                    rules=tuple(walking.rules),
                    visited=walking.visited,
                )
            )
            script = choices.next_script()
        return ends

    def _walk(self, walking: Walking) -> str:
        packet, host = walking.packet, walking.host
        local = host.owns(packet.source)
        verdict = self._hooks(_FROM_NODE if local else _ARRIVING, walking)
        if verdict != "accept":
            return verdict
        if host.owns(packet.destination):
            return self._hooks(("filter-input",), walking)
        return verdict if local else self._hooks(("filter-forward", "nat-postrouting"), walking)

    def _hooks(self, names: tuple[str, ...], walking: Walking) -> str:
        for name in names:
            verdict = self._chain(name, walking)
            if verdict in ("drop", "reject"):
                return verdict
        return "accept"

    def _chain(self, name: str, walking: Walking) -> str:
        """Walk one chain; "" means that its caller goes on."""
        for rule, steps in self._chains[name]:
            walking.visited += 1
            outcome = PASS
            for step in steps:
                outcome = step(walking)
                if outcome != PASS:
                    break
            if outcome == STOP:
                continue
            walking.rules.append(f"{name}: {rule}")
            kind, _, target = outcome.partition(" ")
            if kind in ("jump", "goto"):
                verdict = self._chain(target, walking)
                if verdict or kind == "goto":
                    return verdict
            elif outcome:
                return outcome
        return ""
