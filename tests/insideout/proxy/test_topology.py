from dataclasses import replace

import pytest

from insideout.proxy.endpoints import Endpoint
from insideout.proxy.names import ServicePortName
from insideout.proxy.services import ServicePort
from insideout.proxy.topology import categorize

PORT = ServicePort(ServicePortName("demo", "web", "", "TCP"), "10.96.0.11", 80)
A, B, C = (Endpoint(f"10.244.1.{last}", 8080) for last in (5, 6, 7))


def leaving(endpoint: Endpoint, *, serving: bool = True) -> Endpoint:
    return replace(endpoint, ready=False, serving=serving, terminating=True)


def in_zone(endpoint: Endpoint, *zones: str) -> Endpoint:
    return replace(endpoint, zone_hints=frozenset(zones))


def on_node(endpoint: Endpoint, *nodes: str) -> Endpoint:
    return replace(endpoint, node_hints=frozenset(nodes))


@pytest.mark.parametrize(
    ("why", "endpoints", "used"),
    [
        ("ready ones only", [A, replace(B, ready=False, serving=False)], [A]),
        ("terminating ones stay out while one is ready", [A, leaving(B)], [A]),
        (
            "terminating ones that serve, when none is ready",
            [leaving(A), leaving(B, serving=False)],
            [leaving(A)],
        ),
        ("nothing", [leaving(A, serving=False)], []),
        ("hints for this zone", [in_zone(A, "z1"), in_zone(B, "z2")], [in_zone(A, "z1")]),
        ("one without a hint: all", [in_zone(A, "z1"), B], [in_zone(A, "z1"), B]),
        ("no hint for this zone: all", [in_zone(A, "z2")], [in_zone(A, "z2")]),
        (
            "an endpoint that is not ready needs no hint",
            [in_zone(A, "z1"), replace(B, ready=False, serving=False)],
            [in_zone(A, "z1")],
        ),
        (
            "node before zone",
            [on_node(in_zone(A, "z1"), "n2"), on_node(in_zone(B, "z1"), "n1")],
            [on_node(in_zone(B, "z1"), "n1")],
        ),
        (
            "no hint for this node: zone",
            [on_node(in_zone(A, "z1"), "n2"), on_node(in_zone(B, "z2"), "n3")],
            [on_node(in_zone(A, "z1"), "n2")],
        ),
    ],
)
def test_traffic_policy_cluster_uses(why: str, endpoints: list[Endpoint], used: list[Endpoint]) -> None:
    assert categorize(endpoints, PORT, "n1", "z1").cluster == used, why


LOCAL = replace(PORT, internal_local=True)
HERE, HERE_TOO = (replace(one, is_local=True) for one in (A, B))


@pytest.mark.parametrize(
    ("why", "endpoints", "used"),
    [
        ("those on this node", [HERE, B], [HERE]),
        ("those that leave, when no other is here", [leaving(HERE), B], [leaving(HERE)]),
        ("hints do not matter", [in_zone(HERE, "z2"), in_zone(B, "z1")], [in_zone(HERE, "z2")]),
        ("none", [B, C], []),
    ],
)
def test_traffic_policy_local_uses(why: str, endpoints: list[Endpoint], used: list[Endpoint]) -> None:
    found = categorize(endpoints, LOCAL, "n1", "z1")
    assert found.local == used, why
    assert found.all == used
    assert found.cluster == []
    assert found.any


def test_a_service_with_both_policies_reaches_the_union_of_both() -> None:
    both = replace(LOCAL, node_port=30080)
    found = categorize([leaving(HERE_TOO), C], both, "n1", "z1")
    assert (found.cluster, found.local, found.all) == ([C], [leaving(HERE_TOO)], [leaving(HERE_TOO), C])


def test_without_a_usable_endpoint_anywhere_there_is_none() -> None:
    assert not categorize([], PORT, "n1", "z1").any
    assert not categorize([replace(A, ready=False, serving=False)], LOCAL, "n1", "z1").any
