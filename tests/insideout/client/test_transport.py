"""The official client behaves in process as over the network, and its watches move virtual time."""

import kubernetes
import pytest
import urllib3
from kubernetes import client, watch

from insideout.backends.embedded import EmbeddedBackend


@pytest.fixture
def backend() -> EmbeddedBackend:
    return EmbeddedBackend()


@pytest.fixture
def core(backend: EmbeddedBackend) -> client.CoreV1Api:
    return client.CoreV1Api(backend.api_client())


def config_map(name: str) -> client.V1ConfigMap:
    return client.V1ConfigMap(metadata=client.V1ObjectMeta(name=name), data={"a": "1"})


def test_models_and_patches(core: client.CoreV1Api):
    """Models go in and come out; a dict is a strategic merge patch, a list a JSON patch."""
    created = core.create_namespaced_config_map("default", config_map("c"))
    assert isinstance(created, client.V1ConfigMap)
    assert created.metadata.creation_timestamp.year == 2026
    core.patch_namespaced_config_map("c", "default", {"data": {"b": "2"}})
    operations = [{"op": "replace", "path": "/data/a", "value": "9"}]
    changed = core.patch_namespaced_config_map("c", "default", operations)
    assert changed.data == {"a": "9", "b": "2"}


def test_errors_are_exceptions(core: client.CoreV1Api):
    """A refusal is an ApiException with code, reason, body and headers."""
    with pytest.raises(kubernetes.client.ApiException) as caught:
        core.read_namespaced_pod("none", "default")
    assert (caught.value.status, caught.value.reason) == (404, "Not Found")
    assert '"message":"pods \\"none\\" not found"' in caught.value.body
    assert caught.value.headers["Content-Type"] == "application/json"


def test_pagination(core: client.CoreV1Api):
    """Limit and _continue walk through a list in chunks."""
    for number in range(5):
        core.create_namespaced_config_map("default", config_map(f"c{number}"))
    names, token = [], None
    while True:
        page = core.list_namespaced_config_map("default", limit=2, _continue=token)
        names += [each.metadata.name for each in page.items]
        token = page.metadata._continue
        if not token:
            break
    assert names == [f"c{number}" for number in range(5)]


def test_watch_moves_time(backend: EmbeddedBackend, core: client.CoreV1Api):
    """A blocking watch takes no real time: the clock goes on to each event, then to the timeout."""
    backend.loop.call_later(30, core.create_namespaced_config_map, "default", config_map("c"))
    seen = [
        (backend.loop.now_s, event["type"], event["object"].metadata.name)
        for event in watch.Watch().stream(core.list_namespaced_config_map, "default", timeout_seconds=60)
    ]
    assert seen == [(30, "ADDED", "c")]
    assert backend.loop.now_s == 60


def test_watch_stops_when_told(backend: EmbeddedBackend, core: client.CoreV1Api):
    """stop() ends a watch, and the server forgets it."""
    core.create_namespaced_config_map("default", config_map("c"))
    watching = watch.Watch()
    for event in watching.stream(core.list_namespaced_config_map, "default"):
        assert event["type"] == "ADDED"
        watching.stop()
    hub = backend.server.reader.hub(backend.server.kind("", "v1", "configmaps"))
    assert not hub._any


def test_watch_resumes_after_410(backend: EmbeddedBackend, core: client.CoreV1Api):
    """A version that was compacted is answered with an ERROR 410, which the library reports."""
    first = core.create_namespaced_config_map("default", config_map("a"))
    core.create_namespaced_config_map("default", config_map("b"))
    backend.server.store.compact(backend.server.store.revision)
    version = first.metadata.resource_version
    with pytest.raises(kubernetes.client.ApiException, match="Expired: too old resource version"):
        list(
            watch.Watch().stream(
                core.list_namespaced_config_map, "default", resource_version=version, timeout_seconds=5
            )
        )


@pytest.mark.parametrize("timeout", [(1, 5), 5])
def test_read_timeout(core: client.CoreV1Api, timeout: tuple[int, int] | int):
    """_request_timeout ends a silent watch as it would over the network."""
    stream = watch.Watch().stream(core.list_namespaced_secret, "default", _request_timeout=timeout)
    with pytest.raises(urllib3.exceptions.ReadTimeoutError):
        next(stream)


def test_asynchronous_requests(core: client.CoreV1Api):
    """async_req answers from another thread."""
    pending = core.list_namespace(async_req=True)
    assert "default" in [each.metadata.name for each in pending.get().items]
    core.api_client.close()


def test_custom_objects(backend: EmbeddedBackend):
    """Custom kinds are served right after their definition."""
    definitions = client.ApiextensionsV1Api(backend.api_client())
    names = client.V1CustomResourceDefinitionNames(plural="boats", kind="Boat")
    schema = client.V1JSONSchemaProps(type="object", x_kubernetes_preserve_unknown_fields=True)
    version = client.V1CustomResourceDefinitionVersion(
        name="v1", served=True, storage=True, schema=client.V1CustomResourceValidation(schema)
    )
    spec = client.V1CustomResourceDefinitionSpec(
        group="example.com", scope="Namespaced", names=names, versions=[version]
    )
    definition = client.V1CustomResourceDefinition(
        api_version="apiextensions.k8s.io/v1",
        kind="CustomResourceDefinition",
        metadata=client.V1ObjectMeta(name="boats.example.com"),
        spec=spec,
    )
    definitions.create_custom_resource_definition(definition)
    customs = client.CustomObjectsApi(backend.api_client())
    body = {"apiVersion": "example.com/v1", "kind": "Boat", "metadata": {"name": "b"}, "spec": {"size": 3}}
    place = ("example.com", "v1", "default", "boats")
    customs.create_namespaced_custom_object(*place, body)
    assert customs.get_namespaced_custom_object(*place, "b")["spec"] == {"size": 3}
    definitions.delete_custom_resource_definition("boats.example.com")
    with pytest.raises(kubernetes.client.ApiException) as caught:
        customs.list_namespaced_custom_object(*place)
    assert caught.value.status == 404
