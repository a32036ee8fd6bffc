"""Opens a broken cluster: what breaks, what only looks broken, and the time that has passed since."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from course.units.u16_troubleshooting.clusters import CLUSTERS, Allowed, Broken, Link
from course.units.u16_troubleshooting.town import Town

OTHERS = 2
"""How many other causes have look-alikes in a broken cluster, besides its own."""
STANDS_S = 25
GROUPS = {
    "conditions": ("image", "quota", "taint", "storageclass", "revision"),
    "fields": ("selector", "port", "egress"),
    "others": ("budget", "webhook", "finalizer", "apiservice", "toleration"),
}
"""Causes by where their evidence is."""
HEALTHY_SEED = 9
"""The seed of the clusters in which nothing is wrong, one for each group."""


class Quiet(Broken):
    """A cluster in which nothing is wrong, and whoever calls is mistaken."""

    cause = ""
    symptom = "somebody thinks that something is wrong"

    def chain(self) -> list[Link]:
        """Return no evidence."""
        return []

    def flaw(self) -> str:
        """Find nothing."""
        return ""

    def allowed(self) -> list[Allowed]:
        """Allow nothing."""
        return []


def broken(cause: str, seed: int, *, live: bool = False) -> Broken:
    """Return a cluster that is broken by `cause`; whoever asks for it stops its `town.cluster`."""
    town = Town(seed, live=live)
    found = about_to_break(cause, town)
    settle([town])
    break_it(found)
    show([found])
    return found


def side_by_side(calls: Sequence[tuple[str, int]], beside: Town) -> Iterator[Broken]:
    """Yield broken towns, by cause and seed, in one cluster; last those whose trouble reaches the others."""
    every = [about_to_break(cause, Town(seed, live=True, beside=beside)) for cause, seed in calls]
    settle([found.town for found in every])
    for reaches_all in (False, True):
        those = [found for found in every if found.reaches_all is reaches_all]
        for found in those:
            break_it(found)
        show(those)
        yield from those


def about_to_break(cause: str, town: Town) -> Broken:
    """Fill a town with what will be broken by `cause`, and with what only looks broken; it still runs in."""
    kind = CLUSTERS[cause]
    others = town.rng.sample([one for one in CLUSTERS.values() if one is not kind], OTHERS)
    found = kind(town)
    for one in (kind, *others):
        one.look_alikes(town)
    for one in others:
        one.well(town)
    found.build()
    return found


def break_it(found: Broken) -> None:
    """Break what is about to break."""
    found.spoil()


def show(every: Sequence[Broken]) -> None:
    """Let the time pass until it can be seen what is broken."""
    for number, found in enumerate(every):
        found.town.wait(found.shows, 0 if number else found.wait_s)


def healthy(causes: Sequence[str], seed: int, *, live: bool = False) -> Town:
    """Return a cluster in which nothing is wrong, with what looks like these causes."""
    town = Town(seed, live=live)
    look_broken(causes, town)
    settle([town])
    town.wait(town.stands, Broken.wait_s)
    return town


def look_broken(causes: Sequence[str], town: Town) -> None:
    """Put in what looks like these causes and is healthy."""
    for cause in causes:
        CLUSTERS[cause].look_alikes(town)
        CLUSTERS[cause].well(town)


def settle(towns: Sequence[Town]) -> None:
    """Let everything come to stand, and then what has a story of its own live it."""
    for number, town in enumerate(towns):  # in virtual time, all are given it at once
        town.wait(partial(_holds, town, town.before_later), 0 if number else 15)
    for town in towns:
        for act in town.later:
            act()
    for number, town in enumerate(towns):
        town.wait(partial(_holds, town, town.after_later), 0 if number else STANDS_S)


def _holds(town: Town, more: Sequence[Callable[[], object]]) -> bool:
    return town.stands() and all(each() for each in more)
