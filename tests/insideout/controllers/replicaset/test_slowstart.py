"""Slow start doubles its batches while nothing fails."""

import pytest

from insideout.client import ApiError
from insideout.controllers.replicaset.slowstart import slow_start

QUOTA = ApiError({"code": 403, "reason": "Forbidden", "message": "exceeded quota"})


@pytest.mark.parametrize(
    ("room", "tried", "made"), [(0, 1, 0), (1, 3, 1), (2, 3, 2), (3, 7, 3), (10, 10, 10)]
)
def test_it_stops_after_the_batch_that_fails(room: int, tried: int, made: int) -> None:
    """With room for `room` Pods, batches of 1, 2, 4 and 3 are tried."""
    calls: list[int] = []

    def create(index: int) -> None:
        calls.append(index)
        if index >= room:
            raise QUOTA

    successes, error = slow_start(10, create)
    assert (len(calls), successes) == (tried, made)
    assert error is (None if room == 10 else QUOTA)
