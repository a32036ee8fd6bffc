import pytest

from insideout.client import Object
from insideout.scheduler.resources import is_scalar, pod_requests, resources
from tests.insideout.scheduler.builders import container, pod


def init(cpu: str, *, sidecar: bool = False) -> Object:
    """Return an init container."""
    return {**container(cpu=cpu), "name": f"i{cpu}", **({"restartPolicy": "Always"} if sidecar else {})}


TABLE: dict[str, tuple[Object, int]] = {
    "containers add up": ({"containers": [container(cpu="1"), container(cpu="500m")]}, 1500),
    "the largest init container counts when it is larger": (
        {"containers": [container(cpu="1")], "initContainers": [init("2"), init("3")]},
        3000,
    ),
    "and does not when it is smaller": (
        {"containers": [container(cpu="4")], "initContainers": [init("3")]},
        4000,
    ),
    "a sidecar runs beside the containers": (
        {"containers": [container(cpu="1")], "initContainers": [init("500m", sidecar=True)]},
        1500,
    ),
    "and under later init containers": (
        {"containers": [container(cpu="1")], "initContainers": [init("1", sidecar=True), init("2")]},
        3000,
    ),
    "not under earlier ones": (
        {"containers": [container(cpu="1")], "initContainers": [init("2"), init("1", sidecar=True)]},
        2000,
    ),
    "overhead comes on top": ({"containers": [container(cpu="1")], "overhead": {"cpu": "250m"}}, 1250),
    "the pod's own request replaces its containers'": (
        {"containers": [container(cpu="1")], "resources": {"requests": {"cpu": "3"}}},
        3000,
    ),
    "amounts are rounded up once, when they are summed": (
        {"containers": [container(cpu="0.4m"), container(cpu="0.4m")]},
        1,
    ),
}


@pytest.mark.parametrize("case", TABLE)
def test_a_pod_requests_the_larger_of_sum_and_peak(case: str) -> None:
    """In thousandths of a core."""
    spec, milli_cpu = TABLE[case]
    assert resources(pod_requests({"metadata": {"name": "p"}, "spec": spec})).milli_cpu == milli_cpu


def test_a_resize_under_way_counts_with_its_largest_value() -> None:
    """Wanted 1, granted 2, in force 3; an infeasible wish for 5 does not count."""
    status = {
        "containerStatuses": [
            {"name": "c", "resources": {"requests": {"cpu": "3"}}, "allocatedResources": {"cpu": "2"}}
        ]
    }
    assert pod(cpu="1", status=status).requested.milli_cpu == 3000
    infeasible = {"type": "PodResizePending", "status": "True", "reason": "Infeasible"}
    assert pod(cpu="5", status={**status, "conditions": [infeasible]}).requested.milli_cpu == 3000
    assert pod(cpu="5", status=status).requested.milli_cpu == 5000


def test_what_is_not_requested_counts_something_when_nodes_are_scored() -> None:
    """100m and 200Mi for each container that names none; the pod's own requests stand."""
    two = pod(containers=[container(cpu="1"), container(memory="1Gi")])
    assert two.score_request == (1100, (1024 + 200) * 2**20)
    assert two.non_zero_request == two.score_request
    level = pod(containers=[container(), container(memory="1Gi")], resources={"requests": {"cpu": "2"}})
    assert level.non_zero_request == (2000, 2**30)
    assert pod(containers=[container(cpu="0", memory="0")]).score_request == (0, 0)


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("example.com/gpu", True),
        ("hugepages-2Mi", True),
        ("attachable-volumes-csi", True),
        ("cpu", False),
        ("bandwidth", False),
        ("requests.example.com/gpu", False),
        ("node.kubernetes.io/x", True),
    ],
)
def test_extended_resources_are_known_by_their_names(name: str, counts: bool) -> None:
    """Names with a domain, huge pages and attachable volumes."""
    assert is_scalar(name) is counts
