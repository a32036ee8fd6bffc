import pytest

from insideout.client import Object
from insideout.scheduler.filters import node_resources_fit
from insideout.scheduler.status import Code
from tests.insideout.scheduler.builders import container, node, pod, reasons, snapshot

TABLE: dict[str, tuple[dict[str, str], Object, str]] = {
    "fits exactly": ({"cpu": "6", "memory": "6Gi"}, {}, ""),
    "cpu short": ({"cpu": "6001m"}, {}, "Insufficient cpu"),
    "all that is short is named": (
        {"cpu": "7", "memory": "7Gi"},
        {},
        "Insufficient cpu, Insufficient memory",
    ),
    "nothing requested": ({}, {}, ""),
    "no room for a pod": ({}, {"pods": "1"}, "Too many pods"),
    "pods come first": ({"cpu": "7"}, {"pods": "1"}, "Too many pods, Insufficient cpu"),
    "a device the node lacks": ({"example.com/gpu": "1"}, {}, "Insufficient example.com/gpu"),
    "a device the node has": ({"example.com/gpu": "2"}, {"example_com__gpu": "2"}, ""),
    "a device taken": ({"example.com/gpu": "3"}, {"example_com__gpu": "2"}, "Insufficient example.com/gpu"),
    "zero of a device": ({"example.com/gpu": "0"}, {}, ""),
    "ephemeral storage": ({"ephemeral-storage": "1Gi"}, {}, "Insufficient ephemeral-storage"),
    "huge pages": ({"hugepages-2Mi": "2Mi"}, {}, "Insufficient hugepages-2Mi"),
    "an unknown native resource is ignored": ({"bandwidth": "5"}, {}, ""),
}


@pytest.mark.parametrize("case", TABLE)
def test_the_node_must_have_left_what_the_pod_requests(case: str) -> None:
    """A node of 8 cores and 8Gi holds a pod of 2 cores and 2Gi."""
    requests, has, said = TABLE[case]
    view = snapshot(node("n", **has), n=pod("old", cpu="2", memory="2Gi"))
    assert reasons(node_resources_fit, pod(containers=[container(**requests)]), view) == {"n": said}


def test_a_request_beyond_the_whole_node_cannot_be_cured_by_eviction() -> None:
    """9 of 8 cores are hopeless, 7 of the 6 that are left are not."""
    (info,) = snapshot(node("n"), n=pod("old", cpu="2")).nodes
    hopeless = node_resources_fit.explain(pod(cpu="9").request, info)
    crowded = node_resources_fit.explain(pod(cpu="7").request, info)
    assert hopeless is not None
    assert hopeless.code is Code.UNRESOLVABLE
    assert crowded is not None
    assert crowded.code is Code.UNSCHEDULABLE
