"""A learner's order decides in the kubelet; a name that is no pod is refused."""

import pytest

from course.units.u06_qos.plots.pressure import watch_memory
from insideout.cluster import Cluster
from insideout.kubelet.eviction import PodMemory
from insideout.kubelet.ranking import rank_by_name

PODS = [PodMemory("a", 0, 5, 0), PodMemory("b", 1, None, 9, critical=True)]


def test_the_function_gets_dicts_and_its_names_become_pods():
    seen = []

    def order(pods):
        seen.extend(pods)
        return [pod["name"] for pod in reversed(pods)]

    assert rank_by_name(order)(PODS) == PODS[::-1]
    assert seen == [
        {"name": "a", "priority": 0, "usage": 5, "request": 0, "critical": False},
        {"name": "b", "priority": 1, "usage": None, "request": 9, "critical": True},
    ]


def test_a_name_that_is_no_pod_is_refused_in_one_line():
    with pytest.raises(ValueError, match="the order names 'ghost', which is no pod of this node"):
        rank_by_name(lambda pods: ["ghost"])(PODS)


def pod(name: str, uses: int) -> dict:
    program = {"program.course/app": f"memory {uses}Mi"}
    container = {"name": "app", "image": "app:1"}
    return {"metadata": {"name": name, "annotations": program}, "spec": {"containers": [container]}}


@pytest.mark.parametrize(("reverse", "expected"), [(False, ("small",)), (True, ("large",))])
def test_a_node_under_pressure_evicts_in_the_functions_order(reverse, expected):
    with Cluster.create(nodes=0) as cluster:
        node = cluster.nodes.add("tight", memory="1Gi")
        uses = {"small": 400, "large": 600}

        def order(pods):
            return [pod["name"] for pod in sorted(pods, key=lambda pod: pod["usage"] or 0, reverse=reverse)]

        node.memory.rank_by(rank_by_name(order))
        for name, amount in uses.items():
            cluster.client().create("pods", pod(name, amount), "default")
        samples = watch_memory(cluster, "tight", 40)
        assert [sample.evicted for sample in samples if sample.evicted] == [expected]
        assert samples[-1].under_pressure
