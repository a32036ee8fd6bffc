"""Endpoints are packed with few writes, and nothing moves that has a place."""

import random

import pytest

from insideout.client import Object
from insideout.controllers.endpointslice import packing


def endpoints(start: int, stop: int, **fields: object) -> list[Object]:
    """Return endpoints numbered from `start` to before `stop`."""
    return [
        {"addresses": [f"10.0.{n // 250}.{n % 250}"], "targetRef": {"namespace": "ns", "name": f"p{n}"}}
        | fields
        for n in range(start, stop)
    ]


def sizes(packed: packing.Packing) -> tuple[list[int], dict[str, int], list[str]]:
    """Return the sizes of what is written."""
    updates = {name: len(contents) for name, contents in packed.update.items()}
    return [len(contents) for contents in packed.create], updates, packed.delete


CASES = {
    "the first ones": ({}, endpoints(0, 3), ([3], {}, [])),
    "250 at once": ({}, endpoints(0, 250), ([100, 100, 50], {}, [])),
    "99 + 99 and two more: a new slice": (
        {"a": endpoints(0, 99), "b": endpoints(99, 198)},
        endpoints(0, 200),
        ([2], {}, []),
    ),
    "one more goes where it leaves the fullest": (
        {"a": endpoints(0, 50), "b": endpoints(100, 199)},
        endpoints(0, 51) + endpoints(100, 199),
        ([], {"b": 100}, []),
    ),
    "all three of a lone slice replaced: one update would do, but a deletion frees its name": (
        {"a": endpoints(0, 3)},
        endpoints(3, 6),
        ([3], {}, ["a"]),
    ),
    "ten of the first replaced with fifteen": (
        {"a": endpoints(0, 100), "b": endpoints(100, 200), "c": endpoints(200, 250)},
        endpoints(10, 265),
        ([], {"a": 100, "c": 55}, []),
    ),
    "nothing is moved to fill holes": (
        {"a": endpoints(0, 100), "b": endpoints(100, 101)},
        endpoints(60, 101),
        ([], {"a": 40}, []),
    ),
    "an emptied slice goes": ({"a": endpoints(0, 1), "b": endpoints(1, 3)}, endpoints(1, 3), ([], {}, ["a"])),
    "a changed condition is one write": (
        {"a": endpoints(0, 2), "b": endpoints(2, 4)},
        endpoints(0, 1, conditions={"ready": False}) + endpoints(1, 4),
        ([], {"a": 2}, []),
    ),
    "nothing changed, nothing written": ({"a": endpoints(0, 4)}, endpoints(0, 4), ([], {}, [])),
}


@pytest.mark.parametrize(("slices", "desired", "expected"), CASES.values(), ids=CASES)
def test_plan(slices: dict[str, list[Object]], desired: list[Object], expected: object) -> None:
    """Sizes of created and updated slices, and names of the deleted."""
    assert sizes(packing.plan(slices, desired)) == expected


def test_an_outdated_slice_is_written_though_its_endpoints_are_right() -> None:
    """Its labels changed, for instance."""
    assert sizes(packing.plan({"a": endpoints(0, 2)}, endpoints(0, 2), outdated=["a"])) == ([], {"a": 2}, [])


@pytest.mark.parametrize("seed", range(40))
def test_random_changes_end_in_exactly_the_desired_endpoints(seed: int) -> None:
    """Each in one slice, none too long, and a second plan writes nothing."""
    rng = random.Random(seed)
    slices: dict[str, list[Object]] = {}
    for step in range(10):
        desired = [e for e in endpoints(0, 60) if rng.random() < rng.random()]
        packed = packing.plan(slices, desired, limit=7)
        slices = {name: list(contents) for name, contents in slices.items() if name not in packed.delete}
        slices |= packed.update
        slices |= {f"{step}-{i}": contents for i, contents in enumerate(packed.create)}
        listed = sorted(e["targetRef"]["name"] for contents in slices.values() for e in contents)
        assert listed == sorted(e["targetRef"]["name"] for e in desired)
        assert all(0 < len(contents) <= 7 for contents in slices.values())
        assert sizes(packing.plan(slices, desired, limit=7)) == ([], {}, [])
