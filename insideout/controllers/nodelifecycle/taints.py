"""Which taints a node's conditions call for.

Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go:doNoScheduleTaintingPass@v1.36.2.
"""

from collections.abc import Iterable

from insideout.client import Object

NOT_READY = "node.kubernetes.io/not-ready"
UNREACHABLE = "node.kubernetes.io/unreachable"
UNSCHEDULABLE = "node.kubernetes.io/unschedulable"
OUT_OF_SERVICE = "node.kubernetes.io/out-of-service"

_KEYS = {
    ("Ready", "False"): NOT_READY,
    ("Ready", "Unknown"): UNREACHABLE,
    ("MemoryPressure", "True"): "node.kubernetes.io/memory-pressure",
    ("DiskPressure", "True"): "node.kubernetes.io/disk-pressure",
    ("NetworkUnavailable", "True"): "node.kubernetes.io/network-unavailable",
    ("PIDPressure", "True"): "node.kubernetes.io/pid-pressure",
}
_MANAGED = frozenset({UNSCHEDULABLE, *_KEYS.values()})


def no_schedule_keys(conditions: Iterable[Object], unschedulable: bool) -> list[str]:
    """Return the keys of the NoSchedule taints that follow at once, in the order of the conditions."""
    keys = [
        _KEYS[condition["type"], condition["status"]]
        for condition in conditions
        if (condition["type"], condition["status"]) in _KEYS
    ]
    return [*keys, UNSCHEDULABLE] if unschedulable else keys


def with_no_schedule(taints: Iterable[Object], keys: list[str], now: str) -> list[Object]:
    """Return a node's taints with exactly these NoSchedule taints of the controller's; others stay."""
    present = [t["key"] for t in taints if t["effect"] == "NoSchedule" and t["key"] in _MANAGED]
    kept = [t for t in taints if not (t["effect"] == "NoSchedule" and t["key"] in _MANAGED - set(keys))]
    added = [{"key": key, "effect": "NoSchedule", "timeAdded": now} for key in keys if key not in present]
    return kept + added


def no_execute_key(ready_status: str) -> str | None:
    """Return the key of the NoExecute taint for a status of the condition Ready, None for "True"."""
    return {"False": NOT_READY, "Unknown": UNREACHABLE}.get(ready_status)


def has_no_execute(taints: Iterable[Object], key: str) -> bool:
    """Tell whether a node has the NoExecute taint with this key."""
    return any(taint["key"] == key and taint["effect"] == "NoExecute" for taint in taints)


def with_no_execute(taints: Iterable[Object], key: str | None, now: str) -> list[Object]:
    """Return a node's taints with this NoExecute taint of the two, without the other; None means neither."""
    kept = [
        taint
        for taint in taints
        if taint["effect"] != "NoExecute" or taint["key"] not in {NOT_READY, UNREACHABLE} - {key}
    ]
    if key is None or has_no_execute(kept, key):
        return kept
    return [*kept, {"key": key, "effect": "NoExecute", "timeAdded": now}]
