"""Opens a broken cluster: what breaks, what only looks broken, and the time that has passed since."""

from collections.abc import Sequence

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


def broken(cause: str, seed: int) -> Broken:
    """Return a cluster that is broken by `cause`; whoever asks for it stops its `town.cluster`."""
    town = Town(seed)
    kind = CLUSTERS[cause]
    others = town.rng.sample([one for one in CLUSTERS.values() if one is not kind], OTHERS)
    found = kind(town)
    for one in (kind, *others):
        one.look_alikes(town)
    for one in others:
        one.well(town)
    found.build()
    _settle(town)
    found.spoil()
    town.run(found.wait_s)
    return found


def healthy(causes: Sequence[str], seed: int) -> Town:
    """Return a cluster in which nothing is wrong, with what looks like these causes."""
    town = Town(seed)
    for cause in causes:
        CLUSTERS[cause].look_alikes(town)
        CLUSTERS[cause].well(town)
    _settle(town)
    town.run(Broken.wait_s)
    return town


def _settle(town: Town) -> None:
    town.run(15)
    for act in town.later:
        act()
    town.run(STANDS_S)
