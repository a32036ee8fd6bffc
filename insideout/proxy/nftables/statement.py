"""What the statements of kube-proxy's nftables rules mean: each rule compiled into steps.

Only kube-proxy's own forms are known; the tracer for rules of any origin is that of iptables text, in
`insideout.proxy.netfilter`.

Source: nft(8), version 1.0.6.
"""

import re
from collections.abc import Callable
from fractions import Fraction
from ipaddress import IPv4Network

from insideout.proxy.netfilter.packet import address, dotted
from insideout.proxy.netfilter.state import Walking
from insideout.proxy.nftables.table import Table

PASS, STOP = "", "no match"
Step = Callable[[Walking], str]
"""Returns PASS to go on in the rule, STOP when the rule does not match, or a verdict such as "goto chain"."""


def compile_rule(rule: str, table: Table) -> tuple[Step, ...]:
    """Return the steps of `rule`; raise ValueError, naming it, for one that kube-proxy does not write."""
    rest = rule.strip()
    steps = []
    while rest:
        for pattern, compile_step in _FORMS:
            if found := pattern.match(rest):
                step = compile_step(found, table)
                if step:
                    steps.append(step)
                rest = rest[found.end() :].strip()
                break
        else:
            raise ValueError(f"{rest!r} is not a statement of kube-proxy, in {rule!r}")
    return tuple(steps)


def _field(walking: Walking, name: str) -> str:
    packet = walking.packet
    values = {
        "ip saddr": dotted(packet.source),
        "ip daddr": dotted(packet.destination),
        "meta l4proto": packet.protocol,
        "th dport": str(packet.port),
    }
    return values[name]


def _key(walking: Walking, fields: str) -> str:
    return " . ".join(_field(walking, name) for name in fields.split(" . "))


def _if(check: Callable[[Walking], bool]) -> Step:
    return lambda walking: PASS if check(walking) else STOP


def _look_up(found: re.Match[str], table: Table) -> Step:
    """Look up the packet's verdict in a map; the rule does not match a packet that is not in it."""
    elements, fields = table.containers[found["map"]].elements, found["fields"]

    def step(walking: Walking) -> str:
        element = elements.get(_key(walking, fields))
        return element.value if element else STOP

    return step


def _in_set(found: re.Match[str], table: Table) -> Step:
    container, fields = table.containers[found["set"]], found["fields"]
    if container.timeout_s:
        timeout_s, name = container.timeout_s, container.name
        return _if(lambda walking: walking.recent.seen(name, walking.packet.source, walking.now_s, timeout_s))
    return _if(lambda walking: _key(walking, fields) in container.elements)


def _in_networks(found: re.Match[str], table: Table) -> Step:
    spans = []
    for part in found["networks"].strip("{ }").split(", "):
        first, dash, last = part.partition("-")
        network = IPv4Network(first)
        spans.append((int(network[0]), address(last) if dash else int(network[-1])))
    side, negated = found["side"], bool(found["not"])

    def check(walking: Walking) -> bool:
        number = walking.packet.source if side == "saddr" else walking.packet.destination
        return any(first <= number <= last for first, last in spans) is not negated

    return _if(check)


def _set_mark(found: re.Match[str], table: Table) -> Step:
    bits, operator = int(found["bits"], 16), found["operator"]

    def step(walking: Walking) -> str:
        mark = walking.packet.mark
        walking.packet.mark = mark | bits if operator == "|" else mark ^ bits
        return PASS

    return step


def _has_mark(found: re.Match[str], table: Table) -> Step:
    bits = int(found["bits"], 16)
    return _if(lambda walking: walking.packet.mark & bits != 0)


def _remember(found: re.Match[str], table: Table) -> Step:
    name = found["set"]

    def step(walking: Walking) -> str:
        walking.remember(name, walking.packet.source)
        return PASS

    return step


def _rewrite(walking: Walking, endpoint: str) -> str:
    ip, port = re.split(r" \. |:", endpoint)
    packet = walking.packet
    packet.destination, packet.port, packet.rewritten = address(ip), int(port), True
    return "accept"


def _dnat(found: re.Match[str], table: Table) -> Step:
    endpoint = found["endpoint"]
    return lambda walking: _rewrite(walking, endpoint)


def _pick(found: re.Match[str], table: Table) -> Step:
    """Draw a number, and look up in a map the endpoint, or the endpoint's chain, that it stands for."""
    ways = [way.split(" : ", 1)[1] for way in found["ways"].split(", ")]
    is_address = bool(found["dnat"])

    def step(walking: Walking) -> str:
        for i, way in enumerate(ways):
            left = len(ways) - i
            if left == 1 or walking.chance(Fraction(1, left)):
                return _rewrite(walking, way) if is_address else way
        raise AssertionError("the last way is always taken")

    return step


def _masquerade(found: re.Match[str], table: Table) -> Step:
    def step(walking: Walking) -> str:
        walking.packet.masqueraded = True
        return "accept"

    return step


def _verdict(found: re.Match[str], table: Table) -> Step:
    verdict = found[0]
    return lambda walking: verdict


def _protocol(found: re.Match[str], table: Table) -> Step:
    name = found["name"]
    return _if(lambda walking: walking.packet.protocol == name)


def _is_rewritten(found: re.Match[str], table: Table) -> Step:
    return _if(lambda walking: walking.packet.rewritten)


def _from_node(found: re.Match[str], table: Table) -> Step:
    return _if(lambda walking: walking.host.owns(walking.packet.source))


def _nothing(found: re.Match[str], table: Table) -> None:
    """Check nothing: a comment, or that the connection is new, as all are here."""


_FIELDS = (
    r"(?P<fields>(?:ip saddr|ip daddr|meta l4proto|th dport)(?: \. (?:ip daddr|meta l4proto|th dport))*)"
)
_FORMS: list[tuple[re.Pattern[str], Callable[[re.Match[str], Table], Step | None]]] = [
    (re.compile(pattern), compile_step)
    for pattern, compile_step in (
        (r'comment "[^"]*"|ct state new', _nothing),
        (r"ct status dnat", _is_rewritten),
        (r"fib saddr type local", _from_node),
        (r"meta mark & (?P<bits>0x[0-9a-f]+) != 0x0+", _has_mark),
        (r"meta mark set meta mark (?P<operator>[|^]) (?P<bits>0x[0-9a-f]+)", _set_mark),
        (_FIELDS + r" vmap @(?P<map>\S+)", _look_up),
        (_FIELDS + r" @(?P<set>\S+)", _in_set),
        (r"ip (?P<side>[sd]addr) (?P<not>!= )?(?P<networks>\{ [^}]* \}|[\d./]+)", _in_networks),
        (r"meta l4proto (?P<name>[a-z]+)", _protocol),
        (r"update @(?P<set>\S+) \{ ip saddr \}", _remember),
        (r"(?P<dnat>dnat ip to )?numgen random mod \d+ v?map \{ (?P<ways>[^}]*) \}", _pick),
        (r"dnat to (?P<endpoint>[\d.:]+)", _dnat),
        (r"masquerade fully-random", _masquerade),
        (r"(?:jump|goto) \S+|drop|reject", _verdict),
    )
]
