"""Requests in a cluster: names, rules and programs decide together what a client sees."""

import re
from collections import Counter

import pytest

from insideout.cluster import Cluster
from insideout.network import NodeProxies
from insideout.proxy.iptables.text import kube_proxy_text
from insideout.proxy.proxier import KubeProxy


def deployment(name: str, replicas: int, **container) -> dict:
    labels = {"app": name}
    app = {"name": "app", "image": "nginx:1.27", "ports": [{"containerPort": 80}], **container}
    return {
        "metadata": {"name": name},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [app]}},
        },
    }


def service(name: str, **spec) -> dict:
    return {"metadata": {"name": name}, "spec": {"selector": {"app": name}, "ports": [{"port": 80}], **spec}}


@pytest.fixture
def cluster():
    with Cluster.create(nodes=2) as cluster:
        client = cluster.client()
        client.create("deployments", deployment("web", 3), "default")
        client.create("services", service("web"), "default")
        cluster.run(seconds=5)
        yield cluster


def test_a_service_spreads_requests_over_its_pods(cluster):
    pods = {pod["metadata"]["name"] for pod in cluster.client().list("pods", "default")["items"]}
    answers = Counter(cluster.request("http://web").pod for _ in range(300))
    assert set(answers) == pods
    assert all(70 <= count <= 130 for count in answers.values())


@pytest.mark.parametrize("name", ["web", "web.default", "web.default.svc", "web.default.svc.cluster.local"])
def test_every_form_of_the_name_reaches_the_service(cluster, name):
    assert cluster.request(f"http://{name}").ok


def test_a_pod_answers_with_its_host_name(cluster):
    answer = cluster.request("http://web/")
    assert (answer.status, answer.body) == (200, f"{answer.pod}\n")


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("http://nobody", "no such host: nobody"),
        ("http://web.other", "no such host: web.other"),
        ("http://10.99.99.99", "timeout"),
    ],
)
def test_what_is_not_there_is_an_error_in_a_clients_words(cluster, url, error):
    assert cluster.request(url).error == error


def test_a_url_without_a_host_is_refused(cluster):
    with pytest.raises(ValueError, match="names no host"):
        cluster.request("http:///path")


def test_a_service_without_endpoints_refuses(cluster):
    cluster.client().create("services", service("empty"), "default")
    cluster.run(seconds=3)
    assert cluster.request("http://empty").error == "connection refused"


def test_a_pod_reaches_services_from_its_own_node(cluster):
    pod = cluster.client().list("pods", "default")["items"][0]["metadata"]["name"]
    assert cluster.request("http://web", source=pod).ok


def test_an_unknown_source_is_named(cluster):
    with pytest.raises(LookupError, match="no pod 'ghost' runs in namespace 'default'"):
        cluster.request("http://web", source="ghost")


def test_a_headless_service_gives_a_pods_own_address(cluster):
    cluster.client().create("services", service("each", clusterIP="None", selector={"app": "web"}), "default")
    cluster.run(seconds=3)
    assert cluster.request("http://each").ok


def test_a_node_port_is_reached_from_outside(cluster):
    made = cluster.client().create(
        "services", service("open", type="NodePort", selector={"app": "web"}), "default"
    )
    cluster.run(seconds=3)
    port = made["spec"]["ports"][0]["nodePort"]
    address = cluster.nodes.nodes["node-1"].address
    assert cluster.request(f"http://{address}:{port}", source="outside").ok


def test_requests_go_on_by_the_last_rules_when_kube_proxy_is_gone(cluster):
    cluster.replace("kube-proxy", None)
    assert cluster.request("http://web").ok


def test_a_program_that_ended_refuses(cluster):
    cluster.client().create(
        "pods",
        {
            "metadata": {"name": "brief", "annotations": {"program.course/app": "exit 1 after 1s"}},
            "spec": {"restartPolicy": "Never", "containers": [{"name": "app", "image": "brief:1"}]},
        },
        "default",
    )
    cluster.run(seconds=10)
    ip = cluster.client().get("pods", "brief", "default")["status"]["podIP"]
    assert cluster.request(f"http://{ip}").error == "connection refused"


def test_a_learners_rules_carry_the_traffic(cluster):
    def write(services, slices, config):
        """Send every connection for a Service to its first endpoint."""
        text = kube_proxy_text(services, slices, config)
        return re.sub(r" -m statistic --mode random --probability [0-9.]+", "", text)

    def make(client, loop, node):
        return KubeProxy(client, loop, node, write=write)

    assert len({cluster.request("http://web").pod for _ in range(100)}) == 3
    cluster.replace("kube-proxy", lambda client, loop: NodeProxies(client, loop, make=make))
    cluster.run(seconds=5)
    assert len({cluster.request("http://web").pod for _ in range(100)}) == 1
    cluster.restore("kube-proxy")
    cluster.run(seconds=5)
    assert len({cluster.request("http://web").pod for _ in range(100)}) == 3
