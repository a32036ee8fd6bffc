"""The log holds every request and every event a watcher got, in order; without it there is nothing to pay."""

from typing import Any

import kubernetes.client
import kubernetes.watch
import pytest

from insideout import Cluster
from insideout.apiserver.requestlog import EventDelivered, RequestLog, RequestMade, part_of, state_of
from insideout.backends.embedded import EmbeddedBackend
from insideout.client import ApiError, UnreachableError
from insideout.client.informer import Informer
from insideout.client.local import LocalClient


def config_map(name: str, **data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


@pytest.fixture
def backend():
    backend = EmbeddedBackend(log=RequestLog())
    yield backend
    backend.stop()


def brief(log):
    return [
        (entry.client, entry.verb, entry.resource, entry.name, entry.code)
        if isinstance(entry, RequestMade)
        else (entry.client, entry.type, entry.resource, entry.name)
        for entry in log
    ]


def test_every_verb_is_noted_with_its_code(backend):
    client = backend.client("tester")
    client.create("configmaps", config_map("a"), "default")
    client.update("configmaps", config_map("a", k="v"), "default")
    client.patch("configmaps", "a", {"data": {"k": "w"}}, "default")
    client.get("configmaps", "a", "default")
    client.list("configmaps", "default")
    client.delete("configmaps", "a", "default")
    with pytest.raises(ApiError):
        client.get("configmaps", "a", "default")
    assert brief(backend.log) == [
        ("tester", "create", "configmaps", "a", 201),
        ("tester", "update", "configmaps", "a", 200),
        ("tester", "patch", "configmaps", "a", 200),
        ("tester", "get", "configmaps", "a", 200),
        ("tester", "list", "configmaps", "", 200),
        ("tester", "delete", "configmaps", "a", 200),
        ("tester", "get", "configmaps", "a", 404),
    ]


def test_an_event_is_noted_for_each_watcher_after_the_write_that_caused_it(backend):
    for name in ("one", "two"):
        Informer(backend.client(name), backend.loop, "configmaps", namespace="default").start()
    backend.loop.run(1)
    backend.log.clear()
    created = backend.client("tester").create("configmaps", config_map("a"), "default")
    backend.loop.run(1)
    assert brief(backend.log) == [
        ("tester", "create", "configmaps", "a", 201),
        ("one", "ADDED", "configmaps", "a"),
        ("two", "ADDED", "configmaps", "a"),
    ]
    event = backend.log.entries[-1]
    assert isinstance(event, EventDelivered)
    assert (event.time_s, event.namespace, event.resource_version) == (
        1.0,
        "default",
        created["metadata"]["resourceVersion"],
    )


def test_a_name_that_the_server_chose_is_noted(backend):
    generated = config_map("") | {"metadata": {"generateName": "x-"}}
    created = backend.client("tester").create("configmaps", generated, "default")
    assert backend.log.entries[-1].name == created["metadata"]["name"] != ""


def test_requests_of_the_official_client_and_its_watches_are_noted(backend):
    core = kubernetes.client.CoreV1Api(backend.api_client())
    watch = kubernetes.watch.Watch()
    events = watch.stream(core.list_namespaced_config_map, "default", timeout_seconds=5)
    backend.loop.call_later(1, core.create_namespaced_config_map, "default", config_map("a"))
    while next(events)["object"].metadata.name != "a":
        pass
    watch.stop()
    assert brief(backend.log)[-2:] == [
        ("OpenAPI-Generator", "create", "configmaps", "a", 201),
        ("OpenAPI-Generator", "ADDED", "configmaps", "a"),
    ]
    assert ("OpenAPI-Generator", "watch", "configmaps", "", 200) in brief(backend.log)


def test_subresources_are_told_apart(backend):
    pod = {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    client = backend.client("tester")
    client.create("pods", pod, "default")
    binding = {"metadata": {"name": "p"}, "target": {"kind": "Node", "name": "n"}}
    client.create("pods", binding, "default", name="p", subresource="binding")
    entry = backend.log.entries[-1]
    assert (entry.verb, entry.name, entry.subresource, entry.code) == ("create", "p", "binding", 201)


def test_a_server_out_of_reach_has_the_code_0(backend):
    backend.pause()
    with pytest.raises(UnreachableError):
        backend.client("tester").get("pods", "p", "default")
    assert brief(backend.log) == [("tester", "get", "pods", "p", 0)]


def test_without_a_log_there_is_no_layer_in_between():
    backend = EmbeddedBackend()
    assert isinstance(backend.client("tester"), LocalClient)
    assert backend.log is None


@pytest.mark.parametrize(
    ("obj", "said"),
    [
        ({"kind": "Pod", "metadata": {}, "spec": {}, "status": {"phase": "Pending"}}, "Pending, no node"),
        (
            {
                "kind": "Pod",
                "metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"},
                "spec": {"nodeName": "n"},
                "status": {"phase": "Running"},
            },
            "Running, n, being deleted",
        ),
        ({"kind": "ReplicaSet", "spec": {"replicas": 2}, "status": {"readyReplicas": 1}}, "1 of 2 ready"),
        ({"kind": "ConfigMap"}, ""),
    ],
)
def test_the_state_is_what_a_watcher_looks_at(obj, said):
    assert state_of(obj) == said


def test_a_part_of_a_process_is_noted_with_its_requests(backend):
    client = backend.client("kube-controller-manager")
    client.of("deployment-controller").shared.list("configmaps", "default")
    client.list("configmaps", "default")
    assert [(one.client, one.part) for one in backend.log] == [
        ("kube-controller-manager", "deployment-controller"),
        ("kube-controller-manager", ""),
    ]


@pytest.mark.parametrize(
    ("agent", "part"),
    [
        (
            "kube-controller-manager/v1.36.2 (linux/amd64) kubernetes/0000"
            "/system:serviceaccount:kube-system:deployment-controller",
            "deployment-controller",
        ),
        (
            "kube-controller-manager/v1.36.2 (linux/amd64) kubernetes/0000/shared-informers",
            "shared-informers",
        ),
        ("kubectl/v1.32.4 (linux/amd64) kubernetes/59526cd", ""),
        ("OpenAPI-Generator/36.0.3/python", ""),
        ("", ""),
    ],
)
def test_a_user_agent_says_which_part_asks(agent, part):
    assert part_of(agent) == part


def test_controllers_are_told_apart(backend):
    with Cluster.create(nodes=0, log=True) as cluster:
        cluster.run(seconds=1)
        cluster.log.clear()
        body = {"metadata": {"name": "shop"}}
        cluster.client("you").create("namespaces", body)
        cluster.run(seconds=1)
        made = {(one.part, one.verb, one.resource) for one in cluster.log if isinstance(one, RequestMade)}
    assert ("serviceaccount-controller", "create", "serviceaccounts") in made
    assert ("", "create", "namespaces") in made
