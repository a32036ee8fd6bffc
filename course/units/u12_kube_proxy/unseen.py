"""Seeded cases of lesson 12_kube_proxy; the right answers come from the package's own kube-proxy."""

import random
from collections.abc import Iterator
from typing import Any

from course.checks.report import Case, kept
from course.units.u12_kube_proxy.answers import NODE_IP, packet
from course.units.u12_kube_proxy.cases import chain_name_case, nat_case, trace_case
from course.units.u12_kube_proxy.objects import endpoint, endpoint_slice, leaving, service, unready
from insideout.client import Object
from insideout.proxy.names import ServicePortName

_WORDS = ["api", "cart", "db", "front-end", "queue", "search", "v2", "web"]
_PROTOCOLS = ["TCP", "UDP", "SCTP"]


@kept
def chain_name_cases(seed: int) -> Iterator[Case]:
    """Yield names for `chain_name`, with and without a port's name, of Services and of endpoints."""
    rng = random.Random(f"chain-name/{seed}")
    for rule, named, of_endpoint in (
        ("a port without a name adds nothing, and the protocol is in small letters", False, False),
        ("a port's name comes after a colon", True, False),
        ("the chain of an endpoint has its address and port in the hash too", None, True),
    ):
        for _ in range(8):
            with_name = rng.random() < 0.5 if named is None else named
            port = rng.choice(["http", "metrics", "dns-tcp"]) if with_name else ""
            name = ServicePortName(rng.choice(_WORDS), rng.choice(_WORDS), port, rng.choice(_PROTOCOLS))
            kind = "SEP" if of_endpoint else rng.choice(["SVC", "SVL", "EXT", "FW"])
            at = f"{_address(rng)}:{rng.choice([53, 80, 8080])}" if of_endpoint else ""
            yield chain_name_case(rule, kind, name, at)


@kept
def nat_cases(seed: int) -> Iterator[Case]:
    """Yield Services with slices for `nat_rules`, by what is special about them."""
    rng = random.Random(f"nat/{seed}")
    features: dict[str, dict[str, Any]] = {
        "KUBE-SERVICES has one rule for each address, which leads to the Service's chain": {},
        "with session affinity, known clients go back first, and each connection is remembered": {
            "affinity": True
        },
        "a node port has two rules, and leads through the chain that marks all traffic from outside": {
            "outside": True
        },
        "under a policy Local, its traffic goes to this node's endpoints through KUBE-SVL": {
            "outside": True,
            "local": True,
        },
        "only usable endpoints of this Service have a chain, from all of its slices": {
            "ports": 3,
            "slices": 2,
        },
    }
    for rule, wanted in features.items():
        for _ in range(12):
            yield nat_case(rule, *_random_service(rng, **wanted))


@kept
def trace_cases(seed: int) -> Iterator[Case]:
    """Yield rules and packets for `trace`, by where the packet comes from and goes to."""
    rng = random.Random(f"trace/{seed}")
    for rule, outside in (
        ("a mark stays with the packet: strangers and hairpins are masqueraded", False),
        ("a chain that ends without an answer goes back to where it was jumped from", True),
    ):
        for _ in range(20):
            one, slices = _random_service(
                rng, outside=outside, local=rng.random() < 0.5, affinity=rng.random() < 0.3
            )
            other = service("other", clusterIP="10.96.0.99")
            yield trace_case(
                rule,
                [one, other],
                [*slices, endpoint_slice("10.244.1.250", name="other")],
                _random_packet(rng, one, outside=outside),
            )


def _random_packet(rng: random.Random, one: Object, *, outside: bool) -> dict[str, Any]:
    port = rng.choice(one["spec"]["ports"])
    protocol = port["protocol"].lower()
    source = rng.choice(["10.244.0.5", "10.244.1.99", "198.51.100.7"])
    if not outside:
        return packet(rng.choice([source, NODE_IP]), one["spec"]["clusterIP"], port["port"], protocol)
    if "nodePort" in port:
        return packet(rng.choice([source, NODE_IP]), NODE_IP, port["nodePort"], protocol)
    return packet(source, rng.choice(one["spec"]["externalIPs"]), port["port"], protocol)


def _random_service(
    rng: random.Random,
    *,
    affinity: bool = False,
    outside: bool = False,
    local: bool = False,
    ports: int = 1,
    slices: int = 1,
) -> tuple[Object, list[Object]]:
    name = rng.choice(_WORDS)
    named = ports > 1 or rng.random() < 0.3
    service_ports: list[Object] = []
    slice_ports: list[Object] = []
    spec: Object = {"clusterIP": f"10.96.{rng.randint(1, 9)}.{rng.randint(1, 250)}"}
    node_port = outside and rng.random() < 0.7
    for number in range(rng.randint(min(ports, 2), ports)):
        port: Object = {"port": 80 + number, "targetPort": 8080, "protocol": rng.choice(_PROTOCOLS)}
        if named:
            port["name"] = f"p{number}"
        if node_port:
            port["nodePort"] = rng.randint(30000, 32000) + 700 * number
        service_ports.append(port)
        slice_ports.append(
            {"name": port.get("name", ""), "port": 8000 + number, "protocol": port["protocol"]}
        )
    if node_port:
        spec["type"] = "NodePort"
    elif outside:
        spec["externalIPs"] = [f"192.0.2.{rng.randint(1, 250)}" for _ in range(rng.randint(1, 2))]
    if affinity:
        timeout = {"clientIP": {"timeoutSeconds": rng.choice([60, 300, 3600, 10800])}}
        spec |= {"sessionAffinity": "ClientIP", "sessionAffinityConfig": timeout}
    if local:
        policies = (
            ["externalTrafficPolicy", "internalTrafficPolicy"] if outside else ["internalTrafficPolicy"]
        )
        spec |= dict.fromkeys(rng.sample(policies, rng.randint(1, len(policies))), "Local")
    made = [
        endpoint_slice(*_endpoints(rng, 2 * number), name=name, suffix=suffix, ports=slice_ports)
        for number, suffix in enumerate("abc"[:slices])
    ]
    return service(name, **spec, ports=service_ports), made


def _endpoints(rng: random.Random, first_net: int) -> list[Object]:
    """Return some endpoints, each slice's from two networks of its own: no address is in two slices."""
    makers = [endpoint, endpoint, endpoint, unready, leaving]
    addresses = dict.fromkeys(_address(rng, first_net) for _ in range(rng.randint(0, 6)))
    if rng.random() < 0.2:
        makers = [unready, leaving]
    return [rng.choice(makers)(address) for address in addresses]


def _address(rng: random.Random, first_net: int = 0) -> str:
    return f"10.244.{rng.randint(first_net, first_net + 1)}.{rng.randint(2, 120)}"
