"""Cases from recorded rollouts: what a Deployment controller v1.36.2 did, step by step.

A record holds the sizes that ReplicaSets were given, not how many of their Pods were available between two
writes.  So a transition is played with availabilities from which the recorded sizes follow: the fewest and
the most Pods there can have been.  Where a rollout rested because it was stuck, the record has them.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from course.checks.report import Case, kept
from course.units.u08_rollouts.cases import old, sized, step_case
from insideout import records
from insideout.controllers.deployment import fenceposts
from insideout.controllers.deployment.plandata import Sizes, rolling_step

Row = Mapping[str, Any]
_GROWS = "recorded transitions in which the new ReplicaSet grew"
_SHRINKS = "recorded transitions in which the old ReplicaSet shrank"
_RESTS = "where a recorded rollout was stuck, nothing moves until a pod becomes available"


def rolled() -> list[Row]:
    """Return the recorded rolling updates, the stuck ones too."""
    return [
        row
        for row in records.read("rollout")
        if row["case"]["strategy"] == "RollingUpdate" and row["case"]["scenario"] in ("update", "stuck")
    ]


@kept
def step_cases() -> Iterator[Case]:
    """Yield every recorded transition for `rolling_step`, and the states in which a rollout was stuck."""
    for row in rolled():
        for before, after in transitions(row):
            rule = _GROWS if before[1] != after[1] else _SHRINKS
            states = _states_behind(row, before, after)
            for state in {str(state): state for state in (states[0], states[-1])}.values():
                yield _case(rule, row, state, after)
        if "stuck" in row:
            stuck = row["stuck"]
            sizes = stuck["v1"]["spec"], stuck["v2"]["spec"]
            yield _case(_RESTS, row, _rss(sizes, (stuck["v1"]["available"], stuck["v2"]["available"])), sizes)
    yield from _ends_of_rest()


def transitions(row: Row) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return the sizes of the old and the new ReplicaSet before and after each recorded write."""
    before = (row["case"]["replicas"], 0)
    found = []
    for step in row["trace"]:
        after = (step["v1"], step["v2"])
        if after != before:  # the first write of some is the creation of a ReplicaSet without Pods
            found.append((before, after))
        before = after
    return found


class Growth(NamedTuple):
    """A recorded write that made the new ReplicaSet larger: the limits, both sizes before, its size after."""

    replicas: int
    surge: int
    unavailable: int
    old: int
    new: int
    after: int


def growths() -> list[Growth]:
    """Return every recorded growth of a new ReplicaSet, in the order of the records."""
    found = []
    for row in rolled():
        replicas = row["case"]["replicas"]
        for before, after in transitions(row):
            if after[1] > before[1]:
                found.append(Growth(replicas, *limits(row["case"], replicas), *before, after[1]))
    return found


def limits(case: Mapping[str, Any], replicas: int) -> tuple[int, int]:
    """Return surge and unavailable of a recorded Deployment with `replicas`."""
    surge, unavailable = fenceposts.resolve(case["maxSurge"], case["maxUnavailable"], replicas)
    return surge, unavailable


def _rss(sizes: tuple[int, int], available: tuple[int, int]) -> Sizes:
    return [old("v1", 1, sizes[0], available[0]), {**old("v2", 2, sizes[1], available[1]), "is_new": True}]


def _case(rule: str, row: Row, rss: Sizes, after: tuple[int, int]) -> Case:
    replicas = row["case"]["replicas"]
    return step_case(rule, (replicas, *limits(row["case"], replicas), rss), after)


def _states_behind(row: Row, before: tuple[int, int], after: tuple[int, int]) -> list[Sizes]:
    """Return the states from which the recorded sizes follow, the fewest available Pods first."""
    replicas = row["case"]["replicas"]
    states = [_rss(before, (a, b)) for a in range(before[0] + 1) for b in range(before[1] + 1)]
    states.sort(key=lambda rss: sum(rs["available"] for rs in rss))
    surge_unavailable = limits(row["case"], replicas)
    return [
        rss
        for rss in states
        if tuple(rs["spec"] for rs in rolling_step(replicas, *surge_unavailable, rss)) == after
    ]


def _ends_of_rest() -> Iterator[Case]:
    """Yield what would have ended the rest of each stuck rollout: all new Pods become available."""
    for row in rolled():
        if "stuck" in row:
            sizes = row["stuck"]["v1"]["spec"], row["stuck"]["v2"]["spec"]
            rss = _rss(sizes, sizes)
            after = rolling_step(row["case"]["replicas"], *limits(row["case"], row["case"]["replicas"]), rss)
            yield _case(_RESTS, row, rss, (after[0]["spec"], after[1]["spec"]))


@kept
def scale_cases() -> Iterator[Case]:
    """Yield the recorded scalings for `scale_proportionally`: of whole Deployments, and amid a rollout."""
    for row in records.read("rollout"):
        case = row["case"]
        if "scale_to" not in case or case["strategy"] != "RollingUpdate":
            continue
        before, after = _scaled(row)
        most = case["replicas"] + limits(case, case["replicas"])[0]
        rss = [sized(name, age, before[name], most) for age, name in enumerate(sorted(before), 1)]
        target = case["scale_to"], limits(case, case["scale_to"])[0], sum(before.values())
        rule = (
            "recorded scaling of a Deployment at rest"
            if len(before) == 1
            else "recorded scaling of a Deployment amid a stuck rollout"
        )
        yield Case(rule, (rss, *target), after)


def _scaled(row: Row) -> tuple[dict[str, int], dict[str, int]]:
    """Return the sizes before and after the one sync that scaled; each ReplicaSet is written once in it."""
    if "stuck" not in row:
        return {"v1": row["case"]["replicas"]}, {"v1": row["trace"][-1]["v1"]}
    before = {name: row["stuck"][name]["spec"] for name in ("v1", "v2")}
    trace = row["trace"]
    now, written = dict(before), set()
    for step in trace[trace.index(before) + 1 :]:
        changed = next(name for name in step if step[name] != now[name])
        if changed in written:  # a later sync of the rollout trims what was too much
            break
        written.add(changed)
        now = dict(step)
    return before, now
