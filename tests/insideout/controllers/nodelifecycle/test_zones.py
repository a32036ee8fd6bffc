"""The rate of tainting, zone by zone."""

import pytest

from insideout.controllers.nodelifecycle import zones
from insideout.controllers.nodelifecycle.ratelimit import RateLimitedQueue

RATES = {
    "one of three silent": ([True, True, False], 0.1),
    "two of two silent": ([False, False], 0.1),
    "three of five is partial, and the zone small": ([False] * 3 + [True] * 2, 0.0),
    "exactly fifty nodes is small": ([False] * 30 + [True] * 20, 0.0),
    "fifty-one is large": ([False] * 30 + [True] * 21, 0.01),
    "two of three is not partial": ([False] * 2 + [True], 0.1),
}


@pytest.mark.parametrize(("ready", "expected"), RATES.values(), ids=RATES)
def test_zone_qps(ready: list[bool], expected: float) -> None:
    """Nodes a second that may be tainted in a zone beside a healthy one."""
    assert zones.zone_qps(zones.zone_state(ready), len(ready)) == expected


def test_the_queue_lets_one_through_at_once_and_then_one_in_ten_seconds() -> None:
    """At 0.1 a second with burst 1."""
    queue = RateLimitedQueue(0.1, 0)
    assert [queue.add(name) for name in ("a", "b", "a")] == [True, True, False]
    taken = [(tenth / 10, name) for tenth in range(300) if (name := queue.take(tenth / 10))]
    assert taken == [(0.0, "a"), (10.0, "b")]
    assert not queue.add("a"), "a name that was taken is known until it is removed"
    queue.remove("a")
    assert queue.add("a")


def test_a_rate_of_zero_stops_the_queue() -> None:
    """And a new rate lets it go on, without a saved-up token if it had to wait."""
    queue = RateLimitedQueue(0.1, 0)
    queue.add("a")
    queue.set_rate(0.0, 0)
    assert queue.take(1000) is None
    queue.set_rate(0.1, 1000)
    assert queue.take(1005) is None
    assert queue.take(1010) == "a"
