"""The day as a picture: whose part was in which place, who decided which hour, and what held."""

import re
from typing import NamedTuple

from course.keep.components import PLACES
from course.plots import picture
from course.plots.picture import Picture
from course.plots.svg.axes import Axes
from course.plots.svg.patches import Patch
from course.units.u17_capstone.day import Day, Played

_LOOKS = {
    "yours": (picture.SKY, "", "-"),
    "in part yours": ("#cfe8f7", "///", "-"),
    "ours": ("#eeeeee", "...", ":"),
}
"""By whose a place is: its fill, its hatching, and the line where it decides nothing."""
_CRASHED = re.compile(r"(?:crashed|was given up) at ([\d.]+) s")


class _Spot(NamedTuple):
    """A mark in the picture: in which hour's column, counted from 0 with its fraction, and in which place."""

    x: float
    place: str


def plot_day(day: Day) -> Picture:
    """Draw the hours that were played from left to right and the places from top to bottom."""
    places, hours = list(PLACES), day.played
    with picture.figure(11, 6.4) as drawn:
        axes = drawn.subplots()
        for row, place in enumerate(places):
            for column, played in enumerate(hours):
                _draw_cell(axes, day, place, row, column, played)
        for name, marker, colour, spots in (
            ("fault of the explorer", "v", picture.ORANGE, _faults(day)),
            ("crash of the part", "X", picture.VERMILION, _crashes(day)),
        ):
            if spots:
                rows = [places.index(spot.place) + 0.34 for spot in spots]
                axes.plot(
                    [spot.x for spot in spots], rows, marker, color=colour, markersize=7,
                    markeredgecolor=picture.BLACK, markeredgewidth=0.6, label=name, zorder=4,
                )  # fmt: skip
        _draw_elections(axes, day, places.index("etcd"))
        axes.set_yticks(range(len(places)), places)
        axes.set_xticks([one + 0.5 for one in range(len(hours))], [_wrapped(one.hour.name) for one in hours])
        axes.tick_params(axis="x", labelsize=6.4, length=0)
        axes.tick_params(axis="y", labelsize=8.5, length=0)
        axes.set_xlim(0, max(len(hours), 1))
        axes.set_ylim(len(places) - 0.4, -0.6)
        for side in axes.spines.values():
            side.set_visible(False)
        _legend(axes, day)
        return picture.finish(drawn, _alt(day))


def _whose(day: Day, place: str) -> str:
    mine = day.whose[place]
    return "ours" if not mine else "yours" if len(mine) == len(PLACES[place]) else "in part yours"


def _draw_cell(axes: Axes, day: Day, place: str, row: int, column: int, played: Played) -> None:
    deciding = [name for name in PLACES[place] if name in played.hour.parts]
    if not deciding:
        _, _, line = _LOOKS["ours" if _is_given_up(day, place, played) else _whose(day, place)]
        axes.plot([column, column + 1], [row, row], line, color=picture.GREY, linewidth=1, zorder=1)
        return
    mine = [name for name in deciding if name in played.mine]
    whose = "ours" if not mine else "yours" if len(mine) == len(deciding) else "in part yours"
    fill, hatch, _ = _LOOKS[whose]
    edge, width = (picture.BLACK, 0.8) if played.holds else (picture.VERMILION, 2.4)
    axes.barh(
        row, 0.94, left=column + 0.03, height=0.78, color=fill, hatch=hatch, edgecolor=edge, linewidth=width,
        zorder=2,
    )  # fmt: skip
    text = f"{whose.replace('in part yours', 'in part')}\n{'holds' if played.holds else 'BROKEN'}"
    box = {"boxstyle": "round,pad=0.15", "facecolor": "#ffffff", "edgecolor": "none", "alpha": 0.85}
    axes.text(column + 0.5, row - 0.06, text, ha="center", va="center", fontsize=7, zorder=3, bbox=box)


def _is_given_up(day: Day, place: str, played: Played) -> bool:
    """Whether the data was ours before an hour was over, for somebody's Raft had failed."""
    fault_s = day.stage.etcd.fault_s
    return place == "etcd" and fault_s is not None and fault_s < played.to_s


def _draw_elections(axes: Axes, day: Day, row: int) -> None:
    """Mark each kill of a leader, and name who was elected after it."""
    spots = [(_column(day, one.time_s), one) for one in day.stage.etcd.elections]
    found = [(x, one) for x, one in spots if x is not None]
    if not found:
        return
    axes.plot(
        [x for x, _ in found], [row + 0.34] * len(found), "^", color=picture.PURPLE, markersize=6,
        markeredgecolor=picture.BLACK, markeredgewidth=0.6, label="leader killed, another elected", zorder=4,
    )  # fmt: skip
    named: set[int] = set()
    for x, one in found:
        if int(x) not in named and "Raft" not in day.played[int(x)].hour.parts:  # a box has no room
            named.add(int(x))
            box = {"boxstyle": "round,pad=0.1", "facecolor": "#ffffff", "edgecolor": "none"}
            axes.text(
                x + 0.1, row + 0.36, one.leader, fontsize=6.5, ha="left", va="center", bbox=box, zorder=3
            )


def _faults(day: Day) -> list[_Spot]:
    found = [
        (_column(day, one.time_s), place)
        for place, mishaps in day.stage.parts.mishaps.items()
        for one in mishaps.happened
    ]
    return [_Spot(x, place) for x, place in found if x is not None]


def _crashes(day: Day) -> list[_Spot]:
    found = []
    for place, reports in day.errors().items():
        for report in reports:
            crash = _CRASHED.search(report)
            x = _column(day, float(crash[1])) if crash else None
            if x is not None and place in PLACES:
                found.append(_Spot(x, place))
    return found


def _column(day: Day, time_s: float) -> float | None:
    column = day.hour_at(time_s)
    if column is None:
        return None
    one = day.played[column]
    return column + 0.05 + 0.9 * max(time_s - one.from_s, 0) / (one.to_s - one.from_s)


def _wrapped(name: str) -> str:
    words = name.split()
    half = (len(words) + 1) // 2
    return f"{' '.join(words[:half])}\n{' '.join(words[half:])}"


def _legend(axes: Axes, day: Day) -> None:
    there = {_whose(day, place) for place in PLACES} | ({"ours"} if day.stage.etcd.fault else set())
    patches = [
        Patch(facecolor=fill, hatch=hatch, edgecolor=picture.BLACK, linewidth=0.8, label=name)
        for name, (fill, hatch, _) in _LOOKS.items()
        if name in there
    ]
    marks, _ = axes.get_legend_handles_labels()
    axes.figure.legend(handles=[*patches, *marks], loc="outside lower center", ncols=5, fontsize=8)


def _alt(day: Day) -> str:
    yours = [place for place in PLACES if _whose(day, place) == "yours"]
    part = [place for place in PLACES if _whose(day, place) == "in part yours"]
    broken = [one.hour.name for one in day.played if not one.holds]
    elections, fault_s = day.stage.etcd.elections, day.stage.etcd.fault_s
    at = day.hour_at(fault_s) if fault_s is not None else None
    given_up = day.played[at].hour.name if at is not None else ""
    said = [
        f"The places of a cluster over {len(day.played)} hours of chaos.",
        f"Yours: {', '.join(yours) or 'none'}.",
        f"In part yours: {', '.join(part)}." if part else "",
        f"Faults at writes: {len(_faults(day))}; crashes of parts: {len(_crashes(day))}.",
        f"Leaders killed, each followed by another: {len(elections)}." if elections else "",
        f"etcd: given up in the hour '{given_up}'." if given_up else "",
        f"Broken: {', '.join(broken)}." if broken else "Every hour holds.",
    ]
    return " ".join(one for one in said if one)
