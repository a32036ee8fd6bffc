"""Node-pressure eviction, as pkg/kubelet/eviction has it."""

import pytest

from insideout.kubelet.eviction import CONDITION_S, THRESHOLD_BYTES, EvictionManager, PodMemory, rank_memory

Mi = 2**20


def names(pods):
    return [pod.name for pod in rank_memory(pods)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(PodMemory("a", 9, None, 0), PodMemory("b", 0, 9, 0), id="no statistics before all"),
        pytest.param(
            PodMemory("a", 9, 2, 1), PodMemory("b", 0, 9, 9), id="above the request before priority"
        ),
        pytest.param(PodMemory("a", 0, 2, 1), PodMemory("b", 1, 99, 1), id="lower priority before excess"),
        pytest.param(PodMemory("a", 0, 50, 10), PodMemory("b", 0, 99, 90), id="excess, not usage"),
        pytest.param(
            PodMemory("a", 0, 8, 10), PodMemory("b", 0, 70, 100), id="excess also below the request"
        ),
    ],
)
def test_the_order_of_two(first, second):
    assert names([second, first]) == names([first, second]) == ["a", "b"]


def test_nothing_goes_while_memory_is_at_the_threshold():
    manager = EvictionManager()
    assert manager.synchronize(0, THRESHOLD_BYTES, [PodMemory("a", 0, 5, 0)]) is None
    assert not manager.under_pressure(0)


def test_one_pod_goes_at_a_look_and_never_a_critical_one():
    manager = EvictionManager()
    pods = [PodMemory("dns", -1, 50 * Mi, 0, critical=True), PodMemory("web", 0, 5, 9)]
    assert manager.synchronize(0, THRESHOLD_BYTES - 1, pods) == "web"
    assert manager.synchronize(1, THRESHOLD_BYTES - 1, pods[:1]) is None


def test_the_condition_lingers_for_five_minutes_after_the_last_pressure():
    manager = EvictionManager()
    manager.synchronize(10, 0, [])
    manager.synchronize(20, 2 * THRESHOLD_BYTES, [])
    assert manager.under_pressure(10 + CONDITION_S - 1)
    assert not manager.under_pressure(10 + CONDITION_S)
