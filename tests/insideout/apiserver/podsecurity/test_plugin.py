"""Namespaces refuse pods, and warn."""

import re
from typing import Any

import pytest

from insideout.apiserver.podsecurity.policy import LEVELS, PREFIX
from tests.insideout.apiserver.conftest import POD, Api

SAFE = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}
PRIVILEGED = 'privileged (container "c" must not set securityContext.privileged=true)'


def label(api: Api, namespace: str = "default", **labels: str | None) -> list[str]:
    """Label a namespace; return what is warned of."""
    given = {PREFIX + name.replace("_", "-"): value for name, value in labels.items()}
    body = {"metadata": {"labels": given}}
    path = f"/api/v1/namespaces/{namespace}"
    return warnings(api, "PATCH", path, body, content_type="application/merge-patch+json")


def warnings(api: Api, method: str, path: str, body: Any, **options: str) -> list[str]:
    response = api.send(method, path, body, **options)
    assert response.code < 300, response.body
    found = re.findall(r'299 - "((?:[^"\\]|\\.)*)"', response.headers.get("Warning", ""))
    return [re.sub(r"\\(.)", r"\1", text) for text in found]


def pod(name: str = "p", **context: Any) -> dict[str, Any]:
    container = {"name": "c", "image": "i", "securityContext": context}
    return {**POD, "metadata": {"name": name}, "spec": {"containers": [container]}}


def test_a_pod_that_breaks_the_enforced_level_is_refused(api: Api) -> None:
    """One that keeps to it is not."""
    label(api, enforce="baseline", enforce_version="v1.30")
    assert api.refused("POST", "pods", pod(privileged=True)) == (
        403,
        "Forbidden",
        f'pods "p" is forbidden: violates PodSecurity "baseline:v1.30": {PRIVILEGED}',
    )
    assert warnings(api, "POST", "pods", pod()) == []


def test_a_warned_of_level_lets_pods_in(api: Api) -> None:
    """Only the client hears of it."""
    label(api, warn="baseline")
    said = warnings(api, "POST", "pods", pod(privileged=True))
    assert said == [f'would violate PodSecurity "baseline:latest": {PRIVILEGED}']


def test_templates_are_warned_of_and_never_refused(api: Api) -> None:
    """Their pods are refused later."""
    label(api, enforce="baseline")
    template = {"metadata": {"labels": {"a": "b"}}, "spec": pod(privileged=True)["spec"]}
    spec = {"selector": {"matchLabels": {"a": "b"}}, "template": template}
    deployment = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}, "spec": spec}
    path = "/apis/apps/v1/namespaces/default/deployments"
    would = f'would violate PodSecurity "baseline:latest": {PRIVILEGED}'
    assert warnings(api, "POST", path, deployment) == [would]
    job = {"template": {"spec": {**pod(privileged=True)["spec"], "restartPolicy": "Never"}}}
    cron = {"schedule": "* * * * *", "jobTemplate": {"spec": job}}
    body = {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "c"}, "spec": cron}
    assert warnings(api, "POST", "/apis/batch/v1/namespaces/default/cronjobs", body) == [would]


def test_a_stricter_level_tells_of_the_pods_that_are_there(api: Api) -> None:
    """Pods with the same faults are told of together."""
    for name in ("b", "a", "c"):
        api.ok("POST", "pods", pod(name))
    api.ok("POST", "pods", pod("d", privileged=True))
    api.ok("POST", "pods", pod("e", **SAFE))
    faults = (
        "allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile"
    )
    assert label(api, enforce="restricted") == [
        'existing pods in namespace "default" violate the new PodSecurity enforce level "restricted:latest"',
        f"a (and 2 other pods): {faults}",
        f"d: privileged, {faults}",
    ]
    assert label(api, enforce="baseline") == []
    assert label(api, enforce=None) == []


def test_wrong_labels_are_refused_when_they_are_new(api: Api) -> None:
    """A namespace that has them may be changed otherwise."""
    text = f'metadata.labels[{PREFIX}enforce]: Invalid value: "x": must be one of {", ".join(LEVELS)}'
    metadata = {"name": "n", "labels": {PREFIX + "enforce": "x"}}
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
    assert api.refused("POST", "/api/v1/namespaces", namespace) == (
        422,
        "Invalid",
        f'Namespace "n" is invalid: {text}',
    )


@pytest.mark.parametrize(("image", "code"), [("i", 200), ("other", 403)])
def test_a_pod_that_is_there_may_change_all_but_its_images(api: Api, image: str, code: int) -> None:
    """A level that came later does not keep controllers from labelling pods."""
    api.ok("POST", "pods", pod(privileged=True))
    label(api, enforce="baseline")
    body = {"metadata": {"labels": {"x": "y"}}, "spec": {"containers": [{"name": "c", "image": image}]}}
    kind = "application/strategic-merge-patch+json"
    assert api.send("PATCH", "pods/p", body, content_type=kind).code == code


def test_an_ephemeral_container_is_checked(api: Api) -> None:
    """It is added to a pod that is right."""
    api.ok("POST", "pods", pod())
    label(api, enforce="baseline")
    added = {"name": "e", "image": "i", "securityContext": {"privileged": True}}
    body = {"spec": {"ephemeralContainers": [added]}}
    refused = api.refused(
        "PATCH", "pods/p/ephemeralcontainers", body, content_type="application/strategic-merge-patch+json"
    )
    assert refused[2].endswith('privileged (container "e" must not set securityContext.privileged=true)')
