"""kubectl top shows what the nodes measure, once it was measured twice."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from insideout import Cluster
from insideout.backends.controlplane import programs
from insideout.client import ApiError
from insideout.metrics import MetricsServer

pytestmark = pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")

EVERY_S = 5.0


@pytest.fixture(params=["embedded", "controlplane"])
def cluster(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """Give a cluster in real time with a Pod that uses something."""
    if request.param == "controlplane":
        try:
            programs.find()
        except programs.MissingProgramError as missing:
            pytest.skip(str(missing))
    with Cluster.create(nodes=2, realtime=True, backend=request.param) as made:
        annotations = {"program.course/web": "cpu 250m; memory 64Mi", "program.course/side": "memory 1Mi"}
        containers = [{"name": "web", "image": "i"}, {"name": "side", "image": "i"}]
        metadata = {"name": "shop", "labels": {"app": "shop"}, "annotations": annotations}
        body = {"metadata": metadata, "spec": {"containers": containers}}
        made.loop.call(made.client().create, "pods", body, "default")
        yield made


def top(cluster: Cluster, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["kubectl", f"--kubeconfig={cluster.kubeconfig}", "top", *arguments],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env={**os.environ, "HOME": str(home)},
    )


def rows(cluster: Cluster, home: Path, *arguments: str) -> list[list[str]]:
    done = top(cluster, home, *arguments)
    assert done.returncode == 0, done.stderr
    return [line.split() for line in done.stdout.splitlines()]


def is_known(cluster: Cluster) -> bool:
    """Tell whether the usage of any Pod can be had; a real API server needs a moment to notice."""
    try:
        return bool(cluster.client().list("pods.metrics.k8s.io")["items"])
    except ApiError as refused:
        if refused.code not in (404, 503):
            raise
        return False


def test_top_shows_nodes_pods_and_containers(cluster: Cluster, tmp_path: Path) -> None:
    assert "Metrics API not available" in top(cluster, tmp_path, "nodes").stderr
    server = MetricsServer(cluster, resolution_s=EVERY_S)
    assert cluster.loop.call(lambda: server.is_ready) is False
    early = top(cluster, tmp_path, "nodes").stderr  # kubectl before 1.26 takes a stale group for a served one
    assert "Metrics API not available" in early or "unable to handle the request" in early
    cluster.wait(lambda: is_known(cluster), timeout_s=30)

    header, *nodes = rows(cluster, tmp_path, "nodes")
    assert header[0] == "NAME"
    assert [row[0] for row in nodes] == ["node-0", "node-1"]
    assert ["250m", "6%", "65Mi", "0%"] in [row[1:] for row in nodes]
    assert rows(cluster, tmp_path, "pods")[1:] == [["shop", "250m", "65Mi"]]
    by_cpu = rows(cluster, tmp_path, "pods", "--containers", "--sort-by=cpu", "-A", "--no-headers")
    assert by_cpu == [["default", "shop", "web", "250m", "64Mi"], ["default", "shop", "side", "0m", "1Mi"]]
    assert 'pods "none" not found' in top(cluster, tmp_path, "pod", "none").stderr
