"""The API server passes requests on to kubelets, pods and services."""

from typing import Any

import pytest

from insideout import Cluster
from insideout.apiserver.requests import Request, Response
from insideout.apiserver.status import StatusError
from insideout.apiserver.subresources.proxy import Named, split
from insideout.metrics import KUBE_STATE_METRICS, register_programs

NODES, PODS, SERVICES = (
    "/api/v1/nodes",
    "/api/v1/namespaces/default/pods",
    "/api/v1/namespaces/default/services",
)


@pytest.fixture(scope="module")
def cluster() -> Any:
    """Give two pods of a service web, one exporter, and a pod that no node takes."""
    with Cluster.create(nodes=2, log=True) as made:
        register_programs(made)
        client = made.client()

        def create(name: str, image: str, *ports: int, **spec: Any) -> None:
            container = {"name": "c", "image": image, "ports": [{"containerPort": port} for port in ports]}
            metadata = {"name": name, "labels": {"app": name.rstrip("0123456789-")}}
            client.create(
                "pods", {"metadata": metadata, "spec": {"containers": [container], **spec}}, "default"
            )

        create("web-0", "web", 8080, 9090)
        create("web-1", "web", 8080, 9090)
        create("ksm", KUBE_STATE_METRICS, 8080)
        create("pending", "web", 80, nodeSelector={"no": "where"})
        for name, selector in (("web", "web"), ("empty", "none")):
            ports = [{"name": "http", "port": 80, "targetPort": 8080}, {"name": "admin", "port": 81}]
            spec = {"selector": {"app": selector}, "ports": ports}
            client.create("services", {"metadata": {"name": name}, "spec": spec}, "default")
        made.run(minutes=1)
        yield made


def asked(cluster: Cluster, path: str, method: str = "GET", body: bytes = b"", user: str = "") -> Response:
    who: Any = {"user": user, "groups": ("system:authenticated",)} if user else {}
    request = Request(method, path, body=body, **who)
    return cluster.backend.rest.handle(request)


def text(response: Response) -> str:
    body = response.body
    return body["message"] if isinstance(body, dict) else str(body)


NAMES = {
    "web": Named("", "web", ""),
    "web:80": Named("", "web", "80"),
    "https:web:443": Named("https", "web", "443"),
    "https:web:": Named("https", "web", ""),
}


@pytest.mark.parametrize(("name", "parts"), NAMES.items())
def test_names_may_have_a_scheme_and_a_port(name: str, parts: Named) -> None:
    assert split(name, "pod") == parts


@pytest.mark.parametrize("name", ["", ":80", "ftp:web:80", "a:b:c:d"])
def test_other_names_are_none(name: str) -> None:
    with pytest.raises(StatusError, match=f'invalid pod request "{name}"'):
        split(name, "pod")


PAGES = {
    "/metrics": "kubelet_running_pods 2.0",
    "/metrics/resource": "node_memory_working_set_bytes 0.0",
    "/metrics/cadvisor": 'container_memory_rss{container="c"',
    "/healthz": "ok",
    "/pods": '"kind": "PodList"',
}


@pytest.mark.parametrize(("path", "part"), PAGES.items())
def test_a_kubelets_pages(cluster: Cluster, path: str, part: str) -> None:
    answers = [asked(cluster, f"{NODES}/node-{number}/proxy{path}") for number in range(2)]
    assert [answer.code for answer in answers] == [200, 200]
    assert any(part in text(answer) for answer in answers)
    assert text(asked(cluster, f"{NODES}/https:node-0:10250/proxy{path}")) == text(answers[0])


REFUSED = {
    "an unknown page": (f"{NODES}/node-0/proxy/nope", 404, "404 page not found\n"),
    "no such node": (f"{NODES}/nope/proxy/metrics", 404, 'nodes "nope" not found'),
    "another port of a node": (
        f"{NODES}/node-0:9100/proxy/metrics",
        503,
        ":9100: connect: connection refused",
    ),
    "a name that is none": (
        f"{NODES}/ftp:node-0:1/proxy/metrics",
        400,
        'invalid node request "ftp:node-0:1"',
    ),
    "no such pod": (f"{PODS}/nope/proxy/", 404, 'pods "nope" not found'),
    "a pod without an address": (f"{PODS}/pending/proxy/", 400, "address not allowed"),
    "a port on which nobody listens": (f"{PODS}/web-0:81/proxy/", 503, ":81: connect: connection refused"),
    "a port by name": (f"{PODS}/web-0:http/proxy/", 503, "unknown port"),
    "no such service": (f"{SERVICES}/nope:http/proxy/", 404, 'endpoints "nope" not found'),
    "no such port": (f"{SERVICES}/web:8080/proxy/", 503, 'no service port 8080 found for service "web"'),
    "no port where all have names": (
        f"{SERVICES}/web/proxy/",
        503,
        'no endpoints available for service "web"',
    ),
    "a service without pods": (f"{SERVICES}/empty:http/proxy/", 503, 'for service "empty'),
    "something else's proxy": ("/api/v1/namespaces/default/configmaps/a/proxy/", 404, "could not find"),
}


@pytest.mark.parametrize(("path", "code", "part"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_reached_is_told(cluster: Cluster, path: str, code: int, part: str) -> None:
    answer = asked(cluster, path)
    assert (answer.code, part in text(answer)) == (code, True), text(answer)


@pytest.mark.parametrize("name", ["web-0", "web-0:8080", "http:web-0:9090"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_a_pods_port_is_asked_whatever_the_method(cluster: Cluster, name: str, method: str) -> None:
    assert text(asked(cluster, f"{PODS}/{name}/proxy/a/b", method, b"x")) == "web-0\n"


@pytest.mark.parametrize("name", ["web:http", "web:80", "http:web:http"])
def test_a_service_is_each_of_its_pods(cluster: Cluster, name: str) -> None:
    got = {text(asked(cluster, f"{SERVICES}/{name}/proxy/")) for _ in range(30)}
    assert got == {"web-0\n", "web-1\n"}


def test_an_exporter_in_a_pod_is_scraped(cluster: Cluster) -> None:
    answer = asked(cluster, f"{PODS}/ksm:8080/proxy/metrics")
    assert 'kube_pod_status_phase{namespace="default",phase="Running",pod="web-0"' in text(answer)
    assert text(asked(cluster, f"{PODS}/ksm/proxy/livez")) == "OK"
    assert asked(cluster, f"{PODS}/ksm/proxy/other").code == 404


def test_an_exporter_says_when_it_cannot_ask(cluster: Cluster) -> None:
    address = cluster.client().get("pods", "ksm", "default")["status"]["podIP"]
    cluster.replace("kube-apiserver", None)
    answer = cluster.request(f"http://{address}:8080/metrics")
    cluster.restore("kube-apiserver")
    assert (answer.status, "refuses connections" in answer.body) == (503, True)


def test_a_root_without_its_slash_is_sent_on(cluster: Cluster) -> None:
    answer = asked(cluster, f"{PODS}/web-0/proxy")
    assert (answer.code, answer.headers) == (301, {"Location": f"{PODS}/web-0/proxy/"})
    assert asked(cluster, f"{PODS}/web-0/proxy", "POST").code == 200


def test_the_api_servers_own_metrics(cluster: Cluster) -> None:
    answer = asked(cluster, "/metrics")
    assert answer.content_type.startswith("text/plain; version=0.0.4")
    assert 'apiserver_resource_objects{group="",resource="nodes"} 2.0' in text(answer)
    assert 'apiserver_request_total{code="201",component="apiserver"' in text(answer)


def test_discovery_names_the_proxies(cluster: Cluster) -> None:
    resources = {one["name"]: one for one in asked(cluster, "/api/v1").body["resources"]}  # type: ignore[index]
    for plural, kind in (("nodes", "Node"), ("pods", "Pod"), ("services", "Service")):
        found = resources[f"{plural}/proxy"]
        assert found["kind"] == f"{kind}ProxyOptions"
        assert found["verbs"] == ["create", "delete", "get", "patch", "update"]


def test_who_may_not_is_refused(cluster: Cluster) -> None:
    """A right to nodes/proxy by get is a right to read what kubelets show, not to pods."""
    client = cluster.client()
    rule = {"apiGroups": [""], "resources": ["nodes/proxy"], "verbs": ["get"]}
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "reads-kubelets"}
    client.create("clusterroles", {"metadata": {"name": "reads-kubelets"}, "rules": [rule]})
    subject = {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "alice"}
    binding = {"metadata": {"name": "alice"}, "roleRef": role, "subjects": [subject]}
    client.create("clusterrolebindings", binding)
    codes = [
        asked(cluster, path, method, user="alice").code
        for path, method in (
            (f"{NODES}/node-0/proxy/metrics/cadvisor", "GET"),
            (f"{NODES}/node-0/proxy/healthz", "POST"),
            (f"{PODS}/web-0/proxy/", "GET"),
        )
    ]
    assert codes == [200, 403, 403]


def test_a_node_that_has_gone_cannot_be_reached() -> None:
    with Cluster.create(nodes=1) as made:
        made.nodes.remove("node-0")
        answer = asked(made, f"{NODES}/node-0/proxy/metrics")
        assert (answer.code, "connect: connection refused" in text(answer)) == (503, True)
