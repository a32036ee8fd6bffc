"""Which connections NetworkPolicies allow, and why.

For each direction a Pod is isolated when some policy of its namespace selects it with that policy type.  A
connection passes when the source's egress side and the destination's ingress side both allow it: a side
allows when its Pod is not isolated, or when any rule of any policy that isolates it matches.  Rules only add;
there is no order and no deny.  Replies are part of the connection.

Left out: connections of a Pod to itself and those of host-network Pods, about which the API promises nothing.

Source: staging/src/k8s.io/api/networking/v1/types.go, pkg/apis/networking/v1/defaults.go@v1.36.2; no part of
Kubernetes itself evaluates policies.
"""

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_address, ip_network
from typing import Any, NamedTuple

from insideout.apimachinery.selectors import from_object

Object = Mapping[str, Any]


class Connection(NamedTuple):
    """A first packet on its way: a side is a Pod, or None for an address that no Pod has.

    A Pod is {name, namespace, labels, ip, ports, hostNetwork}, as the records have it.
    """

    source: Object | None
    source_ip: str
    destination: Object | None
    destination_ip: str
    port: int
    protocol: str


class Why(NamedTuple):
    """What one side of a connection says to it: `rule` is the index of the rule that lets it pass.

    Without a policy the side is not isolated; with policies and no rule it refuses.
    """

    allows: bool
    direction: str
    policies: tuple[str, ...] = ()
    rule: str = ""

    def __str__(self) -> str:
        if not self.policies:
            return f"{self.direction}: no policy selects the pod"
        if self.rule:
            return f"{self.direction}: {self.rule}"
        return f"{self.direction}: no rule of {', '.join(self.policies)} matches"


def allowed(
    policies: Sequence[Object],
    namespaces: Mapping[str, Mapping[str, str]],
    pods: Sequence[Object],
    src: str,
    dst: str,
    port: int,
    proto: str,
) -> bool:
    """Tell whether `src` may open a connection to a port of `dst`.

    `src` and `dst` are "namespace/name" of a Pod or an address; `namespaces` are the labels of each.
    """
    return all(why.allows for why in explain(policies, namespaces, pods, src, dst, port, proto))


def explain(
    policies: Sequence[Object],
    namespaces: Mapping[str, Mapping[str, str]],
    pods: Sequence[Object],
    src: str,
    dst: str,
    port: int,
    proto: str,
) -> tuple[Why, Why]:
    """Return what the source's egress side and the destination's ingress side say."""
    source, source_ip = _side(pods, src)
    destination, destination_ip = _side(pods, dst)
    connection = Connection(source, source_ip, destination, destination_ip, port, proto)
    return (
        _judge("Egress", source, policies, namespaces, connection),
        _judge("Ingress", destination, policies, namespaces, connection),
    )


def _side(pods: Sequence[Object], name: str) -> tuple[Object | None, str]:
    for pod in pods:
        if name in (f"{pod['namespace']}/{pod['name']}", pod["ip"]):
            return pod, str(pod["ip"])
    return None, str(ip_address(name))


def _judge(
    direction: str,
    pod: Object | None,
    policies: Sequence[Object],
    namespaces: Mapping[str, Mapping[str, str]],
    connection: Connection,
) -> Why:
    if pod is None:
        return Why(True, direction)
    isolating = [policy for policy in policies if isolates(policy, direction, pod)]
    names = tuple(f"{one['metadata']['namespace']}/{one['metadata']['name']}" for one in isolating)
    for name, policy in zip(names, isolating, strict=True):
        for index, rule in enumerate(policy["spec"].get(direction.lower()) or ()):
            if _rule_matches(rule, direction, policy, namespaces, connection):
                return Why(True, direction, names, f"{name} {direction.lower()}[{index}]")
    return Why(not isolating, direction, names)


def policy_types(spec: Object) -> list[str]:
    """Return a policy's types; missing ones are Ingress, and Egress only with rules for it."""
    return list(spec.get("policyTypes") or (["Ingress", "Egress"] if spec.get("egress") else ["Ingress"]))


def isolates(policy: Object, direction: str, pod: Object) -> bool:
    """Tell whether a policy isolates a Pod in a direction, "Ingress" or "Egress"."""
    spec = policy["spec"]
    if policy["metadata"]["namespace"] != pod["namespace"] or direction not in policy_types(spec):
        return False
    return _selects(spec.get("podSelector") or {}, pod["labels"])


def _selects(selector: Object, labels: Mapping[str, str] | None) -> bool:
    found = from_object(selector)
    return found is not None and found.matches(labels or {})


def _rule_matches(
    rule: Object,
    direction: str,
    policy: Object,
    namespaces: Mapping[str, Mapping[str, str]],
    connection: Connection,
) -> bool:
    """Tell whether a rule lets a connection pass: one of its ports and one of its peers; none is all."""
    peers, ports = rule.get("from" if direction == "Ingress" else "to"), rule.get("ports")
    other, ip = (
        (connection.source, connection.source_ip)
        if direction == "Ingress"
        else (connection.destination, connection.destination_ip)
    )
    home = policy["metadata"]["namespace"]
    return (not ports or any(_port_matches(one, connection) for one in ports)) and (
        not peers or any(_peer_matches(one, home, namespaces, other, ip) for one in peers)
    )


def _port_matches(wanted: Object, connection: Connection) -> bool:
    if (wanted.get("protocol") or "TCP") != connection.protocol:
        return False
    port = wanted.get("port")
    if port is None:
        return True
    if isinstance(port, str):
        return any(number == connection.port for number in _named(port, connection))
    return bool(port <= connection.port <= (wanted.get("endPort") or port))


def _named(name: str, connection: Connection) -> Iterator[int]:
    """Yield the numbers that the destination Pod gives a name, for the connection's protocol."""
    for port in (connection.destination or {}).get("ports") or ():
        if port.get("name") == name and (port.get("protocol") or "TCP") == connection.protocol:
            yield port["containerPort"]


def _peer_matches(
    peer: Object,
    home: str,
    namespaces: Mapping[str, Mapping[str, str]],
    pod: Object | None,
    ip: str,
) -> bool:
    block = peer.get("ipBlock")
    if block is not None:
        address = ip_address(ip)
        return address in ip_network(block["cidr"]) and not any(
            address in ip_network(hole) for hole in block.get("except") or ()
        )
    return pod is not None and selects_pod(peer, home, namespaces, pod)


def selects_pod(peer: Object, home: str, namespaces: Mapping[str, Mapping[str, str]], pod: Object) -> bool:
    """Tell whether a peer's selectors choose a Pod; `home` is the namespace of the policy."""
    in_namespaces = peer.get("namespaceSelector")
    if in_namespaces is None:
        if pod["namespace"] != home:
            return False
    elif not _selects(in_namespaces, namespaces.get(pod["namespace"])):
        return False
    return _selects(peer.get("podSelector") or {}, pod["labels"])
