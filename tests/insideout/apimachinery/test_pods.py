"""A Pod is active, ready or available by its status alone."""

from datetime import UTC, datetime
from typing import Any

import pytest

from insideout.apimachinery import pods

NOW = datetime(2026, 1, 1, 0, 1, 0, tzinfo=UTC)


def ready(since: str = "2026-01-01T00:00:50Z", status: str = "True") -> dict[str, Any]:
    """Return a Pod whose condition Ready changed at `since`."""
    condition = {"type": "Ready", "status": status, "lastTransitionTime": since}
    return {"metadata": {}, "status": {"phase": "Running", "conditions": [condition]}}


@pytest.mark.parametrize(
    ("pod", "expected"),
    [
        ({"metadata": {}}, True),
        ({"metadata": {}, "status": {"phase": "Pending"}}, True),
        ({"metadata": {}, "status": {"phase": "Succeeded"}}, False),
        ({"metadata": {}, "status": {"phase": "Failed"}}, False),
        ({"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}, "status": {"phase": "Running"}}, False),
    ],
)
def test_active(pod: dict[str, Any], expected: bool) -> None:
    assert pods.is_active(pod) is expected


@pytest.mark.parametrize(
    ("pod", "min_ready_s", "available", "wait_s"),
    [
        (ready(), 0, True, None),
        (ready(), 10, True, None),
        (ready(), 11, False, 1.0),
        (ready(status="False"), 0, False, None),
        (ready(status="Unknown"), 11, False, None),
        ({"metadata": {}}, 0, False, None),
    ],
)
def test_available(pod: dict[str, Any], min_ready_s: int, available: bool, wait_s: float | None) -> None:
    """Ready for long enough, to the second; and how long until then."""
    assert pods.is_available(pod, min_ready_s, NOW) is available
    assert pods.next_available_s([pod], min_ready_s, NOW) == wait_s


def test_the_soonest_counts() -> None:
    both = [ready("2026-01-01T00:00:55Z"), ready("2026-01-01T00:00:52Z")]
    assert pods.next_available_s(both, 10, NOW) == 2.0
