"""Whole clusters: how long until pods run, and how long five minutes of eviction take.

Each run is a process of its own, so that memory is that run's.  Peers: a real control plane v1.36.2 with
hollow nodes bound 2,000 pods on 100 nodes in 6.6 s and took 343 s for an eviction
(insideout/records/eviction.json); KWOK's own gates are 60 s for 5,000 nodes and 60 s for 10,000 pods without
a scheduler.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator

from insideout.cluster import Cluster
from insideout.components import default_places


def pods() -> Iterator[str]:
    """Yield the time from the Deployments' creation until every pod is Running and Ready."""
    for nodes, count, peer in (
        (100, 1_000, "real control plane: 2,000 bound in 6.6 s"),
        (100, 2_000, "real control plane: 2,000 bound in 6.6 s"),
        (5_000, 10_000, "KWOK: 60 s without a scheduler"),
    ):
        got = _in_process("run_pods", nodes, count)
        yield (
            f"{count:6} pods on {nodes} nodes to Ready: {got['seconds']:.1f} s, {got['mib']:.0f} MiB;"
            f" nodes joined in {got['joined']:.1f} s  ({peer})"
        )


def eviction() -> Iterator[str]:
    """Yield the time for a node that falls silent, and the eviction of its pods five minutes later."""
    got = _in_process("run_eviction")
    yield f"{got['virtual']:.0f} s of a silent node: {got['seconds']:.3f} s  (real control plane: 343 s)"


def run_pods(nodes: int, count: int) -> dict[str, float]:
    """Run `count` pods of Deployments of at most 1,000; kube-proxy is left out."""
    places = default_places()
    del places["kube-proxy"]
    began_s = time.perf_counter()
    cluster = Cluster.create(nodes=0, places=places)
    for number in range(nodes):
        cluster.nodes.add(f"node-{number:05}", cpu="32", memory="256Gi")
    cluster.run(seconds=2)
    joined_s = time.perf_counter()
    client = cluster.client("user")
    each = min(count, 1_000)
    for number in range(count // each):
        client.create("deployments", _deployment(f"web-{number}", each), "default")
    while _ready(cluster) < count:
        cluster.run(seconds=1)
    seconds = time.perf_counter() - joined_s
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "joined": joined_s - began_s, "mib": mib}


def run_eviction() -> dict[str, float]:
    """Silence one of two nodes, and let time pass until its pod runs elsewhere."""
    cluster = Cluster.create(nodes=2)
    cluster.client("user").create("deployments", _deployment("web", 2), "default")
    cluster.wait(lambda: _ready(cluster) == 2)
    began_s, from_s = time.perf_counter(), cluster.loop.now_s
    cluster.nodes.silence("node-1")
    cluster.run(minutes=7)
    return {"seconds": time.perf_counter() - began_s, "virtual": cluster.loop.now_s - from_s}


def _ready(cluster: Cluster) -> int:
    deployments = cluster.client("user").list("deployments", "default")["items"]
    return sum(each.get("status", {}).get("readyReplicas", 0) for each in deployments)


def _deployment(name: str, replicas: int) -> dict[str, object]:
    labels = {"app": name}
    requests = {"cpu": "100m", "memory": "100Mi"}
    container = {"name": "app", "image": "nginx:1.27", "resources": {"requests": requests}}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}
    return {"metadata": {"name": name}, "spec": spec}


def _in_process(function: str, *arguments: int) -> dict[str, float]:
    code = (
        f"import json; from benchmarks import cluster; print(json.dumps(cluster.{function}(*{arguments!r})))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    result: dict[str, float] = json.loads(done.stdout)
    return result
