import pytest

from insideout.client import Object
from insideout.scheduler.attempt import Attempt, attempt
from insideout.scheduler.cycle import Cycle
from insideout.scheduler.nominator import Nominator
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.preemption import Preemption
from insideout.scheduler.snapshot import Snapshot
from insideout.sim.loop import Loop
from tests.insideout.scheduler.builders import node, pod, snapshot

NO_CLAIMS = "no new claims to deallocate, preemption: "


def tried(new: PodInfo, view: Snapshot) -> Attempt:
    """Return what an attempt decides."""
    loop = Loop()
    cycle = Cycle(view, Nominator())
    return attempt(cycle, Preemption(cycle, loop.rng("test"), loop.time), new)


CLAIM = [{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}]
NAMES: Object = {
    "nodeAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": {
            "nodeSelectorTerms": [
                {
                    "matchFields": [
                        {"key": "metadata.name", "operator": "In", "values": ["a"]},
                        {"key": "metadata.name", "operator": "In", "values": ["b"]},
                    ]
                }
            ]
        }
    }
}

TABLE: dict[str, tuple[PodInfo, list[PodInfo], str]] = {
    "hopeless": (
        pod(cpu="9"),
        [],
        f"0/1 nodes are available: 1 Insufficient cpu. {NO_CLAIMS}0/1 nodes are available: "
        "1 Preemption is not helpful for scheduling.",
    ),
    "nobody to evict": (
        pod(cpu="5"),
        [pod("old", cpu="4")],
        f"0/1 nodes are available: 1 Insufficient cpu. {NO_CLAIMS}0/1 nodes are available: "
        "1 No preemption victims found for incoming pod.",
    ),
    "evicting would not do": (
        pod(cpu="5", priority=5),
        [pod("old", cpu="4", priority=5), pod("low", cpu="1", priority=1)],
        f"0/1 nodes are available: 1 Insufficient cpu. {NO_CLAIMS}0/1 nodes are available: "
        "1 Insufficient cpu.",
    ),
    "unwilling to evict": (
        pod(cpu="5", priority=5, preemptionPolicy="Never"),
        [pod("old", cpu="4")],
        f"0/1 nodes are available: 1 Insufficient cpu. {NO_CLAIMS}"
        "not eligible due to preemptionPolicy=Never.",
    ),
    "somebody is evicted": (
        pod(cpu="5", priority=5),
        [pod("old", cpu="4")],
        "0/1 nodes are available: 1 Insufficient cpu.",
    ),
    "a claim is missing": (
        pod(volumes=CLAIM),
        [],
        '0/1 nodes are available: persistentvolumeclaim "data" not found. not found',
    ),
    "contradicting names": (
        pod(affinity=NAMES),
        [],
        "0/1 nodes are available: pod affinity terms conflict. not found",
    ),
}


@pytest.mark.parametrize("case", TABLE)
def test_the_message_says_what_was_tried(case: str) -> None:
    """Reasons of the nodes, then what making room gave."""
    new, placed, message = TABLE[case]
    assert tried(new, snapshot(node("n"), n=placed)).message == message


def test_without_nodes_nothing_is_tried() -> None:
    """And no plugin is to blame, so that the pod backs off."""
    found = tried(pod(), Snapshot())
    assert (found.message, found.plugins) == ("no nodes available to schedule pods", frozenset())


def test_making_room_nominates() -> None:
    """Failing to make room takes a nomination back; not trying leaves it."""
    view = snapshot(node("n"), n=pod("old", cpu="4"))
    assert tried(pod(cpu="5", priority=5), view).nominate == "n"
    assert tried(pod(cpu="5"), view).nominate == ""
    assert tried(pod(cpu="5", priority=5, preemptionPolicy="Never"), view).nominate is None
    assert tried(pod(volumes=CLAIM), view).nominate is None
