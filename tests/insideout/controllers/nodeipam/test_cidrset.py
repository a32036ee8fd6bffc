"""Ranges for nodes: round-robin, and the recorded sequences."""

import pytest

from insideout import records
from insideout.controllers.nodeipam.cidrset import CidrSet, NoRangesRemainingError, SubnetTooBigError
from insideout.verify.nodecidr import verify_node_cidr


def test_every_recorded_sequence() -> None:
    """Each answer, and how many ranges are taken in the end."""
    outcomes = list(verify_node_cidr(records.read("node_cidr")))
    assert len(outcomes) == 40
    assert [place for place, found in outcomes if found] == []


def test_a_range_that_was_given_back_waits_for_its_turn() -> None:
    """Delete n1 and n3, add two nodes: they get .4 and .5."""
    ranges = CidrSet("10.244.0.0/16", 24)
    for number in range(4):
        assert ranges.allocate() == f"10.244.{number}.0/24"
    ranges.release("10.244.0.0/24")
    ranges.release("10.244.2.0/24")
    assert [ranges.allocate(), ranges.allocate()] == ["10.244.4.0/24", "10.244.5.0/24"]


def test_a_full_set_says_so_and_goes_on_with_what_comes_back() -> None:
    """Two ranges in all."""
    ranges = CidrSet("10.0.0.0/23", 24)
    assert ranges.allocate() == "10.0.0.0/24"
    assert ranges.allocate() == "10.0.1.0/24"
    with pytest.raises(NoRangesRemainingError, match="no remaining CIDRs"):
        ranges.allocate()
    ranges.release("10.0.1.0/24")
    assert ranges.allocate() == "10.0.1.0/24"


def test_occupying_takes_all_that_overlaps_and_moves_no_pointer() -> None:
    """A part of a range takes the whole, a larger one several."""
    ranges = CidrSet("10.0.0.0/16", 24)
    ranges.occupy("10.0.1.64/26")
    ranges.occupy("10.0.4.0/22")
    assert ranges.allocated == 5
    assert [ranges.allocate() for _ in range(4)] == [f"10.0.{number}.0/24" for number in (0, 2, 3, 8)]
    with pytest.raises(ValueError, match="out the range"):
        ranges.occupy("192.168.0.0/24")


def test_an_ipv6_set_is_at_most_sixteen_bits_wide() -> None:
    """IPv4 has no such bound."""
    assert CidrSet("fd00::/48", 64).size == 65536
    with pytest.raises(SubnetTooBigError, match="too big"):
        CidrSet("fd00::/47", 64)
    with pytest.raises(ValueError, match="larger than the cluster's"):
        CidrSet("10.0.0.0/24", 16)
