"""The walk of a packet through tables and chains.

A packet from a pod or from outside passes PREROUTING, then INPUT when it is for the node, otherwise FORWARD,
and POSTROUTING.  One from the node passes OUTPUT and POSTROUTING, and comes back in through INPUT when it is
for the node.  At each of these hooks the tables follow one another: raw, mangle, nat, filter.

A chain is compiled once.  Its rules for one destination and one port are found through an index, so that ten
thousand Services cost a walk little here; `visited` still counts each rule that the kernel would look at.

Source: netfilter's hook priorities, include/uapi/linux/netfilter_ipv4.h of Linux 6.
"""

from collections.abc import Sequence
from typing import NamedTuple

from insideout.proxy.netfilter.matches import Check, UnknownError, compile_header, compile_match
from insideout.proxy.netfilter.packet import address
from insideout.proxy.netfilter.parse import ParsedChain, ParsedRule, Tables
from insideout.proxy.netfilter.state import Walking
from insideout.proxy.netfilter.targets import Act, compile_target

_TABLES = ("raw", "mangle", "nat", "filter")
_IN = ("mangle", "filter", "nat")
_INDEX_FROM = 8
"""Chains shorter than this are walked rule by rule."""

_JUMPS_MAX = 64
"""The kernel refuses rules that jump in a circle; no ruleset nests this deep."""

_Key = tuple[int | None, str, int]


class _Rule(NamedTuple):
    text: str
    checks: tuple[Check, ...]
    act: Act | None
    jump: str
    goto: bool
    unknown: str


class _Chain(NamedTuple):
    name: str
    policy: str
    rules: tuple[_Rule, ...]
    by_key: dict[_Key, tuple[int, ...]] | None
    keyless: tuple[int, ...]


class Rules:
    """Compiled tables, ready for any number of packets."""

    def __init__(self, tables: Tables) -> None:
        self._tables = {
            name: {chain.name: _compile_chain(chain, chains) for chain in chains.values()}
            for name, chains in tables.items()
        }

    def walk(self, walking: Walking) -> str:
        """Take the packet to where it ends: ACCEPT, DROP or REJECT.

        Raises UnknownError when a rule that it reaches cannot be judged.
        """
        packet, host = walking.packet, walking.host
        if host.owns(packet.source):
            stages = [("OUTPUT", _TABLES), ("POSTROUTING", _TABLES)]
        else:
            stages = [("PREROUTING", _TABLES)]
        for hook, tables in stages:
            verdict = self._hook(hook, tables, walking)
            if verdict != "ACCEPT":
                return verdict
        if host.owns(packet.destination):
            packet.in_interface = "lo" if host.owns(packet.source) else packet.in_interface
            return self._hook("INPUT", _IN, walking)
        if not host.owns(packet.source):
            verdict = self._hook("FORWARD", _TABLES, walking)
            return self._hook("POSTROUTING", _TABLES, walking) if verdict == "ACCEPT" else verdict
        return "ACCEPT"

    def _hook(self, hook: str, tables: tuple[str, ...], walking: Walking) -> str:
        for table in tables:
            chains = self._tables.get(table, {})
            if hook in chains:
                verdict = self._chain(chains[hook], chains, walking)
                if verdict not in ("ACCEPT", "RETURN"):
                    return verdict
        return "ACCEPT"

    def _chain(self, chain: _Chain, chains: dict[str, _Chain], walking: Walking, depth: int = 0) -> str:
        """Walk one chain; RETURN means that its caller goes on."""
        if depth > _JUMPS_MAX:
            raise UnknownError(f"{chain.name}, which is reached in a circle,")
        last = -1
        for position in _candidates(chain, walking):
            walking.visited += position - last
            last = position
            rule = chain.rules[position]
            try:
                if not all(check(walking) for check in rule.checks):
                    continue
            except UnknownError as error:
                raise UnknownError(f"{error} in {rule.text}") from None
            walking.rules.append(rule.text)
            if rule.unknown:
                raise UnknownError(f"{rule.unknown} in {rule.text}")
            if rule.jump:
                verdict = self._chain(chains[rule.jump], chains, walking, depth + 1)
                if verdict != "RETURN":
                    return verdict
                if rule.goto:
                    break
            elif rule.act and (verdict := rule.act(walking)):
                return (chain.policy or verdict) if verdict == "RETURN" else verdict
        else:
            walking.visited += len(chain.rules) - 1 - last
        return chain.policy or "RETURN"


def _candidates(chain: _Chain, walking: Walking) -> Sequence[int]:
    """Return the positions of the rules that could match; the rest cannot, by address or port."""
    if chain.by_key is None:
        return range(len(chain.rules))
    packet = walking.packet
    found = [*chain.keyless]
    for key in (
        (packet.destination, packet.protocol, packet.port),
        (None, packet.protocol, packet.port),
    ):
        found += chain.by_key.get(key, ())
    found.sort()
    return found


def _compile_chain(chain: ParsedChain, chains: dict[str, ParsedChain]) -> _Chain:
    rules = tuple(_compile_rule(rule, chains) for rule in chain.rules)
    if len(rules) < _INDEX_FROM:
        return _Chain(chain.name, chain.policy, rules, None, ())
    by_key: dict[_Key, list[int]] = {}
    keyless = []
    for position, rule in enumerate(chain.rules):
        key = _key(rule)
        if key is None:
            keyless.append(position)
        else:
            by_key.setdefault(key, []).append(position)
    index = {key: tuple(positions) for key, positions in by_key.items()}
    return _Chain(chain.name, chain.policy, rules, index, tuple(keyless))


def _compile_rule(rule: ParsedRule, chains: dict[str, ParsedChain]) -> _Rule:
    checks: list[Check] = []
    unknown = ""
    for option in rule.header:
        try:
            checks.append(compile_header(option))
        except (UnknownError, ValueError) as error:
            unknown = unknown or str(error)
    for match in rule.matches:
        try:
            checks += compile_match(match)
        except (UnknownError, ValueError) as error:
            unknown = unknown or str(error)
    jump = rule.target if rule.target in chains else ""
    act = None
    if not jump:
        try:
            act = compile_target(rule.target, rule.target_words)
        except (UnknownError, ValueError) as error:
            unknown = unknown or str(error)
    return _Rule(rule.text, tuple(checks), act, jump, rule.goto, unknown)


def _key(rule: ParsedRule) -> _Key | None:
    """Return the destination, protocol and port that the rule asks for; None when it leaves the port open."""
    destination = protocol = port = ""
    for option in rule.header:
        if not option.negated and option.name == "protocol":
            protocol = option.values[0]
        if not option.negated and option.name == "destination" and option.values[0].endswith("/32"):
            destination = option.values[0].removesuffix("/32")
    for match in rule.matches:
        for option in match.options:
            if option.name == "--dport" and not option.negated and option.values[0].isdigit():
                port = option.values[0]
    if protocol not in ("tcp", "udp", "sctp") or not port or ":" in destination:
        return None
    return (address(destination) if destination else None, protocol, int(port))
