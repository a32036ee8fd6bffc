"""What a rule's target does to the packet, each compiled once into a function of the walk.

Source: iptables-extensions(8), version 1.8.
"""

from collections.abc import Callable

from insideout.proxy.netfilter.matches import UnknownError
from insideout.proxy.netfilter.packet import address
from insideout.proxy.netfilter.state import Walking

Act = Callable[[Walking], str]
"""Returns the end of the walk through this table (ACCEPT, DROP, REJECT), RETURN, or "" to go on."""

_FINAL = ("ACCEPT", "DROP", "REJECT", "RETURN")
_NOTES_ONLY = ("LOG", "NFLOG", "TRACE", "")
_FLAGS = {"--random", "--random-fully", "--persistent"}


def compile_target(target: str, words: tuple[str, ...]) -> Act:
    """Return what the target does; a chain's name is not a target.  Raises UnknownError."""
    if target in _FINAL:
        return lambda walking: target
    if target in _NOTES_ONLY:
        return lambda walking: ""
    given = [word for word in words if word not in _FLAGS]
    match [target, *given]:
        case ["DNAT", "--to-destination", where]:
            return _dnat(where)
        case ["REDIRECT", "--to-ports", port] if port.isdigit():
            return _redirect(int(port))
        case ["MASQUERADE" | "SNAT", *_]:
            return _masquerade
        case ["MARK", option, value] if option in _MARKS:
            return _mark(option, value)
    raise UnknownError(" ".join(["target", target, *words]))


def _dnat(where: str) -> Act:
    ip, colon, port_text = where.partition(":")
    if "-" in where or (colon and not port_text.isdigit()):
        raise UnknownError(f"target DNAT --to-destination {where}")
    destination, port = address(ip), int(port_text) if colon else None

    def act(walking: Walking) -> str:
        packet = walking.packet
        packet.destination, packet.rewritten = destination, True
        packet.port = packet.port if port is None else port
        return "ACCEPT"

    return act


def _redirect(port: int) -> Act:
    def act(walking: Walking) -> str:
        packet = walking.packet
        packet.destination, packet.port, packet.rewritten = address("127.0.0.1"), port, True
        return "ACCEPT"

    return act


def _masquerade(walking: Walking) -> str:
    walking.packet.masqueraded = True
    return "ACCEPT"


_MARKS: dict[str, Callable[[int, int, int], int]] = {
    "--set-xmark": lambda mark, value, mask: (mark & ~mask) ^ value,
    "--set-mark": lambda mark, value, mask: (mark & ~mask) | value,
    "--or-mark": lambda mark, value, mask: mark | value,
    "--and-mark": lambda mark, value, mask: mark & value,
    "--xor-mark": lambda mark, value, mask: mark ^ value,
}


def _mark(option: str, text: str) -> Act:
    value_text, _, mask_text = text.partition("/")
    value, mask = int(value_text, 0), int(mask_text or "0xffffffff", 0)
    change = _MARKS[option]

    def act(walking: Walking) -> str:
        walking.packet.mark = change(walking.packet.mark, value, mask)
        return ""

    return act
