"""Surge rounds up, unavailable rounds down, and something must be able to move."""

import pytest

from insideout.controllers.deployment import fenceposts

CASES = {
    "a quarter of ten": ("25%", "25%", 10, (3, 2)),
    "plain numbers": (1, 2, 10, (1, 2)),
    "both round to nothing": (0, "10%", 4, (0, 1)),
    "no replicas": ("25%", "25%", 0, (0, 1)),
    "a large surge is not clamped": (500, 0, 3, (500, 0)),
}


@pytest.mark.parametrize(("surge", "unavailable", "replicas", "expected"), CASES.values(), ids=CASES)
def test_resolve(surge: int | str, unavailable: int | str, replicas: int, expected: tuple[int, int]) -> None:
    """Surge rounds up, unavailable down, and both at 0 becomes unavailable 1."""
    assert fenceposts.resolve(surge, unavailable, replicas) == expected


def test_a_deployment_never_misses_more_than_it_has() -> None:
    """A larger maxUnavailable is cut to the replicas."""
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 7}}
    assert fenceposts.of({"spec": {"replicas": 3, "strategy": strategy}}) == (0, 3)


def test_recreate_has_no_fenceposts() -> None:
    """Only a rolling update has them."""
    assert fenceposts.of({"spec": {"replicas": 3, "strategy": {"type": "Recreate"}}}) == (0, 0)


def test_a_value_that_is_neither_number_nor_percentage_is_named() -> None:
    """The message says what would be right."""
    with pytest.raises(ValueError, match=r"'2\.5%' is neither"):
        fenceposts.resolve("2.5%", 0, 4)
