"""The cluster of the lesson: three namespaces with three pods each, and policies for it, written briefly."""

from collections.abc import Mapping
from typing import Any

Object = dict[str, Any]

NAMESPACES: dict[str, dict[str, str]] = {
    "shop": {"kubernetes.io/metadata.name": "shop", "team": "red"},
    "bank": {"kubernetes.io/metadata.name": "bank", "team": "blue"},
    "ops": {"kubernetes.io/metadata.name": "ops", "team": "red"},
}
_APPS = ("web", "db", "job")
PODS: list[Object] = [
    {
        "namespace": namespace,
        "name": app,
        "labels": {"app": app},
        "ip": f"10.244.{number}.{10 + place}",
        "ports": [
            {"name": "http", "containerPort": 80, "protocol": "TCP"},
            {"name": "metrics", "containerPort": 9100, "protocol": "TCP"},
            {"name": "dns", "containerPort": 53, "protocol": "UDP"},
        ],
        "hostNetwork": False,
    }
    for number, namespace in enumerate(NAMESPACES)
    for place, app in enumerate(_APPS)
]
NAMES = [f"{pod['namespace']}/{pod['name']}" for pod in PODS]
OUTSIDE = "203.0.113.10"


def ip_of(name: str) -> str:
    """Return the address of the pod "namespace/name"."""
    address: str = PODS[NAMES.index(name)]["ip"]
    return address


def policy(spec: Mapping[str, Any], namespace: str = "shop", name: str = "p") -> Object:
    """Return a NetworkPolicy with this spec; a missing podSelector selects all pods of its namespace."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"podSelector": {}, **spec},
    }


def app(name: str) -> Object:
    """Return a selector of pods by their app."""
    return {"matchLabels": {"app": name}}


def ns(name: str) -> Object:
    """Return a selector of one namespace."""
    return {"matchLabels": {"kubernetes.io/metadata.name": name}}


def as_objects() -> tuple[list[Object], list[Object]]:
    """Return the town's namespaces and pods as one sends them to an API server."""
    spaces = [{"metadata": {"name": name, "labels": labels}} for name, labels in NAMESPACES.items()]
    pods = [
        {
            "metadata": {"name": pod["name"], "namespace": pod["namespace"], "labels": pod["labels"]},
            "spec": {"containers": [{"name": "c", "image": "web:1", "ports": pod["ports"]}]},
        }
        for pod in PODS
    ]
    return spaces, pods
