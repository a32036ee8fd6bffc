"""Checks of lesson 07_node_failure: silence, taints, tolerations and the rate of tainting."""

from collections.abc import Mapping
from typing import Any

from course.checks import examples as examples_first
from course.checks.place import Place
from course.checks.report import Show, as_yaml, grade
from course.units.u07_node_failure import at_work as working
from course.units.u07_node_failure import cases as hand_made
from course.units.u07_node_failure import recorded, unseen
from course.units.u07_node_failure.misconceptions import KNOWN
from course.units.u07_node_failure.objects import Object
from insideout.controllers.tainteviction.delay import evict_after

_UNKNOWN_DOC = Place("2. When silence counts", "node_lifecycle_controller.go (tryUpdateNodeHealth)")
_TAINTS_DOC = Place("3. Two ways to be NotReady", "node_lifecycle_controller.go (doNoScheduleTaintingPass)")
_STAYS_DOC = Place("4. How long a pod may stay", "the records zones and eviction")
_EVICT_DOC = Place(
    "4. How long a pod may stay", "pkg/controller/tainteviction/taint_eviction.go (getMinTolerationTime)"
)
_QPS_DOC = Place(
    "6. When much fails at once", "node_lifecycle_controller.go (ComputeZoneState, ReducedQPSFunc)"
)


def unknown_examples(function: Any, *, points: float) -> float:
    """Check `unknown_at(renewals, period, grace)`, a rule at a time."""
    return _grade("unknown_at", function, hand_made.unknown_cases(), points, _UNKNOWN_DOC)


def unknown_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `unknown_at` on renewals drawn with `seed`."""
    return _grade("unknown_at", function, unseen.unknown_cases(seed), points, _UNKNOWN_DOC)


def unknown_at_work(function: Any, *, points: float) -> float:
    """Check `unknown_at` in a cluster whose nodes fall silent."""
    return _at_work("unknown_at", function, points, _UNKNOWN_DOC)


def taints_examples(function: Any, *, points: float) -> float:
    """Check `taints_for(conditions, unschedulable)`, a rule at a time."""
    return _grade("taints_for", function, hand_made.taints_cases(), points, _TAINTS_DOC)


def taints_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `taints_for` on conditions drawn with `seed`."""
    return _grade("taints_for", function, unseen.taints_cases(seed), points, _TAINTS_DOC)


def taints_at_work(function: Any, *, points: float) -> float:
    """Check `taints_for` in a cluster whose nodes fall silent or into trouble."""
    return _at_work("taints_for", function, points, _TAINTS_DOC)


def stay_examples(examples: Any, *, points: float) -> float:
    """Try the learner's examples for `evict_after` on the real one and on known wrong ones."""
    return examples_first.grade(
        "stays",
        examples,
        _evict_after,
        KNOWN["evict_after"],
        points=points,
        read=_STAYS_DOC,
        refuse=_no_example,
    )


def evict_examples(function: Any, *, points: float) -> float:
    """Check `evict_after(taints, tolerations)`, a rule at a time."""
    return _grade("evict_after", function, hand_made.evict_cases(), points, _EVICT_DOC)


def evict_records(function: Any, *, points: float) -> float:
    """Check `evict_after` against when recorded pods were deleted."""
    return _grade("evict_after", function, recorded.evict_cases(), points, _EVICT_DOC)


def evict_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `evict_after` on taints and tolerations drawn with `seed`."""
    return _grade("evict_after", function, unseen.evict_cases(seed), points, _EVICT_DOC)


def evict_at_work(function: Any, *, points: float) -> float:
    """Check `evict_after` in a cluster whose nodes are lost."""
    return _at_work("evict_after", function, points, _EVICT_DOC)


def qps_examples(function: Any, *, points: float) -> float:
    """Check `taint_qps(zones)`, a rule at a time."""
    return _grade("taint_qps", function, hand_made.qps_cases(), points, _QPS_DOC)


def qps_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `taint_qps` on zones drawn with `seed`."""
    return _grade("taint_qps", function, unseen.qps_cases(seed), points, _QPS_DOC)


def qps_at_work(function: Any, *, points: float) -> float:
    """Check `taint_qps` in a cluster that loses a part of a zone, a zone, or everything."""
    return _at_work("taint_qps", function, points, _QPS_DOC)


def _grade(name: str, function: Any, cases: Any, points: float, read: Place) -> float:
    return grade(
        name, function, cases, points=points, read=read, show=_SHOW[name], misconceptions=KNOWN[name]
    )


def _at_work(name: str, function: Any, points: float, read: Place) -> float:
    live = working.at_work(name, function) if callable(function) else function
    return grade(name, live, working.cases(name), points=points, read=read, show=working.show)


def _evict_after(taints: list[Object], tolerations: list[Object]) -> float | None:
    return evict_after(taints, tolerations)


def _no_example(taints: list[Object], tolerations: list[Object]) -> str | None:
    """Say what the API server would refuse."""
    for taint in taints:
        if taint["effect"] not in ("NoSchedule", "PreferNoSchedule", "NoExecute") or not taint["key"]:
            return "a taint has a key and one of three effects"
    for toleration in tolerations:
        if toleration.get("operator", "Equal") not in ("Exists", "Equal"):
            return "an operator is Exists or Equal"
        if "tolerationSeconds" in toleration and toleration.get("effect") != "NoExecute":
            return "tolerationSeconds needs effect NoExecute"
        if not toleration.get("key") and toleration.get("operator") != "Exists":
            return "a toleration without a key needs operator Exists"
        if toleration.get("value") and toleration.get("operator") == "Exists":
            return "operator Exists takes no value"
    return None


def _show_renewals(renewals: list[float], period: float = 5, grace: float = 50) -> str:
    return f"renewals: {renewals} (seconds)\nperiod: {period} s, grace: {grace} s"


def _show_conditions(conditions: list[Object], unschedulable: bool) -> str:
    written = ", ".join(f"{one['type']}={one['status']}" for one in conditions) or "none"
    return f"conditions: {written}\nunschedulable: {unschedulable}"


def _show_stay(taints: list[Object], tolerations: list[Object]) -> str:
    return as_yaml({"taints": taints}, {"tolerations": tolerations})


def _show_zones(zones: Mapping[str, list[bool]]) -> str:
    return "\n".join(
        f"zone {zone}: {ready.count(False)} of {len(ready)} nodes not ready" for zone, ready in zones.items()
    )


_SHOW: Mapping[str, Show] = {
    "unknown_at": _show_renewals,
    "taints_for": _show_conditions,
    "evict_after": _show_stay,
    "taint_qps": _show_zones,
}
