"""A night: one cluster in which one thing after the other breaks, and whoever is on call is asked each time.

`repair` is called every two minutes.  It may take several calls until nothing is wrong: one repair mends one
thing.
"""

from collections.abc import Callable, Iterator, Sequence
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
PACE = 15
"""How many times as fast a night is where time is real."""


class Trouble(NamedTuple):
    """One thing that broke: when, and when it worked again, None for never."""

    cause: str
    began_s: float
    ended_s: float | None


class Night:
    """One run: `troubles` with their times, `said` of the writes, `calls` of the repair in seconds.

    In a town where time is real it is PACE times as fast, and told in the seconds of the story.
    """

    def __init__(self, repair: Repair, causes: tuple[str, ...], town: Town) -> None:
        self.calls: list[float] = []
        self.said: list[str] = []
        self._repair = repair
        self._town = town
        self._pace = PACE if town.is_real else 1
        self._kinds = [CLUSTERS[cause](town) for cause in causes]
        self._ended: dict[str, float] = {}
        self._began: dict[str, float] = {}
        self._broken: list[Broken] = []
        self._over_s: float | None = None
        self._waiting = list(self._kinds)
        self._next_s, self._call_s = 0.0, EVERY_S
        self._end_s = BETWEEN_S * len(causes) + max(kind.heals_s for kind in self._kinds) + 2 * EVERY_S

    @property
    def troubles(self) -> list[Trouble]:
        """What broke, in its order."""
        return [
            Trouble(one.cause, self._began[one.cause], self._ended.get(one.cause)) for one in self._broken
        ]

    @property
    def now_s(self) -> float:
        """The time since the night began; how long it was, once it is over."""
        if self._over_s is not None:
            return self._over_s
        return (self._town.cluster.loop.clock_s() - self._start_s) * self._pace

    def build(self) -> None:
        """Put in all that will break."""
        for kind in self._kinds:
            kind.build()

    def begin(self) -> None:
        """Begin, when all of it stands."""
        self._town.wait(self._town.stands, 30)
        self._start_s = self._town.cluster.loop.clock_s()
        self._before = Before(self._town, ())

    def step(self) -> bool:
        """Break and repair what is due; say whether the night goes on, and when it does not, judge it."""
        if self.now_s >= self._end_s:
            self._over_s = self.now_s
            self.said = list(judge_writes(self._broken, self._before))
            return False
        if self._waiting and self.now_s >= self._next_s:
            kind = self._waiting.pop(0)
            self._began[kind.cause] = self.now_s
            kind.spoil()
            self._before.may_go += kind.may_go()
            self._broken.append(kind)
            self._next_s += BETWEEN_S
        if self.now_s >= self._call_s:
            self.calls.append(self.now_s)
            self._repair(Api(self._town))
            self._call_s = self.now_s + EVERY_S
        return True

    def look(self) -> None:
        """See what works."""
        for kind in self._broken:
            works = not kind.is_broken()
            if works:
                self._ended.setdefault(kind.cause, self.now_s)
            else:
                self._ended.pop(kind.cause, None)


def live(nights: Sequence[Night], town: Town) -> None:
    """Live nights to their end, in the cluster of `town`."""
    for night in nights:
        night.build()
    for night in nights:
        night.begin()
    going = list(nights)
    while going := [night for night in going if night.step()]:
        town.run(LOOK_S / (PACE if town.is_real else 1))
        for night in going:
            night.look()


def night_of(repair: Repair, causes: tuple[str, ...], seed: int) -> Night:
    """Return a night in virtual time."""
    town = Town(seed)
    with town.cluster:
        night = Night(repair, causes, town)
        live([night], town)
    return night


def nights_of(repairs: dict[str, Repair], causes: tuple[str, ...], seed: int) -> list[tuple[str, Night]]:
    """Return the same night for each repair by name: each for itself, or side by side where time is real.

    A repair that is not written yet has none.
    """
    written = {name: repair for name, repair in repairs.items() if is_written(repair)}
    town = Town(seed, live=True)
    if not town.is_real:
        return [(name, night_of(repair, causes, seed)) for name, repair in written.items()]
    print(f"in real time: the nights are side by side, {PACE} times as fast")  # noqa: T201  it is said in the cell
    with town.cluster:
        towns = [town, *(Town(seed, live=True, beside=town) for _ in list(written)[1:])]
        nights = [Night(repair, causes, one) for repair, one in zip(written.values(), towns, strict=True)]
        live(nights, town)
    return list(zip(written, nights, strict=True))


def is_written(repair: Repair) -> bool:
    """Tell whether somebody has written a repair: it is asked on a cluster in which nothing is."""
    town = Town(1)
    with town.cluster:
        try:
            repair(Api(town))
        except NotImplementedError:
            return False
        except Exception:
            return True  # it is told where it is called in earnest
    return True


def at_work(repair: Repair) -> Callable[[list[str], int], list[str]]:
    """Return a function from what breaks to what is to be said of a night with `repair`."""

    def run(causes: list[str], seed: int) -> list[str]:
        night = night_of(repair, tuple(causes), seed)
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
