"""The clusters and pods of this unit's notebook."""

from collections.abc import Callable
from typing import Any

from insideout.cluster import Cluster

Object = dict[str, Any]
ZONE = "topology.kubernetes.io/zone"
DB = {"key": "team", "value": "db", "effect": "NoSchedule"}


def pod(name: str, *, image: str = "shop:v1", cpu: str = "100m", **spec: Any) -> Object:
    """Return a pod of one container, labelled app=<name>; `spec` are further fields of its spec."""
    container = {"name": "app", "image": image, "resources": {"requests": {"cpu": cpu}}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"app": name}},
        "spec": {"containers": [container], **spec},
    }


def once(create: Callable[..., Any], *arguments: Any) -> None:
    """Create an object, unless it is there already because the cell ran before."""
    try:
        create(*arguments)
    except Exception as problem:
        # The official client's exception has `status`, a component's client's has `code`.
        if 409 not in (getattr(problem, "status", 0), getattr(problem, "code", 0)):
            raise


def spread_over(key: str, app: str) -> Object:
    """Return a hard spread constraint of the pods of one app."""
    return {
        "topologyKey": key,
        "maxSkew": 1,
        "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": {"app": app}},
    }


def open_shop(**more: Any) -> Cluster:
    """Return a cluster of three nodes: a and b with ssd, c with hdd and a taint; image shop:v9 is missing."""
    cluster = Cluster.create(nodes=0, **more)
    cluster.nodes.add("node-a", cpu="4", memory="8Gi", labels={ZONE: "a", "disk": "ssd"})
    cluster.nodes.add("node-b", cpu="4", memory="8Gi", labels={ZONE: "b", "disk": "ssd"})
    cluster.nodes.add("node-c", cpu="4", memory="8Gi", labels={ZONE: "c", "disk": "hdd"}, taints=(DB,))
    cluster.nodes.registry.set("shop:v9", error="not found")
    cluster.run(seconds=1)
    return cluster


def eight_pods() -> list[Object]:
    """Return eight pods that will not run, and one that will, each for a reason of its own."""
    return [
        pod("ant", schedulingGates=[{"name": "shop/quota"}]),
        pod("bee", schedulerName="shop-scheduler"),
        pod("cat", cpu="6"),
        pod("dog", nodeSelector={"disk": "nvme"}),
        pod("elk", nodeSelector={"disk": "hdd"}),
        pod("fox", topologySpreadConstraints=[spread_over("rack", "fox")]),
        pod("gnu", volumes=[{"name": "data", "persistentVolumeClaim": {"claimName": "gnu-data"}}]),
        pod("hen", image="shop:v9"),
        pod("yak"),
    ]
