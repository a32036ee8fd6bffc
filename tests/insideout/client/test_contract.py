"""Both implementations of the Client protocol, in process and over HTTP, keep the same promises."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from insideout.backends.embedded import EmbeddedBackend
from insideout.client import ApiError, Client, UnreachableError, WatchEvent
from insideout.client.http import HttpClient
from insideout.client.informer import Informer
from insideout.sim.loop import Loop
from insideout.sim.realtime import RealtimeLoop


@pytest.fixture(params=["in process", "over HTTP"])
def loop(request: pytest.FixtureRequest, served: EmbeddedBackend) -> Iterator[Loop]:
    """Return the loop of the client: the server's own, or that of another program."""
    if request.param == "in process":
        yield served.loop
        return
    elsewhere = RealtimeLoop()
    elsewhere.start()
    yield elsewhere
    elsewhere.stop()


@pytest.fixture
def client(loop: Loop, served: EmbeddedBackend) -> Client:
    """Return a client of the shared cluster."""
    if loop is served.loop:
        return served.client("test")
    return HttpClient.from_kubeconfig(served.kubeconfig(), loop, "test")


@pytest.fixture
def namespace(served: EmbeddedBackend) -> Iterator[str]:
    """Return a namespace of its own."""
    name = f"t-{uuid.uuid4().hex[:8]}"
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    served.loop.call(served.client("test").create, "namespaces", body)
    yield name
    served.loop.call(served.client("test").delete, "namespaces", name)


def config(name: str, **data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def test_writes(client: Client, namespace: str):
    """Create, get, update, patch in four ways, delete."""
    created = client.create("configmaps", config("c", a="1"), namespace)
    assert client.get("configmaps", "c", namespace)["data"] == {"a": "1"}
    created["data"] = {"a": "2"}
    updated = client.update("configmaps", created, namespace)
    assert updated["metadata"]["resourceVersion"] != created["metadata"]["resourceVersion"]
    client.patch("configmaps", "c", {"data": {"b": "3"}}, namespace)
    client.patch("configmaps", "c", [{"op": "remove", "path": "/data/a"}], namespace, type="json")
    client.patch("configmaps", "c", {"data": {"c": "4"}}, namespace, type="strategic")
    applied = {**config("c", d="5"), "metadata": {"name": "c"}}
    found = client.patch("configmaps", "c", applied, namespace, type="apply", field_manager="m", force=True)
    assert found["data"] == {"b": "3", "c": "4", "d": "5"}
    client.delete("configmaps", "c", namespace)
    with pytest.raises(ApiError) as caught:
        client.get("configmaps", "c", namespace)
    assert (caught.value.code, caught.value.reason) == (404, "NotFound")


def test_lists(client: Client, namespace: str):
    """Items carry apiVersion and kind; selectors, chunks and versions work."""
    for name in "abc":
        client.create("configmaps", config(name), namespace)
    listed = client.list("configmaps", namespace)
    assert [(each["kind"], each["metadata"]["name"]) for each in listed["items"]] == [
        ("ConfigMap", name) for name in "abc"
    ]
    chunk = client.list("configmaps", namespace, limit=2)
    rest = client.list("configmaps", namespace, continue_token=chunk["metadata"]["continue"])
    assert [each["metadata"]["name"] for each in rest["items"]] == ["c"]
    one = client.list("configmaps", namespace, field_selector="metadata.name=b")
    assert [each["metadata"]["name"] for each in one["items"]] == ["b"]
    assert client.list("configmaps", namespace, label_selector="x=y")["items"] == []


def test_subresources_and_dry_run(client: Client, namespace: str):
    """A binding is a POST to a subresource; a dry run leaves nothing; a status is updated apart."""
    spec = {"containers": [{"name": "c", "image": "i"}]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec}
    client.create("pods", pod, namespace, dry_run=True)
    client.create("pods", pod, namespace)
    target = {"apiVersion": "v1", "kind": "Node", "name": "n"}
    binding = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": "p"}, "target": target}
    client.create("pods", binding, namespace, name="p", subresource="binding")
    found = client.get("pods", "p", namespace)
    found["status"]["phase"] = "Running"
    assert client.update("pods", found, namespace, subresource="status")["status"]["phase"] == "Running"
    with pytest.raises(ApiError, match="the UID in the precondition"):
        client.delete("pods", "p", namespace, uid="other")
    client.delete("pods", "p", namespace, grace_period_s=0)


def test_watch(client: Client, loop: Loop, namespace: str):
    """Every event after a version comes, in order; none after stop()."""
    version = client.create("configmaps", config("a"), namespace)["metadata"]["resourceVersion"]
    client.create("configmaps", config("b"), namespace)
    seen: list[WatchEvent] = []
    watch = loop.call(lambda: client.watch("configmaps", seen.append, namespace, resource_version=version))
    client.delete("configmaps", "a", namespace)
    assert loop.run_until(lambda: len(seen) == 2, 5)
    assert [(each.type, each.object["metadata"]["name"]) for each in seen] == [
        ("ADDED", "b"),
        ("DELETED", "a"),
    ]
    loop.call(watch.stop)
    client.create("configmaps", config("late"), namespace)
    assert not loop.run_until(lambda: len(seen) > 2, 0.1)


def test_informer_survives_a_closed_watch(
    client: Client, loop: Loop, served: EmbeddedBackend, namespace: str
):
    """When the server ends the watch, the cache goes on from where it was."""
    informer = Informer(client, loop, "configmaps", namespace=namespace)
    loop.call(informer.start)
    client.create("configmaps", config("a"), namespace)
    assert loop.run_until(lambda: informer.get("a", namespace) is not None, 5)
    kind = served.server.kind("", "v1", "configmaps")
    served.loop.call(served.server.reader.close, kind)
    client.create("configmaps", config("b"), namespace)
    assert loop.run_until(lambda: informer.get("b", namespace) is not None, 5)
    loop.call(informer.stop)


def test_a_write_goes_to_the_namespace_of_the_object(client: Client, namespace: str):
    """Unless another one is given; "" is none at all, where no ConfigMap can be."""
    placed = {**config("c"), "metadata": {"name": "c", "namespace": namespace}}
    assert client.create("configmaps", placed)["metadata"]["namespace"] == namespace
    assert client.update("configmaps", placed)["metadata"]["namespace"] == namespace
    for write in (client.create, client.update):
        with pytest.raises(ApiError):
            write("configmaps", placed, "")


def test_unknown_resource(client: Client):
    """A resource that is not served is a 404."""
    with pytest.raises(ApiError) as caught:
        client.list("nonsense.example.com")
    assert caught.value.code == 404


def test_a_server_in_process_that_is_away_is_unreachable():
    backend = EmbeddedBackend()
    backend.pause()
    with pytest.raises(UnreachableError, match="refuses connections"):
        backend.client("test").list("configmaps")


def test_a_server_over_http_that_is_away_is_unreachable():
    backend = EmbeddedBackend(realtime=True)
    client = HttpClient.from_kubeconfig(backend.kubeconfig(), backend.loop, "test")
    backend.stop()
    with pytest.raises(UnreachableError, match="Connection refused"):
        client.list("configmaps")
