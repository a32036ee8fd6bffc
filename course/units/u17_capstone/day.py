"""A day of chaos in three shifts, fourteen hours: played with somebody's parts, and what came of it.

The quiet rest of an hour is left out: each takes only the minutes in which something happens.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from course.keep.components import PLACES, Functions, whose
from course.units.u17_capstone.hours import data, network, nodes, workloads
from course.units.u17_capstone.hours.data import GIVEN_UP
from course.units.u17_capstone.hours.hour import Hour
from course.units.u17_capstone.stage import DB, WEB, Stage
from insideout.apimachinery import pods as podutil
from insideout.client import ApiError
from insideout.raft.lasting import PATIENCE
from insideout.view.tables import Table

SHIFTS: Mapping[str, tuple[Hour, ...]] = {
    "morning": (*workloads.HOURS, data.SPOILT),
    "afternoon": (*nodes.HOURS, data.MEMBERS),
    "night": network.HOURS,
}
HOURS = tuple(hour for hours in SHIFTS.values() for hour in hours)
FAILED = "could not be played to its end"


class Played(NamedTuple):
    """An hour as it went: from when to when, what came of it, what held, and whose parts decided."""

    hour: Hour
    from_s: float
    to_s: float
    said: tuple[str, ...]
    mine: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether all that must hold held."""
        return self.said == self.hour.holds

    @property
    def broken(self) -> list[str]:
        """What came out otherwise than it must."""
        return [one for one in self.said if one not in self.hour.holds]


class Day:
    """A day with the given functions as parts; what is missing is the package's own.

    Somebody's Raft keeps the data all day, or with `all_day` False in the hour that it decides.
    """

    def __init__(
        self, functions: Functions | None = None, *, looks: bool = True, all_day: bool = True
    ) -> None:
        self.functions: dict[str, Any] = dict(functions or {})
        self.whose = whose(self.functions)
        self.played: list[Played] = []
        self.stage = Stage(self.functions, looks=looks, all_day=all_day)
        self.began_s = self.stage.now_s

    def play(self, shift: str) -> Table:
        """Play a shift, once; return what came of its hours."""
        there = {one.hour.name for one in self.played}
        for hour in SHIFTS[shift]:
            if hour.name not in there:
                self.hour(hour)
        return self.table([one for one in self.played if one.hour in SHIFTS[shift]])

    def hour(self, hour: Hour) -> Played:
        """Play one hour; one that cannot be played to its end did not hold."""
        from_s = self.stage.now_s
        if "Raft" not in hour.parts:  # that hour kills them itself
            self.stage.etcd.kill_leader()
        try:
            said = hour.play(self.stage)
        except (LookupError, ValueError, TypeError, ApiError) as error:  # nothing is where something must be
            said = [f"{FAILED}: {type(error).__name__} {error}"]
        self.stage.call("")
        if tuple(said) != hour.holds:
            self._put_back()
            if said[0].startswith(FAILED) and "Raft" in hour.parts and self.stage.etcd.fault:
                said.append(f"{GIVEN_UP}: {self.stage.etcd.fault}")
        for mishaps in self.stage.parts.mishaps.values():
            mishaps.disarm()
        mine = tuple(name for name in hour.parts if name in self._at_work())
        self.played.append(Played(hour, from_s, self.stage.now_s, tuple(said), mine))
        return self.played[-1]

    def _put_back(self) -> None:
        """Let the next hour begin as ever; a store that takes no writes is given up after some."""
        self.stage.etcd.recover()
        for _ in range(PATIENCE):
            try:
                self.stage.tidy()
                return
            except ApiError as problem:
                if problem.code != 500:
                    raise
        self.stage.tidy()

    def table(self, hours: list[Played]) -> Table:
        """Return hours as a table."""
        rows = tuple(
            (
                one.hour.name,
                "yours" if len(one.mine) == len(one.hour.parts) else "in part" if one.mine else "ours",
                ", ".join(one.hour.parts),
                "holds" if one.holds else "; ".join(one.broken)[:90],
            )
            for one in hours
        )
        return Table(("HOUR", "WHOSE", "DECIDED BY", "WHAT CAME OF IT"), rows)

    def hour_at(self, time_s: float) -> int | None:
        """Return the place of the hour that a moment is in, the first for what came before the day."""
        if self.played and time_s < self.played[0].from_s:
            return 0
        return next((at for at, one in enumerate(self.played) if one.from_s <= time_s < one.to_s), None)

    def leaders(self) -> Table:
        """Return the elections after a leader of somebody's Raft was killed, as a table."""
        rows = []
        for one in self.stage.etcd.elections:
            at = self.hour_at(one.time_s)
            hour = self.played[at].hour.name if at is not None else ""
            rows.append((hour, one.killed, one.leader, str(one.term), f"{one.took_s:.1f} s"))
        return Table(("HOUR", "KILLED", "NEXT LEADER", "TERM", "NEXT WRITE AFTER"), tuple(rows))

    def whole_before_the_node(self, played: Played, app: str) -> bool:
        """Whether an app that lost a pod in an hour had all of them ready again before the node was back."""
        returns = (one.time_s for one in self.stage.marks if one.what.endswith(" is back"))
        back_s = next((time_s for time_s in returns if time_s >= played.from_s), played.to_s)
        ready = [
            sum(podutil.is_active(pod) and podutil.is_ready(pod) for pod in pods)
            for time_s, pods in self.stage.seen(app, played.from_s)
            if time_s < back_s
        ]
        return bool(ready) and ready[-1] >= {"web": WEB, "db": DB}[app]

    def named(self, hour: str) -> Played:
        """Return an hour that was played; LookupError when it was not."""
        for one in self.played:
            if one.hour.name == hour:
                return one
        raise LookupError(f"the hour {hour!r} was not played; play its shift first")

    def number(self, hour: str, what: str) -> int:
        """Return the number that a sentence about an hour ends with, 0 when nobody said it."""
        found = [one for one in self.named(hour).said if one.startswith(f"{what}: ")]
        return int(found[0].rpartition(" ")[2]) if found else 0

    def errors(self) -> dict[str, list[str]]:
        """Return the reports of crashes, by part."""
        return self.stage.parts.errors()

    def _at_work(self) -> set[str]:
        return {name for names in self.whose.values() for name in names}


def boots(functions: Functions) -> Table:
    """Return whose part is in each place of a cluster that boots with these functions."""
    mine = whose(functions)
    rows = []
    for place, names in PLACES.items():
        missing = [name for name in names if name not in mine[place]]
        is_whose = "ours" if not mine[place] else "in part yours" if missing else "yours"
        rows.append((place, is_whose, ", ".join(mine[place]) or "-", ", ".join(missing) or "-"))
    return Table(("PLACE", "WHOSE", "YOURS", "OURS"), tuple(rows))
