"""kubectl works against the HTTP door: every command the course uses."""

import os
import shutil
import subprocess
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from insideout.backends.embedded import EmbeddedBackend

pytestmark = pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")

Kubectl = Callable[..., str]

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: "nginx:1.27"}]}
"""


@pytest.fixture
def kubectl(served: EmbeddedBackend, tmp_path: Path) -> Kubectl:
    """Run kubectl in a namespace of its own; return what it prints, or fail with what it complains of."""
    namespace = f"k-{uuid.uuid4().hex[:8]}"
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
    served.loop.call(served.client("test").create, "namespaces", body)

    def run(*arguments: str, code: int = 0, stdin: str = "", **environment: str) -> str:
        done = subprocess.run(
            ["kubectl", f"--kubeconfig={served.kubeconfig()}", f"--namespace={namespace}", *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
            env={**os.environ, "HOME": str(tmp_path), **environment},
        )
        assert done.returncode == code, done.stderr
        return done.stdout if code == 0 else done.stdout + done.stderr

    run.namespace = namespace  # type: ignore[attr-defined]
    return run


def test_apply_diff_delete(kubectl: Kubectl):
    """Apply creates, finds nothing to do, configures; diff shows what it would; delete removes."""
    assert kubectl("apply", "-f", "-", stdin=DEPLOYMENT) == "deployment.apps/web created\n"
    assert kubectl("apply", "-f", "-", stdin=DEPLOYMENT) == "deployment.apps/web unchanged\n"
    newer = DEPLOYMENT.replace("1.27", "1.28")
    difference = kubectl("diff", "-f", "-", stdin=newer, code=1)
    assert "-      - image: nginx:1.27\n+      - image: nginx:1.28\n" in difference
    assert kubectl("apply", "-f", "-", stdin=newer) == "deployment.apps/web configured\n"
    assert kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", stdin=newer).endswith(
        "serverside-applied\n"
    )
    assert kubectl("delete", "-f", "-", stdin=newer).startswith('deployment.apps "web" deleted')
    assert "NotFound" in kubectl("get", "deployment", "web", code=1)


def test_get(kubectl: Kubectl):
    """Get prints tables, wide ones, YAML and JSONPath."""
    kubectl("apply", "-f", "-", stdin=DEPLOYMENT)
    header, row = kubectl("get", "deploy").splitlines()
    assert header.split() == ["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"]
    assert row.split()[:4] == ["web", "0/2", "0", "0"]
    assert kubectl("get", "deploy", "-o", "wide").split("\n")[1].split()[5:] == ["c", "nginx:1.27", "app=web"]
    assert "replicas: 2\n" in kubectl("get", "deploy", "web", "-o", "yaml")
    path = "jsonpath={.spec.template.spec.containers[0].image}"
    assert kubectl("get", "deploy", "web", "-o", path) == "nginx:1.27"
    assert "deployment.apps/web" in kubectl("get", "all")
    assert kubectl("get", "pods", "-l", "no=such") == ""


def test_watch(kubectl: Kubectl, served: EmbeddedBackend, tmp_path: Path):
    """Get -w prints what is there and then each change."""
    namespace = kubectl.namespace  # type: ignore[attr-defined]
    client = served.client("test")
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "w"}}
    served.loop.call(client.create, "configmaps", body, namespace)
    watch = subprocess.Popen(
        [
            "kubectl",
            f"--kubeconfig={served.kubeconfig()}",
            f"-n{namespace}",
            "get",
            "cm",
            "-w",
            "--no-headers",
        ],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    assert watch.stdout is not None
    try:
        assert watch.stdout.readline().split()[:2] == ["w", "0"]
        served.loop.call(client.patch, "configmaps", "w", {"data": {"a": "b"}}, namespace)
        assert watch.stdout.readline().split()[:2] == ["w", "1"]
    finally:
        watch.kill()
        watch.wait()
        watch.stdout.close()


def test_describe_scale_label_annotate(kubectl: Kubectl):
    """Describe reads an object and its events; scale, label and annotate change it."""
    kubectl("apply", "-f", "-", stdin=DEPLOYMENT)
    assert "RollingUpdateStrategy:  25% max unavailable, 25% max surge" in kubectl(
        "describe", "deploy", "web"
    )
    assert kubectl("scale", "deploy", "web", "--replicas=5") == "deployment.apps/web scaled\n"
    assert kubectl("label", "deploy", "web", "a=b") == "deployment.apps/web labeled\n"
    assert kubectl("annotate", "deploy", "web", "note=x") == "deployment.apps/web annotated\n"
    path = "jsonpath={.spec.replicas} {.metadata.labels.a} {.metadata.annotations.note}"
    assert kubectl("get", "deploy", "web", "-o", path) == "5 b x"


def test_rollout(kubectl: Kubectl, served: EmbeddedBackend):
    """Rollout status waits for the status, history lists revisions, undo goes back to one."""
    kubectl("apply", "-f", "-", stdin=DEPLOYMENT)
    namespace = kubectl.namespace  # type: ignore[attr-defined]
    client = served.client("deployment-controller")
    deployment = client.get("deployments", "web", namespace)
    for revision, image in (("1", "nginx:1.26"), ("2", "nginx:1.27")):
        template = deployment["spec"]["template"]
        labels = {**template["metadata"]["labels"], "pod-template-hash": revision}
        container = {**template["spec"]["containers"][0], "image": image}
        metadata = {
            "name": f"web-{revision}",
            "labels": labels,
            "annotations": {"deployment.kubernetes.io/revision": revision},
            "ownerReferences": [
                {
                    "apiVersion": "apps/v1",
                    "kind": "Deployment",
                    "name": "web",
                    "uid": deployment["metadata"]["uid"],
                    "controller": True,
                }
            ],
        }
        spec = {
            "replicas": 0,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        }
        body = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": metadata, "spec": spec}
        served.loop.call(client.create, "replicasets", body, namespace)
    history = kubectl("rollout", "history", "deploy", "web").splitlines()
    assert [line.split()[0] for line in history[2:4]] == ["1", "2"]
    kubectl("rollout", "undo", "deploy", "web", "--to-revision=1")
    path = "jsonpath={.spec.template.spec.containers[0].image}"
    assert kubectl("get", "deploy", "web", "-o", path) == "nginx:1.26"
    status = {"observedGeneration": 2, "replicas": 2, "updatedReplicas": 2}
    status |= {"readyReplicas": 2, "availableReplicas": 2}
    served.loop.call(
        lambda: client.patch("deployments", "web", {"status": status}, namespace, subresource="status")
    )
    assert "successfully rolled out" in kubectl("rollout", "status", "deploy", "web", "--timeout=5s")


def test_create_and_edit(kubectl: Kubectl):
    """Create makes objects from flags, edit saves what a scripted editor did."""
    assert kubectl("create", "configmap", "c", "--from-literal=color=red") == "configmap/c created\n"
    assert kubectl("create", "secret", "generic", "s", "--from-literal=p=q") == "secret/s created\n"
    assert (
        kubectl("create", "deployment", "d", "--image=nginx", "--replicas=2") == "deployment.apps/d created\n"
    )
    assert kubectl("edit", "configmap", "c", EDITOR="sed -i s/red/blue/") == "configmap/c edited\n"
    assert kubectl("get", "configmap", "c", "-o", "jsonpath={.data.color}") == "blue"
    assert kubectl("get", "secret", "s", "-o", "jsonpath={.data.p}") == "cQ=="


def test_wait(kubectl: Kubectl, served: EmbeddedBackend):
    """Wait returns when the condition holds, and says so when it does not come."""
    namespace = kubectl.namespace  # type: ignore[attr-defined]
    kubectl("run", "p", "--image=nginx")
    waiting = kubectl("wait", "--for=condition=Ready", "pod/p", "--timeout=1s", code=1)
    assert "timed out waiting for the condition" in waiting
    status = {"status": {"conditions": [{"type": "Ready", "status": "True"}]}}
    served.loop.call(
        lambda: served.client("kubelet").patch("pods", "p", status, namespace, subresource="status")
    )
    assert kubectl("wait", "--for=condition=Ready", "pod/p", "--timeout=5s") == "pod/p condition met\n"
    assert "deleted" in kubectl("delete", "pod", "p")


def test_about_the_api(kubectl: Kubectl):
    """explain, api-resources, version, auth whoami and auth can-i ask the server about itself."""
    assert "KIND:       Pod" in kubectl("explain", "pods.spec.containers")
    resources = kubectl("api-resources", "--no-headers")
    assert "deployments" in resources
    assert "customresourcedefinitions" in resources
    assert "kubernetes-admin" in kubectl("auth", "whoami")
    assert kubectl("auth", "can-i", "create", "pods") == "yes\n"
    assert "Server Version: v1.36.2" in kubectl("version")


def test_refusals(kubectl: Kubectl):
    """Kubectl shows the server's own words when it refuses."""
    bad = DEPLOYMENT.replace("replicas: 2", "replicas: -1")
    assert "spec.replicas: Invalid value: -1: must be greater than or equal to 0" in kubectl(
        "apply", "-f", "-", stdin=bad, code=1
    )
    misspelt = DEPLOYMENT.replace("replicas", "replicaz")
    assert 'unknown field "spec.replicaz"' in kubectl("apply", "-f", "-", stdin=misspelt, code=1)
