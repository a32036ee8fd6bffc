"""A node under pressure loses pods one at a time, in the order of whoever ranks them."""

import pytest

from course.kubelet.eviction import PodMemory
from course.kubelet.pressure import Workload, rank_by_name, run_node

Mi = 2**20
GREEDY = Workload(PodMemory("greedy", 0, 100 * Mi, 0), 10 * Mi)
QUIET = Workload(PodMemory("quiet", 0, 300 * Mi, 400 * Mi), 0)


def evictions(looks):
    return [(look.time_s, look.evicted) for look in looks if look.evicted]


def test_the_kubelet_looks_every_ten_seconds():
    looks = run_node([QUIET], 1000 * Mi, 35)
    assert [look.time_s for look in looks] == [0, 10, 20, 30]
    assert evictions(looks) == []


def test_the_pod_above_its_request_goes_at_the_first_look_below_the_threshold():
    # 400 MiB are in use at 0 s and 10 more a second: below 100 MiB free from 20.1 s of 701 MiB.
    looks = run_node([GREEDY, QUIET], 701 * Mi, 60)
    assert evictions(looks) == [(30, "greedy")]
    assert looks[-1].available_bytes == 401 * Mi


def test_after_an_eviction_the_kubelet_looks_again_when_the_pod_is_gone():
    looks = run_node([GREEDY, QUIET], 390 * Mi, 5)
    assert evictions(looks) == [(0, "greedy"), (1, "quiet")]


def test_a_learners_function_decides_by_name():
    looks = run_node([GREEDY, QUIET], 701 * Mi, 40, rank=rank_by_name(lambda pods: ["quiet", "greedy"]))
    assert evictions(looks)[0] == (30, "quiet")


def test_a_name_that_is_no_pod_is_refused_in_one_line():
    with pytest.raises(ValueError, match="the order names 'ghost', which is no pod of this node"):
        run_node([GREEDY], 50 * Mi, 5, rank=rank_by_name(lambda pods: ["ghost"]))
