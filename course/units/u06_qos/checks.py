"""Checks of lesson 06_qos: `qos`, `oom_adj` and `evict_order`."""

from collections.abc import Iterator
from typing import Any

from course.checks.place import Place
from course.checks.pods import show_spec
from course.checks.report import Case, grade, kept
from course.units.u06_qos import cases as qos_cases
from course.units.u06_qos import unseen as qos_random
from insideout import records

_QOS_DOC = Place(
    "What the API server does",
    "kubernetes.io/docs/concepts/workloads/pods/pod-qos, and pkg/apis/core/v1/helper/qos/qos.go",
)
_OOM_DOC = Place("2. What the class is for: the kernel's choice", "pkg/kubelet/qos/policy.go")
_EVICT_DOC = Place(
    "3. Who is evicted: the kubelet's choice",
    "kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction, section on pod selection",
)


def class_examples(function: Any, *, points: float) -> float:
    """Check `qos(pod)` on small pods, a rule at a time."""
    return grade("qos", function, qos_cases.class_cases(), points=points, read=_QOS_DOC, show=show_spec)


def class_records(function: Any, *, points: float) -> float:
    """Check `qos(pod)` on the pods that a real API server classed: the 374 of 400 that it did not refuse."""
    return grade("qos", function, recorded_cases(), points=points, read=_QOS_DOC, show=show_spec)


def class_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `qos(pod)` on pods drawn with `seed`."""
    cases = qos_random.class_cases(seed)
    return grade("qos", function, cases, points=points, read=_QOS_DOC, show=show_spec)


def oom_examples(function: Any, *, points: float) -> float:
    """Check `oom_adj(pod, name, capacity)` on small pods, a rule at a time."""
    return grade("oom_adj", function, qos_cases.oom_cases(), points=points, read=_OOM_DOC, show=show_spec)


def oom_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `oom_adj(pod, name, capacity)` on pods drawn with `seed`."""
    cases = qos_random.oom_cases(seed)
    return grade("oom_adj", function, cases, points=points, read=_OOM_DOC, show=show_spec)


def evict_examples(function: Any, *, points: float) -> float:
    """Check `evict_order(pods)` on two or three pods, a rule at a time."""
    cases = qos_cases.evict_cases()
    return grade("evict_order", function, cases, points=points, read=_EVICT_DOC, show=_show_usage)


def evict_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `evict_order(pods)` on nodes drawn with `seed`."""
    cases = qos_random.evict_cases(seed)
    return grade("evict_order", function, cases, points=points, read=_EVICT_DOC, show=_show_usage)


def _show_usage(pods: list[dict[str, Any]]) -> str:
    """Write a pod a line, with the numbers that decide."""
    return "\n".join(
        f"{pod['name']}: priority {pod['priority']}, "
        f"usage {_mib(pod['usage'])}, request {_mib(pod['request'])}{', critical' * pod['critical']}"
        for pod in pods
    )


def _mib(size_bytes: int | None) -> str:
    return "None" if size_bytes is None else f"{size_bytes / 2**20:g} MiB"


@kept
def recorded_cases() -> Iterator[Case]:
    """Yield the recorded pods that have a class, sorted into rules by what is special about them."""
    for row in records.read("qos"):
        if row["code"] == 201:
            yield Case(_kind(row["pod"]["spec"]), (row["pod"],), row["qosClass"])


def _kind(spec: dict[str, Any]) -> str:
    inits = spec.get("initContainers", [])
    if "resources" in spec:
        return "recorded pods with resources of their own"
    if any(init.get("restartPolicy") == "Always" for init in inits):
        return "recorded pods with sidecars"
    if inits:
        return "recorded pods with init containers"
    if len(spec["containers"]) > 1:
        return "recorded pods of several containers"
    return "recorded pods of one container"
