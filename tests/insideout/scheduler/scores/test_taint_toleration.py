import pytest

from insideout.client import Object
from insideout.scheduler.scores import taint_toleration
from tests.insideout.scheduler.builders import node, pod, scores, snapshot

SOFT = "PreferNoSchedule"
NODES = (
    node("none"),
    node("one", taints=[("a", "", SOFT)]),
    node("three", taints=[("a", "", SOFT), ("b", "", SOFT), ("c", "", SOFT)]),
)

TABLE: dict[str, tuple[list[Object], dict[str, int]]] = {
    "fewer is better": ([], {"none": 100, "one": 67, "three": 0}),
    "tolerated taints do not count": (
        [{"key": "a", "operator": "Exists"}],
        {"none": 100, "one": 100, "three": 0},
    ),
    "all tolerated": ([{"operator": "Exists"}], {"none": 100, "one": 100, "three": 100}),
    "a toleration of hard taints does not help": (
        [{"operator": "Exists", "effect": "NoSchedule"}],
        {"none": 100, "one": 67, "three": 0},
    ),
}


@pytest.mark.parametrize("case", TABLE)
def test_the_fewer_disliked_taints_the_better(case: str) -> None:
    """100 less the share of the largest count."""
    tolerations, expected = TABLE[case]
    assert scores(taint_toleration, pod(tolerations=tolerations), snapshot(*NODES)) == expected


def test_hard_taints_are_the_filters_business() -> None:
    """They do not count here, even untolerated."""
    view = snapshot(node("n", taints=[("a", "", "NoSchedule")]))
    assert scores(taint_toleration, pod(), view) == {"n": 100}
