import pytest

from insideout.client import Object
from insideout.scheduler.scores import node_affinity
from tests.insideout.scheduler.builders import node, pod, prefer, scores, snapshot

VIEW = snapshot(node("a", {"disk": "ssd", "zone": "z1"}), node("b", {"disk": "ssd"}), node("c"))

TABLE: dict[str, tuple[list[Object], dict[str, int] | None]] = {
    "no preference": ([], None),
    "one term": ([prefer("disk", "ssd", weight=7)], {"a": 100, "b": 100, "c": 0}),
    "weights add up": (
        [prefer("disk", "ssd", weight=20), prefer("zone", "z1", weight=10)],
        {"a": 100, "b": 66, "c": 0},
    ),
    "nothing matches": ([prefer("disk", "nvme")], {"a": 0, "b": 0, "c": 0}),
    "absence can be preferred": ([prefer("disk", operator="DoesNotExist")], {"a": 0, "b": 0, "c": 100}),
    "an empty preference counts for nobody": ([{"weight": 5, "preference": {}}], {"a": 0, "b": 0, "c": 0}),
}


@pytest.mark.parametrize("case", TABLE)
def test_matched_weights_count_as_a_share_of_the_most(case: str) -> None:
    """Shares are floored."""
    terms, expected = TABLE[case]
    affinity = {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": terms}}
    assert scores(node_affinity, pod(affinity=affinity), VIEW) == expected
