"""Cases from records: what a real control plane's StatefulSets did, and what became of their claims."""

from collections.abc import Callable, Iterator
from typing import Any

from course.checks.call import Raised
from course.checks.report import Case, as_yaml, kept
from insideout import records
from insideout.apimachinery import timestamps
from insideout.controllers.statefulset.plandata import Sync, plan_by
from insideout.replay.statefulset import play

Object = dict[str, Any]


AT_WORK = {
    "an ordered set: up one by one, updates from the top": ("create-ordered", "update"),
    "a partition, counted from the first ordinal": ("update-partition", "start-ordinal"),
    "a broken version: an ordered set stays stuck after the revert, a Parallel one heals": (
        "stuck-then-revert",
        "stuck-parallel-then-revert",
    ),
    "scaling, and OnDelete": ("scale", "on-delete"),
}
"""The recorded cases that a learner's sync has to repeat, by rule."""


@kept
def work_cases() -> Iterator[Case]:
    """Yield recorded cases: what is done, and which pods were created, ready, deleted and gone then."""
    rows = {row["case"]: row for row in records.read("statefulset")}
    for rule, names in AT_WORK.items():
        for name in names:
            row = rows[name]
            done = [step["do"] for step in row["steps"]]
            scenario = {"case": name, "spec": row["spec"], "replicas": row["replicas"], "do": done}
            yield Case(rule, (scenario,), _told(row, row["steps"]))


def at_work(sync: Sync) -> Callable[[Object], list[str]]:
    """Return a function from a scenario to sentences about what the controller did when it went by `sync`."""
    rows = {row["case"]: row for row in records.read("statefulset")}

    def run(scenario: Object) -> list[str]:
        failures: list[Exception] = []
        row = rows[scenario["case"]]
        steps = play(row, plan_by(_remembering(sync, failures)))
        if failures:
            raise failures[0]
        return _told(row, steps)

    return run


def _remembering(sync: Sync, failures: list[Exception]) -> Sync:
    """Return `sync`, which notes what it raises and does nothing from then on."""

    def remember(stateful_set: Object, pods: list[Object], now: str) -> Any:
        if failures:
            return []
        try:
            answer = sync(stateful_set, pods, now)
            plan_by(lambda *_: answer)(stateful_set, pods, "", timestamps.parse(now))
            return answer
        except ValueError as error:
            failures.append(Raised("ValueError", str(error)))
        except Exception as error:
            failures.append(error)
        return []

    return remember


def _told(row: Object, steps: list[Object]) -> list[str]:
    """Say what happened, a sentence for each action; what a Parallel set does at once, sorted."""
    parallel = row["spec"].get("podManagementPolicy") == "Parallel"
    return [
        f"{' '.join(map(str, recorded['do']))}: {_events(step['events'], parallel)}"
        for recorded, step in zip(row["steps"], steps, strict=True)
    ]


def _events(events: list[list[str]], parallel: bool) -> str:
    groups: list[list[list[str]]] = []
    for event in events:
        if groups and parallel and groups[-1][0][0] == event[0]:
            groups[-1].append(event)
        else:
            groups.append([event])
    ordered = [event for group in groups for event in sorted(group)]
    return ", ".join(f"{what} {name} ({image})" for what, name, image in ordered) or "nothing"


def show_work(scenario: Object) -> str:
    """Write what is done with which set."""
    return as_yaml(scenario)


def claims_line(row: Object, step: int) -> str:
    """Write a recorded action and the owners of the claims after it."""
    policy = row["spec"].get("persistentVolumeClaimRetentionPolicy", {})
    words = f"{policy.get('whenDeleted', 'Retain')}/{policy.get('whenScaled', 'Retain')}"
    found = row["steps"][step]
    owners = {name: each[0][0] if each else "nobody" for name, each in found["claims"].items()}
    done = " ".join(map(str, found["do"]))
    said = ", ".join(f"{name.removeprefix('data-')}: {owner}" for name, owner in owners.items())
    return f"{words:14} {done:22} {said or 'no claims'}"
