"""Slow start: create in batches of 1, 2, 4, …, so that a quota costs one failed request and not five hundred.

Source: pkg/controller/replicaset/replica_set.go:slowStartBatch@v1.36.2.
"""

from collections.abc import Callable

from insideout.client import ApiError


def slow_start(
    count: int, create: Callable[[int], object], *, initial: int = 1
) -> tuple[int, ApiError | None]:
    """Call `create(0)`, `create(1)`, … in batches that double while none fails.

    Returns how many calls succeeded, and the first error of the batch that was the last.
    """
    successes, start, size = 0, 0, initial
    while start < count:
        error = None
        for index in range(start, min(start + size, count)):
            try:
                create(index)
                successes += 1
            except ApiError as refused:
                error = error or refused
        if error:
            return successes, error
        start, size = start + size, size * 2
    return successes, None
