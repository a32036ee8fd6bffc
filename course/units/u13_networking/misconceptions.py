"""What is believed of networks and policies and does not hold, as functions that answer by it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from insideout.network import plan
from insideout.network.policies import allowed

Object = dict[str, Any]
Namespaces = Mapping[str, Mapping[str, str]]
Pods = Sequence[Object]


def _with(change: Callable[[Object], Object]) -> Callable[..., bool]:
    """Return an evaluator that first changes every policy's spec."""

    def judge(policies: Pods, namespaces: Namespaces, pods: Pods, *names: Any) -> bool:
        changed = [each | {"spec": change(each["spec"])} for each in policies]
        return allowed(changed, namespaces, pods, *names)

    return judge


def _peers(change: Callable[[Object], list[Object]]) -> Callable[..., bool]:
    """Return an evaluator that first replaces every peer by others."""

    def rule(rule: Object, key: str) -> Object:
        return rule | {key: [one for peer in rule[key] for one in change(peer)]} if rule.get(key) else rule

    return _with(lambda spec: _rules(spec, rule))


def _ports(change: Callable[[Object], Object]) -> Callable[..., bool]:
    """Return an evaluator that first changes every port."""

    def rule(rule: Object, _: str) -> Object:
        return rule | {"ports": [change(port) for port in rule["ports"]]} if rule.get("ports") else rule

    return _with(lambda spec: _rules(spec, rule))


def _rules(spec: Object, change: Callable[[Object, str], Object]) -> Object:
    """Return a spec with every rule changed; `change` is given the rule and the name of its peers."""
    new = dict(spec)
    for direction, key in ("ingress", "from"), ("egress", "to"):
        if spec.get(direction):
            new[direction] = [change(rule, key) for rule in spec[direction]]
    return new


def _ingress_only(policies: Pods, namespaces: Namespaces, pods: Pods, *names: Any) -> bool:
    kept = [each for each in policies if "Ingress" in each["spec"].get("policyTypes", ["Ingress"])]
    return _with(lambda spec: spec | {"policyTypes": ["Ingress"]})(kept, namespaces, pods, *names)


def _first_policy_decides(policies: Pods, namespaces: Namespaces, pods: Pods, *names: Any) -> bool:
    return all(allowed([each], namespaces, pods, *names) for each in policies)


def _both_directions(spec: Object) -> Object:
    """Isolate egress as soon as the field is there."""
    types = spec.get("policyTypes") or (["Ingress", "Egress"] if "egress" in spec else ["Ingress"])
    return spec | {"policyTypes": types}


def _either(peer: Object) -> list[Object]:
    if "namespaceSelector" in peer and "podSelector" in peer:
        anywhere = {"namespaceSelector": {}, "podSelector": peer["podSelector"]}
        return [{"namespaceSelector": peer["namespaceSelector"]}, anywhere]
    return [peer]


def _cluster_wide(peer: Object) -> list[Object]:
    return [{"namespaceSelector": {}} | peer] if "podSelector" in peer else [peer]


def _exceptions_are_global(spec: Object) -> Object:
    holes: list[str] = []

    def collect(rule: Object, key: str) -> Object:
        holes.extend(
            hole for peer in rule.get(key) or () for hole in peer.get("ipBlock", {}).get("except", ())
        )
        return rule

    def spread(rule: Object, key: str) -> Object:
        if not holes or not rule.get(key):
            return rule
        blocks = [
            one | {"ipBlock": one["ipBlock"] | {"except": holes}} for one in rule[key] if "ipBlock" in one
        ]
        return rule | {key: [one for one in rule[key] if "ipBlock" not in one] + blocks}

    _rules(spec, collect)
    return _rules(spec, spread)


def _addresses_are_outside(
    policies: Pods, namespaces: Namespaces, pods: Pods, src: str, dst: str, *names: Any
) -> bool:
    named = [pod for pod in pods if pod["ip"] not in (src, dst)]
    return allowed(policies, namespaces, named, src, dst, *names)


def _end_is_outside(port: Object) -> Object:
    return port | {"endPort": port["endPort"] - 1} if "endPort" in port else port


def _any_protocol(policies: Pods, namespaces: Namespaces, pods: Pods, *names: Any) -> bool:
    protocol = names[-1]
    return _ports(lambda port: {"protocol": protocol} | port)(policies, namespaces, pods, *names)


def _adds(underlay: int, encap: str, outer: int = 4) -> int:
    return 2 * underlay - plan.mtu(underlay, encap, outer)


def _four_only(underlay: int, encap: str, outer: int = 4) -> int:
    return plan.mtu(underlay, encap, 4)


def _fifty(underlay: int, encap: str, outer: int = 4) -> int:
    return underlay - 50


def _outer_ethernet(underlay: int, encap: str, outer: int = 4) -> int:
    return plan.mtu(underlay, encap, outer) - (14 if encap not in plan.NATIVE else 0)


def _per_node(cluster: str, node: int, max_pods: int) -> tuple[int, int]:
    nodes, pods = plan.capacity(cluster, node, max_pods)
    return nodes, pods // nodes


def _addresses_only(cluster: str, node: int, max_pods: int) -> tuple[int, int]:
    return plan.capacity(cluster, node, 1 << 128)


def _kubelet_only(cluster: str, node: int, max_pods: int) -> tuple[int, int]:
    nodes, _ = plan.capacity(cluster, node, max_pods)
    return nodes, nodes * max_pods


def _all_addresses(cluster: str, node: int, max_pods: int) -> tuple[int, int]:
    nodes, pods = plan.capacity(cluster, node, max_pods)
    _, most = plan.capacity(cluster, node, 1 << 128)
    return nodes, nodes * min(max_pods, most // nodes + 2) if most else pods


def _always_tunnel(nodes: Mapping[str, Mapping[str, str]], me: str) -> dict[str, str]:
    return {cidr: way.replace("via", "tunnel") for cidr, way in plan.routes(nodes, me).items()}


def _never_tunnel(nodes: Mapping[str, Mapping[str, str]], me: str) -> dict[str, str]:
    return {cidr: way.replace("tunnel", "via") for cidr, way in plan.routes(nodes, me).items()}


def _slash_24(nodes: Mapping[str, Mapping[str, str]], me: str) -> dict[str, str]:
    return plan.routes(
        {name: {**node, "ip": f"{node['ip'].partition('/')[0]}/24"} for name, node in nodes.items()}, me
    )


KNOWN: Mapping[str, Mapping[str, Callable[..., Any]]] = {
    "allowed": {
        "the first policy that refuses decides": _first_policy_decides,
        "only the destination's side is asked": _ingress_only,
        "egress: [] isolates egress": _with(_both_directions),
        "of two selectors in one peer one is enough": _peers(_either),
        "a podSelector alone selects in the whole cluster": _peers(_cluster_wide),
        "an exception counts for all blocks": _with(_exceptions_are_global),
        "an address is outside the cluster, whoever has it": _addresses_are_outside,
        "endPort is outside the range": _ports(_end_is_outside),
        "a port without a protocol is any protocol": _any_protocol,
    },
    "mtu": {
        "headers make the packet larger": _adds,
        "the outer header is always IPv4": _four_only,
        "every encapsulation costs 50": _fifty,
        "the outer Ethernet header counts": _outer_ethernet,
    },
    "capacity": {
        "pods are counted for one node": _per_node,
        "the addresses alone decide": _addresses_only,
        "the kubelet alone decides": _kubelet_only,
        "the first and the last address are for pods, too": _all_addresses,
    },
    "routes": {
        "all nodes are reached in a tunnel": _always_tunnel,
        "no node needs a tunnel": _never_tunnel,
        "every network is a /24": _slash_24,
    },
}
"""For each exercise, the sentence that says a belief and a function that answers by it."""
