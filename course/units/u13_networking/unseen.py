"""Seeded cases for the lesson on networks; the right answers come from the cluster's own network."""

import random
from collections.abc import Callable, Iterator
from typing import Any

from course.checks.report import Case, Raises, kept
from course.units.u13_networking.town import NAMES, NAMESPACES, OUTSIDE, PODS, Object, policy
from insideout.network import plan
from insideout.network.policies import allowed

_PORTS = [(80, "TCP"), (81, "TCP"), (90, "TCP"), (9100, "TCP"), (53, "UDP"), (53, "TCP"), (80, "UDP")]


@kept
def mtu_cases(seed: int) -> Iterator[Case]:
    """Yield underlays and encapsulations for `mtu(underlay, encap, outer)`."""
    rng = random.Random(f"mtu/{seed}")
    for _ in range(20):
        encap = rng.choice(["vxlan", "wireguard", "native", "bgp", "ipip"])
        arguments = (rng.choice([1400, 1450, 1460, 1500, 8900, 9000]), encap)
        outer = (rng.choice([4, 6]),) if encap != "ipip" else ()
        yield Case(
            "every wrapping takes its bytes from the underlay's MTU",
            (*arguments, *outer),
            plan.mtu(*arguments, *outer),
        )


@kept
def capacity_cases(seed: int) -> Iterator[Case]:
    """Yield address plans for `capacity(cluster, node, max_pods)`."""
    rng = random.Random(f"capacity/{seed}")
    for number in range(40):
        most = rng.choice([30, 110, 250, 254, 500])
        if number % 2:
            mask = rng.randint(8, 24)
            arguments = (f"10.{rng.choice([0, 64, 128])}.0.0/{max(mask, 10)}", rng.randint(mask, 30), most)
            rule = "capacity in IPv4: blocks for nodes, addresses in a block for pods"
        else:
            mask = rng.randint(40, 56)
            arguments = (f"fd00:10::/{mask}", mask + rng.randint(8, 20), most)
            rule = "capacity in IPv6: the same, with larger blocks"
        arguments = (arguments[0], max(arguments[1], int(arguments[0].partition("/")[2])), most)
        yield Case(rule, arguments, _capacity(arguments))


def _capacity(arguments: tuple[str, int, int]) -> Any:
    try:
        return plan.capacity(*arguments)
    except ValueError:
        return Raises("ValueError")


@kept
def routes_cases(seed: int) -> Iterator[Case]:
    """Yield nodes for `routes(nodes, me)`."""
    rng = random.Random(f"routes/{seed}")
    for _ in range(20):
        mask = rng.choice([16, 20, 24, 25])
        places = rng.sample(range(1, 250), rng.randint(2, 6))
        nodes = {
            f"node-{number}": {
                "ip": f"172.{rng.choice([18, 18, 19])}.{rng.choice([0, 0, 1, 20])}.{place}/{mask}",
                "podCIDR": f"10.244.{place}.0/24",
            }
            for number, place in enumerate(places)
        }
        me = rng.choice(list(nodes))
        yield Case(
            "a route leads to the block of each other node, by that node's address",
            (nodes, me),
            plan.routes(nodes, me),
        )


@kept
def allowed_cases(seed: int) -> Iterator[Case]:
    """Yield policies and connections for `allowed`; in each rule half of the connections may be."""
    rng = random.Random(f"allowed/{seed}")
    for rule, make in _MAKERS.items():
        wanted = {True: 40, False: 40}
        while any(wanted.values()):
            policies = make(rng)
            port, protocol = rng.choice(_PORTS)
            source, destination = rng.sample([*NAMES, OUTSIDE], 2)
            connection = (source, destination, port, protocol)
            expected = allowed(policies, NAMESPACES, PODS, *connection)
            if wanted[expected] and _matters(policies, source, destination):
                wanted[expected] -= 1
                yield Case(rule, (policies, NAMESPACES, PODS, *connection), expected)


def _matters(policies: list[Object], source: str, destination: str) -> bool:
    homes = {each.partition("/")[0] for each in (source, destination)}
    return any(each["metadata"]["namespace"] in homes for each in policies)


def _policy(rng: random.Random, name: str) -> Object:
    spec: Object = {"podSelector": _selector(rng, "app")}
    for direction, peers in ("ingress", "from"), ("egress", "to"):
        if rng.random() < 0.6:
            spec[direction] = [_rule(rng, peers) for _ in range(rng.choice([0, 1, 1, 2]))]
    if rng.random() < 0.5:
        spec["policyTypes"] = rng.choice([["Ingress"], ["Egress"], ["Ingress", "Egress"]])
    return policy(spec, rng.choice(list(NAMESPACES)), name)


def _rule(rng: random.Random, peers: str) -> Object:
    rule: Object = {}
    if rng.random() < 0.85:
        rule[peers] = [_peer(rng) for _ in range(rng.choice([1, 1, 2]))]
    if rng.random() < 0.6:
        rule["ports"] = [_port(rng) for _ in range(rng.choice([1, 2]))]
    return rule


def _peer(rng: random.Random) -> Object:
    if rng.random() < 0.3:
        cidr, holes = rng.choice(
            [
                ("0.0.0.0/0", ["10.244.1.0/24"]),
                ("10.244.0.0/16", ["10.244.2.0/25"]),
                ("10.244.1.0/24", []),
                ("203.0.113.0/24", ["203.0.113.10/32"]),
            ]
        )
        return {"ipBlock": {"cidr": cidr, **({"except": holes} if holes and rng.random() < 0.6 else {})}}
    peer: Object = {}
    if rng.random() < 0.6:
        peer["namespaceSelector"] = _selector(rng, "team")
    if not peer or rng.random() < 0.7:
        peer["podSelector"] = _selector(rng, "app")
    return peer


def _selector(rng: random.Random, key: str) -> Object:
    values = ["web", "db", "job"] if key == "app" else ["red", "blue"]
    kind = rng.random()
    if kind < 0.25:
        return {}
    if kind < 0.65:
        return {"matchLabels": {key: rng.choice(values)}}
    key = rng.choice([key, key, "tier"])
    operator = rng.choice(["In", "NotIn", "Exists", "DoesNotExist"])
    listed = {"values": rng.sample(values, rng.randint(1, 2))} if operator in ("In", "NotIn") else {}
    return {"matchExpressions": [{"key": key, "operator": operator, **listed}]}


def _port(rng: random.Random) -> Object:
    return rng.choice(
        [
            {"port": 80},
            {"port": 80, "endPort": 90},
            {"port": "http"},
            {"port": "metrics", "protocol": "TCP"},
            {"port": 53, "protocol": "UDP"},
            {"port": "dns", "protocol": "UDP"},
            {"protocol": "UDP"},
        ]
    )


def _of_ports(rng: random.Random) -> list[Object]:
    """Return a policy that lets in by ports alone."""
    return [policy({"ingress": [{"ports": [_port(rng) for _ in range(rng.choice([1, 2]))]}]})]


def _of_blocks(rng: random.Random) -> list[Object]:
    """Return a policy that lets in by addresses alone."""
    blocks = [peer for peer in (_peer(rng) for _ in range(12)) if "ipBlock" in peer][:2]
    return [policy({"ingress": [{"from": blocks or [{"ipBlock": {"cidr": "10.244.0.0/16"}}]}]})]


_MAKERS: dict[str, Callable[[random.Random], list[Object]]] = {
    "one random policy": lambda rng: [_policy(rng, "p")],
    "several random policies": lambda rng: [_policy(rng, f"p{number}") for number in range(4)],
    "a rule's ports: protocol, number or name, and ranges": _of_ports,
    "a rule's blocks of addresses, less their exceptions": _of_blocks,
}
