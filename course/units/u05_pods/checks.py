"""Checks of unit 05: whose namespace, what a pod asks for, and the order of its start and stop."""

from typing import Any

from course.checks import examples as learners_examples
from course.checks.place import Place
from course.checks.report import grade
from course.units.u05_pods import cases, live, recorded, rules, unseen
from course.units.u05_pods.misconceptions import KNOWN

_OWNER_DOC = Place("1. The pause container", "pkg/kubelet/kuberuntime/util/util.go (NamespacesForPod)")
_REAPER_DOC = Place("1. The pause container", "build/pause/linux/pause.c")
_EFFECTIVE_DOC = Place("2. What a pod asks for", "k8s.io/component-helpers/resource/helpers.go (PodRequests)")
_START_DOC = Place(
    "3. The start", "pkg/kubelet/kuberuntime/kuberuntime_container.go (computeInitContainerActions)"
)
_TERM_DOC = Place("4. The stop", "pkg/kubelet/kuberuntime/kuberuntime_termination_order.go")
_KINDS = ("net", "ipc", "uts", "pid", "mnt")
_FIELDS = ("containers", "initContainers", "hostNetwork", "hostIPC", "hostPID", "shareProcessNamespace")


def owner_learners(examples: Any, *, points: float) -> float:
    """Check the learner's own examples of `ns_owner`: right, and telling misconceptions from the truth."""
    return learners_examples.grade(
        "owner_examples",
        examples,
        rules.ns_owner,
        KNOWN["ns_owner"],
        points=points,
        read=_OWNER_DOC,
        refuse=_no_question,
        raises=("ValueError",),
    )


def owner_examples(function: Any, *, points: float) -> float:
    """Check `ns_owner(spec, container, kind)`, a rule at a time."""
    return _grade_owner(function, cases.owner_cases(), points)


def owner_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `ns_owner` on specs drawn with `seed`."""
    return _grade_owner(function, unseen.owner_cases(seed), points)


def reaper_examples(function: Any, *, points: float) -> float:
    """Check `reaper(spec)`, a rule at a time."""
    return grade(
        "reaper",
        function,
        cases.reaper_cases(),
        arguments=("spec",),
        points=points,
        read=_REAPER_DOC,
        misconceptions=KNOWN["reaper"],
    )


def effective_examples(function: Any, *, points: float) -> float:
    """Check `effective(pod)` on small pods, a rule at a time."""
    return _grade_effective(function, cases.effective_cases(), points)


def effective_records(function: Any, *, points: float) -> float:
    """Check `effective(pod)` on the pods that a real API server counted against a quota."""
    return _grade_effective(function, recorded.effective_cases(), points)


def effective_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `effective(pod)` on pods drawn with `seed`."""
    return _grade_effective(function, unseen.effective_cases(seed), points)


def start_examples(function: Any, *, points: float) -> float:
    """Check `next_starts(kinds, status, main_running)`, a rule at a time."""
    return _grade_starts(function, cases.start_cases(), points)


def start_records(function: Any, *, seed: int, points: float) -> float:
    """Check `next_starts` on recorded states of the kubelet's own code, drawn with `seed`."""
    return _grade_starts(function, recorded.start_cases(seed), points)


def start_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `next_starts` on longer pods drawn with `seed`."""
    return _grade_starts(function, unseen.start_cases(seed), points)


def start_at_work(function: Any, *, points: float) -> float:
    """Check `next_starts` as a kubelet's start order, by what starts when."""
    driven = live.starting(function) if callable(function) else function
    return grade("next_starts", driven, live.start_cases(), points=points, read=_START_DOC, show=live.show)


def term_examples(function: Any, *, points: float) -> float:
    """Check `term_at(mains, sidecars, grace)`, a rule at a time."""
    return _grade_term(function, cases.term_cases(), points)


def term_records(function: Any, *, points: float) -> float:
    """Check `term_at` on recorded stops of the kubelet's own code."""
    return _grade_term(function, recorded.term_cases(), points)


def term_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `term_at` on pods drawn with `seed`."""
    return _grade_term(function, unseen.term_cases(seed), points)


def term_at_work(function: Any, *, points: float) -> float:
    """Check `term_at` as a kubelet's stop order, by who is told when."""
    driven = live.stopping(function) if callable(function) else function
    return grade("term_at", driven, live.stop_cases(), points=points, read=_TERM_DOC, show=live.show)


def _grade_owner(function: Any, asked: Any, points: float) -> float:
    show, known = cases.show_owner, KNOWN["ns_owner"]
    return grade("ns_owner", function, asked, points=points, read=_OWNER_DOC, show=show, misconceptions=known)


def _grade_effective(function: Any, asked: Any, points: float) -> float:
    show, known = cases.show_pod, KNOWN["effective"]
    return grade(
        "effective", function, asked, points=points, read=_EFFECTIVE_DOC, show=show, misconceptions=known
    )


def _grade_starts(function: Any, asked: Any, points: float) -> float:
    show, known = cases.show_starts, KNOWN["next_starts"]
    return grade(
        "next_starts", function, asked, points=points, read=_START_DOC, show=show, misconceptions=known
    )


def _grade_term(function: Any, asked: Any, points: float) -> float:
    show, known = cases.show_term, KNOWN["term_at"]
    return grade("term_at", function, asked, points=points, read=_TERM_DOC, show=show, misconceptions=known)


def _no_question(spec: Any, container: Any, kind: Any) -> str | None:
    """Say why something is not asked about a pod."""
    if not isinstance(spec, dict):
        return "spec is a dict, such as {'hostPID': True}"
    if kind not in _KINDS:
        return f"kind is one of {', '.join(_KINDS)}"
    if not isinstance(container, str) or not container:
        return "container is the name of a container"
    unknown = sorted(set(map(str, spec)) - set(_FIELDS))
    return f"the field {unknown[0]} says nothing about namespaces" if unknown else None
