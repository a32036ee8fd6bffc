"""A namespace of our own on a cluster that is there: inside only, rights asked for, nothing left."""

import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from kubernetes.stream import stream

from insideout import Cluster
from insideout.backends.kubeconfig import space
from insideout.backends.kubeconfig.backend import NotOursError
from insideout.backends.kubeconfig.fence import OutsideError

# The official client's stream leaves its socket to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

POD = {
    "metadata": {"name": "web", "namespace": "default"},
    "spec": {"containers": [{"name": "web", "image": "nginx"}]},
}


def gone_within(seconds: float, condition) -> None:
    end_s = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end_s, "something is left"
        time.sleep(0.1)


def test_a_lesson_s_default_namespace_is_ours_and_goes_with_the_cluster(existing):
    there = existing()
    with Cluster.create(backend="kubeconfig", nodes=3) as cluster:
        (own,) = there.ours()
        cluster.core.create_namespaced_pod("default", POD)
        cluster.wait(lambda: cluster.core.read_namespaced_pod("web", "default").status.phase == "Running")
        assert there.admin.list("pods", "default")["items"] == []
        assert [pod["metadata"]["name"] for pod in there.admin.list("pods", own)["items"]] == ["web"]
        assert [pod["metadata"]["name"] for pod in cluster.client().list("pods", "default")["items"]] == [
            "web"
        ]
        assert "Running" in str(cluster.table("pods"))
        assert f"{own}/web Running" in str(cluster)
        said = stream(
            cluster.core.connect_get_namespaced_pod_exec, "web", "default", command=["hostname"], stdout=True
        )
        assert said.strip() == "web"
        kubectl = ["kubectl", "--kubeconfig", str(cluster.kubeconfig), "get", "pods", "-o", "name"]
        assert subprocess.run(kubectl, capture_output=True, text=True, check=True).stdout == "pod/web\n"
    gone_within(20, lambda: there.ours() == [])


def test_what_is_not_ours_is_refused_in_one_line(existing):
    there = existing()
    with Cluster.create(backend="kubeconfig") as cluster:
        before = there.namespaces()
        for refused in (
            lambda: cluster.core.delete_namespaced_pod("web", "kube-system"),
            lambda: cluster.core.create_node({"metadata": {"name": "node-9"}}),
            lambda: cluster.core.delete_namespace(there.ours()[0]),
            lambda: cluster.core.list_secret_for_all_namespaces(),
            lambda: cluster.client().delete("nodes", "node-0"),
            lambda: stream(cluster.core.connect_get_namespaced_pod_exec, "web", "kube-system", command="id"),
        ):
            with pytest.raises(
                OutsideError, match=r"would leave the namespace inside-out-\w+; Cluster\.create"
            ):
                refused()
        assert there.namespaces() == before
        assert len(cluster.core.list_node().items) == 1
        with pytest.raises(LookupError, match="none of ours: this cluster's parts are its own"):
            cluster.replace("kube-scheduler", None)
        with pytest.raises(LookupError, match="no nodes of ours"):
            cluster.nodes.add("node-9")
        with pytest.raises(NotOursError, match="the cluster's own"):
            cluster.replace("kube-apiserver", None)


def test_nothing_is_left_when_we_are_killed(existing, tmp_path):
    there = existing()
    script = (
        "import time\n"
        "from insideout import Cluster\n"
        "cluster = Cluster.create(backend='kubeconfig')\n"
        "print(cluster.backend.namespace, flush=True)\n"
        "time.sleep(600)\n"
    )
    us = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert us.stdout is not None
    name = us.stdout.readline().strip()
    assert there.ours() == [name]
    us.send_signal(signal.SIGKILL)
    us.wait()
    us.stdout.close()
    gone_within(30, lambda: there.ours() == [])
    gone_within(30, lambda: not [one for one in tmp_path.iterdir() if (one / "kubeconfig").exists()])


def test_what_a_dead_machine_left_goes_with_the_next_session_once_its_time_is_over(existing, capsys):
    there = existing()
    over = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    for name, label, expires in (
        ("left", {space.LABEL: "true"}, over),
        ("in-use", {space.LABEL: "true"}, later),
        ("no-time", {space.LABEL: "true"}, "soon"),
        ("not-ours", {}, over),
    ):
        metadata = {"name": name, "labels": label, "annotations": {space.EXPIRES: expires}}
        there.admin.create("namespaces", {"metadata": metadata})
    with Cluster.create(backend="kubeconfig"):
        assert "removed left, which an earlier session left" in capsys.readouterr().err
        assert {"in-use", "no-time", "not-ours"} < {*there.namespaces()}
        assert "left" not in there.namespaces()


def test_a_user_of_less_right_is_told_what_is_missing(existing, tmp_path, monkeypatch):
    there = existing()
    pods = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "create"]}
    monkeypatch.setenv("KUBECONFIG", str(there.user(tmp_path, [pods])))
    with pytest.raises(PermissionError, match=r"lacks: create, delete namespaces; watch, delete pods$"):
        Cluster.create(backend="kubeconfig")
    assert there.ours() == []


def test_a_user_who_may_what_is_needed_only_is_told_what_else_will_not_go(
    existing, tmp_path, monkeypatch, capsys
):
    there = existing()
    rules = [
        {"apiGroups": [""], "resources": ["namespaces"], "verbs": ["create", "delete"]},
        {
            "apiGroups": [""],
            "resources": ["pods"],
            "verbs": ["get", "list", "watch", "create", "delete", "update", "patch"],
        },
        {"apiGroups": ["apps", "batch"], "resources": ["*"], "verbs": ["*"]},
    ]
    monkeypatch.setenv("KUBECONFIG", str(there.user(tmp_path, rules)))
    with Cluster.create(backend="kubeconfig") as cluster:
        cluster.core.create_namespaced_pod("default", POD)
        assert len(cluster.core.list_namespaced_pod("default").items) == 1
        assert "default/web" in str(cluster) or f"{cluster.backend.namespace}/web" in str(cluster)
    (line,) = [line for line in capsys.readouterr().err.splitlines() if "lacks" in line]
    assert "lacks: get pods/log; get, list, watch, create, update, patch, delete services; " in line
    assert line.endswith("list events; list namespaces")
    gone_within(20, lambda: there.ours() == [])


@pytest.mark.parametrize("option", [{"log": True}, {"raft": object}])
def test_what_a_real_api_server_does_not_have_is_refused(option):
    with pytest.raises(ValueError, match="only an embedded cluster will do, not kubeconfig: it"):
        Cluster.create(backend="kubeconfig", **option)


def test_parts_of_ours_are_refused():
    with pytest.raises(ValueError, match="places and timing are of clusters of our own"):
        Cluster.create(backend="kubeconfig", places={})
    with pytest.raises(ValueError, match="context is of the backend kubeconfig, not of embedded"):
        Cluster.create(backend="embedded", context="kind")
