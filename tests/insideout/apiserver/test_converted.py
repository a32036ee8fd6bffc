"""Events of events.k8s.io and autoscalers of autoscaling/v1 are the stored objects in another form."""

import json
from typing import Any

import pytest

from insideout import Cluster
from insideout.apiserver.requests import Request

Object = dict[str, Any]

EVENTS = "/apis/events.k8s.io/v1/namespaces/default/events"
SCALERS = "/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers"
SCALERS_V2 = SCALERS.replace("v1", "v2", 1)
EVENT: Object = {
    "metadata": {"name": "e", "namespace": "default"},
    "regarding": {"kind": "Pod", "namespace": "default", "name": "p"},
    "note": "seen",
    "eventTime": "2026-01-01T00:00:00.000000Z",
    "type": "Normal",
    "action": "Look",
    "reason": "Why",
    "reportingController": "spec",
    "reportingInstance": "one",
}
TARGET = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "d"}


@pytest.fixture
def cluster():
    with Cluster.create(nodes=0) as made:
        yield made


def ask(cluster: Cluster, method: str, path: str, body: Object | None = None, **query: str) -> Any:
    kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
    request = Request(
        method,
        path,
        {name: [value] for name, value in query.items()},
        {"content-type": kind, "accept": "application/json"},
        json.dumps(body).encode() if body is not None else b"",
    )
    response = cluster.backend.rest.handle(request)
    return response.body


def test_an_event_is_one_object_in_two_groups(cluster):
    """What one group writes the other shows, under its own names."""
    made = ask(cluster, "POST", EVENTS, EVENT)
    core = ask(cluster, "GET", "/api/v1/namespaces/default/events/e")
    assert (made["note"], core["message"]) == ("seen", "seen")
    assert made["regarding"] == core["involvedObject"]
    assert core["reportingComponent"] == made["reportingController"] == "spec"
    found = ask(cluster, "GET", EVENTS, fieldSelector="regarding.name=p,reportingController=spec")
    assert [each["metadata"]["name"] for each in found["items"]] == ["e"]
    refused = ask(cluster, "GET", EVENTS, fieldSelector="involvedObject.name=p")
    assert refused["message"] == "field label not supported: involvedObject.name"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"type": "Odd"}, 'type: Invalid value: "": has invalid value: Odd'),
        ({"eventTime": None}, "eventTime: Required value"),
        ({"deprecatedCount": 1}, 'count: Invalid value: "": needs to be unset'),
        ({"reportingController": ""}, "reportingController: Required value"),
        (
            {"series": {"count": 1, "lastObservedTime": "2026-01-01T00:00:00.000000Z"}},
            'series.count: Invalid value: "": should be at least 2',
        ),
    ],
)
def test_the_newer_group_is_stricter(cluster, change, problem):
    """Core takes what it always took."""
    refused = ask(cluster, "POST", EVENTS, {**EVENT, **change})
    assert refused["code"] == 422
    assert problem in refused["message"]


def test_only_the_series_of_an_event_changes(cluster):
    """What was seen stays as it was."""
    ask(cluster, "POST", EVENTS, EVENT)
    series = {"series": {"count": 2, "lastObservedTime": "2026-01-01T00:01:00.000000Z"}}
    assert ask(cluster, "PATCH", f"{EVENTS}/e", series)["series"]["count"] == 2
    refused = ask(cluster, "PATCH", f"{EVENTS}/e", {"note": "other"})
    assert "message: Invalid value" in refused["message"]
    assert "Event.events.k8s.io" in refused["message"]


METRICS: list[Object] = [
    {
        "type": "Resource",
        "resource": {"name": "memory", "target": {"type": "AverageValue", "averageValue": "1Gi"}},
    },
    {
        "type": "Pods",
        "pods": {"metric": {"name": "q"}, "target": {"type": "AverageValue", "averageValue": "5"}},
    },
    {
        "type": "Object",
        "object": {
            "describedObject": {"kind": "Service", "name": "s"},
            "metric": {"name": "hits"},
            "target": {"type": "Value", "value": "7"},
        },
    },
    {
        "type": "External",
        "external": {
            "metric": {"name": "jobs", "selector": {"matchLabels": {"q": "a"}}},
            "target": {"type": "AverageValue", "averageValue": "3"},
        },
    },
    {
        "type": "ContainerResource",
        "containerResource": {
            "name": "cpu",
            "container": "c",
            "target": {"type": "Utilization", "averageUtilization": 40},
        },
    },
]


def test_an_autoscaler_keeps_what_v1_does_not_know(cluster):
    """A client of v1 that writes back what it read changes nothing but what it changed."""
    cpu = {
        "type": "Resource",
        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 60}},
    }
    spec = {
        "maxReplicas": 3,
        "scaleTargetRef": TARGET,
        "metrics": [*METRICS, cpu],
        "behavior": {"scaleDown": {"stabilizationWindowSeconds": 60}},
    }
    first = ask(cluster, "POST", SCALERS_V2, {"metadata": {"name": "h"}, "spec": spec})["spec"]
    shown = ask(cluster, "GET", f"{SCALERS}/h")
    assert shown["spec"]["targetCPUUtilizationPercentage"] == 60
    assert "metrics" not in shown["spec"]
    shown["spec"]["maxReplicas"] = 9
    ask(cluster, "PUT", f"{SCALERS}/h", shown)
    found = ask(cluster, "GET", f"{SCALERS_V2}/h")
    assert found["spec"] == {**first, "maxReplicas": 9}
    assert "annotations" not in found["metadata"]


def test_the_newer_version_comes_first(cluster):
    """Discovery prefers v2, and a name without a version means it."""
    assert [each["version"] for each in ask(cluster, "GET", "/apis/autoscaling")["versions"]] == ["v2", "v1"]
    assert cluster.backend.server.registry.named("hpa").version == "v2"
