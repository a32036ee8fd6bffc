"""A real kube-apiserver on its store: the program etcd, and our door over memory and over a learner's Raft.

For each in one run: until the API server says it is ready, until a Deployment's two pods are Ready, and how
long a write takes, at first and when a thousand more are in the log.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.raft import reference
from insideout import etcd
from insideout.backends.controlplane import programs
from insideout.backends.controlplane.backend import ControlPlaneBackend
from insideout.backends.controlplane.programs import MissingProgramError
from insideout.cluster import Cluster
from insideout.components import places_beside
from insideout.etcd.shared import Shared, SharedStore
from insideout.store import MemoryStore

WRITES = 100
MORE = 1000


def stores() -> Iterator[str]:
    """Yield a line for each store; one that says why when the programs, or grpcio, are not there."""
    try:
        programs.find()
    except MissingProgramError as missing:
        yield f"skipped: {missing}"
        return
    if why := etcd.why_not():
        yield f"skipped: {why}"
        return
    # Loaded here: it needs protobuf.
    from insideout.etcd.replicated import SharedRaftStore

    kinds: dict[str, Callable[[], Shared | None]] = {
        "etcd": lambda: None,
        "the door over memory": lambda: SharedStore(MemoryStore()),
        "the door over a learner's Raft, five nodes": lambda: SharedRaftStore(reference("Raft"), nodes=5),
    }
    for name, make in kinds.items():
        yield f"kube-apiserver on {name}: {_lived(make())}"


def _lived(store: Shared | None) -> str:
    began_s = time.perf_counter()
    real = ControlPlaneBackend(store=store, say=lambda line: None)
    ready_s = time.perf_counter() - began_s
    with Cluster(real, places_beside(real, None), nodes=2) as cluster:
        real.loop.call(real.controllers.settle)
        real.await_accounts()
        began_s = time.perf_counter()
        cluster.apps.create_namespaced_deployment("default", _deployment())
        cluster.wait(
            lambda: cluster.apps.read_namespaced_deployment("web", "default").status.ready_replicas == 2
        )
        pods_s = time.perf_counter() - began_s
        first_ms = _write_ms(cluster, "first", WRITES)
        _write_ms(cluster, "more", MORE)
        later_ms = _write_ms(cluster, "later", WRITES)
    return (
        f"ready after {ready_s:.1f} s, two pods after {pods_s:.1f} s, "
        f"a write takes {first_ms:.1f} ms, {MORE} later {later_ms:.1f} ms"
    )


def _write_ms(cluster: Cluster, prefix: str, count: int) -> float:
    began_s = time.perf_counter()
    for number in range(count):
        body = {"metadata": {"name": f"{prefix}-{number}"}, "data": {"key": "value"}}
        cluster.core.create_namespaced_config_map("default", body)
    return (time.perf_counter() - began_s) / count * 1000


def _deployment() -> dict[str, Any]:
    labels = {"app": "web"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "web", "image": "nginx"}]}}
    spec = {"replicas": 2, "selector": {"matchLabels": labels}, "template": template}
    return {"metadata": {"name": "web"}, "spec": spec}
