"""NetworkPolicies as nftables rules for a node: what an enforcer of a real network writes.

Two chains see what the node forwards, one for each direction, and both must let a connection pass: `accept`
ends one chain only.  Each sends the packets of an isolated Pod to that Pod's chain.  There every policy that
isolates it has a chain, whose rules accept and carry the names that `policies.explain` gives them; what none
accepts is counted and dropped.  Labels have become addresses: after a change of Pods or namespaces the text
is made again, and loading it replaces the table at once.

Left out: host-network Pods, about which the API promises nothing; a table for each node, with its own Pods
only: here one has all.

Source: own rules with the meaning of staging/src/k8s.io/api/networking/v1/types.go@v1.36.2; a chain for a Pod
and one for a policy, as kube-router and Calico have them.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from ipaddress import ip_address, ip_network

from insideout.network.policies import Object, isolates, selects_pod

TABLE = "inet network-policy"
DENIED = "denied"
"""The counter of the packets that no rule accepted."""
_LONGEST = 100
"""Kept of a name; a comment may have 128 bytes."""
_SIDES = (("Egress", "saddr", "daddr"), ("Ingress", "daddr", "saddr"))


def render(
    policies: Sequence[Object], namespaces: Mapping[str, Mapping[str, str]], pods: Sequence[Object]
) -> str:
    """Return a text for `nft --file`; the arguments are those of `policies.allowed`."""
    pods = [pod for pod in pods if not pod["hostNetwork"]]
    lines = [f"table {TABLE}", f"delete table {TABLE}", f"table {TABLE} {{", f"counter {DENIED} {{ }}"]
    for place, (direction, own, other) in enumerate(_SIDES):
        isolating = {
            number: mine
            for number, pod in enumerate(pods)
            if (mine := [one for one in policies if isolates(one, direction, pod)])
        }
        for policy in policies:
            if any(policy in mine for mine in isolating.values()):
                rules = _policy_rules(policy, direction, other, namespaces, pods)
                lines += _chain(_name(direction, policy), rules)
        for number, mine in isolating.items():
            jumps = [f"jump {_name(direction, policy)}" for policy in mine]
            lines += _chain(_name(direction, pods[number]), [*jumps, f"counter name {DENIED} drop"])
        targets = [(pods[number]["ip"], _name(direction, pods[number])) for number in isolating]
        lines += _chain(
            direction.lower(),
            [
                f"type filter hook forward priority filter + {place}; policy accept;",
                "ct state established,related accept",
                *_dispatch(own, targets),
            ],
        )
    return "\n".join([*lines, "}"]) + "\n"


def _name(direction: str, one: Object) -> str:
    """Return the name of a chain for a Pod or a policy, which nft can read and nobody else has."""
    metadata = one.get("metadata")
    kind, named = ("policy", metadata) if metadata else ("pod", one)
    name = _short(f"{named['namespace']}/{named['name']}")
    return f"{direction.lower()}/{kind}/{name}"


def _short(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    return f"{text[: _LONGEST - 13]}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def _chain(name: str, rules: Iterable[str]) -> list[str]:
    return [f"chain {name} {{", *(f"\t{rule}" for rule in rules), "}"]


def _family(address: str) -> str:
    return "ip" if ip_address(address).version == 4 else "ip6"


def _dispatch(own: str, targets: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield a lookup by address for each family: a Pod that no policy isolates is not in it."""
    for family in ("ip", "ip6"):
        goes = [f"{ip} : goto {chain}" for ip, chain in targets if _family(ip) == family]
        if goes:
            yield f"{family} {own} vmap {{ {', '.join(goes)} }}"


def _policy_rules(
    policy: Object,
    direction: str,
    other: str,
    namespaces: Mapping[str, Mapping[str, str]],
    pods: Sequence[Object],
) -> Iterator[str]:
    """Yield a rule for each way of a policy's rule: some peers of one kind, and one of its ports."""
    home = f"{policy['metadata']['namespace']}/{policy['metadata']['name']}"
    for index, rule in enumerate(policy["spec"].get(direction.lower()) or ()):
        peers, ports = rule.get("from" if direction == "Ingress" else "to"), rule.get("ports")
        comment = f'accept comment "{_short(home)} {direction.lower()}[{index}]"'
        ways = [way for port in ports for way in _port(port, pods)] if ports else [""]
        for who in _peers(peers, policy, other, namespaces, pods) if peers else [""]:
            for way in ways:
                yield " ".join(word for word in (who, way, comment) if word)


def _peers(
    peers: Sequence[Object],
    policy: Object,
    other: str,
    namespaces: Mapping[str, Mapping[str, str]],
    pods: Sequence[Object],
) -> Iterator[str]:
    """Yield what matches the peers: all selected Pods of a family at once, each block alone."""
    selecting = [peer for peer in peers if peer.get("ipBlock") is None]
    home = policy["metadata"]["namespace"]
    chosen = [
        str(pod["ip"]) for pod in pods if any(selects_pod(one, home, namespaces, pod) for one in selecting)
    ]
    for family in ("ip", "ip6"):
        if addresses := [ip for ip in chosen if _family(ip) == family]:
            yield f"{family} {other} {{ {', '.join(addresses)} }}"
    for peer in peers:
        block = peer.get("ipBlock")
        if block is not None:
            family = _family(str(ip_network(block["cidr"]).network_address))
            without = ", ".join(_holes(block.get("except") or ()))
            yield f"{family} {other} {block['cidr']}" + (
                f" {family} {other} != {{ {without} }}" if without else ""
            )


def _holes(ranges: Sequence[str]) -> Iterator[str]:
    """Yield the ranges without those that lie in others; an nft set takes no overlaps."""
    networks = dict.fromkeys(map(ip_network, ranges))
    for network in networks:
        around = [network.supernet(new_prefix=length) for length in range(network.prefixlen)]
        if networks.keys().isdisjoint(around):
            yield str(network)


def _port(wanted: Object, pods: Sequence[Object]) -> Iterator[str]:
    """Yield what matches one port of a rule; a name is looked up by the destination's address."""
    protocol, port = wanted.get("protocol") or "TCP", wanted.get("port")
    l4 = protocol.lower()
    if port is None:
        yield f"meta l4proto {l4}"
    elif isinstance(port, str):
        for family in ("ip", "ip6"):
            named = [
                f"{pod['ip']} . {one['containerPort']}"
                for pod in pods
                if _family(pod["ip"]) == family
                for one in pod["ports"]
                if one.get("name") == port and (one.get("protocol") or "TCP") == protocol
            ]
            if named:
                yield f"{family} daddr . {l4} dport {{ {', '.join(named)} }}"
    else:
        last = wanted.get("endPort") or port
        yield f"{l4} dport {port}" + (f"-{last}" if last != port else "")
