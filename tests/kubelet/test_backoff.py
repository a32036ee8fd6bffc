"""Restarts are delayed more and more, the first not at all."""

import pytest

from course.kubelet.backoff import restart_delays

CASES = {
    "crash loop": ([1.0] * 8, [0, 10, 20, 40, 80, 160, 300, 300]),
    "ten minutes do not reset it": ([1.0, 1, 1, 600, 1], [0, 10, 20, 40, 80]),
    "a second more does": ([1.0, 1, 1, 601, 1], [0, 10, 20, 0, 10]),
}


@pytest.mark.parametrize(("runs_s", "expected"), CASES.values(), ids=CASES)
def test_restart_delays(runs_s: list[float], expected: list[float]) -> None:
    """Seconds after each run."""
    assert restart_delays(runs_s) == expected


def test_the_maximum_can_be_lowered() -> None:
    """As crashLoopBackOff.maxContainerRestartPeriod does."""
    assert restart_delays([1.0] * 5, max_s=30) == [0, 10, 20, 30, 30]
