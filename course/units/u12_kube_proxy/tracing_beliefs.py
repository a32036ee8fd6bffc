"""What people believe about a packet's way through the rules, each with a function that walks by it."""

from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import Any

Rule = dict[str, Any]
Ends = list[list[Any]]
_STOPS = ("DNAT", "REJECT", "DROP")


def _in_range(address: str, network: str) -> bool:
    return ip_address(address) in ip_network(network)


def _same_text(address: str, network: str) -> bool:
    return network in (f"{address}/32", "0.0.0.0/0")


def _trace(
    rules: dict[str, dict[str, list[Rule]]],
    packet: dict[str, Any],
    *,
    mark_stays: bool = True,
    whole_for_each: bool = False,
    asked: tuple[str, ...] = ("KUBE-SERVICES", "KUBE-EXTERNAL-SERVICES"),
    comes_back: bool = True,
    ignored: tuple[str, ...] = (),
    within: Callable[[str, str], bool] = _in_range,
    stranger_node: bool = False,
    known_client: bool = False,
    chance: bool = True,
    always_marked: bool = False,
) -> Ends:
    """Follow a packet as netfilter does, but for what the keywords say."""
    ends: Ends = []

    def holds(rule: Rule) -> bool:
        rule = {name: value for name, value in rule.items() if name not in ignored}
        return (
            within(packet["source"], rule.get("source", "0.0.0.0/0"))
            and not ("not source" in rule and within(packet["source"], rule["not source"]))
            and within(packet["destination"], rule.get("destination", "0.0.0.0/0"))
            and rule.get("protocol", packet["protocol"]) == packet["protocol"]
            and rule.get("port", packet["port"]) == packet["port"]
            and (not rule.get("from node") or (packet["from node"] and not stranger_node))
            and (not rule.get("to node") or packet["to node"])
            and (known_client or "seen within" not in rule)
        )

    def walk(table: str, chain: str, share: float, marked: bool) -> tuple[float, bool]:
        for rule in rules[table].get(chain, []):
            if not share or not holds(rule):
                continue
            taken = share * (rule.get("probability", 1) if chance else 1)
            share -= 0 if whole_for_each else taken
            if rule["target"] == "MARK":
                share, marked = taken, True
            elif rule["target"] in _STOPS:
                ends.append([rule.get("to", rule["target"]), marked or always_marked, taken])
            else:
                left, below = walk(table, rule["target"], taken, marked)
                marked = below if mark_stays else marked
                if not comes_back:
                    return 0, marked
                share += left
        return share, marked

    left, _ = walk("nat", "KUBE-SERVICES", 1.0, False)
    for chain in asked:
        left, _ = walk("filter", chain, left, False)
    return ends + ([["as sent", False, left]] if left else [])


def _tracing(**how: Any) -> Callable[..., Ends]:
    return lambda rules, packet: _trace(rules, packet, **how)


TRACING: dict[str, Callable[..., Any]] = {
    "a mark is lost on the way back": _tracing(mark_stays=False),
    "every rule sees the whole packet": _tracing(whole_for_each=True),
    "the table filter is not asked": _tracing(asked=()),
    "only cluster IPs are refused": _tracing(asked=("KUBE-SERVICES",)),
    "nobody comes back from a chain": _tracing(comes_back=False),
    "negation is overlooked": _tracing(ignored=("not source",)),
    "ranges are compared as text": _tracing(within=_same_text),
    "protocols do not matter": _tracing(ignored=("protocol",)),
    "ports do not matter": _tracing(ignored=("port",)),
    "the node is a stranger like others": _tracing(stranger_node=True),
    "every address is the node's": _tracing(ignored=("to node",)),
    "a new client is on every list": _tracing(known_client=True),
    "chance is left out": _tracing(chance=False),
    "all traffic is masqueraded": _tracing(always_marked=True),
}
