"""Endpoints are shared out by the zones' CPU, and not at all where a zone would be overloaded."""

from typing import Any

import pytest

from insideout.controllers.endpointslice.topology import Share, SliceChange, Topology


def node(zone: str, cpu: str = "2", *, ready: bool = True, **labels: str) -> dict[str, Any]:
    """Return a Node in a zone; "" for none."""
    zones = {"topology.kubernetes.io/zone": zone} if zone else {}
    return {
        "metadata": {"name": f"n-{zone}", "labels": zones | labels},
        "status": {
            "allocatable": {"cpu": cpu},
            "conditions": [{"type": "Ready", "status": "True" if ready else "False"}],
        },
    }


def endpoint(zone: str, *, ready: bool = True, hint: str = "") -> dict[str, Any]:
    """Return an endpoint in a zone."""
    made: dict[str, Any] = {"addresses": ["10.0.0.1"], "conditions": {"ready": ready}, "zone": zone}
    return made | ({"hints": {"forZones": [{"name": hint}]}} if hint else {})


def hints(change: SliceChange) -> list[str]:
    """Return the hints of what is written, "" for none."""
    return [
        "".join(one["name"] for one in each.get("hints", {}).get("forZones", ()))
        for slice_ in [*change.create, *change.update]
        for each in slice_["endpoints"]
    ]


def topology(*nodes: dict[str, Any]) -> Topology:
    """Return the topology of zones a, b and c with 2, 4 and 2 CPU, or of the nodes given."""
    made = Topology()
    made.set_nodes(nodes or (node("a"), node("b", "4"), node("c")))
    return made


def test_shares_are_in_proportion_to_cpu() -> None:
    """Eight endpoints over 2, 4 and 2 CPU: 2, 4, 2; at least 1/1.2 of that, rounded up."""
    assert topology().shares(8) == {"a": Share(2, 2, 2.0), "b": Share(4, 4, 4.0), "c": Share(2, 2, 2.0)}


def test_what_can_be_spared_may_go_to_any_zone() -> None:
    shares = topology().shares(20)
    assert isinstance(shares, dict)
    assert {zone: (share.minimum, share.maximum) for zone, share in shares.items()} == {
        "a": (5, 6),
        "b": (9, 10),
        "c": (5, 6),
    }


NO_SHARES = [
    ((node("a"), node("a", "4")), 9, "Insufficient node information"),
    ((node("a"), node("b"), node("")), 9, "Insufficient node information"),
    ((node("a"), node("b", "0")), 9, "Insufficient node information"),
    ((node("a"), node("b", ready=False)), 9, "Insufficient node information"),
    ((node("a"), node("b"), node("c")), 2, "Insufficient number of endpoints (2 endpoints, 3 zones)"),
    (
        (node("a"), node("b", "4"), node("c")),
        3,
        "Unable to allocate minimum required endpoints to each zone without exceeding overload threshold"
        " (3 endpoints, 3 zones)",
    ),
]


@pytest.mark.parametrize(("nodes", "endpoints", "why"), NO_SHARES)
def test_no_shares(nodes: tuple[dict[str, Any], ...], endpoints: int, why: str) -> None:
    """There are none with one zone, without a zone or CPU on some node, and where one would be overloaded."""
    found = topology(*nodes).shares(endpoints)
    assert isinstance(found, str)
    assert found.startswith(why)


def test_a_control_plane_node_carries_nothing() -> None:
    control = node("c", **{"node-role.kubernetes.io/control-plane": ""})
    assert set(topology(node("a"), node("b"), control).shares(4)) == {"a", "b"}


def test_a_zone_with_too_many_gives_to_one_with_too_few() -> None:
    """Six in a, one in b, one in c, wanted 2, 4, 2: the first four of a go to b and c."""
    change = SliceChange(
        [{"endpoints": [endpoint("a") for _ in range(6)] + [endpoint("b"), endpoint("c")]}], []
    )
    (said,) = topology().add_hints("ns/web", "IPv4", change)
    assert hints(change) == ["b", "b", "b", "c", "a", "a", "b", "c"]
    assert said.reason == "TopologyAwareHintsEnabled"


def test_an_unready_endpoint_has_no_hint() -> None:
    ready = [endpoint(zone) for zone in "abbc"]
    change = SliceChange([{"endpoints": [*ready, endpoint("a", ready=False)]}], [])
    topology().add_hints("ns/web", "IPv4", change)
    assert hints(change) == ["a", "b", "b", "c", ""]


def test_a_slice_with_good_hints_is_left_alone() -> None:
    good = {"metadata": {"name": "x"}, "endpoints": [endpoint(zone, hint=zone) for zone in "abbc"]}
    change = SliceChange([], [], [good])
    topology().add_hints("ns/web", "IPv4", change)
    assert (change.update, change.unchanged) == ([], [good])


def test_a_slice_that_takes_too_much_is_written_again() -> None:
    lopsided = {"metadata": {"name": "x"}, "endpoints": [endpoint(zone, hint="a") for zone in "abbc"]}
    change = SliceChange([], [], [lopsided])
    topology().add_hints("ns/web", "IPv4", change)
    assert hints(change) == ["a", "b", "b", "c"]
    assert [one["hints"] for one in lopsided["endpoints"]] == [{"forZones": [{"name": "a"}]}] * 4


def test_hints_go_everywhere_at_once() -> None:
    """With an endpoint too few every hint goes, from slices that nothing else changed too."""
    here = topology()
    change = SliceChange([{"endpoints": [endpoint(zone) for zone in "abbc"]}], [])
    here.add_hints("ns/web", "IPv4", change)
    stored = {"metadata": {"name": "x"}, "endpoints": change.create[0]["endpoints"][:3]}
    fewer = SliceChange([], [], [stored])
    (said,) = here.add_hints("ns/web", "IPv4", fewer)
    assert (hints(fewer), said.reason) == (["", "", ""], "TopologyAwareHintsDisabled")


def test_a_service_is_overloaded_when_the_zones_change() -> None:
    here = topology()
    here.add_hints("ns/web", "IPv4", SliceChange([{"endpoints": [endpoint(zone) for zone in "abbc"]}], []))
    assert here.overloaded() == []
    here.set_nodes([node("a", "8"), node("b"), node("c")])
    assert here.overloaded() == ["ns/web"]
    assert here.forget("ns/web", "IPv4")
    assert here.overloaded() == []
