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


def no_schedule_changes(
    taints: Iterable[Object], wanted: Iterable[tuple[str, str]], now: str
) -> tuple[list[Object], list[Object]]:
    """Return which taints to add and which to take away.

    Of the controller's NoSchedule taints a node then has exactly the `wanted` ones, given as (key, effect);
    other people's taints stay.
    """
    present = {
        (t["key"], t["effect"]) for t in taints if t["effect"] == "NoSchedule" and t["key"] in _MANAGED
    }
    wanted = list(dict.fromkeys(wanted))
    add = [
        {"key": key, "effect": effect, "timeAdded": now}
        for key, effect in wanted
        if (key, effect) not in present
    ]
    remove = [{"key": key, "effect": effect} for key, effect in sorted(present - set(wanted))]
    return add, remove


def no_execute_key(ready_status: str) -> str | None:
    """Return the key of the NoExecute taint for a status of the condition Ready, None for "True"."""
    return {"False": NOT_READY, "Unknown": UNREACHABLE}.get(ready_status)


def has_no_execute(taints: Iterable[Object], key: str) -> bool:
    """Tell whether a node has the NoExecute taint with this key."""
    return any(taint["key"] == key and taint["effect"] == "NoExecute" for taint in taints)


def no_execute_changes(taints: list[Object], key: str | None, now: str) -> tuple[list[Object], list[Object]]:
    """Return which NoExecute taints to add and which to take away.

    A node then has only the one with `key` of the two, and neither when it is None.
    """
    add = [] if key is None or has_no_execute(taints, key) else [_no_execute(key) | {"timeAdded": now}]
    return add, [
        _no_execute(one) for one in (NOT_READY, UNREACHABLE) if one != key and has_no_execute(taints, one)
    ]


def _no_execute(key: str) -> Object:
    return {"key": key, "effect": "NoExecute"}


def with_changes(taints: Iterable[Object], add: Iterable[Object], remove: Iterable[Object]) -> list[Object]:
    """Return taints with some added or replaced and some taken away, told apart by key and effect."""
    gone = {(taint["key"], taint["effect"]) for taint in (*add, *remove)}
    return [*(taint for taint in taints if (taint["key"], taint["effect"]) not in gone), *add]
