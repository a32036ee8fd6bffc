"""How fast pods are placed: the scheduler on the in-process API server, no kubelets.

Usage: python -m benchmarks.scheduling [--nodes 5000] [--pods 10000] [--kind plain|replicas|apart|zones]
[--profile]

plain: pods of nobody.  replicas: pods of one ReplicaSet behind a Service, which spread by default.
apart: as replicas, with anti-affinity by host.  zones: as replicas, with a hard spread over zones.
Reports seconds of wall-clock time to create everything and to place every pod, and the peak memory of this
process.  The peer's figure: kube-scheduler v1.36.2 bound 2,000 pods on 100 nodes in 6.6 s.
"""

import argparse
import cProfile
import pstats
import resource
import time
from typing import Any

from insideout.apiserver.server import ApiServer
from insideout.client import Object
from insideout.client.local import LocalClient
from insideout.scheduler.scheduler import Scheduler
from insideout.sim.loop import Loop

ZONES = 10
LABELS = {"app": "web"}


def node(index: int) -> Object:
    """Return a node of 32 cores in one of ten zones."""
    name = f"node-{index}"
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": {"kubernetes.io/hostname": name, "topology.kubernetes.io/zone": f"z{index % ZONES}"},
        },
        "status": {
            "allocatable": {"cpu": "32", "memory": "256Gi", "pods": "110"},
            "conditions": [{"type": "Ready", "status": "True"}],
        },
    }


def pod(index: int, kind: str) -> Object:
    """Return a pod of the kind asked for."""
    spec: dict[str, Any] = {
        "containers": [
            {
                "name": "c",
                "image": "nginx:1.27",
                "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}},
            }
        ]
    }
    selector = {"matchLabels": LABELS}
    metadata: dict[str, Any] = {"name": f"pod-{index}", "namespace": "default"}
    if kind != "plain":
        owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web", "uid": "1", "controller": True}
        metadata |= {"labels": LABELS, "ownerReferences": [owner]}
    if kind == "apart":
        term = {"labelSelector": selector, "topologyKey": "kubernetes.io/hostname"}
        spec["affinity"] = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}
    if kind == "zones":
        spec["topologySpreadConstraints"] = [
            {
                "maxSkew": 1,
                "topologyKey": "topology.kubernetes.io/zone",
                "whenUnsatisfiable": "DoNotSchedule",
                "labelSelector": selector,
            }
        ]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def prepare(nodes: int, pods: int, kind: str) -> tuple[Loop, LocalClient]:
    """Return a cluster with everything created and nothing placed."""
    loop = Loop()
    client = LocalClient(ApiServer(loop), "benchmark")
    if kind != "plain":
        service = {"metadata": {"name": "web"}, "spec": {"selector": LABELS, "ports": [{"port": 80}]}}
        client.create("services", {"apiVersion": "v1", "kind": "Service", **service}, "default")
        template = {"metadata": {"labels": LABELS}, "spec": pod(0, "plain")["spec"]}
        spec = {"replicas": pods, "selector": {"matchLabels": LABELS}, "template": template}
        replicaset = {
            "apiVersion": "apps/v1",
            "kind": "ReplicaSet",
            "metadata": {"name": "web"},
            "spec": spec,
        }
        client.create("replicasets.apps", replicaset, "default")
    for index in range(nodes):
        client.create("nodes", node(index))
        # What a node's heartbeat and the node lifecycle controller do: admission taints new nodes.
        client.patch("nodes", f"node-{index}", {"status": node(index)["status"]}, subresource="status")
        client.patch("nodes", f"node-{index}", {"spec": {"taints": None}})
    for index in range(pods):
        client.create("pods", pod(index, kind), "default")
    return loop, client


def run() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nodes", type=int, default=5000)
    parser.add_argument("--pods", type=int, default=10000)
    parser.add_argument("--kind", choices=("plain", "replicas", "apart", "zones"), default="replicas")
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()

    began = time.perf_counter()
    loop, client = prepare(options.nodes, options.pods, options.kind)
    created = time.perf_counter()
    bound = 0

    def count(pod: object, attempt: object) -> None:
        nonlocal bound
        bound += 1

    scheduler = Scheduler(client, loop, on_attempt=count)
    profile = cProfile.Profile()
    if options.profile:
        profile.enable()
    scheduler.start()
    loop.run_until(lambda: bound >= options.pods, timeout_s=3600)
    loop.run(1)
    profile.disable()
    placed = time.perf_counter()
    without = [each for each in client.shared.list("pods")["items"] if not each["spec"].get("nodeName")]
    memory_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{options.kind}: {options.pods} pods on {options.nodes} nodes: created in {created - began:.1f} s, "
        f"placed in {placed - created:.1f} s ({options.pods / (placed - created):.0f} pods/s), "
        f"{len(without)} without a node, {memory_mib:.0f} MiB"
    )
    if options.profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(35)


if __name__ == "__main__":
    run()
