"""Real packets in the lesson: the recorded run is what a kernel does, and stands in for it word for word."""

import pytest

from course.units.u13_networking import measured
from course.units.u13_networking.plots.reach import table
from course.units.u13_networking.town import policy
from insideout.network.kernel import reach as kernel


@pytest.mark.skipif(bool(kernel.why_not()), reason=f"no real network here: {kernel.why_not()}")
def test_the_recorded_run_is_what_a_kernel_does() -> None:
    assert measured.played(measured.RECORDED_POLICIES) == measured.RECORDED


def test_the_recorded_run_is_what_the_evaluator_says() -> None:
    assert table(measured.RECORDED_POLICIES) == measured.RECORDED


def test_where_nothing_can_be_sent_the_reader_sees_the_recorded_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "why_not", lambda: "nft is not installed")
    assert measured.reach(measured.RECORDED_POLICIES) == measured.RECORDED
    with pytest.raises(ValueError, match="nft is not installed; recorded are only"):
        measured.reach([policy({})])
