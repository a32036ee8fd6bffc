"""Plays recorded Services: the slices after Pods came, went, turned unready or began to terminate."""

import json
from collections.abc import Mapping
from typing import Any

from insideout.client import Object
from insideout.replay.cluster import FAIL_ANNOTATION, HOLD_FINALIZER, REQUEST_S, ReplayCluster

NAMESPACE, NAME = "replay", "web"
_MOST_SHOWN = 6


def differences(row: Mapping[str, Any]) -> list[str]:
    """Play one recorded case; return where its slices are others."""
    return [
        f"after {recorded['do']}: {ours}, recorded {recorded['slices']}"
        for ours, recorded in zip(play(row), row["steps"], strict=True)
        if ours != recorded["slices"]
    ]


def play(row: Mapping[str, Any]) -> list[list[Object]]:
    """Do what the recorder did with one case; return the settled slices after each step."""
    cluster = ReplayCluster(0.05, 0.05)
    for index in range(2):
        labels = {"topology.kubernetes.io/zone": f"z{index}"}
        cluster.nodes.add(f"node-{index}", cpu="640", memory="2560Gi", pods="1000", labels=labels)
    cluster.run(1)
    cluster.create_namespace(NAMESPACE)
    cluster.run(0.3)
    service = {
        "ports": [{"name": "http", "port": 80, "targetPort": "web"}],
        "selector": {"app": "x"},
        **row["service"],
    }
    cluster.client.create(
        "services",
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": NAME, "namespace": NAMESPACE},
            "spec": service,
        },
    )
    answers = [cluster.settled(lambda: _slices(cluster))]
    for step in row["steps"][1:]:
        _act(cluster, step["do"])
        answers.append(cluster.settled(lambda: _slices(cluster)))
    return answers


def _act(cluster: ReplayCluster, step: list[Any]) -> None:
    client, verb = cluster.client, step[0]
    if verb == "service":
        client.patch("services", NAME, {"spec": step[1]}, NAMESPACE)
        return
    for index in range(step[1], step[2]):
        name = f"p{index:03d}"
        if verb == "add":
            client.create("pods", _pod(index, **(step[3] if len(step) > 3 else {})))
        elif verb == "remove":
            client.delete("pods", name, NAMESPACE, grace_period_s=0)
        elif verb == "terminate":
            client.delete("pods", name, NAMESPACE)
        elif verb == "unready":
            condition = {"type": "Ready", "status": "False", "lastTransitionTime": "2026-01-01T00:00:00Z"}
            patch = {"status": {"conditions": [condition]}}
            client.patch("pods", name, patch, NAMESPACE, type="strategic", subresource="status")
        else:
            raise ValueError(f"{verb!r} is not a step of an EndpointSlice record")
        cluster.run(REQUEST_S)


def _pod(index: int, port: str = "web", bad: bool = False, fin: bool = False) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"p{index:03d}",
            "namespace": NAMESPACE,
            "labels": {"app": "x"},
            "annotations": {FAIL_ANNOTATION: "never-ready"} if bad else {},
            "finalizers": [HOLD_FINALIZER] if fin else [],
        },
        "spec": {
            "nodeName": f"node-{index % 2}",
            "terminationGracePeriodSeconds": 30,
            "containers": [{"name": "c", "image": "v1", "ports": [{"name": port, "containerPort": 8080}]}],
        },
    }


def _slices(cluster: ReplayCluster) -> list[Object]:
    shown = [_shown(slice_) for slice_ in cluster.client.list("endpointslices", NAMESPACE)["items"]]
    return sorted(shown, key=lambda slice_: (-slice_["count"], json.dumps(slice_["ports"])))


def _shown(slice_: Object) -> Object:
    endpoints = [
        {
            "pod": endpoint.get("targetRef", {}).get("name"),
            "conditions": endpoint["conditions"],
            "node": endpoint.get("nodeName", ""),
            "zone": endpoint.get("zone"),
        }
        for endpoint in slice_.get("endpoints") or ()
    ]
    few = len(endpoints) <= _MOST_SHOWN
    return {
        "ports": slice_.get("ports"),
        "count": len(endpoints),
        "labels": sorted(slice_["metadata"]["labels"]),
        "endpoints": sorted(endpoints, key=lambda endpoint: endpoint["pod"] or "") if few else "omitted",
    }
