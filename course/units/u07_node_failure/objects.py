"""Conditions, taints and tolerations, written briefly for cases and for the lesson."""

from typing import Any

Object = dict[str, Any]

PREFIX = "node.kubernetes.io/"
NOT_READY, UNREACHABLE = f"{PREFIX}not-ready", f"{PREFIX}unreachable"


def condition(type_: str, status: str) -> Object:
    """Return a node's condition."""
    return {"type": type_, "status": status}


def healthy(**others: str) -> list[Object]:
    """Return the five conditions of a healthy node, with other statuses for those that are named."""
    statuses = {
        "NetworkUnavailable": "False",
        "MemoryPressure": "False",
        "DiskPressure": "False",
        "PIDPressure": "False",
        "Ready": "True",
    }
    return [condition(type_, status) for type_, status in (statuses | others).items()]


def taint(key: str, effect: str = "NoExecute", value: str | None = None) -> Object:
    """Return a taint; "unreachable" and "not-ready" are short for the node controller's keys."""
    more = {} if value is None else {"value": value}
    return {"key": _long(key), **more, "effect": effect}


def tolerates(
    key: str | None = None, seconds: int | None = None, effect: str | None = "NoExecute", **more: Any
) -> Object:
    """Return a toleration with operator Exists unless `more` says otherwise; None leaves a field out."""
    toleration: Object = {} if key is None else {"key": _long(key)}
    toleration |= {"operator": "Exists", **more}
    toleration |= {} if effect is None else {"effect": effect}
    toleration |= {} if seconds is None else {"tolerationSeconds": seconds}
    return {name: value for name, value in toleration.items() if value is not None}


def _long(key: str) -> str:
    return f"{PREFIX}{key}" if key in ("unreachable", "not-ready") else key
