"""Cases from the record `endpoints`: the pods as they then were, and the slices that a controller wrote.

The record names pods, not addresses, so the n-th pod of a case stands at 10.1.0.n.  Hints are left out, and
so is the case in which the controller had not looked yet: a phase alone is no reason for it to look.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from course.checks.report import Case, kept
from course.units.u11_services import canonical
from course.units.u11_services.objects import node, pod
from insideout import records

Object = dict[str, Any]
_KINDS = {
    "ready-and-not": "recorded: pods turn ready and unready",
    "terminating": "recorded: pods terminate",
    "publish-not-ready": "recorded: publishNotReadyAddresses",
    "port-numbers-differ": "recorded: a named port differs from pod to pod",
    "two-labels": "recorded: two labels, and labels that change",
    "headless": "recorded: a headless Service gets ports",
    "same-zone": "recorded: pods in three zones",
    "same-node": "recorded: pods in three zones",
    "prefer-close": "recorded: pods in three zones",
}


@kept
def group_cases() -> Iterator[Case]:
    """Yield each state that the record shows, with the slices of that moment as groups."""
    for row in records.read("endpoints"):
        if row["case"] in _KINDS:
            yield from _of(row)


def _of(row: Mapping[str, Any]) -> Iterator[Case]:
    nodes = [node(name, each["zone"]) for name, each in row["nodes"].items()]
    service = {"metadata": {"name": "web", "namespace": "shop"}, "spec": dict(row["service"])}
    pods: dict[str, Object] = {}
    for step in row["steps"][1:]:
        verb, *what = step["do"]
        if verb == "service":
            service = {**service, "spec": _patched(service["spec"], what[0])}
        elif verb == "pod":
            pods[what[0]] = _pod(len(pods) + 1, what[1])
        elif verb != "annotate":
            pods = {**pods, what[0]: _changed(pods[what[0]], verb, *what[1:])}
        answer = canonical.groups(_groups(step["slices"], pods))
        arguments = (service, list(pods.values()), nodes, "IPv4")
        yield Case(_KINDS[row["case"]], arguments, answer, canonical.groups, keeps=True)


def _patched(spec: Object, patch: Object) -> Object:
    return {key: value for key, value in {**spec, **patch}.items() if value is not None}


def _pod(number: int, options: Mapping[str, Any]) -> Object:
    return pod(
        number,
        ready=not options.get("bad", False),
        node=options.get("node", "a0"),
        labels={"app": "x", **options.get("labels", {})},
        ports={options.get("portname", "web"): options.get("port", 8080)},
    )


def _changed(before: Object, verb: str, *what: Any) -> Object:
    metadata, status = dict(before["metadata"]), dict(before["status"])
    if verb == "terminate":
        metadata["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    elif verb == "label":
        metadata["labels"] = metadata["labels"] | what[0]
    else:
        status["conditions"] = [{"type": "Ready", "status": "True" if verb == "ready" else "False"}]
    return {**before, "metadata": metadata, "status": status}


def _groups(slices: list[Object], pods: Mapping[str, Object]) -> dict[tuple[Any, ...], list[Object]]:
    groups: dict[tuple[Any, ...], list[Object]] = {}
    for slice_ in slices:
        ports = tuple((port["name"], port["port"], port["protocol"]) for port in slice_["ports"] or ())
        for one in slice_["endpoints"]:
            groups.setdefault(ports, []).append(
                {
                    "addresses": [pods[one["target"]]["status"]["podIP"]],
                    "conditions": one["conditions"],
                    "nodeName": one["node"],
                    "zone": one["zone"],
                }
            )
    return groups
