"""What a pod asks for: containers together, init containers at their largest moment."""

from decimal import Decimal
from typing import Any

import pytest

from insideout.apimachinery import resources

Object = dict[str, Any]


def asks(cpu: str = "", *, sidecar: bool = False, **more: str) -> Object:
    """Return a container that asks for cpu."""
    requests = {"cpu": cpu, **more} if cpu else dict(more)
    container: Object = {"resources": {"requests": requests}}
    return {**container, "restartPolicy": "Always"} if sidecar else container


CASES: dict[str, tuple[Object, dict[str, str]]] = {
    "nothing": ({"containers": [{}]}, {}),
    "mains add up": (
        {"containers": [asks("100m"), asks("200m", memory="1Gi")]},
        {"cpu": "0.3", "memory": "1073741824"},
    ),
    "sidecars add to mains and to later init containers": (
        {
            "containers": [asks("100m"), asks("200m")],
            "initContainers": [asks("300m", sidecar=True), asks("500m"), asks("400m", sidecar=True)],
        },
        {"cpu": "1.0"},
    ),
    "a later sidecar does not burden an earlier init container": (
        {"containers": [asks("100m")], "initContainers": [asks("500m"), asks("300m", sidecar=True)]},
        {"cpu": "0.5"},
    ),
    "limits stand in for requests": (
        {"containers": [{"resources": {"limits": {"cpu": "1"}, "requests": {"memory": "1"}}}]},
        {"cpu": "1", "memory": "1"},
    ),
    "the pod's own requests replace its containers'": (
        {"containers": [asks("1", **{"example.com/gpu": "1"})], "resources": {"requests": {"cpu": "5"}}},
        {"cpu": "5", "example.com/gpu": "1"},
    ),
    "overhead comes on top": ({"containers": [asks("1")], "overhead": {"cpu": "250m"}}, {"cpu": "1.25"}),
}


@pytest.mark.parametrize("name", CASES)
def test_requests(name: str) -> None:
    """Each named pod asks for exactly this."""
    spec, expected = CASES[name]
    wanted = {key: Decimal(value) for key, value in expected.items()}
    assert resources.pod_requests({"spec": spec}) == wanted
