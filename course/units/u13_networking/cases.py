"""The visible cases of the lesson on networks: each rule is a contrast, so that no constant answer holds."""

from collections.abc import Iterator
from typing import Any

from course.checks.report import Case, Raises, kept
from course.units.u13_networking.town import NAMESPACES, OUTSIDE, PODS, Object, app, ip_of, ns, policy


@kept
def mtu_cases() -> Iterator[Case]:
    """Yield the examples for `mtu(underlay, encap, outer)`."""
    for rule, table in _MTU.items():
        for arguments, expected in table:
            yield Case(rule, arguments, expected)


@kept
def capacity_cases() -> Iterator[Case]:
    """Yield the examples for `capacity(cluster, node, max_pods)`."""
    for rule, table in _CAPACITY.items():
        for arguments, expected in table:
            yield Case(rule, arguments, expected)


@kept
def routes_cases() -> Iterator[Case]:
    """Yield the examples for `routes(nodes, me)`."""
    for rule, table in _ROUTES.items():
        for arguments, expected in table:
            yield Case(rule, arguments, expected, keeps=True)


@kept
def allowed_cases() -> Iterator[Case]:
    """Yield the examples for `allowed(policies, namespaces, pods, src, dst, port, proto)`."""
    for rule, table in _ALLOWED.items():
        for policies, source, destination, port, protocol, expected in table:
            yield Case(
                rule, (policies, NAMESPACES, PODS, source, destination, port, protocol), expected, keeps=True
            )


_MTU: dict[str, list[tuple[tuple[Any, ...], int]]] = {
    "native routing and BGP cost nothing": [
        ((1500, "native"), 1500),
        ((9000, "bgp"), 9000),
        ((1450, "native", 6), 1450),
    ],
    "an encapsulation costs its headers": [
        ((1500, "vxlan"), 1450),
        ((1500, "ipip"), 1480),
        ((1500, "wireguard"), 1440),
        ((9000, "vxlan"), 8950),
        ((1450, "vxlan"), 1400),
    ],
    "an outer IPv6 header is twenty bytes longer": [
        ((1500, "vxlan", 6), 1430),
        ((1500, "wireguard", 6), 1420),
        ((1500, "vxlan", 4), 1450),
    ],
}

_CAPACITY: dict[str, list[tuple[tuple[Any, ...], Any]]] = {
    "nodes: as many as there are node ranges in the cluster's": [
        (("10.244.0.0/16", 24, 110), (256, 28160)),
        (("10.244.0.0/20", 24, 110), (16, 1760)),
        (("10.0.0.0/24", 24, 110), (1, 110)),
    ],
    "pods: what the kubelet accepts, but no more than the addresses between the first and the last": [
        (("10.244.0.0/16", 26, 110), (1024, 63488)),
        (("10.244.0.0/16", 24, 254), (256, 65024)),
        (("10.244.0.0/16", 24, 250), (256, 64000)),
        (("10.244.0.0/16", 24, 500), (256, 65024)),
        (("10.244.0.0/24", 31, 110), (128, 0)),
        (("10.244.0.0/24", 32, 110), (256, 0)),
    ],
    "in IPv6 the node mask is at most 16 bits longer, else ValueError": [
        (("fd00::/48", 64, 110), (65536, 7208960)),
        (("fd00::/56", 64, 110), (256, 28160)),
        (("fd00::/47", 64, 110), Raises("ValueError")),
        (("10.0.0.0/8", 25, 110), (131072, 14417920)),
    ],
}

_NODES = {
    "n1": {"ip": "172.18.0.2/24", "podCIDR": "10.244.0.0/24"},
    "n2": {"ip": "172.18.0.3/24", "podCIDR": "10.244.1.0/24"},
    "n3": {"ip": "172.19.0.2/24", "podCIDR": "10.244.2.0/24"},
}
_WIDE = {
    "a": {"ip": "10.1.1.9/16", "podCIDR": "10.100.4.0/24"},
    "b": {"ip": "10.1.200.9/16", "podCIDR": "10.100.0.0/24"},
    "c": {"ip": "10.2.1.9/16", "podCIDR": "10.100.9.0/24"},
}

_ROUTES: dict[str, list[tuple[tuple[Any, ...], dict[str, str]]]] = {
    "own pods are local, those of a node in the same network behind that node": [
        (
            ({"n1": _NODES["n1"], "n2": _NODES["n2"]}, "n1"),
            {"10.244.0.0/24": "local", "10.244.1.0/24": "via 172.18.0.3"},
        ),
        (
            ({"n1": _NODES["n1"], "n2": _NODES["n2"]}, "n2"),
            {"10.244.0.0/24": "via 172.18.0.2", "10.244.1.0/24": "local"},
        ),
        (({"n3": _NODES["n3"]}, "n3"), {"10.244.2.0/24": "local"}),
    ],
    "those of a node in another network are in a tunnel": [
        (
            (_NODES, "n1"),
            {
                "10.244.0.0/24": "local",
                "10.244.1.0/24": "via 172.18.0.3",
                "10.244.2.0/24": "tunnel 172.19.0.2",
            },
        ),
        (
            (_NODES, "n3"),
            {
                "10.244.0.0/24": "tunnel 172.18.0.2",
                "10.244.1.0/24": "tunnel 172.18.0.3",
                "10.244.2.0/24": "local",
            },
        ),
    ],
    "the mask says which network, not the look of the addresses": [
        (
            (_WIDE, "a"),
            {"10.100.4.0/24": "local", "10.100.0.0/24": "via 10.1.200.9", "10.100.9.0/24": "tunnel 10.2.1.9"},
        ),
        (
            (
                {
                    "x": {"ip": "172.18.0.2/25", "podCIDR": "10.5.0.0/24"},
                    "y": {"ip": "172.18.0.200/25", "podCIDR": "10.5.1.0/24"},
                },
                "x",
            ),
            {"10.5.0.0/24": "local", "10.5.1.0/24": "tunnel 172.18.0.200"},
        ),
    ],
}

_Row = tuple[list[Object], str, str, int, str, bool]
_DB = {"podSelector": app("db")}


def _http(policies: list[Object], source: str, destination: str, expected: bool) -> _Row:
    return policies, source, destination, 80, "TCP", expected


def _from_team(operator: str, *values: str) -> list[Object]:
    """Return a policy that lets in the namespaces that one expression about their team selects."""
    return _from_label("team", operator, *values)


def _from_label(key: str, operator: str, *values: str) -> list[Object]:
    expression: Object = {"key": key, "operator": operator, **({"values": list(values)} if values else {})}
    peer = {"namespaceSelector": {"matchExpressions": [expression]}}
    return [policy({"ingress": [{"from": [peer]}]})]


_ALLOWED: dict[str, list[_Row]] = {
    "a pod that no policy selects is open; one that is selected is isolated in that direction": [
        _http([], "bank/web", "shop/db", True),
        _http([policy({})], "bank/web", "shop/db", False),
        _http([policy({})], "bank/web", "bank/db", True),
        _http([policy({})], "shop/db", "bank/web", True),
        _http([policy(_DB)], "bank/web", "shop/web", True),
    ],
    "missing policyTypes are Ingress, and Egress only where there are egress rules": [
        _http([policy({"egress": []})], "shop/web", "bank/web", True),
        _http([policy({"egress": []})], "bank/web", "shop/web", False),
        _http([policy({"egress": [{"to": [{"podSelector": app("db")}]}]})], "shop/web", "bank/web", False),
        _http([policy({"policyTypes": ["Egress"]})], "bank/web", "shop/web", True),
        _http([policy({"policyTypes": ["Egress"]})], "shop/web", "bank/web", False),
        _http(
            [policy({"policyTypes": ["Ingress"], "egress": [{"to": [_DB]}]})], "shop/web", "bank/web", True
        ),
    ],
    "both sides must agree": [
        _http(
            [policy({"ingress": [{}]}), policy({"policyTypes": ["Egress"]}, "bank", "q")],
            "bank/web",
            "shop/db",
            False,
        ),
        _http(
            [policy({"ingress": [{}]}), policy({"egress": [{}]}, "bank", "q")], "bank/web", "shop/db", True
        ),
        _http([policy({"egress": [{}]}, "bank", "q"), policy({})], "bank/web", "shop/db", False),
    ],
    "rules only add: of all policies that select a pod, one rule is enough": [
        _http([policy({}), policy({"ingress": [{"from": [_DB]}]}, name="q")], "shop/db", "shop/web", True),
        _http([policy({"ingress": [{"from": [_DB]}]}, name="q"), policy({})], "shop/db", "shop/web", True),
        _http(
            [policy({"ingress": [{"from": [_DB]}, {"ports": [{"port": 81}]}]})], "shop/job", "shop/web", False
        ),
        _http(
            [policy({"ingress": [{"from": [_DB]}, {"ports": [{"port": 80}]}]})], "shop/job", "shop/web", True
        ),
    ],
    "a podSelector alone means the policy's namespace; beside a namespaceSelector both must match": [
        _http([policy({"ingress": [{"from": [_DB]}]})], "shop/db", "shop/web", True),
        _http([policy({"ingress": [{"from": [_DB]}]})], "bank/db", "shop/web", False),
        _http([policy({"ingress": [{"from": []}]})], "bank/db", "shop/web", True),
        _http([policy({"ingress": [{"from": [_DB]}]})], "10.244.0.11", "10.244.0.10", True),
        _http([policy({"ingress": [{"from": [_DB]}]})], "10.244.1.11", "10.244.0.10", False),
        _http(
            [policy({"ingress": [{"from": [{"namespaceSelector": ns("bank")}]}]})],
            "bank/job",
            "shop/web",
            True,
        ),
        _http(
            [policy({"ingress": [{"from": [{"namespaceSelector": ns("bank"), **_DB}]}]})],
            "bank/job",
            "shop/web",
            False,
        ),
        _http(
            [policy({"ingress": [{"from": [{"namespaceSelector": ns("bank"), **_DB}]}]})],
            "bank/db",
            "shop/web",
            True,
        ),
        _http(
            [policy({"ingress": [{"from": [{"namespaceSelector": ns("bank")}, _DB]}]})],
            "shop/db",
            "shop/web",
            True,
        ),
        _http([policy({"ingress": [{"from": [{"namespaceSelector": {}}]}]})], OUTSIDE, "shop/web", False),
        _http([policy({"ingress": [{"from": [{"podSelector": {}}]}]})], OUTSIDE, "shop/web", False),
    ],
    "an ipBlock holds addresses, of pods too; except counts for its own block": [
        _http(
            [policy({"ingress": [{"from": [{"ipBlock": {"cidr": "203.0.113.0/24"}}]}]})],
            OUTSIDE,
            "shop/web",
            True,
        ),
        _http(
            [policy({"ingress": [{"from": [{"ipBlock": {"cidr": "10.244.1.0/24"}}]}]})],
            "bank/web",
            "shop/web",
            True,
        ),
        _http(
            [policy({"ingress": [{"from": [{"ipBlock": {"cidr": "10.244.1.0/24"}}]}]})],
            "ops/web",
            "shop/web",
            False,
        ),
        _http(
            [
                policy(
                    {
                        "ingress": [
                            {"from": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["203.0.113.0/24"]}}]}
                        ]
                    }
                )
            ],
            OUTSIDE,
            "shop/web",
            False,
        ),
        _http(
            [
                policy(
                    {
                        "ingress": [
                            {
                                "from": [
                                    {"ipBlock": {"cidr": "0.0.0.0/0", "except": ["203.0.113.0/24"]}},
                                    {"ipBlock": {"cidr": "203.0.113.10/32"}},
                                ]
                            }
                        ]
                    }
                )
            ],
            OUTSIDE,
            "shop/web",
            True,
        ),
        _http(
            [policy({"egress": [{"to": [{"ipBlock": {"cidr": "203.0.113.0/24"}}]}]})],
            "shop/web",
            OUTSIDE,
            True,
        ),
        _http(
            [policy({"egress": [{"to": [{"ipBlock": {"cidr": "203.0.113.0/30"}}]}]})],
            "shop/web",
            OUTSIDE,
            False,
        ),
    ],
    "an address that is a pod's is that pod": [
        _http([policy({"ingress": [{"from": [_DB]}]})], ip_of("shop/db"), "shop/web", True),
        _http([policy({"ingress": [{"from": [_DB]}]})], ip_of("shop/job"), "shop/web", False),
        _http([policy(_DB)], "bank/web", ip_of("shop/db"), False),
        _http([policy(_DB)], "bank/web", ip_of("shop/web"), True),
    ],
    "a port is of its protocol, TCP where none is written; endPort is inside": [
        ([policy({"ingress": [{"ports": [{"port": 80}]}]})], "bank/web", "shop/db", 80, "TCP", True),
        ([policy({"ingress": [{"ports": [{"port": 80}]}]})], "bank/web", "shop/db", 80, "UDP", False),
        ([policy({"ingress": [{"ports": [{"port": 80}]}]})], "bank/web", "shop/db", 81, "TCP", False),
        ([policy({"ingress": [{"ports": []}]})], "bank/web", "shop/db", 81, "TCP", True),
        (
            [policy({"ingress": [{"ports": [{"port": 80, "endPort": 90}]}]})],
            "bank/web",
            "shop/db",
            90,
            "TCP",
            True,
        ),
        (
            [policy({"ingress": [{"ports": [{"port": 80, "endPort": 90}]}]})],
            "bank/web",
            "shop/db",
            91,
            "TCP",
            False,
        ),
        (
            [policy({"ingress": [{"ports": [{"port": 80, "endPort": 90}]}]})],
            "bank/web",
            "shop/db",
            79,
            "TCP",
            False,
        ),
        ([policy({"ingress": [{"ports": [{"protocol": "UDP"}]}]})], "bank/web", "shop/db", 9999, "UDP", True),
        (
            [policy({"ingress": [{"ports": [{"protocol": "UDP"}]}]})],
            "bank/web",
            "shop/db",
            9999,
            "TCP",
            False,
        ),
    ],
    "a named port is what the destination pod calls so, in the same protocol; an address has no names": [
        ([policy({"ingress": [{"ports": [{"port": "metrics"}]}]})], "bank/web", "shop/db", 9100, "TCP", True),
        ([policy({"ingress": [{"ports": [{"port": "metrics"}]}]})], "bank/web", "shop/db", 80, "TCP", False),
        ([policy({"ingress": [{"ports": [{"port": "dns"}]}]})], "bank/web", "shop/db", 53, "TCP", False),
        (
            [policy({"ingress": [{"ports": [{"port": "dns", "protocol": "UDP"}]}]})],
            "bank/web",
            "shop/db",
            53,
            "UDP",
            True,
        ),
        ([policy({"egress": [{"ports": [{"port": "http"}]}]})], "shop/db", "bank/web", 80, "TCP", True),
        ([policy({"egress": [{"ports": [{"port": "http"}]}]})], "shop/db", OUTSIDE, 80, "TCP", False),
    ],
    "labels: In, NotIn, Exists, DoesNotExist; NotIn and DoesNotExist hold where the key is missing": [
        _http(_from_team("In", "red", "green"), "ops/web", "shop/db", True),
        _http(_from_team("In", "red"), "bank/web", "shop/db", False),
        _http(_from_team("NotIn", "red"), "bank/web", "shop/db", True),
        _http(_from_team("NotIn", "red"), "ops/web", "shop/db", False),
        _http(_from_label("tier", "NotIn", "front"), "ops/web", "shop/db", True),
        _http(_from_label("tier", "In", "front"), "ops/web", "shop/db", False),
        _http(_from_label("tier", "DoesNotExist"), "ops/web", "shop/db", True),
        _http(_from_label("tier", "Exists"), "ops/web", "shop/db", False),
    ],
}
