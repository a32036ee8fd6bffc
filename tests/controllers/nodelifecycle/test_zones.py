"""The rate of tainting, zone by zone."""

import pytest

from course.controllers.nodelifecycle import zones
from course.controllers.nodelifecycle.ratelimit import RateLimitedQueue

RATES = {
    "one of three silent": ({"z": [True, True, False]}, {"z": 0.1}),
    "two of two silent beside a healthy zone": ({"z": [False, False], "y": [True]}, {"z": 0.1, "y": 0.1}),
    "all zones dead": ({"z": [False], "y": [False, False]}, {"z": 0.0, "y": 0.0}),
    "three of five is partial, and the zone small": ({"z": [False] * 3 + [True] * 2}, {"z": 0.0}),
    "exactly fifty nodes is small": ({"z": [False] * 30 + [True] * 20}, {"z": 0.0}),
    "fifty-one is large": ({"z": [False] * 30 + [True] * 21}, {"z": 0.01}),
    "two of three is not partial": ({"z": [False] * 2 + [True]}, {"z": 0.1}),
}


@pytest.mark.parametrize(("ready", "expected"), RATES.values(), ids=RATES)
def test_taint_qps(ready: dict[str, list[bool]], expected: dict[str, float]) -> None:
    """Nodes a second that may be tainted in each zone."""
    assert zones.taint_qps(ready) == expected


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
