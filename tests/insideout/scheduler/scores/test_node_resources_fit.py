import pytest

from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.scores import node_resources_fit
from tests.insideout.scheduler.builders import container, node, pod, scores, snapshot

TABLE: dict[str, tuple[PodInfo, int]] = {
    "half and half": (pod(cpu="2", memory="2Gi"), 50),
    "cpu and memory are floored before their average": (pod(cpu="1333m", memory="1Gi"), 70),
    "a container without requests counts": (pod(), (97 + 95) // 2),
    "each container counts": (pod(containers=[container(), container()]), (95 + 90) // 2),
    "an explicit zero stays zero": (pod(cpu="0", memory="0"), 100),
    "more than there is": (pod(cpu="5", memory="1Gi"), 75 // 2),
}


@pytest.mark.parametrize("case", TABLE)
def test_the_more_stays_free_the_better(case: str) -> None:
    """An empty node of 4 cores and 4Gi; 100m is 2.5 %, 200Mi is 4.9 %."""
    new, expected = TABLE[case]
    assert scores(node_resources_fit, new, snapshot(node("n", cpu="4", memory="4Gi"))) == {"n": expected}


def test_placed_pods_count_with_what_they_would_count_as_newcomers() -> None:
    """A placed pod without requests takes 100m and 200Mi."""
    view = snapshot(node("n", cpu="1", memory="2000Mi"), n=pod("old"))
    assert scores(node_resources_fit, pod(cpu="400m", memory="800Mi"), view) == {"n": 50}


def test_a_resource_the_node_has_none_of_is_left_out() -> None:
    """The average is then of one."""
    view = snapshot(node("n", cpu="0", memory="4Gi"))
    assert scores(node_resources_fit, pod(memory="1Gi"), view) == {"n": 75}
