"""The autoscaler in a cluster: sizes follow the served metrics; without any it says why it does nothing."""

import pytest

from insideout import Cluster
from insideout.controllers.podautoscaler.controller import ServedMetrics

TEMPLATE = {
    "metadata": {"labels": {"app": "web"}},
    "spec": {"containers": [{"name": "web", "image": "nginx", "resources": {"requests": {"cpu": "100m"}}}]},
}
WEB = {
    "metadata": {"name": "web"},
    "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "web"}}, "template": TEMPLATE},
}
HALF = {"type": "Utilization", "averageUtilization": 50}
HPA = {
    "metadata": {"name": "web"},
    "spec": {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
        "minReplicas": 1,
        "maxReplicas": 10,
        "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": HALF}}],
    },
}


@pytest.fixture
def cluster():
    with Cluster.create(nodes=3) as made:
        made.apps.create_namespaced_deployment("default", WEB)
        made.run(minutes=1)
        yield made


def status(cluster):
    found = cluster.client().get("horizontalpodautoscalers.autoscaling", "web", "default")
    return found["status"], {
        one["type"]: (one["status"], one["reason"]) for one in found["status"]["conditions"]
    }


def measured(cluster, monkeypatch, cpu):
    def usage(self, namespace, selector):
        now = cluster.loop.time().strftime("%Y-%m-%dT%H:%M:%SZ")
        pods = cluster.client().list("pods", "default", label_selector=selector)["items"]
        containers = [{"name": "web", "usage": {"cpu": cpu}}]
        return [
            {
                "metadata": {"name": p["metadata"]["name"]},
                "timestamp": now,
                "window": "15s",
                "containers": containers,
            }
            for p in pods
        ]

    monkeypatch.setattr(ServedMetrics, "usage", usage)


def test_load_above_the_target_grows_the_deployment(cluster, monkeypatch):
    cluster.client().create("horizontalpodautoscalers.autoscaling", HPA, "default")
    cluster.run(minutes=5)
    measured(cluster, monkeypatch, "100m")
    cluster.run(seconds=15)
    assert cluster.apps.read_namespaced_deployment("web", "default").spec.replicas == 4
    found, conditions = status(cluster)
    assert conditions["AbleToScale"] == ("True", "SucceededRescale")
    assert found["desiredReplicas"] == 4
    assert found["currentMetrics"][0]["resource"]["current"] == {
        "averageUtilization": 100,
        "averageValue": "100m",
    }
    events = [
        event.message
        for event in cluster.core.list_namespaced_event("default").items
        if "New size" in event.message
    ]
    assert events == ["New size: 4; reason: cpu resource utilization (percentage of request) above target"]


def test_load_below_the_target_shrinks_it_five_minutes_later(cluster, monkeypatch):
    measured(cluster, monkeypatch, "10m")
    cluster.client().create("horizontalpodautoscalers.autoscaling", HPA, "default")
    cluster.run(minutes=4)
    assert cluster.apps.read_namespaced_deployment("web", "default").spec.replicas == 2
    assert status(cluster)[1]["AbleToScale"] == ("True", "ScaleDownStabilized")
    cluster.run(minutes=2)
    assert cluster.apps.read_namespaced_deployment("web", "default").spec.replicas == 1


def test_without_a_metrics_server_it_says_so_and_does_nothing(cluster):
    cluster.client().create("horizontalpodautoscalers.autoscaling", HPA, "default")
    cluster.run(minutes=10)
    assert cluster.apps.read_namespaced_deployment("web", "default").spec.replicas == 2
    assert status(cluster)[1]["ScalingActive"] == ("False", "FailedGetResourceMetric")
    events = [event.message for event in cluster.core.list_namespaced_event("default").items]
    assert any("could not find the requested resource (get pods.metrics.k8s.io)" in text for text in events)


def test_a_target_that_is_not_there_is_said(cluster):
    gone = {**HPA["spec"], "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "gone"}}
    cluster.client().create("horizontalpodautoscalers.autoscaling", {**HPA, "spec": gone}, "default")
    cluster.run(seconds=20)
    assert status(cluster)[1]["AbleToScale"] == ("False", "FailedGetScale")
