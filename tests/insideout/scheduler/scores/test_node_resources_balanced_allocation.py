import pytest

from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.scores import node_resources_balanced_allocation
from tests.insideout.scheduler.builders import node, pod, scores, snapshot

SKEWED = pod("old", cpu="4")

TABLE: dict[str, tuple[PodInfo, list[PodInfo], int]] = {
    "an even pod on an empty node": (pod(cpu="2", memory="1Gi"), [], 75),
    "an uneven pod on an empty node": (pod(cpu="500m", memory="512Mi"), [], 73),
    "a pod that makes a node more even": (pod(memory="2Gi"), [SKEWED], 50 + (50 + 100 - 75) // 2),
    "a pod that makes a node less even": (pod(cpu="4"), [SKEWED], 50 + (50 + 50 - 75) // 2),
    "more than the node has counts as all": (pod(cpu="80"), [], 50 + (50 + 50 - 100) // 2),
}


@pytest.mark.parametrize("case", TABLE)
def test_the_change_of_evenness_counts(case: str) -> None:
    """A node of 8 cores and 4Gi."""
    new, placed, expected = TABLE[case]
    view = snapshot(node("n", cpu="8", memory="4Gi"), n=placed)
    assert scores(node_resources_balanced_allocation, new, view) == {"n": expected}


def test_a_pod_that_requests_neither_is_not_compared() -> None:
    """Best-effort pods change no balance."""
    assert scores(node_resources_balanced_allocation, pod(), snapshot(node("n"))) is None
