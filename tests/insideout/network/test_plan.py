"""The arithmetic of a cluster's network."""

import pytest

from insideout import records
from insideout.network.plan import capacity, headers, mtu, routes


@pytest.mark.parametrize("row", records.read("mtu")[0]["examples"])
def test_every_recorded_mtu(row: list[object]) -> None:
    """What is left of the underlay's."""
    underlay, encap, outer, left = row
    assert mtu(underlay, encap, outer) == left  # type: ignore[arg-type]


def test_every_recorded_overhead() -> None:
    """Header by header."""
    for row in records.read("mtu")[0]["overhead"]:
        name = "native" if row["encapsulation"].startswith("none") else row["encapsulation"]
        if name != "geneve":  # its size depends on the options that it carries
            assert sum(header.size_bytes for header in headers(name, row["outer"])) == row["bytes"]


def test_an_unknown_encapsulation_is_refused() -> None:
    """By its name."""
    with pytest.raises(KeyError, match="gre"):
        mtu(1500, "gre")


def test_the_defaults_carry_256_nodes() -> None:
    """And half as many Pods as there are addresses."""
    assert capacity("10.244.0.0/16", 24, 110) == (256, 28160)
    assert capacity("10.244.0.0/16", 26, 110) == (1024, 1024 * 62)
    with pytest.raises(ValueError, match="too big"):
        capacity("fd00::/40", 64, 110)


def test_ways_follow_the_nodes_own_networks() -> None:
    """Directly where the other node is in the same one."""
    nodes = {
        "a": {"ip": "10.0.0.1/24", "podCIDR": "10.244.0.0/24"},
        "b": {"ip": "10.0.0.2/24", "podCIDR": "10.244.1.0/24"},
        "c": {"ip": "10.0.1.1/24", "podCIDR": "10.244.2.0/24"},
    }
    assert routes(nodes, "b") == {
        "10.244.0.0/24": "via 10.0.0.1",
        "10.244.1.0/24": "local",
        "10.244.2.0/24": "tunnel 10.0.1.1",
    }
