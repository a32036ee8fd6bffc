"""How long a Pod tolerates its node's NoExecute taints."""

import pytest

from insideout.client import Object
from insideout.controllers.tainteviction.delay import evict_after

UNREACHABLE = {"key": "node.kubernetes.io/unreachable", "effect": "NoExecute"}
NOT_READY = {"key": "node.kubernetes.io/not-ready", "effect": "NoExecute"}


def tolerate(taint: Object, seconds: int | None = None) -> Object:
    """Return a toleration for a taint's key."""
    toleration = {"key": taint["key"], "operator": "Exists", "effect": "NoExecute"}
    return toleration if seconds is None else toleration | {"tolerationSeconds": seconds}


CASES = {
    "no taint": ([], [], None),
    "NoSchedule evicts nobody": ([UNREACHABLE | {"effect": "NoSchedule"}], [], None),
    "not tolerated": ([UNREACHABLE], [], 0.0),
    "one of two not tolerated": ([UNREACHABLE, NOT_READY], [tolerate(NOT_READY, 300)], 0.0),
    "for five minutes": ([UNREACHABLE], [tolerate(UNREACHABLE, 300)], 300.0),
    "for ever": ([UNREACHABLE], [tolerate(UNREACHABLE)], None),
    "the first listed counts, not the shortest": (
        [UNREACHABLE],
        [tolerate(UNREACHABLE, 300), tolerate(UNREACHABLE, 30)],
        300.0,
    ),
    "the shortest of two taints": (
        [UNREACHABLE, NOT_READY],
        [tolerate(UNREACHABLE, 300), tolerate(NOT_READY, 30)],
        30.0,
    ),
    "a negative time is now": ([UNREACHABLE], [tolerate(UNREACHABLE, -5)], 0.0),
    "an empty key tolerates all": ([UNREACHABLE], [{"operator": "Exists", "tolerationSeconds": 7}], 7.0),
}


@pytest.mark.parametrize(("taints", "tolerations", "expected"), CASES.values(), ids=CASES)
def test_evict_after(taints: list[Object], tolerations: list[Object], expected: float | None) -> None:
    """Seconds until the Pod goes, None for never."""
    assert evict_after(taints, tolerations) == expected
