"""What a rule's matches mean, each compiled once into a function of the walk.

The matches are those in the rules of kube-proxy and kubelet and in most hand-made ones.  Anything else
raises `UnknownError` with its name, so that a rule is never read as if the match were not there.

Source: iptables-extensions(8), version 1.8.
"""

from collections.abc import Callable
from fractions import Fraction

from insideout.proxy.netfilter.packet import Packet, address
from insideout.proxy.netfilter.parse import Match, Option
from insideout.proxy.netfilter.state import Walking

Check = Callable[[Walking], bool]
PORT_PROTOCOLS = ("tcp", "udp", "sctp", "udplite", "dccp")
_NUMBERS = {"6": "tcp", "17": "udp", "132": "sctp", "1": "icmp"}


class UnknownError(Exception):
    """A match, option or target that this tracer does not know."""


def compile_header(option: Option) -> Check:
    """Return the check for what iptables compares itself: addresses, protocol, interface."""
    [value] = option.values
    if option.name in ("source", "destination"):
        return _network(option.name, value, option.negated)
    if option.name == "protocol":
        return _protocol(value, option.negated)
    if option.name == "in-interface":
        return _in_interface(value, option.negated)
    raise UnknownError(f"option --{option.name}")


def compile_match(match: Match) -> list[Check]:
    """Return the checks for one "-m name"."""
    if match.name in ("comment", "nfacct"):  # they count and explain, and always match
        return []
    if match.name == "recent":
        return [_recent(match)]
    if match.name == "statistic":
        return [_statistic(match)]
    options = _OPTIONS.get("tcp" if match.name in ("", *PORT_PROTOCOLS, "multiport") else match.name)
    if options is None:
        raise UnknownError(f"match {match.name!r}")
    checks = []
    for option in match.options:
        if option.name not in options:
            raise UnknownError(f"option {option.name} of match {match.name!r}")
        checks.append(_negatable(options[option.name](*option.values), option.negated))
    return checks


def _negatable(check: Check, negated: bool) -> Check:
    return (lambda walking: not check(walking)) if negated else check


def _network(side: str, value: str, negated: bool) -> Check:
    base, _, length = value.partition("/")
    mask = address(length) if "." in length else (0xFFFFFFFF << (32 - int(length or 32))) & 0xFFFFFFFF
    wanted = address(base) & mask
    if side == "source":
        return lambda walking: (walking.packet.source & mask == wanted) is not negated
    return lambda walking: (walking.packet.destination & mask == wanted) is not negated


def _protocol(value: str, negated: bool) -> Check:
    name = _NUMBERS.get(value, value.lower())
    if name in ("all", "0"):
        return lambda walking: not negated
    return lambda walking: (walking.packet.protocol == name) is not negated


def _in_interface(value: str, negated: bool) -> Check:
    def check(walking: Walking) -> bool:
        interface = walking.packet.in_interface
        if interface is None:
            raise UnknownError(f"interface {value!r}, when the packet's own was not given,")
        prefix = value.removesuffix("+")
        return (interface.startswith(prefix) if value.endswith("+") else interface == value) is not negated

    return check


def _ports(text: str) -> Check:
    """Return the check for "80", "8000:8080" or, of multiport, "80,443,8000:8080"."""
    spans = []
    for part in text.split(","):
        low, colon, high = part.partition(":")
        if not all(end.isdigit() for end in (low, high) if end):
            raise UnknownError(f"port {part!r}")
        spans.append((int(low or 0), int(high or 65535) if colon else int(low)))
    if len(spans) == 1 and spans[0][0] == spans[0][1]:
        only = spans[0][0]
        return lambda walking: walking.packet.port == only
    return lambda walking: any(low <= walking.packet.port <= high for low, high in spans)


def _mark(text: str) -> Check:
    value, _, mask = text.partition("/")
    wanted, kept = int(value, 0), int(mask or "0xffffffff", 0)
    return lambda walking: walking.packet.mark & kept == wanted


def _ct_state(text: str) -> Check:
    """Return the check for connection states: the first packet is NEW, and DNAT once it was rewritten."""
    states = set(text.split(","))
    new, dnat = "NEW" in states, "DNAT" in states
    return lambda walking: new or (dnat and walking.packet.rewritten)


def _local(side: Callable[[Packet], int]) -> Callable[[str], Check]:
    def compile_type(text: str) -> Check:
        if text != "LOCAL":
            raise UnknownError(f"address type {text}")
        return lambda walking: walking.host.owns(side(walking.packet))

    return compile_type


def _always(*_: str) -> Check:
    return lambda walking: True


def _tcp_flags(mask: str, flags: str) -> Check:
    """Return the check of a connection's first packet, in which only SYN is set."""
    first = set(flags.split(",")) - {"NONE"} == set(mask.split(",")) & {"SYN"}
    return lambda walking: first


_OPTIONS: dict[str, dict[str, Callable[..., Check]]] = {
    "tcp": {
        "--dport": _ports,
        "--destination-port": _ports,
        "--dports": _ports,
        "--destination-ports": _ports,
        "--syn": _always,
        "--tcp-flags": _tcp_flags,
    },
    "mark": {"--mark": _mark},
    "conntrack": {"--ctstate": _ct_state},
    "state": {"--state": _ct_state},
    "addrtype": {
        "--src-type": _local(lambda packet: packet.source),
        "--dst-type": _local(lambda packet: packet.destination),
    },
}


def _statistic(match: Match) -> Check:
    given = {option.name: option for option in match.options}
    probability = given.pop("--probability", None)
    mode = given.pop("--mode", None)
    if given or probability is None or mode is None or mode.values != ("random",) or probability.negated:
        raise UnknownError("match 'statistic' in another mode than random")
    share = Fraction(probability.values[0])
    return lambda walking: walking.chance(share)


_RECENT_ACTIONS = ("--set", "--rcheck", "--update", "--remove")
_RECENT_OPTIONS = {*_RECENT_ACTIONS, "--seconds", "--reap", "--name", "--mask", "--rsource"}


def _recent(match: Match) -> Check:
    given = {option.name: option for option in match.options}
    for name, option in given.items():
        if name not in _RECENT_OPTIONS or (name == "--mask" and option.values != ("255.255.255.255",)):
            raise UnknownError(f"option {name} of match 'recent'")
    actions = [name for name in _RECENT_ACTIONS if name in given]
    if len(actions) != 1:
        raise UnknownError(f"match 'recent' without one of {', '.join(_RECENT_ACTIONS)}")
    [action] = actions
    listed = given["--name"].values[0] if "--name" in given else "DEFAULT"
    within_s = int(given["--seconds"].values[0]) if "--seconds" in given else None

    def check(walking: Walking) -> bool:
        source = walking.packet.source
        if action == "--set":
            walking.remember(listed, source)
            return True
        found = walking.recent.seen(listed, source, walking.now_s, within_s)
        if found and action == "--update":
            walking.remember(listed, source)
        if found and action == "--remove":
            walking.forget(listed, source)
        return found

    return _negatable(check, given[action].negated)
