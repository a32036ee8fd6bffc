"""Subresources: who binds a pod first wins, budgets hold evictions, any kind with replicas scales."""

import json
from typing import Any

import pytest

from insideout.apiserver.subresources import streams

from .conftest import Api

DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
BUDGETS = "/apis/policy/v1/namespaces/default/poddisruptionbudgets"
MERGE = "application/merge-patch+json"


def binding(node: str, **metadata: Any) -> dict[str, Any]:
    target = {"apiVersion": "v1", "kind": "Node", "name": node}
    return {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": "p", **metadata}, "target": target}


def test_binding_sets_the_node_once(api: Api):
    """The first binding wins; the pod gets the condition and its node's place."""
    labels = {"topology.kubernetes.io/zone": "z1", "other": "x"}
    api.ok(
        "POST",
        "/api/v1/nodes",
        {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1", "labels": labels}},
    )
    api.pod("p")
    assert api.ok("POST", "pods/p/binding", binding("n1"))["code"] == 201
    pod = api.ok("GET", "pods/p")
    assert pod["spec"]["nodeName"] == "n1"
    assert pod["metadata"]["labels"] == {"topology.kubernetes.io/zone": "z1"}
    assert [each["type"] for each in pod["status"]["conditions"]] == ["PodScheduled"]
    code, reason, message = api.refused("POST", "pods/p/binding", binding("n2"))
    assert (code, reason) == (409, "Conflict")
    assert message.endswith('pod p is already assigned to node "n1"')


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (binding("n", uid="other"), 409),
        (binding("n", name="q"), 400),
        (binding(""), 500),
        ({**binding("n"), "target": {"kind": "Pod", "name": "x"}}, 500),
    ],
)
def test_wrong_bindings(api: Api, body: dict[str, Any], code: int):
    """A binding for another pod, or to something else than a node, changes nothing."""
    api.pod("p")
    assert api.refused("POST", "pods/p/binding", body)[0] == code
    assert "nodeName" not in api.ok("GET", "pods/p")["spec"]


def test_binding_waits_for_gates(api: Api):
    """A pod with scheduling gates cannot be bound."""
    api.pod("p", schedulingGates=[{"name": "example.com/g"}])
    assert "non-empty .spec.schedulingGates" in api.refused("POST", "pods/p/binding", binding("n"))[2]


def running_pod(api: Api, *, ready: bool = True) -> None:
    api.pod("p", nodeName="n")
    api.merge("pods/p", {"metadata": {"labels": {"app": "x"}}})
    conditions = [{"type": "Ready", "status": str(ready)}]
    api.merge("pods/p/status", {"status": {"phase": "Running", "conditions": conditions}})


def budget(api: Api, **status: Any) -> None:
    spec = {"minAvailable": 1, "selector": {"matchLabels": {"app": "x"}}}
    body = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "b"}, "spec": spec}
    api.ok("POST", BUDGETS, body)
    counts = {"currentHealthy": 0, "desiredHealthy": 0, "expectedPods": 0, "disruptionsAllowed": 0}
    api.merge(f"{BUDGETS}/b/status", {"status": {"observedGeneration": 1, **counts, **status}})


EVICTION = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "p"}}


def test_eviction_takes_a_disruption(api: Api):
    """An allowed eviction notes the pod in the budget and ends it gracefully."""
    running_pod(api)
    budget(api, disruptionsAllowed=1, currentHealthy=2, desiredHealthy=1)
    api.ok("POST", "pods/p/eviction", EVICTION)
    pod = api.ok("GET", "pods/p")
    assert pod["metadata"]["deletionGracePeriodSeconds"] == 30
    assert "DisruptionTarget" in [each["type"] for each in pod["status"]["conditions"]]
    status = api.ok("GET", f"{BUDGETS}/b")["status"]
    assert status["disruptionsAllowed"] == 0
    assert list(status["disruptedPods"]) == ["p"]


def test_eviction_waits_for_the_budget(api: Api):
    """Without a disruption left the answer is 429 and says why; the pod stays as it is."""
    running_pod(api)
    budget(api, currentHealthy=1, desiredHealthy=1)
    response = api.send("POST", "pods/p/eviction", EVICTION)
    assert (response.code, response.body["reason"]) == (429, "TooManyRequests")
    assert response.body["details"]["causes"] == [
        {
            "reason": "DisruptionBudget",
            "message": "The disruption budget b needs 1 healthy pods and has 1 currently",
        }
    ]
    assert "deletionTimestamp" not in api.ok("GET", "pods/p")["metadata"]


def test_unready_pod_may_go_when_enough_others_are_healthy(api: Api):
    """A pod that does not count as healthy takes no disruption."""
    running_pod(api, ready=False)
    budget(api, currentHealthy=1, desiredHealthy=1)
    api.ok("POST", "pods/p/eviction", EVICTION)
    assert "deletionTimestamp" in api.ok("GET", "pods/p")["metadata"]


def test_scale(api: Api):
    """Scale reads and writes replicas and nothing else; a stale version is refused."""
    labels = {"app": "x"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    spec = {"replicas": 2, "selector": {"matchLabels": labels}, "template": template}
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}, "spec": spec}
    api.ok("POST", DEPLOYMENTS, body)
    scale = api.ok("GET", f"{DEPLOYMENTS}/d/scale")
    assert (scale["spec"], scale["status"]) == ({"replicas": 2}, {"replicas": 0, "selector": "app=x"})
    scale["spec"]["replicas"] = 5
    assert api.ok("PUT", f"{DEPLOYMENTS}/d/scale", scale)["spec"] == {"replicas": 5}
    assert api.refused("PUT", f"{DEPLOYMENTS}/d/scale", scale)[:2] == (409, "Conflict")
    found = api.ok("GET", f"{DEPLOYMENTS}/d")
    assert (found["spec"]["replicas"], found["metadata"]["generation"]) == (5, 2)
    negative = api.refused("PATCH", f"{DEPLOYMENTS}/d/scale", {"spec": {"replicas": -1}}, content_type=MERGE)
    assert negative[2] == (
        'Scale.autoscaling "d" is invalid: '
        "spec.replicas: Invalid value: -1: must be greater than or equal to 0"
    )


def test_log_asks_the_node(api: Api):
    """A pod's log comes from its node; without one, or without its kubelet, the answer says so."""

    class Kubelet:
        is_listening = True

        def log(self, pod: Any, container: str, query: Any) -> str:
            return f"{pod['metadata']['name']}/{container} {query.get('tailLines')}\n"

        def run(self, pod: Any, container: str, command: list[str]) -> tuple[int, str, str]:
            return 0, "", ""

    api.pod("p")
    assert api.send("GET", "pods/p/log").code == 204
    api.ok("POST", "pods/p/binding", binding("n"))
    assert api.refused("GET", "pods/p/log")[0] == 404
    api.ok("POST", "/api/v1/nodes", {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}})
    assert api.refused("GET", "pods/p/log")[0] == 500
    api.server.node_connections["n"] = Kubelet()
    assert api.ok("GET", "pods/p/log", tailLines="3") == "p/c 3\n"
    assert api.refused("GET", "pods/p/log", container="x")[2] == "container x is not valid for pod p"


LAYOUT = '"2006-01-02T15:04:05Z07:00"'
REFUSED = {
    "a time that is none": (
        {"sinceTime": "x", "sinceSeconds": "5"},
        400,
        f'parsing time "x" as {LAYOUT}: cannot parse "x" as "2006"',
    ),
    "a date without a time": (
        {"sinceTime": "2026-01-01"},
        400,
        f'parsing time "2026-01-01" as {LAYOUT}: cannot parse "" as "T"',
    ),
    "a day that February does not have": (
        {"sinceTime": "2020-02-30T00:00:00Z"},
        400,
        'parsing time "2020-02-30T00:00:00Z": day out of range',
    ),
    "two beginnings": (
        {"sinceSeconds": "5", "sinceTime": "2020-01-01T00:00:00Z"},
        422,
        'PodLogOptions "p" is invalid: []: Forbidden: '
        "at most one of `sinceTime` or `sinceSeconds` may be specified",
    ),
    "one stream of the two": (
        {"stream": "Stdout", "tailLines": "-1"},
        422,
        'PodLogOptions "p" is invalid: [tailLines: Invalid value: -1: must be greater than or equal to 0, '
        "stream: Forbidden: may not be specified]",
    ),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_options_of_a_log_are_refused_as_by_v1_36_2(api: Api, case: Any) -> None:
    """The words are those of a kube-apiserver that was asked."""
    query, code, message = case
    api.pod("p")
    refused = api.refused("GET", "pods/p/log", **query)
    assert (refused[0], refused[2]) == (code, message)


EXITED = {"reason": "ExitCode", "message": "4"}
STATUSES = {
    "success goes through": ({"status": "Success"}, {"status": "Success"}),
    "an exit code is said anew": (
        {"status": "Failure", "reason": "NonZeroExitCode", "message": "x", "details": {"causes": [EXITED]}},
        {
            "status": "Failure",
            "reason": "NonZeroExitCode",
            "message": "command terminated with non-zero exit code: command terminated with exit code 4",
            "details": {"causes": [EXITED]},
        },
    ),
    "any other failure is the API server's too": (
        {"status": "Failure", "reason": "InternalError", "message": "no <such> thing"},
        streams.internal("no <such> thing"),
    ),
}


@pytest.mark.parametrize(("told", "said"), STATUSES.values(), ids=STATUSES)
def test_a_translated_stream_ends_with_the_api_servers_own_status(told: Any, said: Any) -> None:
    assert json.loads(streams.translated(json.dumps(told).encode())) == said
