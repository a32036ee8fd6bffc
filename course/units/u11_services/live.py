"""Judges `endpoint_groups` and `plan` at work: they are a cluster's EndpointSlice controller.

kube-proxy reads the slices that they lead to, and a client sends requests while pods come and go.  The pods
have a readiness probe and leave politely, so no request needs to fail, and none may reach another app's pod.
"""

import functools
from collections.abc import Callable, Iterator
from typing import Any

from course.checks.report import Case, kept
from course.units.u11_services import answers
from insideout.client import Client
from insideout.cluster import Cluster
from insideout.controllers.endpointslice.plandata import PLACE, slices_by
from insideout.network.caller import Caller

Object = dict[str, Any]
LIMIT = 3
"""Endpoints a slice, so that few pods fill several."""


def at_work(groups: Callable[..., Any], plan: Callable[..., Any]) -> Callable[[Object], list[str]]:
    """Return a function from a scenario to sentences about what a client saw there."""

    def run(scenario: Object) -> list[str]:
        failures: list[Exception] = []
        seen = _run(scenario, _noting(groups, failures), _noting(plan, failures), failures)
        if failures:
            raise failures[0]
        fewest = _fewest(scenario["what happens"], scenario["pods"])
        needed, final = fewest["writes"], fewest["slices"]
        return [
            f"requests failed: {seen['failed']}",
            f"requests answered by another app's pod: {seen['strangers']}",
            "writes of slices: no more than needed"
            if seen["writes"] <= needed
            else f"writes of slices: {seen['writes']}, where {needed} do",
            "slices at the end: no more than needed"
            if seen["slices"] <= final
            else f"slices at the end: {seen['slices']}, where {final} do",
            f"endpoints in a slice, at most {LIMIT}: {'yes' if seen['longest'] <= LIMIT else 'no'}",
        ]

    return run


@kept
def cases() -> Iterator[Case]:
    """Yield what happens to the pods; whatever it is, the client must not notice."""
    expected = [
        "requests failed: 0",
        "requests answered by another app's pod: 0",
        "writes of slices: no more than needed",
        "slices at the end: no more than needed",
        f"endpoints in a slice, at most {LIMIT}: yes",
    ]
    for rule, scenarios in _CASES.items():
        for what, pods in scenarios:
            yield Case(rule, ({"what happens": what, "pods": pods},), expected)


_CASES = {
    "while a new version is rolled out no request fails": [("rollout", 4), ("rollout", 6)],
    "a pod that is the last one serves until its successor is ready": [("the only pod is deleted", 1)],
    "pods that only look alike get no request": [("another app starts", 2)],
    "a change writes the slices that it concerns and no others": [("one pod is replaced", 7)],
}


def _noting(function: Callable[..., Any], failures: list[Exception]) -> Callable[..., Any]:
    """Return `function`, which notes what it raises: the controller would only try again."""

    @functools.wraps(function)
    def noted(*arguments: Any) -> Any:
        try:
            return function(*arguments)
        except Exception as error:
            failures.append(error)
            raise

    return noted


@functools.cache
def _fewest(what: str, pods: int) -> dict[str, int]:
    """Return what the cluster's own rules need, in the same harness."""
    return _run({"what happens": what, "pods": pods}, answers.endpoint_groups, answers.plan, [])


def _run(
    scenario: Object, groups: Callable[..., Any], plan: Callable[..., Any], failures: list[Exception]
) -> dict[str, int]:
    with Cluster.create(nodes=3, realtime=False) as cluster:
        cluster.replace(PLACE, slices_by(groups, plan, LIMIT))
        client = cluster.client("audit")
        client.create("services", _SERVICE, "default")
        client.create("deployments", _deployment(scenario["pods"]), "default")
        if scenario["what happens"] == "another app starts":
            client.create("pods", _STRANGER, "default")
        cluster.run(seconds=12)
        writes: list[Object] = []
        version = client.list("endpointslices", "default")["metadata"]["resourceVersion"]
        client.watch(
            "endpointslices",
            lambda event: writes.append(event.object),
            "default",
            resource_version=version,
        )
        caller = Caller(cluster, "http://web/", every_s=0.2)
        _change(client, scenario["what happens"])
        for _ in range(8):
            cluster.run(seconds=4)
            if failures:
                break
        seen = caller.stop()
        slices = client.list("endpointslices", "default", label_selector="kubernetes.io/service-name=web")
    return {
        "failed": sum(bool(one.error) for one in seen),
        "strangers": sum(one.version == "stranger" for one in seen),
        "writes": len(writes),
        "slices": len(slices["items"]),
        "longest": max(len(one.get("endpoints") or ()) for one in slices["items"]) if slices["items"] else 0,
    }


def _change(client: Client, what: str) -> None:
    if what == "rollout":
        template = {"spec": {"containers": [{"name": "app", "image": "web:v2"}]}}
        client.patch("deployments", "web", {"spec": {"template": template}}, "default", type="strategic")
    elif what in ("the only pod is deleted", "one pod is replaced"):
        first = min(pod["metadata"]["name"] for pod in client.list("pods", "default")["items"])
        client.delete("pods", first, "default")


_SERVICE: Object = {
    "metadata": {"name": "web"},
    "spec": {
        "selector": {"app": "web", "tier": "front"},
        "ports": [{"name": "http", "port": 80, "targetPort": "http"}],
    },
}
_STRANGER: Object = {
    "metadata": {"name": "a-stranger", "labels": {"app": "web", "tier": "back"}},
    "spec": {
        "containers": [
            {"name": "app", "image": "web:stranger", "ports": [{"name": "http", "containerPort": 8080}]}
        ]
    },
}


def _deployment(replicas: int) -> Object:
    labels = {"app": "web", "tier": "front"}
    container = {
        "name": "app",
        "image": "web:v1",
        "ports": [{"name": "http", "containerPort": 8080}],
        "readinessProbe": {
            "httpGet": {"path": "/", "port": 8080},
            "periodSeconds": 1,
            "initialDelaySeconds": 3,
        },
        "lifecycle": {"preStop": {"sleep": {"seconds": 8}}},
    }
    return {
        "metadata": {"name": "web"},
        "spec": {
            "replicas": replicas,
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        },
    }
