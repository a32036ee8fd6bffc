"""Cases from records: what Prometheus answered, what the autoscaler proposed, when alerts fired."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from course.checks.report import Case, Raises, kept
from course.units.u15_monitoring.cases import near
from insideout import records
from insideout.apimachinery import quantity
from insideout.monitoring.promql import Prometheus, parse
from insideout.monitoring.promql.expressions import Call, Selector
from insideout.monitoring.samples import STALE
from insideout.verify.monitoring import series_of_alert

Row = dict[str, Any]


@kept
def rate_cases() -> Iterator[Case]:
    """Yield the recorded rates of one series, of both versions where they differ."""
    for row in records.read("promql"):
        expression = parse(row["query"])
        match expression:
            case Call("rate", (Selector(_, range_s, 0.0),)) if range_s and len(row["series"]) == 1:
                samples = [[at, v] for at, v in row["series"][0]["samples"] if v != STALE]
                for key, closed in (("want", False), ("want_v2", True)):
                    if key in row:
                        expected = float(row[key][0][1]) if row[key] else None
                        rule = f"recorded rates of Prometheus {'2.42' if closed else '3.14'}"
                        given = (samples, row["at"], range_s, *([True] if closed else []))
                        if not (closed and _clamped(samples, row["at"], range_s)):
                            yield Case(rule, given, expected, near(expected), keeps=True)


def _clamped(samples: list[list[float]], t: float, window: float) -> bool:
    """Whether 2.42 held a counter at its zero before it looked at the gap, which 3.14 does after."""
    inside = [(at, v) for at, v in samples if t - window <= at <= t]
    if len(inside) < 2 or inside[-1][1] <= inside[0][1]:
        return False
    spacing = (inside[-1][0] - inside[0][0]) / (len(inside) - 1)
    return inside[0][0] - (t - window) >= 1.1 * spacing


@kept
def hpa_cases() -> Iterator[Case]:
    """Yield the recorded proposals for one cpu utilisation of long-running pods of one container."""
    for row in records.read("hpa"):
        metrics = row["spec"]["metrics"]
        target = (metrics[0].get("resource") or {}).get("target", {}).get("averageUtilization")
        simple = len(metrics) == 1 and metrics[0].get("resource", {}).get("name") == "cpu" and target
        pods = [_pod(pod) for pod in row["pods"]]
        if not simple or None in pods or row["spec"].get("behavior") or not pods:
            continue
        proposal = row["want"]["proposals"][0]
        expected = proposal.get("replicas", Raises("ValueError"))
        all_there = all(usage is not None for _, usage, _ in filter(None, pods))
        rule = "recorded proposals, " + ("every pod measured" if all_there else "some pods without a metric")
        yield Case(rule, (row["scale"][0], pods, target), expected, keeps=True)


def _pod(pod: Row) -> tuple[int | None, int | None, bool] | None:
    """Return a pod as the exercise has it; None for one that it does not speak of."""
    special = ("sidecars", "pod_requests", "phase", "deleting")
    if any(key in pod for key in special) or len(pod["containers"]) != 1 or not pod.get("ready"):
        return None
    if pod["started"] is None or pod["started"] < 300:
        return None
    container = pod["containers"][0]
    request = (container.get("requests") or {}).get("cpu")
    usage = pod["metrics"]["usage"].get(container["name"], {}).get("cpu") if "metrics" in pod else None
    request_milli, usage_milli = (None if one is None else quantity.milli(one) for one in (request, usage))
    return request_milli, usage_milli, True


@kept
def alert_cases() -> Iterator[Case]:
    """Yield the recorded alerts, a series each."""
    for row in records.read("alerts"):
        prometheus = Prometheus(series_of_alert(row), before_3=True)
        for name, states in row["want"].items():
            only = Prometheus([one for one in prometheus.series if one.labels["i"] == name], before_3=True)
            there = [
                bool(only.at(parse(row["expr"]), n * float(row["interval"]))) for n in range(len(states))
            ]
            rule = "recorded alerts" + (" that are kept" if row["keep_firing_for"] else "")
            yield Case(rule, (there, row["interval"], row["for"], row["keep_firing_for"]), states, keeps=True)


class Count(NamedTuple):
    """A recorded count_over_time: its window, the samples' times in or at it, what 3.14 and 2.42 counted."""

    start: float
    end: float
    times: tuple[float, ...]
    new: int
    old: int


def counts() -> list[Count]:
    """Return the recorded counts of one series."""
    found = []
    for row in records.read("promql"):
        match parse(row["query"]):
            case Call("count_over_time", (Selector(_, range_s, 0.0),)) if range_s and len(row["series"]) == 1:
                start, end = row["at"] - range_s, float(row["at"])
                samples = row["series"][0]["samples"]
                times = tuple(float(at) for at, value in samples if start <= at <= end and value != STALE)
                new, old = (row[key] for key in ("want", "want_v2" if "want_v2" in row else "want"))
                found.append(Count(start, end, times, *(int(float(v[0][1])) if v else 0 for v in (new, old))))
    return found
