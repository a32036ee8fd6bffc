"""Evictions go on beside the cycles: all victims but the last, then the last, then the pod is tried again."""

import pytest

from insideout.client import ApiError
from insideout.scheduler.evictions import EVICT_S, Evictions
from insideout.scheduler.nominator import Nominator
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.preemption import Candidate
from insideout.sim.loop import Loop
from tests.insideout.scheduler.builders import pod


class Notes:
    """Writes down what it is asked to write, and fails for the pods in `refused`."""

    def __init__(self, refused: tuple[str, ...] = ()) -> None:
        self.written: list[str] = []
        self._refused = refused

    def evict(self, victim: PodInfo, preemptor: PodInfo, node_name: str) -> None:
        if victim.name in self._refused:
            raise ApiError({"code": 500})
        self.written.append(f"evict {victim.name}")

    def take_back_nomination(self, other: PodInfo) -> None:
        self.written.append(f"take back {other.name}")


@pytest.fixture
def loop() -> Loop:
    return Loop()


def begun(loop, notes, victims, nominated=(), failed=None):
    nominator = Nominator()
    for each in nominated:
        nominator.nominate(each, "n0")
    high = pod("high", priority=100)
    evictions = Evictions(loop, notes, nominator, (failed if failed is not None else []).append)
    evictions.begin(high, Candidate("n0", tuple(victims)))
    return evictions, high


def test_the_last_victim_goes_after_the_others(loop):
    notes = Notes()
    evictions, high = begun(loop, notes, [pod("a"), pod("b"), pod("c")])
    assert notes.written == []
    loop.run(EVICT_S)
    assert notes.written == ["evict a", "evict b"]
    assert evictions.holds(high)
    loop.run(EVICT_S)
    assert notes.written == ["evict a", "evict b", "evict c"]
    assert not evictions.holds(high)


def test_lesser_pods_lose_the_promise_first(loop):
    notes = Notes()
    begun(loop, notes, [pod("a")], nominated=[pod("less", priority=1), pod("equal", priority=100)])
    loop.run(1)
    assert notes.written == ["take back less", "evict a"]


def test_nothing_is_written_when_all_victims_are_going_already(loop):
    notes = Notes()
    going = pod("a", metadata={"deletionTimestamp": "2026-01-01T00:00:00Z"})
    evictions, high = begun(loop, notes, [going], nominated=[pod("less", priority=1)])
    assert not evictions.holds(high)
    loop.run(1)
    assert notes.written == []


def test_a_refusal_spares_the_last_victim_and_has_the_pod_tried_again(loop):
    notes, failed = Notes(refused=("a",)), []
    evictions, high = begun(loop, notes, [pod("a"), pod("b")], failed=failed)
    loop.run(1)
    assert notes.written == []
    assert failed == [high]
    assert not evictions.holds(high)


def test_a_scheduler_that_stopped_evicts_nobody(loop):
    notes = Notes()
    evictions, _ = begun(loop, notes, [pod("a")])
    evictions.stop()
    loop.run(1)
    assert notes.written == []
