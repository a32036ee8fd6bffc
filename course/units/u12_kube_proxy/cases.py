"""Hand-made cases of lesson 12_kube_proxy, a rule at a time."""

import re
from collections.abc import Iterator
from typing import Any

from course.checks.report import Case, kept, with_keeping
from course.units.u12_kube_proxy.answers import (
    NODE,
    NODE_IP,
    POD_CIDR,
    by_chain,
    ends,
    only,
    packet,
    readable,
    rounded,
    rules_text,
    service_lines,
)
from course.units.u12_kube_proxy.objects import endpoint, endpoint_slice, leaving, service, unready
from insideout.client import Object
from insideout.proxy.iptables.probability import printed, written
from insideout.proxy.names import ServicePortName, iptables_chain

_Names = list[tuple[str, str, str, str, str, str]]

_FORM = "a name is KUBE-, the kind, - and sixteen characters of base32"

_CHAIN_NAMES: dict[str, _Names] = {
    _FORM: [
        ("SVC", "demo", "web", "", "TCP", ""),
        ("SVL", "shop", "cart", "", "UDP", ""),
        ("SEP", "demo", "web", "", "TCP", "10.244.1.5:8080"),
    ],
    "a port without a name adds nothing, and the protocol is in small letters": [
        ("SVC", "demo", "web", "", "TCP", ""),
        ("SVL", "shop", "cart", "", "UDP", ""),
    ],
    "a port's name comes after a colon": [
        ("SVC", "demo", "dns", "dns", "UDP", ""),
        ("EXT", "demo", "dns", "dns-tcp", "TCP", ""),
    ],
    "the chain of an endpoint has its address and port in the hash too": [
        ("SEP", "demo", "web", "", "TCP", "10.244.1.5:8080"),
        ("SEP", "demo", "dns", "dns", "UDP", "10.244.1.6:53"),
    ],
}


@kept
def chain_name_cases() -> Iterator[Case]:
    """Yield cases for `chain_name`, a rule at a time."""
    for rule, members in _CHAIN_NAMES.items():
        for kind, namespace, name, port, protocol, at in members:
            case = chain_name_case(rule, kind, ServicePortName(namespace, name, port, protocol), at)
            yield case._replace(expected=form(case.expected), part=form) if rule == _FORM else case


def form(name: str) -> str:
    """Return a chain's name with `#` for each character of its hash that base32 has."""
    kind, _, digest = name.rpartition("-")
    return f"{kind}-{re.sub('[A-Z2-7]', '#', digest)}"


def chain_name_case(rule: str, kind: str, name: ServicePortName, at: str) -> Case:
    """Return one case; chains that are not an endpoint's are asked for without one."""
    given = (kind, *name, at) if at else (kind, *name)
    return Case(rule, given, iptables_chain(kind, name, at))


_TAKES = "rule i of n takes 1/(n-i), and the last has none"


@kept
def probabilities_cases() -> Iterator[Case]:
    """Yield cases for `probabilities(n)`."""
    for rule, counts in {
        "a single endpoint needs no probability": (1, 2),
        _TAKES: (2, 3, 4, 10),
        "ten decimals are written, and what 31 bits keep of them is printed with eleven": (
            3,
            5,
            6,
            7,
            10,
            60,
        ),
    }.items():
        for n in counts:
            given = [written(left) for left in range(n, 1, -1)]
            pairs = [[text, printed(text)] for text in given]
            if rule == _TAKES:
                yield Case(rule, (n,), takes(pairs), takes)
            else:
                yield Case(rule, (n,), pairs)


def takes(pairs: Any) -> list[float]:
    """Return the probabilities that are written, so roughly that any way to write them is as good."""
    return [round(float(text), 6) for text, _ in pairs]


_A, _B = "10.244.0.5", "10.244.1.5"
_UNKNOWN: Object = {"addresses": [_B], "conditions": {}, "nodeName": "other-node"}


def _with(address: str, **conditions: bool) -> Object:
    """Return an endpoint of another node with these conditions and no others."""
    return {"addresses": [address], "conditions": conditions, "nodeName": "other-node"}


_REFUSALS: dict[str, list[tuple[list[Object], str, str]]] = {
    "with a ready endpoint nothing is refused; without any, it is rejected": [
        ([endpoint(_B)], "Cluster", ""),
        ([], "Cluster", "REJECT"),
        ([], "Local", "REJECT"),
    ],
    "endpoints that are not ready do not count": [
        ([unready(_B)], "Cluster", "REJECT"),
        ([unready(_A), endpoint(_B)], "Local", "DROP"),
        ([unready(_A), endpoint(_B)], "Cluster", ""),
    ],
    "terminating endpoints that still serve are better than none": [
        ([leaving(_B)], "Cluster", ""),
        ([leaving(_A)], "Local", ""),
        ([leaving(_A), endpoint(_B)], "Local", ""),
        ([leaving(_A, serving=False)], "Cluster", "REJECT"),
    ],
    "a condition that is missing counts as ready, serving, not terminating": [
        ([_UNKNOWN], "Cluster", ""),
        ([_UNKNOWN], "Local", "DROP"),
        ([_with(_B, ready=False, terminating=True)], "Cluster", ""),
        ([_with(_B, ready=False, serving=True)], "Cluster", "REJECT"),
    ],
    "under policy Local, endpoints on other nodes turn a rejection into silence": [
        ([endpoint(_B)], "Local", "DROP"),
        ([leaving(_B)], "Local", "DROP"),
        ([endpoint(_A), endpoint(_B)], "Local", ""),
        ([{**endpoint(_B), "nodeName": "a-node"}], "Local", "DROP"),
        ([{**endpoint(_B), "nodeName": "z-node"}], "Local", "DROP"),
    ],
}


@kept
def refusal_cases() -> Iterator[Case]:
    """Yield cases for `refusal(endpoints, policy, node)`."""
    yield from with_keeping(
        Case(rule, (endpoints, policy, NODE), expected)
        for rule, members in _REFUSALS.items()
        for endpoints, policy, expected in members
    )


_NODE_PORT: Object = {"type": "NodePort", "ports": [{"port": 80, "targetPort": 8080, "nodePort": 30080}]}
_STICKY: Object = {"sessionAffinity": "ClientIP"}
_FIVE_MINUTES: Object = {"sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 300}}}
_TWO_PORTS = [{"name": "u", "port": 53, "protocol": "UDP"}, {"name": "t", "port": 53, "protocol": "TCP"}]
_TWO_TCP: list[Object] = [
    {"name": "http", "port": 80, "targetPort": "web"},
    {"name": "metrics", "port": 9000, "targetPort": 9001},
]
_TWO_TCP_SLICE: list[Object] = [
    {"name": "http", "port": 8080, "protocol": "TCP"},
    {"name": "metrics", "port": 9001, "protocol": "TCP"},
]
_ONE, _TWO = endpoint_slice(_B), endpoint_slice(_A, _B)
_TEN = endpoint_slice(*(f"10.244.1.{last}" for last in range(5, 15)))
_NONE = endpoint_slice()

_NAT: dict[str, tuple[str, list[tuple[Object, list[Object]]]]] = {
    "KUBE-SERVICES has one rule for each address, which leads to the Service's chain": (
        "KUBE-SERVICES",
        [
            (service(), [_ONE]),
            (service(externalIPs=["192.0.2.9", "192.0.2.7"]), [_ONE]),
            (service(ports=_TWO_PORTS), [endpoint_slice(_B, ports=_TWO_PORTS)]),
        ],
    ),
    "the Service's chain marks what does not come from pods, then chooses an endpoint": (
        "KUBE-SVC",
        [(service(), [_ONE]), (service(), [_TWO]), (service(), [_TEN])],
    ),
    "an endpoint's chain marks the endpoint's own packets, then rewrites the destination": (
        "KUBE-SEP",
        [
            (service(), [_TWO]),
            (service(ports=_TWO_PORTS), [endpoint_slice(_B, ports=_TWO_PORTS)]),
        ],
    ),
    "only usable endpoints of this Service have a chain, from all of its slices": (
        "KUBE-SEP",
        [
            (service(), [endpoint_slice(_A, unready(_B))]),
            (service(), [endpoint_slice(leaving(_A), leaving(_B, serving=False))]),
            (service(), [endpoint_slice(leaving(_A), _B)]),
            (service(), [endpoint_slice(_UNKNOWN)]),
            (service(ports=[{"port": 53, "protocol": "UDP"}]), [_ONE]),
            (
                service(internalTrafficPolicy="Local"),
                [endpoint_slice({**endpoint(_B), "nodeName": "a-node"})],
            ),
            (service(), [endpoint_slice(_with(_B, ready=False, terminating=True))]),
            (service(), [endpoint_slice(_with(_B, ready=False, serving=True))]),
            (
                service(),
                [endpoint_slice(unready(_A), _with(_B, ready=False, serving=True, terminating=False))],
            ),
            (service(), [_ONE, endpoint_slice("10.244.2.9", suffix="b")]),
            (service(), [_ONE, endpoint_slice("10.244.2.9", name="other")]),
            (service(ports=_TWO_TCP), [endpoint_slice(_B, ports=_TWO_TCP_SLICE)]),
        ],
    ),
    "with session affinity, known clients go back first, and each connection is remembered": (
        "KUBE-S",
        [
            (service(**_STICKY), [_TWO]),
            (service(**_STICKY, **_FIVE_MINUTES), [_ONE]),
        ],
    ),
    "a node port has two rules, and leads through the chain that marks all traffic from outside": (
        "KUBE-(NODEPORTS|EXT)",
        [
            (service(**_NODE_PORT), [_ONE]),
            (service(**_NODE_PORT), [_NONE]),
            (service(externalIPs=["192.0.2.9"]), [_ONE]),
        ],
    ),
    "under a policy Local, its traffic goes to this node's endpoints through KUBE-SVL": (
        "KUBE-(SERVICES|SVL|SVC|EXT)",
        [
            (service(internalTrafficPolicy="Local"), [_TWO]),
            (service(internalTrafficPolicy="Local"), [_ONE]),
            (service(**_NODE_PORT, externalTrafficPolicy="Local"), [_TWO]),
            (service(**_NODE_PORT, externalTrafficPolicy="Local"), [_ONE]),
        ],
    ),
    "without an address, or without a usable endpoint, there are no rules": (
        "",
        [
            (service(clusterIP="None"), [_TWO]),
            (service(), [_NONE]),
            (service(), [endpoint_slice(unready(_B))]),
            (service(), [endpoint_slice(_B, ports=[{"name": "", "port": 8080, "protocol": "UDP"}])]),
            (service(), [_ONE]),
        ],
    ),
}


@kept
def nat_cases() -> Iterator[Case]:
    """Yield cases for `nat_rules`, each about the chains that its rule names."""
    yield from with_keeping(
        nat_case(rule, one, slices, chains)
        for rule, (chains, members) in _NAT.items()
        for one, slices in members
    )


def nat_case(rule: str, one: Object, slices: list[Object], chains: str = "") -> Case:
    """Return one case; the right answer is the package's own."""
    nat, _, _ = rules_text([one], slices).partition("*filter")
    lines = service_lines(nat, one)
    part = only(chains) if chains else by_chain
    return Case(rule, (one, slices, NODE, POD_CIDR), part(lines), part)


_POD, _OUTSIDE = "10.244.1.99", "198.51.100.7"

_TRACES: dict[str, list[tuple[Object, list[Object], dict[str, Any]]]] = {
    "a rewritten packet ends at its endpoint, any other as it was sent": [
        (service(), [_ONE], packet(_POD, "10.96.0.11", 80)),
        (service(), [_ONE], packet(_POD, "10.96.0.11", 81)),
        (service(), [_ONE], packet(_POD, "10.96.0.11", 80, "udp")),
        (service(), [_ONE], packet(_POD, "10.96.0.11", 79)),
        (
            service(ports=[{"port": 80, "protocol": "UDP"}]),
            [endpoint_slice(_B, ports=[{"name": "", "port": 80, "protocol": "UDP"}])],
            packet(_POD, "10.96.0.11", 80),
        ),
        (service(**_NODE_PORT), [_ONE], packet(_POD, "10.96.0.11", 30080)),
    ],
    "every choice splits what is left of the probability": [
        (service(), [_TWO], packet(_POD, "10.96.0.11", 80)),
        (service(), [endpoint_slice(_A, _B, "10.244.2.9")], packet(_POD, "10.96.0.11", 80)),
    ],
    "a mark stays with the packet: strangers and hairpins are masqueraded": [
        (service(), [_TWO], packet(_OUTSIDE, "10.96.0.11", 80)),
        (service(), [_TWO], packet(_B, "10.96.0.11", 80)),
        (service(), [_TWO], packet(_POD, "10.96.0.11", 80)),
    ],
    "what no nat rule rewrote can still be refused by the table filter": [
        (service(), [_NONE], packet(_POD, "10.96.0.11", 80)),
        (service(internalTrafficPolicy="Local"), [_ONE], packet(_POD, "10.96.0.11", 80)),
        (
            service(**_NODE_PORT, externalTrafficPolicy="Local"),
            [_ONE],
            packet(_OUTSIDE, NODE_IP, 30080),
        ),
    ],
    "a chain that ends without an answer goes back to where it was jumped from": [
        (service(**_NODE_PORT), [_ONE], packet(_OUTSIDE, NODE_IP, 30080)),
        (service(**_NODE_PORT, externalTrafficPolicy="Local"), [_TWO], packet(_POD, NODE_IP, 30080)),
        (service(**_NODE_PORT, externalTrafficPolicy="Local"), [_TWO], packet(NODE_IP, NODE_IP, 30080)),
        (service(**_NODE_PORT, externalTrafficPolicy="Local"), [_TWO], packet(_OUTSIDE, NODE_IP, 30080)),
    ],
    "a new client is on no list of clients seen": [
        (service(**_STICKY), [_TWO], packet(_POD, "10.96.0.11", 80)),
        (service(**_STICKY), [_ONE], packet(_OUTSIDE, "10.96.0.11", 80)),
    ],
}


@kept
def trace_cases() -> Iterator[Case]:
    """Yield cases for `trace(rules, packet)`, a rule at a time."""
    yield from with_keeping(
        trace_case(rule, [one], slices, sent)
        for rule, members in _TRACES.items()
        for one, slices, sent in members
    )


def trace_case(rule: str, services: list[Object], slices: list[Object], sent: dict[str, Any]) -> Case:
    """Return one case; the right answer is that of the package's own tracer."""
    text = rules_text(services, slices)
    return Case(rule, (readable(text), sent), ends(text, sent), rounded)
