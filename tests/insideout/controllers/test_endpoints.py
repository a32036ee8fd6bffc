"""Endpoints: an object of more than a thousand addresses is cut, each subset in proportion."""

from typing import Any

from insideout.controllers.endpoints import truncate


def subset(ready: int, not_ready: int = 0) -> dict[str, Any]:
    """Return a subset with so many addresses."""
    made = {
        "addresses": [{"ip": f"r{n}"} for n in range(ready)],
        "notReadyAddresses": [{"ip": f"n{n}"} for n in range(not_ready)],
    }
    return {kind: listed for kind, listed in made.items() if listed}


def sizes(subsets: list[dict[str, Any]]) -> list[tuple[int, int]]:
    """Return the numbers of ready and unready addresses."""
    return [(len(s.get("addresses", ())), len(s.get("notReadyAddresses", ()))) for s in subsets]


def test_a_thousand_stay() -> None:
    subsets = [subset(400, 600)]
    assert not truncate(subsets, 1000)
    assert sizes(subsets) == [(400, 600)]


def test_too_many_ready_ones_are_cut_in_proportion_and_unready_ones_go() -> None:
    subsets = [subset(1500, 10), subset(500, 10)]
    assert truncate(subsets, 1000)
    assert sizes(subsets) == [(750, 0), (250, 0)]


def test_ready_ones_stay_while_there_is_room() -> None:
    subsets = [subset(300, 900), subset(300, 300)]
    assert truncate(subsets, 1000)
    assert sizes(subsets) == [(300, 300), (300, 100)]
