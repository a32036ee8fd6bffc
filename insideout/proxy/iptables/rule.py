"""A rule as kube-proxy writes it: a chain and the arguments after "-A chain".

Matches keep the order in which kube-proxy gives them, because iptables-save prints them in that order.
"""

from collections.abc import Iterable
from typing import NamedTuple

from insideout.proxy.services import ServicePort

SERVICES = "KUBE-SERVICES"
EXTERNAL_SERVICES = "KUBE-EXTERNAL-SERVICES"
NODEPORTS = "KUBE-NODEPORTS"
POSTROUTING = "KUBE-POSTROUTING"
MARK_MASQ = "KUBE-MARK-MASQ"
FORWARD = "KUBE-FORWARD"
PROXY_FIREWALL = "KUBE-PROXY-FIREWALL"
CANARY = "KUBE-PROXY-CANARY"
KUBELET_FIREWALL = "KUBE-FIREWALL"


class Rule(NamedTuple):
    """One line of iptables-restore input; its arguments are words, quoted only when printed."""

    chain: str
    args: tuple[str, ...]


def rule(chain: str, *parts: Iterable[str]) -> Rule:
    """Return the rule made of `parts`, each a sequence of words."""
    return Rule(chain, tuple(word for part in parts for word in part))


def comment(text: str) -> tuple[str, ...]:
    """Return the match that does nothing but say why the rule is there."""
    return ("-m", "comment", "--comment", text)


def jump(target: str, *options: str) -> tuple[str, ...]:
    """Return the target of a rule: a chain, or ACCEPT, DROP, RETURN and the like."""
    return ("-j", target, *options)


def to_port(protocol: str, port: int, address: str = "") -> tuple[str, ...]:
    """Return the match of packets for `port`, at `address` when one is given."""
    where = ("-d", address) if address else ()
    return ("-m", protocol, "-p", protocol, *where, "--dport", str(port))


def to_service(port: ServicePort, address: str) -> tuple[str, ...]:
    """Return the match of packets for the Service's port at one of its addresses."""
    return to_port(port.name.l4proto, port.port, address)
