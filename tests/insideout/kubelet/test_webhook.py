"""A webhook's program in a pod is asked through the cluster's own Service and endpoints."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from insideout import Cluster
from insideout.client import ApiError
from insideout.kubelet.webhook import Webhook, load, response

GROUP = "admissionregistration.k8s.io"


def needs_owner(request: dict[str, Any]) -> object:
    labels = request["object"]["metadata"].get("labels") or {}
    return "owner" in labels or "say whose it is"


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """Return a cluster with a webhook for ConfigMaps whose pod is about to start."""
    made = Cluster.create(nodes=1)
    made.nodes.programs.register("policy:v1", Webhook(needs_owner, takes_s=1.5))
    made.run(seconds=2)
    client = made.client()
    container = {"name": "c", "image": "policy:v1", "ports": [{"containerPort": 8443}]}
    metadata = {"name": "policy", "labels": {"app": "policy"}}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": [container]}}
    client.create("pods", pod, "default")
    spec = {"selector": {"app": "policy"}, "ports": [{"port": 443, "targetPort": 8443}]}
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "policy"}, "spec": spec}
    client.create("services", service, "default")
    hook = {
        "name": "owner.example.com",
        "admissionReviewVersions": ["v1"],
        "sideEffects": "None",
        "clientConfig": {"service": {"name": "policy", "namespace": "default"}},
        "rules": [
            {"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["configmaps"]}
        ],
    }
    body = {"apiVersion": f"{GROUP}/v1", "kind": "ValidatingWebhookConfiguration", "webhooks": [hook]}
    client.create(f"validatingwebhookconfigurations.{GROUP}", {**body, "metadata": {"name": "owner"}})
    yield made
    made.stop()


def write(cluster: Cluster, **labels: str) -> str:
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "labels": labels}}
    try:
        cluster.client().create("configmaps", body, "default")
    except ApiError as refused:
        return str(refused)
    return ""


def test_a_pod_decides(cluster: Cluster) -> None:
    """Before it is ready nobody can; afterwards its function does, and its log tells of it."""
    assert 'no endpoints available for service "policy"' in write(cluster)
    cluster.run(seconds=3)
    assert write(cluster) == 'admission webhook "owner.example.com" denied the request: say whose it is'
    assert write(cluster, owner="me") == ""
    log = cluster.core.read_namespaced_pod_log("policy", "default")
    assert "CREATE /: allowed=False" in str(log)
    cluster.client().delete("pods", "policy", "default", grace_period_s=0)
    cluster.run(seconds=1)
    assert 'no endpoints available for service "policy"' in write(cluster)


def test_a_slow_webhook_runs_out_of_time(cluster: Cluster) -> None:
    """It takes longer than its configuration allows."""
    cluster.run(seconds=3)
    patch = [{"op": "replace", "path": "/webhooks/0/timeoutSeconds", "value": 1}]
    client = cluster.client()
    client.patch(f"validatingwebhookconfigurations.{GROUP}", "owner", patch, type="json")
    assert write(cluster, owner="me").endswith(
        'Post "https://policy.default.svc:443/?timeout=1s": context deadline exceeded'
    )


def test_a_port_that_nobody_listens_on_refuses(cluster: Cluster) -> None:
    """The Service may point anywhere."""
    patch = [{"op": "replace", "path": "/spec/ports/0/targetPort", "value": 9999}]
    cluster.client().patch("services", "policy", patch, "default", type="json")
    cluster.run(seconds=3)
    assert "connect: connection refused" in write(cluster, owner="me")


def test_a_function_that_breaks_is_an_error_of_the_server(cluster: Cluster) -> None:
    """Its words come back in the refusal."""
    cluster.nodes.programs.register("policy:v1", Webhook(lambda request: request["nothing"]))
    cluster.run(seconds=3)
    said = "an error on the server (\"KeyError: 'nothing'\") has prevented the request from succeeding"
    assert write(cluster).endswith(said)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (True, {"allowed": True}),
        (False, {"allowed": False}),
        ("no", {"allowed": False, "status": {"message": "no", "code": 403}}),
        ([{"op": "remove", "path": "/a"}], {"allowed": True, "patchType": "JSONPatch"}),
        ([], {"allowed": True, "patchType": None}),
        ({"allowed": True, "warnings": ["w"]}, {"allowed": True, "warnings": ["w"]}),
    ],
)
def test_what_a_function_may_return(said: object, expected: dict[str, Any]) -> None:
    """Each short answer means a response."""
    found = response(said)
    assert {key: found[key] for key in expected} == expected


def test_any_other_answer_is_named() -> None:
    """With what would do."""
    with pytest.raises(TypeError, match="not NoneType"):
        response(None)


def test_a_webhook_is_loaded_from_a_file(tmp_path: Path) -> None:
    """By image, file and function; whatever is wrong is said in one line."""
    file = tmp_path / "hooks.py"
    file.write_text("def allow(request):\n    return True\n")
    image, program = load(f"registry.example:5000/policy:v1={file}:allow")
    assert image == "registry.example:5000/policy:v1"
    assert isinstance(program, Webhook)
    broken = tmp_path / "broken.py"
    broken.write_text("1 / 0\n")
    for text, words in (
        ("policy", "write IMAGE=FILE.py:FUNCTION"),
        (f"policy={file}:deny", "there is no function deny"),
        (f"policy={tmp_path / 'none.py'}:deny", "cannot be run: FileNotFoundError"),
        (f"policy={broken}:deny", "cannot be run: ZeroDivisionError: division by zero"),
    ):
        with pytest.raises(ValueError, match=re.escape(words)):
            load(text)
