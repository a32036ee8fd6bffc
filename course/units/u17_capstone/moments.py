"""What somebody who watches a cluster sees at one moment, in plain data.

t         seconds
nodes     {name: millicores that pods may ask for}
pods      [{name, app, node, cpu (millicores), phase, ready, leaving, claim}], node and claim "" without
apps      {name: {replicas, surge, unavailable}}
services  {name: [names of the pods that it sends requests to]}
"""

from typing import Any

from insideout.apimachinery import pods as podutil
from insideout.apimachinery import quantity
from insideout.client import Client

Object = dict[str, Any]
_SIZES = {"web": {"surge": 1, "unavailable": 0}, "db": {"surge": 0, "unavailable": 0}}
"""How far the apps of the day may stray: for longer than an update takes, not at all."""


def moment(client: Client, time_s: float, apps: dict[str, int]) -> Object:
    """Return what there is now; `apps` are the replicas asked for."""
    pods = client.list("pods", "default")["items"]
    slices = client.list("endpointslices", "default")["items"]
    names = {pod["status"].get("podIP"): pod["metadata"]["name"] for pod in pods if "podIP" in pod["status"]}
    services: dict[str, list[str]] = {}
    for one in slices:
        service = one["metadata"]["labels"].get("kubernetes.io/service-name", "")
        listed = services.setdefault(service, [])
        for endpoint in one.get("endpoints") or ():
            if (endpoint.get("conditions") or {}).get("ready") is not False:
                listed.append(names.get(endpoint["addresses"][0], "nobody"))
    return {
        "t": round(time_s, 1),
        "nodes": {node["metadata"]["name"]: _milli(node) for node in client.list("nodes")["items"]},
        "pods": [_pod(pod) for pod in pods],
        "apps": {name: {"replicas": replicas, **_SIZES[name]} for name, replicas in apps.items()},
        "services": {name: sorted(listed) for name, listed in services.items() if name in apps},
    }


def _milli(node: Object) -> int:
    return int(quantity.parse(node["status"]["allocatable"]["cpu"]) * 1000)


def _pod(pod: Object) -> Object:
    volumes = [one for one in pod["spec"].get("volumes") or () if "persistentVolumeClaim" in one]
    return {
        "name": pod["metadata"]["name"],
        "app": (pod["metadata"].get("labels") or {}).get("app", ""),
        "node": pod["spec"].get("nodeName", ""),
        "cpu": cpu_of(pod),
        "phase": pod["status"].get("phase", "Pending"),
        "ready": podutil.is_ready(pod),
        "leaving": podutil.is_terminating(pod),
        "claim": volumes[0]["persistentVolumeClaim"]["claimName"] if volumes else "",
    }


def cpu_of(pod: Object) -> int:
    """Return what a pod asks for, in millicores."""
    requests = [(one.get("resources") or {}).get("requests") or {} for one in pod["spec"]["containers"]]
    return int(sum(quantity.parse(one.get("cpu", "0")) * 1000 for one in requests))
