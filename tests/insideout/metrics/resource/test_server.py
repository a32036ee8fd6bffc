"""metrics.k8s.io is what the kubelets measure, from the second scrape on."""

import json

import pytest

from insideout import Cluster
from insideout.apiserver.requests import Request
from insideout.client import ApiError
from insideout.metrics import MetricsServer

ROOT = "/apis/metrics.k8s.io/v1beta1"
TABLE = "application/json;as=Table;g=meta.k8s.io;v=v1"
AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


def pod(name: str, script: str, **labels: str):
    return {
        "metadata": {"name": name, "labels": labels, "annotations": {"program.course/main": script}},
        "spec": {"containers": [{"name": "main", "image": "i"}, {"name": "idle", "image": "i"}]},
    }


@pytest.fixture
def cluster():
    with Cluster.create(nodes=2) as made:
        made.client().create("pods", pod("web", "cpu 250m; memory 64Mi", app="web"), "default")
        made.client().create("pods", pod("db", "cpu 1; memory 1Gi", app="db"), "default")
        yield made


def asked(cluster, path: str, accept: str = "application/json", **query: str):
    headers, values = {"accept": accept}, {name: [text] for name, text in query.items()}
    return cluster.backend.rest.handle(Request("GET", path, query=values, headers=headers))


def test_a_cluster_without_one_serves_no_such_group(cluster):
    cluster.run(minutes=1)
    assert asked(cluster, f"{ROOT}/nodes").code == 404
    assert "metrics.k8s.io" not in json.dumps(asked(cluster, "/apis").body)


def test_until_the_nodes_were_measured_twice_nobody_can_be_asked(cluster):
    MetricsServer(cluster)
    cluster.run(seconds=14)
    for path in (ROOT, f"{ROOT}/nodes", f"{ROOT}/namespaces/default/pods/web"):
        answer = asked(cluster, path)
        assert (answer.code, answer.body) == (503, "service unavailable\n")
    assert "metrics.k8s.io" in json.dumps(asked(cluster, "/apis").body)
    (group,) = [g for g in asked(cluster, "/apis", AGGREGATED).body["items"] if "metrics" in str(g)]
    assert [(v["freshness"], v["resources"]) for v in group["versions"]] == [("Stale", [])]
    with pytest.raises(ApiError, match=r"unable to handle the request \(get pods.metrics.k8s.io\)"):
        cluster.client().list("pods.metrics.k8s.io", "default")
    cluster.run(seconds=1)
    assert asked(cluster, f"{ROOT}/nodes").code == 200


def test_discovery_says_what_is_served(cluster):
    MetricsServer(cluster)
    cluster.run(minutes=1)
    resources = asked(cluster, ROOT).body["resources"]
    assert [(r["name"], r["kind"], r["namespaced"], r["verbs"], r["singularName"]) for r in resources] == [
        ("nodes", "NodeMetrics", False, ["get", "list"], ""),
        ("pods", "PodMetrics", True, ["get", "list"], ""),
    ]
    assert asked(cluster, "/openapi/v3/apis/metrics.k8s.io/v1beta1").code == 200
    assert asked(cluster, "/openapi/v2").code == 200


def test_usage_of_pods_is_told_container_by_container(cluster):
    MetricsServer(cluster)
    cluster.run(minutes=1)
    found = asked(cluster, f"{ROOT}/namespaces/default/pods/web").body
    assert found["containers"] == [
        {"name": "main", "usage": {"cpu": "250m", "memory": "64Mi"}},
        {"name": "idle", "usage": {"cpu": "0", "memory": "0"}},
    ]
    assert (found["kind"], found["apiVersion"]) == ("PodMetrics", "metrics.k8s.io/v1beta1")
    assert (found["window"], found["timestamp"]) == ("15s", "2026-01-01T00:01:00Z")
    assert found["metadata"] == {
        "name": "web",
        "namespace": "default",
        "labels": {"app": "web"},
        "creationTimestamp": "2026-01-01T00:01:00Z",
    }


def test_usage_of_nodes_is_that_of_their_containers_and_carries_the_nodes_labels(cluster):
    MetricsServer(cluster)
    cluster.run(minutes=1)
    nodes = asked(cluster, f"{ROOT}/nodes").body["items"]
    assert [node["metadata"]["name"] for node in nodes] == ["node-0", "node-1"]
    assert nodes[0]["metadata"]["labels"]["kubernetes.io/hostname"] == "node-0"
    used = {(node["usage"]["cpu"], node["usage"]["memory"]) for node in nodes}
    assert used in ({("250m", "64Mi"), ("1", "1Gi")}, {("1250m", "1088Mi"), ("0", "0")})


def test_a_node_keeps_the_cpu_of_containers_that_ended(cluster):
    """Else its counter would fall, and its usage would not be known."""
    MetricsServer(cluster)
    cluster.run(seconds=50)
    cluster.client().delete("pods", "db", "default", grace_period_s=1)
    cluster.run(seconds=14)
    nodes = asked(cluster, f"{ROOT}/nodes").body["items"]
    assert len(nodes) == 2
    cores = sum(float(node["usage"]["cpu"].rstrip("nmu")) for node in nodes)
    assert cores > 0


def test_labels_and_fields_select(cluster):
    MetricsServer(cluster)
    cluster.run(minutes=1)
    by_label = asked(cluster, f"{ROOT}/pods", labelSelector="app in (db)").body["items"]
    by_name = asked(cluster, f"{ROOT}/namespaces/default/pods", fieldSelector="metadata.name=web").body
    assert [one["metadata"]["name"] for one in by_label] == ["db"]
    assert [one["metadata"]["name"] for one in by_name["items"]] == ["web"]
    assert asked(cluster, f"{ROOT}/namespaces/other/pods").body["items"] == []
    assert asked(cluster, f"{ROOT}/pods", labelSelector="a in").code == 400


def test_a_table_has_a_column_for_each_resource(cluster):
    MetricsServer(cluster)
    cluster.run(minutes=1)
    table = asked(cluster, f"{ROOT}/namespaces/default/pods", TABLE).body
    assert [column["name"] for column in table["columnDefinitions"]] == ["Name", "cpu", "memory", "Window"]
    assert [row["cells"] for row in table["rows"]] == [
        ["db", "1", "1Gi", "15s"],
        ["web", "250m", "64Mi", "15s"],
    ]


def test_what_is_not_there_and_what_is_not_measured_yet_are_told_apart(cluster):
    MetricsServer(cluster)
    cluster.run(minutes=1)
    cluster.client().create("pods", pod("new", "cpu 1"), "default")
    cluster.run(seconds=5)
    said = {
        name: asked(cluster, f"{ROOT}/{name}").body["message"]
        for name in ("nodes/none", "namespaces/default/pods/none", "namespaces/default/pods/new")
    }
    assert list(said.values()) == [
        'nodes "none" not found',
        'pods "none" not found',
        'podmetrics.metrics.k8s.io "default/new" not found',
    ]


def test_a_pod_between_two_scrapes_is_measured_from_its_start(cluster):
    MetricsServer(cluster)
    cluster.run(seconds=62)
    cluster.client().create("pods", pod("new", "cpu 500m"), "default")
    cluster.run(seconds=14)
    found = asked(cluster, f"{ROOT}/namespaces/default/pods/new").body
    assert found["containers"][0]["usage"]["cpu"] == "500m"
    assert 10 <= float(found["window"].removesuffix("s")) < 15


def test_a_node_that_is_cut_off_is_not_known(cluster):
    MetricsServer(cluster)
    cluster.run(minutes=1)
    cluster.nodes.silence("node-0")
    cluster.run(seconds=15)
    assert [n["metadata"]["name"] for n in asked(cluster, f"{ROOT}/nodes").body["items"]] == ["node-1"]


def test_it_writes_nothing_and_watches_nothing(cluster):
    MetricsServer(cluster)
    cluster.run(minutes=1)
    rest, path = cluster.backend.rest, f"{ROOT}/namespaces/default/pods"
    assert rest.handle(Request("POST", path, body=b"{}")).code == 405
    assert rest.handle(Request("DELETE", f"{path}/web")).code == 405
    assert rest.handle(Request("GET", path, query={"watch": ["true"]})).code == 405


def test_stopping_takes_the_group_away_and_a_second_one_serves_it_again(cluster):
    first = MetricsServer(cluster)
    cluster.run(minutes=1)
    second = MetricsServer(cluster)
    first.stop()
    cluster.run(minutes=1)
    assert asked(cluster, f"{ROOT}/nodes").code == 200
    second.stop()
    assert asked(cluster, f"{ROOT}/nodes").code == 404


def test_the_autoscaler_reads_it(cluster):
    MetricsServer(cluster)
    template = {
        "metadata": {"labels": {"app": "shop"}, "annotations": {"program.course/c": "cpu 300m"}},
        "spec": {"containers": [{"name": "c", "image": "i", "resources": {"requests": {"cpu": "100m"}}}]},
    }
    spec = {"replicas": 1, "selector": {"matchLabels": {"app": "shop"}}, "template": template}
    cluster.client().create("deployments", {"metadata": {"name": "shop"}, "spec": spec}, "default")
    resource = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 100}}
    autoscaler = {
        "metadata": {"name": "shop"},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "shop"},
            "maxReplicas": 10,
            "metrics": [{"type": "Resource", "resource": resource}],
        },
    }
    cluster.client().create("horizontalpodautoscalers.autoscaling", autoscaler, "default")
    cluster.run(minutes=2)
    told = [event["message"] for event in cluster.client().list("events", "default")["items"]]
    assert "New size: 3; reason: cpu resource utilization (percentage of request) above target" in told
    assert any(
        "the server is currently unable to handle the request (get pods.metrics.k8s.io)" in message
        for message in told
    ), "the first sync is before the second scrape"
    shown = cluster.client().get("horizontalpodautoscalers.autoscaling", "shop", "default")["status"]
    assert shown["currentMetrics"][0]["resource"]["current"]["averageUtilization"] == 300
