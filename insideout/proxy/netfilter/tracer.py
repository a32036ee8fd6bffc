"""Two questions about a packet and a node's rules: every way it can go, and the way this one goes.

    tracer = Tracer(iptables_save_text, node_ips=["192.168.1.10"])
    tracer.trace("10.244.1.7", "10.96.0.11", 80)  # every end, each with its exact probability
    tracer.connect("10.244.1.7", "10.96.0.11", 80, "tcp", rng, now_s=0)  # one end, drawn by chance

`connect` keeps the lists of addresses seen, so session affinity works from one connection to the next.
"""

from collections.abc import Iterable
from fractions import Fraction
from random import Random
from typing import NamedTuple

from insideout.proxy.netfilter.chance import Drawn, Scripted
from insideout.proxy.netfilter.matches import UnknownError
from insideout.proxy.netfilter.packet import Host, Packet, address, dotted, is_loopback
from insideout.proxy.netfilter.parse import parse, recent_names
from insideout.proxy.netfilter.recent import Recent
from insideout.proxy.netfilter.state import Walking
from insideout.proxy.netfilter.walk import Rules


class Verdict(NamedTuple):
    """How one walk ends.

    `action` is ACCEPT (the packet goes to `ip`:`port`), REJECT, DROP, or UNKNOWN, with the `reason` naming
    what could not be judged.  `rules` are the rules that matched, in order; `visited` counts all looked at.
    """

    action: str
    ip: str
    port: int
    masquerade: bool
    probability: Fraction
    rules: tuple[str, ...]
    visited: int
    reason: str = ""

    @property
    def destination(self) -> str:
        """Where the packet goes, "ip:port"; "" when it goes nowhere."""
        return f"{self.ip}:{self.port}" if self.action == "ACCEPT" else ""


class Tracer:
    """A node's rules, compiled once from iptables-save text.

    `recent` are the lists of addresses seen that an earlier tracer kept: new rules that name them go on with
    them, and lists that are not named any more are dropped.
    """

    def __init__(self, text: str, node_ips: Iterable[str] = (), recent: Recent | None = None) -> None:
        tables = parse(text)
        self._rules = Rules(tables)
        self._host = Host(node_ips)
        self.recent = recent or Recent()
        self.recent.keep(recent_names(tables))

    def connect(
        self, src_ip: str, dst_ip: str, dst_port: int, proto: str, rng: Random, now_s: float
    ) -> Verdict:
        """Return where a new connection goes, its random matches drawn from `rng`.

        Its probability is given as 1: it has happened.
        """
        packet = self._packet(src_ip, dst_ip, dst_port, proto)
        walking = Walking(packet, self._host, self.recent, now_s, Drawn(rng).happens, lasting=True)
        return self._end(walking, Fraction(1))

    def trace(
        self, src_ip: str, dst_ip: str, dst_port: int, proto: str = "tcp", now_s: float = 0.0
    ) -> list[Verdict]:
        """Return every end that a new connection can have, with exact probabilities that sum to 1.

        Nothing is remembered; a client already on an affinity list is sent where that list says.
        """
        ends = []
        script: list[bool] | None = []
        while script is not None:
            choices = Scripted(script)
            packet = self._packet(src_ip, dst_ip, dst_port, proto)
            walking = Walking(packet, self._host, self.recent, now_s, choices.happens, lasting=False)
            end = self._end(walking, Fraction(1))
            if choices.probability:
                ends.append(end._replace(probability=choices.probability))
            script = choices.next_script()
        return ends

    def _packet(self, src_ip: str, dst_ip: str, dst_port: int, proto: str) -> Packet:
        """Return the packet; a node speaks to itself at 127.0.0.1 from there, whatever address it has."""
        source, destination = address(src_ip), address(dst_ip)
        if self._host.owns(source) and is_loopback(destination):
            source = destination
        return Packet(source, destination, proto.lower(), dst_port)

    def _end(self, walking: Walking, probability: Fraction) -> Verdict:
        reason = ""
        try:
            action = self._rules.walk(walking)
        except UnknownError as error:
            action, reason = "UNKNOWN", str(error)
        packet = walking.packet
        return Verdict(
            action=action,
            ip=dotted(packet.destination),
            port=packet.port,
            masquerade=packet.masqueraded,
            probability=probability,
            rules=tuple(walking.rules),
            visited=walking.visited,
            reason=reason,
        )
