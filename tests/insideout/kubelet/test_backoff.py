"""Restarts are delayed more and more, the first not at all."""

import pytest

from insideout.kubelet.backoff import BackOff

CASES = {
    "crash loop": ([1.0] * 8, [0, 10, 20, 40, 80, 160, 300, 300]),
    "ten minutes do not reset it": ([1.0, 1, 1, 600, 1], [0, 10, 20, 40, 80]),
    "a second more does": ([1.0, 1, 1, 601, 1], [0, 10, 20, 0, 10]),
}


def restart_delays(back_off: BackOff, runs_s: list[float]) -> list[float]:
    """Return how long a container is left alone after each of its runs, given how long each lasted."""
    now_s, delays = 0.0, []
    for run_s in runs_s:
        ended_s = now_s + run_s
        delays.append(back_off.remaining_s(ended_s, ended_s))
        now_s = ended_s + delays[-1]
        back_off.advance(ended_s, now_s)
    return delays


@pytest.mark.parametrize(("runs_s", "expected"), CASES.values(), ids=CASES)
def test_restart_delays(runs_s: list[float], expected: list[float]) -> None:
    """Seconds after each run."""
    assert restart_delays(BackOff(), runs_s) == expected


def test_the_maximum_can_be_lowered() -> None:
    """As crashLoopBackOff.maxContainerRestartPeriod does."""
    assert restart_delays(BackOff(max_s=30), [1.0] * 5) == [0, 10, 20, 30, 30]
