"""A PodDisruptionBudget lets go what is not needed, and no more."""

from datetime import UTC, datetime, timedelta

import pytest

from insideout.apimachinery import timestamps
from insideout.client import Object
from insideout.controllers import budget

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
DEMANDS = {
    "a number counts the Pods there": ({"minAvailable": 2}, (3, 2)),
    "a percentage counts what controllers want, and rounds up": ({"minAvailable": "50%"}, (5, 3)),
    "maxUnavailable rounds up too": ({"maxUnavailable": "30%"}, (5, 3)),
    "more may be missing than there are": ({"maxUnavailable": 9}, (5, 0)),
}


@pytest.mark.parametrize(("spec", "expected"), DEMANDS.values(), ids=DEMANDS)
def test_demand(spec: Object, expected: tuple[int, int]) -> None:
    """Three Pods are there, five are wanted: how many are expected, how many have to be healthy."""
    assert budget.demand(spec, 3, 5) == expected


def pod(name: str, *, ready: bool = True, going: bool = False) -> Object:
    """Return a Pod."""
    metadata: Object = {"name": name} | ({"deletionTimestamp": "t"} if going else {})
    return {"metadata": metadata, "status": {"conditions": [{"type": "Ready", "status": str(ready)}]}}


def allowed(pods: list[Object], demanded: tuple[int, int], disrupted: dict[str, str] | None = None) -> int:
    """Return how many Pods may go."""
    pdb: Object = {"metadata": {"generation": 1}}
    status = budget.budget_status(pdb, pods, budget.Demand(*demanded), disrupted or {}, NOW)
    return int(status["disruptionsAllowed"])


def test_only_healthy_pods_count() -> None:
    """Not ready, going, or granted to go: not counted."""
    pods = [pod("a"), pod("b"), pod("c", ready=False), pod("d", going=True), pod("e")]
    assert allowed(pods, (5, 1)) == 2
    assert allowed(pods, (5, 1), {"e": timestamps.seconds(NOW)}) == 1
    assert allowed(pods, (5, 4)) == 0


def test_without_pods_nothing_may_go() -> None:
    """The first ones may be on their way."""
    assert allowed([], (0, 0)) == 0


def test_a_grant_lapses_after_two_minutes() -> None:
    """Or when the Pod begins to go."""
    granted = {
        "late": timestamps.seconds(NOW - timedelta(seconds=121)),
        "fresh": timestamps.seconds(NOW - timedelta(seconds=119)),
        "going": timestamps.seconds(NOW),
        "gone": timestamps.seconds(NOW),
    }
    pods = [pod("late"), pod("fresh"), pod("going", going=True)]
    assert list(budget.still_disrupted({"disruptedPods": granted}, pods, NOW)) == ["fresh"]
