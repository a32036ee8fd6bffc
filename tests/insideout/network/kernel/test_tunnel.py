"""Real packets agree with the arithmetic, on machines that let one try."""

import pytest

from insideout.network.kernel import lab
from insideout.network.plan import mtu

pytestmark = pytest.mark.skipif(bool(lab.why_not()), reason=f"no tunnel here: {lab.why_not()}")


@pytest.mark.parametrize(("underlay", "outer"), [(1500, 4), (1500, 6), (1450, 4), (9000, 4)])
def test_the_largest_packet_that_arrives_is_the_one_computed(underlay: int, outer: int) -> None:
    """One byte more is lost without a word."""
    assert lab.largest_packet(underlay, outer) == mtu(underlay, "vxlan", outer)


def test_what_a_tool_refuses_is_said() -> None:
    """In its own words."""
    with pytest.raises(RuntimeError, match=r"^ip: "):
        lab.largest_packet(10**6)
