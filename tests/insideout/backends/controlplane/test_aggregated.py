"""Another API server behind a real one: the objects by which it is known, what it answers in the tunnel."""

import base64
import http.client
import json
import ssl

import pytest

from insideout.apiserver.kinds import metrics
from insideout.backends.controlplane.aggregated import Aggregated
from insideout.client import ApiError
from tests.insideout.backends.controlplane.test_tunnel import Reached

ROOT = "/apis/metrics.k8s.io/v1beta1"
NAME = "v1beta1.metrics.k8s.io"
SYSTEM = "kube-system"


class Measures:
    """An extension that knows one node."""

    name = "metrics-server"
    kinds = metrics.SERVED
    is_ready = False

    def one(self, kind, namespace, name):
        return self.all(kind, namespace)[0]

    def all(self, kind, namespace):
        return [{"kind": kind.kind, "apiVersion": kind.api_version, "metadata": {"name": "node-0"}}]


@pytest.fixture(scope="module")
def reached(tmp_path_factory):
    reached = Reached(tmp_path_factory.mktemp("aggregated"))
    yield reached
    reached.stop()


@pytest.fixture
def measures():
    return Measures()


@pytest.fixture
def aggregated(reached, measures):
    client = reached.cluster.client("tester")
    aggregated = Aggregated(reached.tunnel, reached.credentials, client, reached.cluster.loop)
    aggregated.add(measures)
    yield aggregated
    aggregated.remove(measures)


def slices(reached):
    client = reached.cluster.client()
    return client.list(
        "endpointslices.discovery.k8s.io", SYSTEM, label_selector="kubernetes.io/service-name=metrics-server"
    )["items"]


def ready(reached, measures):
    """Wait until it has an address; return that with its port, as the tunnel is asked for it."""
    measures.is_ready = True
    reached.cluster.wait(lambda: slices(reached), timeout_s=10)
    (one,) = slices(reached)
    return f"{one['endpoints'][0]['addresses'][0]}:{one['ports'][0]['port']}"


def asked(reached, target, path, method="GET", **headers):
    """Return what the API server gets, which believes nobody but whom the APIService's caBundle names."""
    spec = reached.cluster.client().get("apiservices.apiregistration.k8s.io", NAME)["spec"]
    context = ssl.create_default_context(cadata=base64.b64decode(spec["caBundle"]).decode())
    connection = http.client.HTTPConnection("unused", timeout=20)
    name = f"{spec['service']['name']}.{spec['service']['namespace']}.svc"
    connection.sock = context.wrap_socket(reached.dial(target), server_hostname=name)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def test_it_has_an_address_once_it_is_ready(reached, aggregated, measures):
    reached.cluster.run(seconds=1)
    assert slices(reached) == []
    service = reached.cluster.client().get("services", "metrics-server", SYSTEM)
    (port,) = service["spec"]["ports"]
    target = ready(reached, measures)
    assert target.endswith(f":{port['targetPort']}")
    reached.cluster.run(seconds=1)
    assert len(slices(reached)) == 1


def test_what_it_serves_is_its_group_and_nothing_besides(reached, aggregated, measures):
    target = ready(reached, measures)
    code, text = asked(reached, target, ROOT)
    assert code == 200
    assert [each["name"] for each in json.loads(text)["resources"]] == ["nodes", "pods"]
    code, text = asked(reached, target, f"{ROOT}/nodes", Accept="application/json")
    assert (code, json.loads(text)["items"][0]["metadata"]["name"]) == (200, "node-0")
    code, text = asked(reached, target, "/openapi/v3")
    paths = json.loads(text)["paths"]
    assert list(paths) == ["apis/metrics.k8s.io/v1beta1"]
    code, text = asked(reached, target, paths["apis/metrics.k8s.io/v1beta1"]["serverRelativeURL"])
    assert (code, "NodeMetrics" in text) == (200, True)
    for path in ("/apis", "/api/v1/pods", "/openapi/v2", "/metrics"):
        assert asked(reached, target, path)[0] == 404


def test_whoever_holds_the_loop_s_lock_may_ask(reached, aggregated, measures):
    target = ready(reached, measures)
    assert reached.cluster.loop.call(asked, reached, target, f"{ROOT}/nodes/node-0")[0] == 200


def test_nothing_is_left_of_one_that_was_taken_away(reached, aggregated, measures):
    target = ready(reached, measures)
    aggregated.remove(measures)
    client = reached.cluster.client()
    for resource, name, namespace in (
        ("apiservices.apiregistration.k8s.io", NAME, None),
        ("services", "metrics-server", SYSTEM),
    ):
        with pytest.raises(ApiError, match="not found"):
            client.get(resource, name, namespace)
    assert slices(reached) == []
    assert reached.dial(target) == "HTTP/1.1 502 connect: no route to host"
    aggregated.remove(measures)  # and that it is gone already changes nothing
