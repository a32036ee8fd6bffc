"""The same `reconcile` as a kopf operator, over HTTPS, on a cluster in real time; and a recorded run of it.

kopf calls a handler for every event; the handler calls `reconcile`, and again after a moment when it fails.
What is kopf's own, its finalizer and its progress annotations, is not used: `reconcile` does all of that.
Where kopf or sockets are missing, the record of a run with kopf 1.45.2 is told.
"""

import asyncio
import contextlib
import importlib.util
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from course.units.u10_operators.judge import described, listed_by
from course.units.u10_operators.operator import Api, Reconcile
from course.units.u10_operators.served import await_served
from insideout.client.interface import ApiError, Client
from insideout.cluster import Cluster
from insideout.controllers.cache.kinds import CACHES, CHILDREN, DEFINITIONS, NAMESPACE, cache

PATIENCE_S = 20.0
_PARTS = ["children", "status", "buckets"]

RECORDED = (
    "created: ConfigMap web-0, owned, size 64",
    "created: ConfigMap web-1, owned, size 64",
    "created: status of web: generation 1, ready 2, Ready True",
    "created: Bucket web",
    "after web-1 was deleted: ConfigMap web-0, owned, size 64",
    "after web-1 was deleted: ConfigMap web-1, owned, size 64",
    "after web-1 was deleted: status of web: generation 1, ready 2, Ready True",
    "after web-1 was deleted: Bucket web",
    "after the Cache was deleted: nothing is there",
)
"""What a run with kopf 1.45.2 came to, on the embedded cluster's HTTPS door."""


def under_kopf(reconcile: Reconcile, *, live: bool = True) -> tuple[str, ...]:
    """Run the operator under kopf and return what came of it; the record where that cannot be done."""
    if not live or importlib.util.find_spec("kopf") is None:
        return RECORDED
    try:
        return run(reconcile)
    except OSError:  # no sockets here
        return RECORDED


def run(reconcile: Reconcile) -> tuple[str, ...]:
    """Create a Cache, delete a child, delete the Cache; return what there was after each."""
    lines: list[str] = []
    with Cluster.create(nodes=0, realtime=True) as cluster:
        user = cluster.client("user")
        for definition in DEFINITIONS:
            user.create("customresourcedefinitions", definition)
        await_served(cluster)
        with _operator(cluster, reconcile):
            user.create(CACHES, cache("web", 2, 64), NAMESPACE)
            lines += _until(cluster, user, "created", lambda: _ready(user))
            uid = user.get(CHILDREN, "web-1", NAMESPACE)["metadata"]["uid"]
            user.delete(CHILDREN, "web-1", NAMESPACE)
            lines += _until(cluster, user, "after web-1 was deleted", lambda: _other(user, "web-1", uid))
            user.delete(CACHES, "web", NAMESPACE)
            lines += _until(cluster, user, "after the Cache was deleted", lambda: _gone(user))
    return tuple(lines)


@contextlib.contextmanager
def _operator(cluster: Cluster, reconcile: Reconcile) -> Iterator[None]:
    """Run kopf in a thread."""
    import kopf

    from insideout.client.http import HttpClient

    api = Api(HttpClient.from_kubeconfig(cluster.kubeconfig, cluster.loop, "operator"), cluster.loop)
    registry = kopf.OperatorRegistry()
    lock = threading.Lock()  # one key, one worker

    def handle(name: str) -> None:
        with lock:
            for _ in range(20):
                try:
                    reconcile(api, f"{NAMESPACE}/{name}")
                except ApiError:
                    time.sleep(0.05)
                else:
                    return

    @kopf.on.login(registry=registry)
    def login(**kwargs: Any) -> Any:
        return kopf.login_with_kubeconfig(**kwargs)

    @kopf.on.event("example.com", "v1", "caches", registry=registry)
    def on_cache(name: str, **_: Any) -> None:
        handle(name)

    @kopf.on.event("", "v1", "configmaps", registry=registry)
    def on_child(meta: Any, **_: Any) -> None:
        for owner in meta.get("ownerReferences", ()):
            if owner.get("controller"):
                handle(owner["name"])

    stop, before = threading.Event(), os.environ.get("KUBECONFIG")
    os.environ["KUBECONFIG"] = str(cluster.kubeconfig)
    logging.getLogger("kopf").setLevel(logging.CRITICAL)
    thread = threading.Thread(
        target=lambda: asyncio.run(
            kopf.operator(registry=registry, stop_flag=stop, namespaces=[NAMESPACE], standalone=True)
        )
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        if before is None:
            del os.environ["KUBECONFIG"]
        else:
            os.environ["KUBECONFIG"] = before


def _until(cluster: Cluster, user: Client, when: str, holds: Callable[[], bool]) -> list[str]:
    cluster.loop.run_until(holds, PATIENCE_S)
    return [f"{when}: {line}" for line in described(listed_by(user), _PARTS)]


def _ready(user: Client) -> bool:
    status = user.get(CACHES, "web", NAMESPACE).get("status") or {}
    return bool(status.get("ready") == 2)


def _other(user: Client, name: str, uid: str) -> bool:
    found = [each for each in user.list(CHILDREN, NAMESPACE)["items"] if each["metadata"]["name"] == name]
    return bool(found) and found[0]["metadata"]["uid"] != uid


def _gone(user: Client) -> bool:
    """Tell whether nothing is left of the Cache; kube-root-ca.crt is the namespace's own."""
    children = user.list(CHILDREN, NAMESPACE)["items"]
    owned = [each for each in children if each["metadata"].get("ownerReferences")]
    return not owned and not user.list(CACHES, NAMESPACE)["items"]
