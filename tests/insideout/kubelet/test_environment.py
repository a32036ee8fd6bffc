"""What a container's variables hold."""

import pytest

from insideout.kubelet import environment

POD = {
    "metadata": {
        "name": "p",
        "namespace": "ns",
        "uid": "u",
        "annotations": {"batch.kubernetes.io/job-completion-index": "3"},
        "labels": {"app": "web"},
    },
    "spec": {"nodeName": "node-1", "serviceAccountName": "default"},
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("metadata.name", "p"),
        ("metadata.namespace", "ns"),
        ("metadata.uid", "u"),
        ("metadata.annotations['batch.kubernetes.io/job-completion-index']", "3"),
        ("metadata.labels['app']", "web"),
        ("metadata.labels['none']", ""),
        ("spec.nodeName", "node-1"),
        ("spec.serviceAccountName", "default"),
        ("status.podIP", "10.244.0.2"),
        ("status.hostIP", "172.18.0.2"),
    ],
)
def test_a_variable_holds_a_field_of_its_pod(path: str, value: str) -> None:
    """An indexed Job tells each of its Pods its index so."""
    container = {
        "env": [{"name": "A", "value": "1"}, {"name": "B", "valueFrom": {"fieldRef": {"fieldPath": path}}}]
    }
    found = environment.variables(container, POD, "10.244.0.2", "172.18.0.2")
    assert found == {"A": "1", "B": value}
