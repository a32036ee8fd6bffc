"""Well-known clients work unmodified over HTTP: lightkube, kr8s, a kopf operator, the official one."""

import asyncio
import threading
import uuid
from collections.abc import Iterator

import kopf
import kr8s
import kubernetes
import lightkube
import pytest
from kr8s.objects import ConfigMap, Pod
from lightkube.models.meta_v1 import ObjectMeta
from lightkube.resources.core_v1 import ConfigMap as LightConfigMap

from insideout.backends.embedded import EmbeddedBackend
from tests import boats
from tests.sockets import sockets_collected

# These clients leave their sockets to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "p", "namespace": "default"},
    "spec": {"containers": [{"name": "c", "image": "nginx"}]},
}


@pytest.fixture(autouse=True)
def _sockets() -> Iterator[None]:
    with sockets_collected():
        yield


@pytest.fixture
def name() -> str:
    """Return a name nobody else uses."""
    return f"n-{uuid.uuid4().hex[:8]}"


def test_lightkube(served: EmbeddedBackend, name: str):
    """Lightkube creates, patches, lists, watches and deletes."""
    config = lightkube.KubeConfig.from_file(served.kubeconfig())
    client = lightkube.Client(config=config, namespace="default")
    client.create(LightConfigMap(metadata=ObjectMeta(name=name), data={"a": "1"}))
    client.patch(LightConfigMap, name, {"data": {"a": "2"}})
    assert client.get(LightConfigMap, name).data == {"a": "2"}
    assert name in [each.metadata.name for each in client.list(LightConfigMap)]
    for event, obj in client.watch(LightConfigMap, fields={"metadata.name": name}):
        assert (event, obj.metadata.name) == ("ADDED", name)
        break
    with pytest.raises(lightkube.ApiError) as caught:
        client.create(LightConfigMap(metadata=ObjectMeta(name=name)))
    assert caught.value.status.reason == "AlreadyExists"
    client.delete(LightConfigMap, name)
    with pytest.raises(lightkube.ApiError) as caught:
        client.get(LightConfigMap, name)
    assert caught.value.status.code == 404


@pytest.mark.filterwarnings("ignore:Kubernetes version")  # kr8s knows versions up to 1.35 so far
def test_kr8s(served: EmbeddedBackend, name: str):
    """kr8s creates, labels, waits for and deletes."""
    api = kr8s.api(kubeconfig=str(served.kubeconfig()))
    pod = Pod({**POD, "metadata": {"name": name, "namespace": "default"}}, api=api)
    pod.create()
    pod.label({"a": "b"})
    assert [each.name for each in api.get("pods", namespace="default", label_selector="a=b")] == [name]
    status = {"status": {"conditions": [{"type": "Ready", "status": "True"}]}}
    pod.patch(status, subresource="status")
    pod.wait("condition=Ready", timeout=5)
    pod.delete()
    pod.wait("delete", timeout=5)
    assert not ConfigMap({"metadata": {"name": name, "namespace": "default"}}, api=api).exists()


def test_official_client_over_http(served: EmbeddedBackend, name: str):
    """The official client sees over HTTP what it sees in process."""
    over_http = kubernetes.client.CoreV1Api(
        kubernetes.config.new_client_from_config(str(served.kubeconfig()))
    )
    in_process = kubernetes.client.CoreV1Api(served.api_client())
    body = kubernetes.client.V1ConfigMap(metadata={"name": name}, data={"a": "b"})
    created = over_http.create_namespaced_config_map("default", body)
    assert in_process.read_namespaced_config_map(name, "default") == created
    over_http.delete_namespaced_config_map(name, "default")
    with pytest.raises(kubernetes.client.ApiException) as caught:
        in_process.read_namespaced_config_map(name, "default")
    assert (caught.value.status, caught.value.reason) == (404, "Not Found")
    over_http.api_client.rest_client.pool_manager.clear()


@pytest.mark.filterwarnings("default")  # kopf's own, about its event loop
def test_kopf_operator(served: EmbeddedBackend, name: str, monkeypatch: pytest.MonkeyPatch):
    """A kopf operator handles a custom resource: finalizer, handler, status, deletion."""
    monkeypatch.setenv("KUBECONFIG", str(served.kubeconfig()))
    group = f"{name}.example.com"
    definitions = kubernetes.client.ApiextensionsV1Api(served.api_client())
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    definitions.create_custom_resource_definition(boats.definition(schema, group=group, status=True))
    customs = kubernetes.client.CustomObjectsApi(served.api_client())

    @kopf.on.login()
    def login(**kwargs):
        return kopf.login_with_kubeconfig(**kwargs)

    @kopf.on.create(group, "v1", "boats")
    def launch(spec, patch, **_):
        patch.status["launched"] = spec["size"]

    gone = threading.Event()

    @kopf.on.delete(group, "v1", "boats")
    def sink(**_):
        gone.set()

    stop = threading.Event()
    operator = threading.Thread(
        target=lambda: asyncio.run(kopf.operator(stop_flag=stop, namespaces=["default"], standalone=True))
    )
    operator.start()
    place = (group, "v1", "default", "boats")
    try:
        body = {"apiVersion": f"{group}/v1", "kind": "Boat", "metadata": {"name": "b"}, "spec": {"size": 3}}
        customs.create_namespaced_custom_object(*place, body)

        def launched() -> bool:
            boat = customs.get_namespaced_custom_object(*place, "b")
            return boat.get("status", {}).get("launched") == 3

        assert served.loop.run_until(launched, 15)
        customs.delete_namespaced_custom_object(*place, "b")
        assert gone.wait(15)
    finally:
        stop.set()
        operator.join()
    assert served.loop.run_until(lambda: not customs.list_namespaced_custom_object(*place)["items"], 5)
