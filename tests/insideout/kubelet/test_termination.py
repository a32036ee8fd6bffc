"""Containers stop in order, and in time."""

import pytest

from insideout.client import Object
from insideout.kubelet.termination import predecessors

SPEC: Object = {
    "containers": [{"name": "a"}, {"name": "b"}],
    "initContainers": [
        {"name": "s0", "restartPolicy": "Always"},
        {"name": "s1", "restartPolicy": "Always"},
        {"name": "i"},
        {"name": "s2", "restartPolicy": "Always"},
    ],
}


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a", []), ("s2", ["a", "b"]), ("s1", ["a", "b", "s2"]), ("s0", ["a", "b", "s1"])],
)
def test_predecessors(name: str, expected: list[str]) -> None:
    """Sidecars wait for the main containers and for the next sidecar, not for those after it."""
    assert predecessors(SPEC, name) == expected
