"""Plays recorded Services: slices and Endpoints after each thing that happened to pods, Service or Endpoints.

Where endpoints stand in a slice, and in which order slices and subsets are listed, is not compared.
"""

import json
from collections.abc import Mapping
from typing import Any

from insideout.client import ApiError, Object
from insideout.replay.cluster import FAIL_ANNOTATION, HOLD_FINALIZER, REQUEST_S, ReplayCluster

NAMESPACE, NAME = "replay", "web"
SERVICE_NAME_LABEL = "kubernetes.io/service-name"
_LONG_GRACE_S = 3600
"""The recorder's nodes never killed a pod that a finalizer held."""


def differences(row: Mapping[str, Any]) -> list[str]:
    """Play one recorded case; return where its slices or its Endpoints are others."""
    found = []
    for ours, recorded in zip(play(row), row["steps"], strict=True):
        for key in ("slices", "endpoints"):
            want = _settled_order(key, recorded[key])
            if ours[key] != want:
                found.append(f"after {recorded['do']}: {key} {ours[key]}, recorded {want}")
    return found


def play(row: Mapping[str, Any]) -> list[Object]:
    """Do what the recorder did with one case; return what was there after each step."""
    cluster = ReplayCluster(0.05, 0.05)
    for name, node in row["nodes"].items():
        labels = {"topology.kubernetes.io/zone": node["zone"]} if node.get("zone") else {}
        cluster.nodes.add(name, cpu=node["cpu"], memory="2560Gi", pods="1000", labels=labels)
    cluster.run(1)
    cluster.create_namespace(NAMESPACE)
    cluster.run(0.3)
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": NAME, "namespace": NAMESPACE}}
    cluster.client.create("services", service | {"spec": row["service"]})
    answers = [_settled(cluster)]
    for step in row["steps"][1:]:
        _act(cluster, *step["do"])
        cluster.run(REQUEST_S)
        answers.append(_settled(cluster))
    return answers


def _act(cluster: ReplayCluster, verb: str, *what: Any) -> None:
    client = cluster.client
    match verb, *what:
        case "pod", name, options:
            client.create("pods", _pod(name, **options))
        case (("ready" | "unready"), name):
            status = "True" if verb == "ready" else "False"
            condition = {"type": "Ready", "status": status, "lastTransitionTime": "2026-01-01T00:00:00Z"}
            patch = {"status": {"conditions": [condition]}}
            client.patch("pods", name, patch, NAMESPACE, type="strategic", subresource="status")
        case "terminate", name:
            client.delete("pods", name, NAMESPACE)
        case "remove", name:
            client.delete("pods", name, NAMESPACE, grace_period_s=0)
        case "phase", name, phase:
            client.patch("pods", name, {"status": {"phase": phase}}, NAMESPACE, subresource="status")
        case "label", name, labels:
            client.patch("pods", name, {"metadata": {"labels": labels}}, NAMESPACE)
        case "service", spec:
            client.patch("services", NAME, {"spec": spec}, NAMESPACE)
        case "annotate", annotations:
            client.patch("services", NAME, {"metadata": {"annotations": annotations}}, NAMESPACE)
        case "endpoints", subsets, metadata:
            _put_endpoints(cluster, subsets, metadata)
        case ("drop-endpoints",):
            client.delete("endpoints", NAME, NAMESPACE)
        case _:
            raise ValueError(f"{[verb, *what]} is not a step of an endpoints record")


def _put_endpoints(cluster: ReplayCluster, subsets: list[Object], metadata: Object) -> None:
    """Write the Service's Endpoints by hand, whole, whether they are there or not."""
    named = {"name": NAME, "namespace": NAMESPACE, **metadata}
    endpoints = {"apiVersion": "v1", "kind": "Endpoints", "metadata": named, "subsets": subsets}
    try:
        cluster.client.get("endpoints", NAME, NAMESPACE)
    except ApiError as problem:
        if problem.code != 404:
            raise
        cluster.client.create("endpoints", endpoints)
    else:
        cluster.client.update("endpoints", endpoints)


def _pod(
    name: str,
    *,
    bad: bool = False,
    fin: bool = False,
    port: int = 8080,
    portname: str = "web",
    sidecar: bool = False,
    node: str = "a0",
    labels: Mapping[str, str] | None = None,
    protocol: str = "TCP",
) -> Object:
    container: Object = {"name": "c", "image": "v1"}
    serves: Object = {"name": "s", "image": "v1", "restartPolicy": "Always"} if sidecar else container
    serves["ports"] = [{"name": portname, "containerPort": port, "protocol": protocol}]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": name,
            "namespace": NAMESPACE,
            "labels": {"app": "x", **(labels or {})},
            "annotations": {FAIL_ANNOTATION: "never-ready"} if bad else {},
            "finalizers": [HOLD_FINALIZER] if fin else [],
        },
        "spec": {
            "nodeName": node,
            "terminationGracePeriodSeconds": _LONG_GRACE_S if fin else 30,
            "containers": [container],
        }
        | ({"initContainers": [serves]} if sidecar else {}),
    }


def _settled(cluster: ReplayCluster) -> Object:
    return cluster.settled(lambda: {"slices": _slices(cluster), "endpoints": _endpoints(cluster)})


def _settled_order(key: str, seen: Any) -> Any:
    """Return slices, or an Endpoints object, with lists in an order that depends on nothing but content."""
    if key == "slices":
        return sorted(seen, key=_text)
    return seen and {**seen, "subsets": sorted(seen["subsets"], key=_text)}


def _slices(cluster: ReplayCluster) -> list[Object]:
    slices = cluster.client.list("endpointslices", NAMESPACE)["items"]
    return sorted((_shown_slice(slice_) for slice_ in slices), key=_text)


def _shown_slice(slice_: Object) -> Object:
    metadata = slice_["metadata"]
    shown = [_shown_endpoint(endpoint) for endpoint in slice_.get("endpoints") or ()]
    return {
        "addressType": slice_["addressType"],
        "endpoints": sorted(shown, key=lambda endpoint: endpoint["target"]),
        "labels": {key: value for key, value in metadata["labels"].items() if key != SERVICE_NAME_LABEL},
        "owner": [owner["kind"] for owner in metadata.get("ownerReferences") or ()],
        "ports": slice_.get("ports") or None,
    }


def _shown_endpoint(endpoint: Object) -> Object:
    shown: Object = {
        "conditions": endpoint["conditions"],
        "target": (endpoint.get("targetRef") or {}).get("name", endpoint["addresses"][0]),
    }
    for key, field in (("node", "nodeName"), ("zone", "zone")):
        if endpoint.get(field):
            shown[key] = endpoint[field]
    if endpoint.get("hints"):
        shown["hints"] = {kind: [one["name"] for one in named] for kind, named in endpoint["hints"].items()}
    return shown


def _endpoints(cluster: ReplayCluster) -> Object | None:
    try:
        endpoints = cluster.client.get("endpoints", NAME, NAMESPACE)
    except ApiError as problem:
        if problem.code != 404:
            raise
        return None
    subsets = [
        {
            "addresses": _targets(subset.get("addresses")),
            "notReady": _targets(subset.get("notReadyAddresses")),
            "ports": subset.get("ports") or None,
        }
        for subset in endpoints.get("subsets") or ()
    ]
    return {"labels": endpoints["metadata"].get("labels"), "subsets": sorted(subsets, key=_text)}


def _targets(addresses: list[Object] | None) -> list[str]:
    return sorted(str((one.get("targetRef") or {}).get("name", one["ip"])) for one in addresses or ())


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
