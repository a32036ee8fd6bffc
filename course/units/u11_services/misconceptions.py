"""What people believe about Services and slices, as functions that answer by it.

Each belief is a switch in a function that otherwise answers rightly, so a report that names one is exact.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from course.units.u11_services import answers

Object = dict[str, Any]


def _pods_as(change: Callable[[Object], Object | None]) -> Callable[..., Any]:
    """Return `endpoint_groups` on pods as somebody sees them; None for a pod that they leave out."""

    def believed(service: Object, pods: list[Object], nodes: list[Object], family: str) -> Any:
        seen = [changed for one in pods if (changed := change(one)) is not None]
        return answers.endpoint_groups(service, seen, nodes, family)

    return believed


def _conditions_as(change: Callable[[Object, bool], Object]) -> Callable[..., Any]:
    """Return `endpoint_groups` with other conditions; `change` is also told whether unready is published."""

    def believed(service: Object, pods: list[Object], nodes: list[Object], family: str) -> Any:
        groups = answers.endpoint_groups(service, pods, nodes, family)
        publish = bool(service["spec"].get("publishNotReadyAddresses"))
        for members in (groups or {}).values():
            for one in members:
                one["conditions"] = change(dict(one["conditions"]), publish)
        return groups

    return believed


def _is_ready(pod: Object) -> bool:
    conditions = pod["status"].get("conditions", [])
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)


def _in_service_namespace(service: Object, pods: list[Object], nodes: list[Object], family: str) -> Any:
    home = service["metadata"]["namespace"]
    moved = [{**one, "metadata": {**one["metadata"], "namespace": home}} for one in pods]
    return answers.endpoint_groups(service, moved, nodes, family)


def _any_label(service: Object, pods: list[Object], nodes: list[Object], family: str) -> Any:
    selector = service["spec"].get("selector") or {}
    seen = []
    for one in pods:
        labels = one["metadata"].get("labels", {})
        if any(labels.get(key) == value for key, value in selector.items()):
            seen.append({**one, "metadata": {**one["metadata"], "labels": {**labels, **selector}}})
    return answers.endpoint_groups(service, seen, nodes, family)


def _whole_ports(service: Object, pods: list[Object], nodes: list[Object], family: str) -> Any:
    groups = answers.endpoint_groups(service, pods, nodes, family)
    wanted = len(service["spec"].get("ports", []))
    return groups and {ports: members for ports, members in groups.items() if len(ports) == wanted}


def _all_nodes(service: Object, pods: list[Object], nodes: list[Object], family: str) -> Any:
    known = {one["metadata"]["name"] for one in nodes}
    missing = {one["spec"].get("nodeName", "") for one in pods} - known
    return answers.endpoint_groups(
        service, pods, [*nodes, *({"metadata": {"name": name}} for name in missing)], family
    )


GROUPS: dict[str, Callable[..., Any]] = {
    "an unready pod is in no slice": _pods_as(lambda pod: pod if _is_ready(pod) else None),
    "a terminating pod is in no slice": _pods_as(
        lambda pod: None if "deletionTimestamp" in pod["metadata"] else pod
    ),
    "a terminating pod that serves is ready": _conditions_as(
        lambda one, publish: one | {"ready": publish or one["serving"]}
    ),
    "publishNotReadyAddresses makes pods serving": _conditions_as(
        lambda one, publish: one | {"serving": publish or one["serving"]}
    ),
    "a Service selects pods in all namespaces": _in_service_namespace,
    "one matching label is enough": _any_label,
    "a pod whose port name cannot be found is in no slice": _whole_ports,
    "a pod counts wherever it is said to run": _all_nodes,
}


def _usable(
    endpoints: list[Object],
    zone: str,
    node: str,
    *,
    seen: Callable[[Object], Object] = lambda one: one,
    partial_hints: bool = False,
    fallback: str = "none ready",
    zones_first: bool = False,
) -> set[str]:
    shown = [seen(one) for one in endpoints]
    conditions = [one.get("conditions") or {} for one in shown]
    ready = [one for one, said in zip(shown, conditions, strict=True) if said.get("ready") is not False]
    leaving = [
        one
        for one, said in zip(shown, conditions, strict=True)
        if said.get("ready") is False and said.get("serving") is not False and said.get("terminating") is True
    ]
    if fallback == "always":
        ready = ready + leaving
    elif not ready and fallback == "none ready":
        ready = leaving
        return {one["addresses"][0] for one in ready}
    kinds = [("forNodes", node), ("forZones", zone)]
    for kind, name in reversed(kinds) if zones_first else kinds:
        hinted = [[one["name"] for one in (each.get("hints") or {}).get(kind, [])] for each in ready]
        mine = [each for each, names in zip(ready, hinted, strict=True) if name in names]
        if mine and (partial_hints or all(hinted)):
            return {one["addresses"][0] for one in mine}
    return {one["addresses"][0] for one in ready}


def _nil_is_false(endpoint: Object) -> Object:
    said = endpoint.get("conditions") or {}
    return {**endpoint, "conditions": {**said, "ready": said.get("ready", False)}}


def _own_zone_only(endpoints: list[Object], zone: str, node: str) -> set[str]:
    found = _usable(endpoints, zone, node)
    hinted = [
        one
        for one in endpoints
        if zone in [each["name"] for each in (one.get("hints") or {}).get("forZones", [])]
    ]
    any_hint = any((one.get("hints") or {}).get("forZones") for one in endpoints)
    return found & {one["addresses"][0] for one in hinted} if any_hint else found


USABLE: dict[str, Callable[..., Any]] = {
    "a missing condition means false": partial(_usable, seen=_nil_is_false),
    "a terminating endpoint is never used": partial(_usable, fallback="never"),
    "a terminating endpoint that serves is used beside ready ones": partial(_usable, fallback="always"),
    "a hint counts by itself, whether others have one or not": partial(_usable, partial_hints=True),
    "hints for my zone come before hints for my node": partial(_usable, zones_first=True),
    "with hints, a zone without endpoints of its own gets none": _own_zone_only,
}


def _repack(slices: dict[str, list[Object]], desired: list[Object], limit: int = 100) -> Any:
    chunks = [desired[start : start + limit] for start in range(0, len(desired), limit)]
    names = sorted(slices)
    update = dict(zip(names, chunks, strict=False))
    changed = {name: members for name, members in update.items() if members != slices[name]}
    return chunks[len(names) :], changed, [name for name in names if name not in update]


def _new_only(slices: dict[str, list[Object]], desired: list[Object], limit: int = 100) -> Any:
    listed = {answers.identity(one) for members in slices.values() for one in members}
    kept = [one for one in desired if answers.identity(one) in listed]
    fresh = [one for one in desired if answers.identity(one) not in listed]
    _, update, delete = answers.plan(slices, kept, limit)
    return [fresh[start : start + limit] for start in range(0, len(fresh), limit)], update, delete


def _spread(slices: dict[str, list[Object]], desired: list[Object], limit: int = 100) -> Any:
    """Pour what remains into every slice that has room, the fullest first."""
    listed = {answers.identity(one) for members in slices.values() for one in members}
    kept = [one for one in desired if answers.identity(one) in listed]
    fresh = [one for one in desired if answers.identity(one) not in listed]
    _, update, delete = answers.plan(slices, kept, limit)
    after = {name: update.get(name, slices[name]) for name in slices if name not in delete}
    for name in sorted(after, key=lambda one: (one not in update, -len(after[one]))):
        room = max(0, limit - len(after[name]))
        if fresh and room:
            update[name] = after[name] + fresh[:room]
            del fresh[:room]
    create = [fresh[start : start + limit] for start in range(0, len(fresh), limit)]
    while create and delete:
        update[delete.pop(0)] = create.pop()
    return create, update, delete


def _unpaired(slices: dict[str, list[Object]], desired: list[Object], limit: int = 100) -> Any:
    create, update, delete = answers.plan(slices, desired, limit)
    kept = {answers.identity(one) for one in desired}
    for name in list(update):
        if slices[name] and not any(answers.identity(one) in kept for one in slices[name]):
            create.append(update.pop(name))
            delete.append(name)
    return create, update, delete


PLAN: dict[str, Callable[..., Any]] = {
    "slices are filled anew from the front": _repack,
    "new endpoints always get new slices": _new_only,
    "what remains is spread over all slices with room": _spread,
    "an emptied slice is deleted even where another is created": _unpaired,
}


def _each_endpoint(sizes: list[int], flips: list[list[int]], watchers: int) -> int:
    return watchers * sum(sizes[number] for flip in flips for number in flip)


def _all_slices(sizes: list[int], flips: list[list[int]], watchers: int) -> int:
    return watchers * sum(sizes) * sum(bool(flip) for flip in flips)


BYTES: dict[str, Callable[..., Any]] = {
    "each endpoint that flips is a write": _each_endpoint,
    "a flip sends all slices of the Service": _all_slices,
    "the server sends a change once": lambda sizes, flips, watchers: answers.bytes_sent(sizes, flips, 1),
}

KNOWN = {"endpoint_groups": GROUPS, "usable": USABLE, "plan": PLAN, "bytes_sent": BYTES}
