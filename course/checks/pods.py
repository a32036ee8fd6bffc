"""Pods for cases, written briefly: `pod(container("app", {"cpu": "1"}))`."""

from typing import Any

from course.checks.report import as_yaml

Object = dict[str, Any]


def container(name: str, requests: Object | None = None, limits: Object | None = None, **more: Any) -> Object:
    """Return a container; `more` are fields of it, such as restartPolicy="Always"."""
    resources = {
        key: value for key, value in (("requests", requests), ("limits", limits)) if value is not None
    }
    return {"name": name, "image": "nginx:1.27", **({"resources": resources} if resources else {}), **more}


def sidecar(name: str, requests: Object | None = None, limits: Object | None = None) -> Object:
    """Return a native sidecar: an init container that keeps running."""
    return container(name, requests, limits, restartPolicy="Always")


def pod(*containers: Object, init: tuple[Object, ...] = (), **spec: Any) -> Object:
    """Return a pod of these containers; `spec` are further fields of its spec, such as resources={}."""
    inits = {"initContainers": list(init)} if init else {}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web"},
        "spec": {**inits, "containers": list(containers), **spec},
    }


def show_spec(pod: Object, *arguments: Any) -> str:
    """Write a pod's spec and further arguments for a report, without what no case is about."""
    spec = {key: _brief(value) for key, value in pod["spec"].items()}
    return as_yaml({"spec": spec}, *arguments)


def _brief(value: Any) -> Any:
    if isinstance(value, list):
        return [_brief(item) for item in value]
    if isinstance(value, dict):
        return {key: item for key, item in value.items() if key != "image"}
    return value
