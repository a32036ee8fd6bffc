"""Pods and nodes in plain data, written briefly, and what a report shows of them.

`insideout.scheduler.plaindata` says what each key means.
"""

from collections.abc import Callable
from typing import Any

from course.checks.report import as_yaml

Plain = dict[str, Any]
Mi, Gi = 2**20, 2**30
ZONE = "topology.kubernetes.io/zone"
CORDON = "node.kubernetes.io/unschedulable"

_POD: Plain = {
    "labels": {},
    "containers": [{}],
    "node_selector": {},
    "affinity": [],
    "tolerations": [],
    "spread": [],
    "leaving": False,
}
_NODE: Plain = {
    "labels": {},
    "unschedulable": False,
    "taints": [],
    "cpu": 4000,
    "memory": 8 * Gi,
    "max_pods": 110,
    "pods": [],
}


def pod(name: str = "new", **fields: Any) -> Plain:
    """Return a pod; a field that is not given is empty."""
    return {"name": name, **{key: fields.get(key, _copy(value)) for key, value in _POD.items()}}


def node(name: str, *pods: Plain, **fields: Any) -> Plain:
    """Return a node of 4 CPU and 8Gi with these pods on it; a field that is not given is empty."""
    filled = {key: fields.get(key, _copy(value)) for key, value in _NODE.items()}
    return {"name": name, **filled, "pods": list(pods)}


def asks(cpu: int | None = None, memory: int | None = None) -> Plain:
    """Return a container that requests millicores and bytes, None for nothing said."""
    return {key: value for key, value in (("cpu", cpu), ("memory", memory)) if value is not None}


def taint(key: str, effect: str = "NoSchedule", value: str = "") -> Plain:
    """Return a taint."""
    return {"key": key, "value": value, "effect": effect}


def bears(key: str = "", effect: str = "", value: str | None = None) -> Plain:
    """Return a toleration: for any value when none is given, for any key or effect when these are empty."""
    operator = "Exists" if value is None else "Equal"
    return {"key": key, "operator": operator, "value": value or "", "effect": effect}


def wants(key: str, operator: str, *values: str) -> Plain:
    """Return an expression of a node affinity term."""
    return {"key": key, "operator": operator, "values": list(values)}


def spread(key: str = ZONE, max_skew: int = 1, min_domains: int = 1, **match: str) -> Plain:
    """Return a hard spread constraint over pods with the labels `match`."""
    return {"key": key, "max_skew": max_skew, "min_domains": min_domains, "match": match}


def show(new: Plain, nodes: list[Plain]) -> str:
    """Write a pod and nodes for a report, a line a key, without what is empty or as usual."""
    lines = [f"pod {new['name']}", *_lines(_brief(new, _POD))]
    for each in nodes:
        size = f"cpu {each['cpu']}, memory {_bytes(each['memory'])}"
        lines += [f"node {each['name']}: {size}", *_lines(_brief_node(each))]
    return "\n".join(lines)


def named(*names: str) -> Callable[..., str]:
    """Return what writes arguments for a report, each with its name; those not given are left out."""

    def show_named(*arguments: Any) -> str:
        return as_yaml(dict(zip(names, arguments, strict=False)))

    return show_named


def _bytes(size: int) -> str:
    return f"{size // Mi} * 2**20" if size % Mi == 0 else str(size)


def _lines(brief: Plain) -> list[str]:
    """Return a line for each key but those of a node's first line, written as Python does."""
    return [f"  {key}: {value}" for key, value in brief.items() if key not in ("name", "cpu", "memory")]


def _brief_node(each: Plain) -> Plain:
    brief = _brief(each, _NODE)
    if each["pods"]:
        kinds = [str(_without_name(_brief(one, _POD))) for one in each["pods"]]
        counted = dict.fromkeys(kinds)
        brief["pods"] = ", ".join(f"{kinds.count(one)} x {one}" for one in counted)
    return brief


def _without_name(brief: Plain) -> Plain:
    return {key: value for key, value in brief.items() if key != "name"}


def _brief(full: Plain, usual: Plain) -> Plain:
    return {key: value for key, value in full.items() if key == "name" or value != usual[key]}


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(each) for key, each in value.items()}
    return [_copy(each) for each in value] if isinstance(value, list) else value
