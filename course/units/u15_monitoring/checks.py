"""Checks of unit 15_monitoring: `prom_rate`, `working_set`, `hpa_replicas` and `alert_states`."""

from typing import Any

from course.checks import examples
from course.checks.place import Place
from course.checks.report import grade
from course.units.u15_monitoring import answers, atwork, cases, recorded, unseen
from course.units.u15_monitoring.misconceptions import KNOWN

_RATE = Place("2. A counter is not a rate", "prometheus/promql/functions.go (extrapolatedRate)")
_SET = Place("3. Which memory counts", "cadvisor, container/libcontainer/handler.go (setMemoryStats)")
_HPA = Place("4. From a number to a size", "pkg/controller/podautoscaler/replica_calculator.go")
_ALERT = Place("5. When to wake somebody", "prometheus/rules/alerting.go")
_PODS = "pods ([request in m, usage in m or None, ready])"
_RATE_ARGUMENTS = ("samples ([seconds, value])", "t (seconds)", "window (seconds)", "left_closed")
_HPA_ARGUMENTS = ("current", _PODS, "target (percent)", "tolerance")
_ALERT_ARGUMENTS = ("there", "interval (seconds)", "hold (seconds)", "keep (seconds)")


def rate_examples(function: Any, *, points: float) -> float:
    """Check `prom_rate` on short series, a rule at a time."""
    return _rate(function, cases.rate_cases(), points)


def rate_records(function: Any, *, points: float) -> float:
    """Check `prom_rate` on the recorded answers of two Prometheus servers."""
    return _rate(function, recorded.rate_cases(), points)


def rate_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `prom_rate` on counters drawn with `seed`."""
    return _rate(function, unseen.rate_cases(seed), points)


def _rate(function: Any, chosen: Any, points: float) -> float:
    return grade(
        "prom_rate",
        function,
        chosen,
        points=points,
        read=_RATE,
        arguments=_RATE_ARGUMENTS,
        misconceptions=KNOWN["prom_rate"],
    )


def working_set_examples(function: Any, *, points: float) -> float:
    """Check `working_set`."""
    return grade(
        "working_set",
        function,
        cases.working_set_cases(),
        points=points,
        read=_SET,
        arguments=("usage (bytes)", "inactive_file (bytes)"),
        misconceptions=KNOWN["working_set"],
    )


def hpa_own_examples(mine: Any, *, points: float) -> float:
    """Check the learner's own examples of `hpa_replicas`."""
    return examples.grade(
        "hpa_examples",
        mine,
        answers.hpa_replicas,
        KNOWN["hpa_replicas"],
        points=points,
        read=_HPA,
        refuse=_refuse,
        raises=("ValueError",),
    )


def _refuse(current: Any, pods: Any, target: Any, tolerance: Any = 0.1) -> str | None:
    whole = [isinstance(one, int) and not isinstance(one, bool) for one in (current, target)]
    if not all(whole) or target < 1:
        return "current and target are whole numbers"
    if not isinstance(pods, list) or not all(isinstance(p, tuple | list) and len(p) == 3 for p in pods):
        return "pods is a list of (request, usage, ready)"
    return None


def hpa_examples(function: Any, *, points: float) -> float:
    """Check `hpa_replicas` on small workloads, a rule at a time."""
    return _hpa(function, cases.hpa_cases(), points)


def hpa_records(function: Any, *, points: float) -> float:
    """Check `hpa_replicas` on recorded proposals of the autoscaler."""
    return _hpa(function, recorded.hpa_cases(), points)


def hpa_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `hpa_replicas` on workloads drawn with `seed`."""
    return _hpa(function, unseen.hpa_cases(seed), points)


def hpa_at_work(function: Any, *, points: float) -> float:
    """Check `hpa_replicas` as the autoscaler of a cluster under load."""
    return grade(
        "hpa_replicas at work",
        atwork.sizes(function) if callable(function) else function,
        atwork.cases(),
        points=points,
        read=_HPA,
        arguments=("loads (m)", "the node whose kubelet is silent"),
    )


def _hpa(function: Any, chosen: Any, points: float) -> float:
    return grade(
        "hpa_replicas",
        function,
        chosen,
        points=points,
        read=_HPA,
        arguments=_HPA_ARGUMENTS,
        misconceptions=KNOWN["hpa_replicas"],
    )


def alert_examples(function: Any, *, points: float) -> float:
    """Check `alert_states`, a rule at a time."""
    return _alert(function, cases.alert_cases(), points)


def alert_records(function: Any, *, points: float) -> float:
    """Check `alert_states` on what promtool said of recorded rules."""
    return _alert(function, recorded.alert_cases(), points)


def alert_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `alert_states` on results drawn with `seed`."""
    return _alert(function, unseen.alert_cases(seed), points)


def _alert(function: Any, chosen: Any, points: float) -> float:
    return grade(
        "alert_states",
        function,
        chosen,
        points=points,
        read=_ALERT,
        arguments=_ALERT_ARGUMENTS,
        misconceptions=KNOWN["alert_states"],
    )
