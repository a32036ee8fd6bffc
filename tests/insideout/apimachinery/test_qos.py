"""The QoS class is the one that the real API server gave."""

from typing import Any

import pytest

from insideout.apimachinery.qos import qos_class
from insideout.records import read

ACCEPTED = [row for row in read("qos") if row["code"] == 201]


def test_every_recorded_pod_has_its_recorded_class() -> None:
    """Limits alone, init containers, sidecars, zeros and pod-level resources included."""
    wrong = [(row["pod"], row["qosClass"]) for row in ACCEPTED if qos_class(row["pod"]) != row["qosClass"]]
    assert len(ACCEPTED) > 300
    assert wrong == []


CPU_AND_MEMORY = {"cpu": "1", "memory": "1Gi"}
LIMITED = {"resources": {"limits": CPU_AND_MEMORY}}
CASES: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({"containers": [{}]}, "BestEffort"),
    "limits alone": ({"containers": [LIMITED]}, "Guaranteed"),
    "one container of two": ({"containers": [LIMITED, {}]}, "Burstable"),
    "a sidecar without resources": (
        {"containers": [LIMITED], "initContainers": [{"restartPolicy": "Always"}]},
        "Burstable",
    ),
    "only zeros": ({"containers": [{"resources": {"limits": {"cpu": "0"}}}]}, "BestEffort"),
    "only a GPU": ({"containers": [{"resources": {"limits": {"example.com/gpu": "1"}}}]}, "BestEffort"),
    "empty resources of the pod": ({"containers": [LIMITED], "resources": {}}, "BestEffort"),
    "limits of the pod": ({"containers": [{}], "resources": {"limits": CPU_AND_MEMORY}}, "Guaranteed"),
    "limits of the pod over a container's request": (
        {
            "containers": [{"resources": {"requests": {"cpu": "500m"}}}],
            "resources": {"limits": CPU_AND_MEMORY},
        },
        "Burstable",
    ),
    "the same amount written twice": (
        {
            "containers": [
                {"resources": {"requests": {"cpu": "1000m", "memory": "1024Mi"}, "limits": CPU_AND_MEMORY}}
            ]
        },
        "Guaranteed",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_class(name: str) -> None:
    """Each named pod has its class."""
    spec, expected = CASES[name]
    assert qos_class({"spec": spec}) == expected
