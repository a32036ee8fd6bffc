"""What a container's variables hold."""

import base64
from typing import Any

import pytest

from insideout.client import ApiError, Object
from insideout.kubelet.environment import Node, expanded, variables
from insideout.kubelet.sources import SourceError, Sources

POD: Object = {
    "metadata": {
        "name": "p",
        "namespace": "ns",
        "uid": "u",
        "annotations": {"batch.kubernetes.io/job-completion-index": "3"},
        "labels": {"app": "web"},
    },
    "spec": {
        "nodeName": "node-1",
        "serviceAccountName": "default",
        "containers": [
            {"name": "main", "resources": {"requests": {"cpu": "250m", "memory": "100Mi"}}},
            {"name": "other", "resources": {"limits": {"cpu": "1500m", "memory": "1Gi"}}},
        ],
    },
}
NODE = Node("172.18.0.2", {"cpu": "4", "memory": "8Gi"})
OBJECTS: dict[tuple[str, str], Object] = {
    ("configmaps", "cm"): {"data": {"mode": "fast", "size": "3"}, "binaryData": {"raw": "AAE="}},
    ("secrets", "sec"): {"data": {"key": base64.b64encode(b"hush").decode()}},
}


def read(resource: str, name: str, namespace: str) -> Object:
    assert namespace == "ns"
    if (resource, name) not in OBJECTS:
        raise ApiError({"code": 404, "message": f'{resource} "{name}" not found'})
    return OBJECTS[resource, name]


def found(*env: Object, env_from: tuple[Object, ...] = ()) -> dict[str, str]:
    container = {**POD["spec"]["containers"][0], "env": list(env), "envFrom": list(env_from)}
    return variables(container, POD, "10.244.0.2", NODE, Sources(read, "ns"))


def taken(name: str, **source: Any) -> Object:
    return {"name": name, "valueFrom": source}


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
    assert found({"name": "A", "value": "1"}, taken("B", fieldRef={"fieldPath": path})) == {
        "A": "1",
        "B": value,
    }


@pytest.mark.parametrize(
    ("reference", "value"),
    [
        ({"resource": "requests.cpu"}, "1"),  # rounded up
        ({"resource": "requests.cpu", "divisor": "1m"}, "250"),
        ({"resource": "requests.memory", "divisor": "1Mi"}, "100"),
        ({"resource": "requests.memory"}, str(100 * 2**20)),
        ({"resource": "limits.cpu"}, "4"),  # none: the node's
        ({"resource": "limits.memory", "divisor": "1Gi"}, "8"),
        ({"resource": "limits.cpu", "containerName": "other"}, "2"),
    ],
)
def test_a_variable_holds_a_request_or_a_limit(reference: Object, value: str) -> None:
    assert found(taken("A", resourceFieldRef=reference)) == {"A": value}


def test_variables_come_from_config_maps_and_secrets() -> None:
    """All keys of one, each after a prefix; or one key.  What `env` says comes before `envFrom`."""
    every = {"prefix": "CM_", "configMapRef": {"name": "cm"}}
    one = taken("KEY", secretKeyRef={"name": "sec", "key": "key"})
    assert found(one, {"name": "CM_size", "value": "4"}, env_from=(every,)) == {
        "CM_mode": "fast",
        "CM_size": "4",
        "CM_raw": "\0\1",
        "KEY": "hush",
    }


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ({"configMapKeyRef": {"name": "no", "key": "k"}}, 'configmap "no" not found'),
        ({"secretKeyRef": {"name": "no", "key": "k"}}, 'secret "no" not found'),
        ({"configMapKeyRef": {"name": "cm", "key": "k"}}, "couldn't find key k in ConfigMap ns/cm"),
        ({"secretKeyRef": {"name": "sec", "key": "k"}}, "couldn't find key k in Secret ns/sec"),
    ],
)
def test_what_is_not_there_stops_the_container_unless_it_is_optional(field: Object, message: str) -> None:
    with pytest.raises(SourceError) as problem:
        found(taken("A", **field))
    assert str(problem.value) == message
    ((kind, reference),) = field.items()
    assert found(taken("A", **{kind: {**reference, "optional": True}})) == {}


def test_all_of_a_config_map_that_is_not_there() -> None:
    with pytest.raises(SourceError, match='configmap "no" not found'):
        found(env_from=({"configMapRef": {"name": "no"}},))
    assert found(env_from=({"configMapRef": {"name": "no", "optional": True}},)) == {}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("http://$(HOST):$(PORT)/", "http://db:$(PORT)/"),  # PORT comes later
        ("$$(HOST)", "$(HOST)"),
        ("$HOST ${HOST} $", "$HOST ${HOST} $"),
        ("$(HOST", "$(HOST"),
    ],
)
def test_a_value_names_variables_before_it(text: str, value: str) -> None:
    host, port = {"name": "HOST", "value": "db"}, {"name": "PORT", "value": "5432"}
    assert found(host, {"name": "URL", "value": text}, port)["URL"] == value
    assert expanded(text, {"HOST": "db"}) == value
