"""The versions of a collection, the ring that keeps them, and two watchers, one of them cut off."""

from typing import NamedTuple

from course.plots import picture
from course.plots.picture import Picture
from course.units.u02_watch.answers import Gone, Ring

WRITES = 12
FIRST = 11
"""The version of the first write; the list before it had version 10."""


class History(NamedTuple):
    """What two watchers saw: the versions, and where the one that was cut off went on."""

    seen: list[int]
    missed: list[int]
    oldest: int
    is_gone: bool


def history(capacity: int, cut_after: int, back_after: int) -> History:
    """Return what the watcher saw that was cut off after one write and came back after another."""
    ring = Ring(capacity, FIRST - 1)
    for version in range(FIRST, FIRST + back_after):
        ring.add(version, version)
    seen = list(range(FIRST, FIRST + cut_after))
    missed = list(range(FIRST + cut_after, FIRST + back_after))
    oldest = max(FIRST, FIRST + back_after - capacity)
    try:
        ring.since(FIRST + cut_after - 1)
    except Gone:
        return History(seen, missed, oldest, True)
    return History(seen, missed, oldest, False)


def plot_watchers(capacity: int, cut_after: int, back_after: int = 9) -> Picture:
    """Draw the writes, what the ring keeps when the second watcher is back, and what each watcher gets."""
    back_after = max(back_after, cut_after)
    told = history(capacity, cut_after, back_after)
    newest = FIRST + back_after - 1
    later = list(range(newest + 1, FIRST + WRITES))
    with picture.figure(8, 3.1) as drawn:
        axes = drawn.subplots()
        axes.axvspan(
            max(told.oldest, newest - capacity + 1) - 0.5, newest + 0.5, color=picture.SKY, alpha=0.25, lw=0
        )
        axes.text((max(told.oldest, FIRST) + newest) / 2, 2.55, "in the ring", ha="center")
        for version in range(FIRST, FIRST + WRITES):
            axes.text(version, 2.1, str(version), ha="center", va="center", fontweight="bold")
            axes.scatter([version], [1.2], marker="o", s=130, color=picture.BLUE)
        for version in told.seen:
            axes.scatter([version], [0.2], marker="o", s=130, color=picture.BLUE)
        if told.is_gone:
            axes.scatter([newest], [0.2], marker="s", s=170, color=picture.VERMILION)
            axes.text(newest, -0.35, f"410, list at {FIRST + cut_after - 1}", ha="center")
            for version in told.missed[:-1]:
                axes.scatter([version], [0.2], marker="x", s=60, color=picture.GREY)
        else:
            for version in told.missed:
                axes.scatter([version], [0.2], marker=">", s=130, color=picture.ORANGE)
            if told.missed:
                centre = (told.missed[0] + told.missed[-1]) / 2
                axes.text(centre, -0.35, "caught up from the ring", ha="center")
        for version in later:
            axes.scatter([version], [0.2], marker="o", s=130, color=picture.BLUE)
        axes.set_yticks([2.1, 1.2, 0.2], ["version", "steady watcher", "cut off"])
        axes.tick_params(axis="y", length=0)
        axes.set_xticks([])
        axes.set_ylim(-0.75, 2.9)
        axes.set_xlim(FIRST - 0.8, FIRST + WRITES - 0.2)
        for side in ("left", "bottom"):
            axes.spines[side].set_visible(False)
        return picture.finish(drawn, _alt(told, capacity, cut_after, newest))


def _alt(told: History, capacity: int, cut_after: int, newest: int) -> str:
    last = FIRST + cut_after - 1
    text = (
        f"Versions {FIRST} to {FIRST + WRITES - 1}; a ring of {capacity} keeps {told.oldest} to {newest} "
        f"when the second watcher, cut off after {last}, is back. "
    )
    if told.is_gone:
        return (
            text + f"It is told 410 and lists again; as events it never sees "
            f"{told.missed[0]} to {told.missed[-1]}."
        )
    if not told.missed:
        return text + "It has missed nothing."
    return text + f"It gets {told.missed[0]} to {told.missed[-1]} from the ring, in order, and goes on."
