"""Checks of unit 11: which endpoints a Service has, which are used, how slices hold them, what that costs."""

from typing import Any

from course.checks import examples
from course.checks.place import Place
from course.checks.report import grade
from course.units.u11_services import answers, canonical, live, recorded, unseen
from course.units.u11_services import cases as made
from course.units.u11_services.misconceptions import KNOWN

_GROUPS_DOC = Place(
    "1. Who is listed, and with which conditions",
    "staging/src/k8s.io/endpointslice/{reconciler,utils}.go, util/controller_utils.go",
)
_USABLE_DOC = Place("2. From the list to a choice", "pkg/proxy/topology.go")
_PLAN_DOC = Place(
    "3. Few writes", "staging/src/k8s.io/endpointslice/reconciler.go (reconcileByPortMapping, finalize)"
)
_BYTES_DOC = Place("5. What a flip costs")
_WORK_DOC = Place("4. At work")


def groups_examples(function: Any, *, points: float) -> float:
    """Check `endpoint_groups(service, pods, nodes, family)` on a few pods, a rule at a time."""
    return _grade("endpoint_groups", function, made.group_cases(), points, _GROUPS_DOC)


def groups_records(function: Any, *, points: float) -> float:
    """Check `endpoint_groups` against the slices that a real controller wrote."""
    return _grade("endpoint_groups", function, recorded.group_cases(), points, _GROUPS_DOC)


def groups_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `endpoint_groups` on pods drawn with `seed`."""
    return _grade("endpoint_groups", function, unseen.group_cases(seed), points, _GROUPS_DOC)


def usable_first(given: Any, *, points: float) -> float:
    """Check the learner's own examples for `usable`, before it is written."""
    return examples.grade(
        "usable_examples", _listed(given), _in_order, _in_order_too(), points=points, read=_USABLE_DOC
    )


def usable_examples(function: Any, *, points: float) -> float:
    """Check `usable(endpoints, zone, node)`, a rule at a time."""
    return _grade("usable", function, made.usable_cases(), points, _USABLE_DOC)


def usable_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `usable` on endpoints drawn with `seed`."""
    return _grade("usable", function, unseen.usable_cases(seed), points, _USABLE_DOC)


def plan_examples(function: Any, *, points: float) -> float:
    """Check `plan(slices, desired, limit)` by what it writes, a rule at a time."""
    return _grade("plan", function, made.plan_cases(), points, _PLAN_DOC)


def plan_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `plan` on slices drawn with `seed`."""
    return _grade("plan", function, unseen.plan_cases(seed), points, _PLAN_DOC)


def plan_at_work(function: Any, groups: Any, *, points: float) -> float:
    """Check `plan` and `endpoint_groups` as a cluster's EndpointSlice controller, by what a client sees."""
    both = callable(function) and callable(groups)
    work = live.at_work(groups, function) if both else function
    return grade("plan", work, live.cases(), points=points, read=_WORK_DOC, arguments=("scenario",))


def bytes_examples(function: Any, *, points: float) -> float:
    """Check `bytes_sent(sizes, flips, watchers)`, a rule at a time."""
    return _grade("bytes_sent", function, made.bytes_cases(), points, _BYTES_DOC)


_NAMES = {
    "endpoint_groups": ("service", "pods", "nodes", "family"),
    "usable": ("endpoints", "zone", "node"),
    "plan": ("slices", "desired", "limit"),
    "bytes_sent": ("sizes", "flips", "watchers"),
}


def _grade(name: str, function: Any, cases: Any, points: float, read: Place) -> float:
    known = KNOWN[name]
    if name == "plan":
        function = canonical.judged(function) if callable(function) else function
        known = {belief: canonical.judged(wrong) for belief, wrong in known.items()}

    names = _NAMES[name]
    return grade(name, function, cases, points=points, read=read, arguments=names, misconceptions=known)


def _in_order(endpoints: list[Any], zone: str, node: str) -> list[str]:
    return sorted(answers.usable(endpoints, zone, node))


def _in_order_too() -> dict[str, Any]:
    """Return the wrong functions with their answers in order, as examples write them."""

    def ordered(wrong: Any) -> Any:
        return lambda endpoints, zone, node: sorted(wrong(endpoints, zone, node))

    return {belief: ordered(wrong) for belief, wrong in KNOWN["usable"].items()}


def _listed(given: Any) -> Any:
    """Return the examples with their answers, sets or lists of addresses, in order."""
    if type(given) is not list:
        return given
    return [
        (*one[:-1], sorted(one[-1], key=repr))
        if type(one) in (tuple, list) and one and type(one[-1]) in (set, frozenset, list, tuple)
        else one
        for one in given
    ]
