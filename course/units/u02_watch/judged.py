"""The explorer as judge of a Reflector and a WorkQueue: the scheduler that they feed, in one situation.

A user creates a second pod, deletes the first, creates it again and deletes the second.  The scheduler is
killed, its calls fail, its watch lags, skips states or is too old to go on, and the user acts at the worst
moment.
"""

from collections.abc import Callable
from typing import Any

from course.units.u02_watch.weather import pod
from insideout.client.interface import Client
from insideout.explore import Scenario, State, Step, Verdict, Write, explore
from insideout.scheduler.fed import ALARM, NAMESPACE, RESOURCE, Feeder, feeder_of, missing

BUDGET = 80


def situation(made: list[Feeder]) -> Scenario:
    """Return the scenario; `made` is where the schedulers note themselves."""

    def create(name: str) -> Callable[[Client], object]:
        return lambda client: client.create(RESOURCE, pod(name), NAMESPACE)

    def delete(name: str) -> Callable[[Client], object]:
        return lambda client: client.delete(RESOURCE, name, NAMESPACE, grace_period_s=0)

    def goal(state: State) -> str | None:
        return missing(made[-1], list(state.list(RESOURCE, NAMESPACE)))

    return Scenario(
        objects=[pod("a")],
        steps=[
            Step("creates b", create("b")),
            Step("deletes a", delete("a")),
            Step("creates a again", create("a")),
            Step("deletes b", delete("b")),
        ],
        always={"nothing rings the alarm": _no_alarm},
        goal=goal,
        goal_name="nothing is missed",
        name="scheduler",
    )


def _no_alarm(state: State, write: Write) -> str | None:
    if write.name == ALARM and write.after is not None:
        return str(write.after["data"]["what"])
    return None


def judge(
    reflector: Callable[[], Any], queue: Callable[[], Any], *, seed: int = 0, budget: int = BUDGET
) -> Verdict:
    """Explore the scheduler that these two feed."""
    made: list[Feeder] = []
    return explore(feeder_of(reflector, queue, made), situation(made), budget=budget, seed=seed)
