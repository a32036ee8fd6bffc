"""A night: one cluster in which one thing after the other breaks, and whoever is on call is asked each time.

`repair` is called every two minutes.  It may take several calls until nothing is wrong: one repair mends one
thing.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from course.checks.report import Case, kept
from course.units.u16_troubleshooting.clusters import CLUSTERS, Broken
from course.units.u16_troubleshooting.door import Api
from course.units.u16_troubleshooting.judge import CLEAN, Before, Repair, judge_writes
from course.units.u16_troubleshooting.town import Town

EVERY_S = 120.0
BETWEEN_S = 240.0
LOOK_S = 20.0
REPLIES_S = 150.0
"""How long a refused request is told of."""


class Trouble(NamedTuple):
    """One thing that broke: when, and when it worked again, None for never."""

    cause: str
    began_s: float
    ended_s: float | None


class Night:
    """One run: `troubles` with their times, `said` of the writes, `calls` of the repair in seconds."""

    def __init__(self, repair: Repair, causes: tuple[str, ...], seed: int) -> None:
        self.calls: list[float] = []
        self._repair = repair
        self._town = Town(seed)
        self._kinds = [CLUSTERS[cause](self._town) for cause in causes]
        self._ended: dict[str, float] = {}
        self._began: dict[str, float] = {}
        self._broken: list[Broken] = []
        with self._town.cluster:
            for kind in self._kinds:
                kind.build()
            self._town.run(30)
            self._start_s = self._town.cluster.loop.now_s
            self._before = Before(self._town, ())
            self._play()
            self.said = list(judge_writes(self._broken, self._before))
        self.troubles = [
            Trouble(one.cause, self._began[one.cause], self._ended.get(one.cause)) for one in self._broken
        ]

    @property
    def now_s(self) -> float:
        """The time since the night began."""
        return self._town.cluster.loop.now_s - self._start_s

    def _play(self) -> None:
        waiting = list(self._kinds)
        next_s, call_s = 0.0, EVERY_S
        end_s = BETWEEN_S * len(waiting) + max(kind.heals_s for kind in waiting) + 2 * EVERY_S
        while self.now_s < end_s:
            if waiting and self.now_s >= next_s:
                kind = waiting.pop(0)
                self._began[kind.cause] = self.now_s
                kind.spoil()
                self._before.may_go += kind.may_go()
                self._broken.append(kind)
                next_s += BETWEEN_S
            if self.now_s >= call_s:
                self.calls.append(self.now_s)
                self._repair(Api(self._town))
                call_s = self.now_s + EVERY_S
            self._town.run(LOOK_S)
            self._look()

    def _look(self) -> None:
        for kind in self._broken:
            works = not kind.is_broken()
            if works:
                self._ended.setdefault(kind.cause, self.now_s)
            else:
                self._ended.pop(kind.cause, None)


def at_work(repair: Repair) -> Callable[[list[str], int], list[str]]:
    """Return a function from what breaks to what is to be said of a night with `repair`."""

    def run(causes: list[str], seed: int) -> list[str]:
        night = Night(repair, tuple(causes), seed)
        ends = [
            f"{one.cause}: {'works again' if one.ended_s is not None else 'broken in the morning'}"
            for one in night.troubles
        ]
        return [*ends, *night.said]

    return run


def works(causes: list[str]) -> list[str]:
    """Return what is to be said of a good night."""
    return [*(f"{cause}: works again" for cause in causes), CLEAN]


@kept
def cases() -> Iterator[Case]:
    """Yield two nights."""
    for number, causes in enumerate((["taint", "selector", "quota"], ["egress", "image", "revision"])):
        rule = ("pods, a Service and a quota", "a policy, a release and a StatefulSet")[number]
        yield Case(rule, (causes, 160 + number), works(causes))
