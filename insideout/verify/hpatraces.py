"""Plays recorded loads over time: a HorizontalPodAutoscaler and the Pods that it makes, a sync every 15 s.

Source: what the fields mean is in insideout/records/README.md.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from insideout.controllers.podautoscaler.autoscaler import decide, tolerances
from insideout.controllers.podautoscaler.calculator import Target, group
from insideout.controllers.podautoscaler.memory import Memory
from insideout.controllers.podautoscaler.sources import MetricFailed, Question, ask, resource_metrics
from insideout.verify.hpa import NAMESPACE, NOW, SELECTOR, Recorded, hpa_of, pod_of
from insideout.verify.normal import differences
from insideout.verify.outcome import Row

LONG_S = 10_000.0
"""How old the Pods are that were there at the start."""


class Workload:
    """Pods that share a load, as the recorder's: new ones are unready at first and use nothing."""

    def __init__(self, row: Row) -> None:
        self._params: Row = row["params"]
        self._born_s = [-LONG_S] * row["start_replicas"]

    def __len__(self) -> int:
        return len(self._born_s)

    def scale(self, replicas: int, now_s: float) -> None:
        """Add Pods, or remove the newest."""
        del self._born_s[replicas:]
        self._born_s += [now_s] * (replicas - len(self._born_s))

    def ready(self, now_s: float) -> int:
        """Return how many Pods are ready."""
        return sum(self._is_ready(now_s - born_s) for born_s in self._born_s)

    def usage_m(self, load_m: int, now_s: float) -> int:
        """Return what each ready Pod uses, in millicores."""
        ready = self.ready(now_s)
        return min(load_m // ready, self._params["limit_m"]) if ready else 0

    def pods(self, load_m: int, now_s: float) -> list[Row]:
        """Return the Pods as the record of single syncs describes them."""
        used_m = self.usage_m(load_m, now_s)
        return [self._pod(number, now_s - born_s, used_m) for number, born_s in enumerate(self._born_s)]

    def _pod(self, number: int, age_s: float, used_m: int) -> Row:
        ready = self._is_ready(age_s)
        usage = {"c": {"cpu": f"{used_m if ready else 0}m"}}
        return {
            "name": f"web-{number}",
            "containers": [{"name": "c", "requests": {"cpu": f"{self._params['request_m']}m"}}],
            "metrics": {"age": 0, "window": self._params["window_s"], "usage": usage},
            "ready": ready,
            "ready_since": age_s - self._params["startup_s"] if ready else age_s,
            "started": age_s,
        }

    def _is_ready(self, age_s: float) -> bool:
        return bool(age_s >= self._params["startup_s"])


def verify_traces(rows: Sequence[Row]) -> Iterator[tuple[str, list[str]]]:
    """Sync under the recorded load; each sync must be the recorded one."""
    for row in rows:
        workload, memory, hpa = Workload(row), Memory(), hpa_of(row["spec"])
        found: list[str] = []
        for step in row["steps"]:
            want = dict(zip(row["columns"], step, strict=True))
            got = _sync(workload, memory, hpa, want["load_m"], float(want["t"]))
            found += [f"t={want['t']}{line}" for line in differences(want, {**want, **got})]
        yield row["id"], found


def _sync(workload: Workload, memory: Memory, hpa: Row, load_m: int, now_s: float) -> Row:
    """Decide once and scale; return the columns of the record."""
    now = NOW + timedelta(seconds=now_s)
    described = workload.pods(load_m, now_s)
    source, size = Recorded({"pods": described}, now), len(workload)
    target = Target([pod_of(pod, now) for pod in described], size, size, now)
    question = Question(source, NAMESPACE, SELECTOR, target, tolerances(hpa["spec"]))
    groups = group(target.pods, resource_metrics(question, "cpu", ""), "cpu", now)
    try:
        proposal: int | None = ask(hpa["spec"]["metrics"][0], question).replicas
    except MetricFailed:
        proposal = None
    got: Row = {
        "pods": size,
        "ready": workload.ready(now_s),
        "counted": groups.ready,
        "unready": len(groups.unready),
        "usage_m": workload.usage_m(load_m, now_s),
        "proposal": proposal,
    }
    decision = decide(hpa, target, SELECTOR, source, memory)
    limited = decision.conditions.get("ScalingLimited")
    workload.scale(decision.desired, now_s)
    return got | {
        "desired": decision.desired,
        "able": decision.conditions["AbleToScale"][1],
        "limited": ":".join(limited[:2]) if limited else None,
        "event": next((event.message for event in decision.events if event.type == "Normal"), None),
        "error": decision.error or None,
    }
