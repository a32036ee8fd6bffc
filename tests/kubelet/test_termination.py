"""Containers stop in order, and in time."""

import pytest

from course.client import Object
from course.kubelet.termination import predecessors, term_at

SPEC: Object = {
    "containers": [{"name": "a"}, {"name": "b"}],
    "initContainers": [
        {"name": "s1", "restartPolicy": "Always"},
        {"name": "i"},
        {"name": "s2", "restartPolicy": "Always"},
    ],
}


@pytest.mark.parametrize(("name", "expected"), [("a", []), ("s2", ["a", "b"]), ("s1", ["a", "b", "s2"])])
def test_predecessors(name: str, expected: list[str]) -> None:
    """Sidecars wait for the main containers and for later sidecars."""
    assert predecessors(SPEC, name) == expected


CASES = {
    "one after the other": ([3], [4, 5], 30, [(8, 12), (3, 8)]),
    "the grace period ends the waiting": ([20], [1, 1], 10, [(10, 11), (10, 11)]),
    "two seconds are left to everyone": ([20], [9], 10, [(10, 12)]),
    "a sidecar has what remains": ([3], [30], 10, [(3, 10)]),
}


@pytest.mark.parametrize(("mains", "sidecars", "grace_s", "expected"), CASES.values(), ids=CASES)
def test_term_at(
    mains: list[int], sidecars: list[int], grace_s: int, expected: list[tuple[int, int]]
) -> None:
    """When each sidecar is told to stop, and when it is gone."""
    assert term_at(mains, sidecars, grace_s) == expected
