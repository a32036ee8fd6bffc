"""Checks of lesson 06_qos: `qos`, `oom_adj` and `evict_order`."""

from collections.abc import Callable, Iterator
from typing import Any

from course.checks import examples
from course.checks.place import Place
from course.checks.pods import show_spec
from course.checks.report import Case, Cases, grade, kept
from course.units.u06_qos import cases as qos_cases
from course.units.u06_qos import unseen as qos_random
from course.units.u06_qos.misconceptions import KNOWN, evict_order, oom_adj
from insideout import records
from insideout.apimachinery.qos import qos_class

Uses = Callable[[], Any]

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
    return _class(function, qos_cases.class_cases(), points)


def class_records(function: Any, *, points: float) -> float:
    """Check `qos(pod)` on the pods that a real API server classed: the 374 of 400 that it did not refuse."""
    return _class(function, recorded_cases(), points)


def class_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `qos(pod)` on pods drawn with `seed`."""
    return _class(function, qos_random.class_cases(seed), points)


def _class(function: Any, cases: Cases, points: float) -> float:
    known = KNOWN["qos"]
    return grade("qos", function, cases, points=points, read=_QOS_DOC, show=show_spec, misconceptions=known)


def oom_examples(function: Any, *, points: float, uses: Uses | None = None) -> float:
    """Check `oom_adj(pod, name, capacity)` on small pods, a rule at a time; `uses` gives their `qos`."""
    return _oom(function, qos_cases.oom_cases(), points, uses)


def oom_unseen(function: Any, *, seed: int, points: float, uses: Uses | None = None) -> float:
    """Check `oom_adj(pod, name, capacity)` on pods drawn with `seed`."""
    return _oom(function, qos_random.oom_cases(seed), points, uses)


def _oom(function: Any, cases: Cases, points: float, uses: Uses | None) -> float:
    def with_theirs(pod: dict[str, Any], name: str, capacity: int) -> int:
        return oom_adj(pod, name, capacity, uses() if uses else qos_class)

    return grade(
        "oom_adj",
        function,
        cases,
        points=points,
        read=_OOM_DOC,
        show=_show_oom,
        misconceptions=KNOWN["oom_adj"],
        rests_on={"qos": with_theirs},
    )


def evict_told(told: Any, *, points: float) -> float:
    """Check the learner's examples of `evict_order(pods)`."""
    return examples.grade(
        "my_evictions", told, evict_order, KNOWN["evict_order"], points=points, read=_EVICT_DOC
    )


def evict_examples(function: Any, *, points: float) -> float:
    """Check `evict_order(pods)` on two or three pods, a rule at a time."""
    return _evict(function, qos_cases.evict_cases(), points)


def evict_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `evict_order(pods)` on nodes drawn with `seed`."""
    return _evict(function, qos_random.evict_cases(seed), points)


def _evict(function: Any, cases: Cases, points: float) -> float:
    known = KNOWN["evict_order"]
    return grade(
        "evict_order", function, cases, points=points, read=_EVICT_DOC, show=_show_usage, misconceptions=known
    )


def _show_oom(pod: dict[str, Any], name: str, capacity: int) -> str:
    """Write the pod, the container's name and the node's memory."""
    return f"{show_spec(pod)}\nname: {name}\ncapacity: {capacity} bytes ({capacity / 2**30:.3g} GiB)"


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
            rule = qos_cases.RULE_OF_KIND[_kind(row["pod"]["spec"])]
            yield Case(rule, (row["pod"],), row["qosClass"])


def _kind(spec: dict[str, Any]) -> str:
    if "resources" in spec:
        return "own"
    if spec.get("initContainers"):
        return "inits"
    return "several" if len(spec["containers"]) > 1 else "one"
