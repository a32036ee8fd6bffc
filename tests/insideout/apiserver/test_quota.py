"""Quotas refuse what would exceed them, count what they let in, and leave a dry run uncounted."""

from typing import Any

import pytest

from .conftest import Api

CLASSES = "/apis/node.k8s.io/v1/runtimeclasses"


def limit(api: Api, hard: dict[str, str], name: str = "q", **spec: Any) -> None:
    """Create a quota, and write its status as the quota controller would."""
    body = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": name},
        "spec": {"hard": hard, **spec},
    }
    api.ok("POST", "resourcequotas", body)
    body["status"] = {"hard": hard, "used": dict.fromkeys(hard, "0")}
    body["metadata"]["resourceVersion"] = api.ok("GET", f"resourcequotas/{name}")["metadata"][
        "resourceVersion"
    ]
    api.ok("PUT", f"resourcequotas/{name}/status", body)


def pod(name: str, cpu: str = "", **spec: Any) -> dict[str, Any]:
    container: dict[str, Any] = {"name": "c", "image": "v1"}
    if cpu:
        container["resources"] = {"requests": {"cpu": cpu}}
    spec = {"containers": [container], **spec}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}


def used(api: Api) -> dict[str, str]:
    return dict(api.ok("GET", "resourcequotas/q")["status"]["used"])


def test_what_fits_is_counted_and_what_does_not_is_refused(api: Api):
    """The message says what was asked, used and allowed, of those resources that are exceeded."""
    limit(api, {"pods": "2", "requests.cpu": "1"})
    api.ok("POST", "pods", pod("a", "600m"))
    assert used(api) == {"pods": "1", "requests.cpu": "600m"}
    code, reason, message = api.refused("POST", "pods", pod("b", "600m"))
    assert (code, reason) == (403, "Forbidden")
    assert message == (
        'pods "b" is forbidden: exceeded quota: q, requested: requests.cpu=600m, '
        "used: requests.cpu=600m, limited: requests.cpu=1"
    )
    assert used(api) == {"pods": "1", "requests.cpu": "600m"}


def test_a_dry_run_is_checked_and_not_counted(api: Api):
    """Otherwise asking would cost."""
    limit(api, {"requests.cpu": "1"})
    api.ok("POST", "pods", pod("a", "600m"), dryRun="All")
    assert used(api) == {"requests.cpu": "0"}
    assert api.refused("POST", "pods", pod("a", "2"), dryRun="All")[0] == 403


@pytest.mark.parametrize(
    ("spec", "refused"),
    [
        ({}, "must specify requests.cpu for: c"),
        ({"resources": {"requests": {"memory": "1Gi"}}}, ""),
    ],
)
def test_every_container_must_ask_unless_the_pod_does(api: Api, spec: dict[str, Any], refused: str):
    """Pod-level resources, of any kind, lift the demand."""
    limit(api, {"requests.cpu": "1"})
    if not refused:
        api.ok("POST", "pods", pod("a", **spec))
        return
    assert (
        api.refused("POST", "pods", pod("a", **spec))[2]
        == f'pods "a" is forbidden: failed quota: q: {refused}'
    )


def test_scopes_choose_pods(api: Api):
    """A quota for BestEffort pods lets all others in, and counts only its own."""
    limit(api, {"pods": "0"}, scopes=["BestEffort"])
    api.ok("POST", "pods", pod("a", "1"))
    assert "exceeded quota: q, requested: pods=1" in api.refused("POST", "pods", pod("b"))[2]


def test_objects_of_any_kind_can_be_counted(api: Api):
    """By the resource's name after count/."""
    limit(api, {"count/configmaps": "0", "configmaps": "5"})
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}
    assert api.refused("POST", "configmaps", config)[2].endswith(
        "exceeded quota: q, requested: count/configmaps=1, "
        "used: count/configmaps=0, limited: count/configmaps=0"
    )


def test_a_quota_without_status_limits_nothing_yet(api: Api):
    """Until the controller has written what counts."""
    spec = {"hard": {"pods": "0"}}
    api.ok(
        "POST",
        "resourcequotas",
        {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "q"}, "spec": spec},
    )
    api.ok("POST", "pods", pod("a"))


def test_an_invalid_pod_is_told_so_before_its_price(api: Api):
    """Quotas look at what validation has found right."""
    limit(api, {"pods": "0"})
    assert api.refused("POST", "pods", pod("a", restartPolicy="Sometimes"))[0] == 422


def test_a_runtime_class_adds_its_overhead(api: Api):
    """The pod carries it, and the quota counts it."""
    api.ok(
        "POST",
        CLASSES,
        {
            "apiVersion": "node.k8s.io/v1",
            "kind": "RuntimeClass",
            "metadata": {"name": "heavy"},
            "handler": "h",
            "overhead": {"podFixed": {"cpu": "250m"}},
            "scheduling": {"nodeSelector": {"sandbox": "yes"}},
        },
    )
    limit(api, {"requests.cpu": "10"})
    made = api.ok("POST", "pods", pod("a", "1", runtimeClassName="heavy"))
    assert made["spec"]["overhead"] == {"cpu": "250m"}
    assert made["spec"]["nodeSelector"] == {"sandbox": "yes"}
    assert used(api) == {"requests.cpu": "1250m"}


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ({"runtimeClassName": "none"}, 'pod rejected: RuntimeClass "none" not found'),
        (
            {"overhead": {"cpu": "1"}},
            "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead",
        ),
    ],
)
def test_overhead_belongs_to_a_class(api: Api, spec: dict[str, Any], why: str):
    """A class that is not there, and overhead that no class gave, are refused."""
    assert api.refused("POST", "pods", pod("a", **spec))[2] == f'pods "a" is forbidden: {why}'


def test_a_quota_is_shown_with_what_is_used_of_what(api: Api):
    """Requests and other counts in one column, limits in another."""
    limit(api, {"requests.cpu": "1", "pods": "3", "limits.memory": "1Gi"})
    table = api.ok("GET", "resourcequotas", accept="application/json;as=Table;v=v1;g=meta.k8s.io")
    assert [each["name"] for each in table["columnDefinitions"]] == ["Name", "Request", "Limit", "Age"]
    (row,) = table["rows"]
    assert row["cells"][:3] == ["q", "pods: 0/3, requests.cpu: 0/1", "limits.memory: 0/1Gi"]


@pytest.mark.parametrize(
    ("spec", "causes"),
    [
        ({"hard": {"requests.cpu": "1"}, "scopes": ["BestEffort"]}, ["spec.scopes"]),
        ({"hard": {"pods": "1"}, "scopes": ["Terminating", "NotTerminating"]}, ["spec.scopes"]),
        ({"hard": {"pods": "1"}, "scopes": ["Some"]}, ["spec.scopes"]),
        ({"hard": {"pods": "1.5"}}, ["spec.hard[pods]"]),
        (
            {
                "hard": {"pods": "1"},
                "scopeSelector": {"matchExpressions": [{"scopeName": "BestEffort", "operator": "In"}]},
            },
            [
                "spec.scopeSelector.matchExpressions.operator",
                "spec.scopeSelector.matchExpressions.values",
            ],
        ),
    ],
)
def test_what_says_nothing_is_no_quota(api: Api, spec: dict[str, Any], causes: list[str]):
    """Scopes that do not fit, parts of a pod, selectors that cannot select."""
    body = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "q"}, "spec": spec}
    response = api.send("POST", "resourcequotas", body)
    assert response.code == 422
    assert isinstance(response.body, dict)
    assert [cause["field"] for cause in response.body["details"]["causes"]] == causes
