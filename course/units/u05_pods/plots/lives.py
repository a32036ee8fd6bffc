"""A pod's start and stop: a row a container, and an arrow from what happened to who waited for it."""

from collections.abc import Sequence
from itertools import pairwise

from course.checks.lifetimes import Run
from course.plots import picture
from course.plots.picture import Picture
from course.plots.svg.artist import Artist
from course.plots.svg.axes import Axes
from course.plots.svg.lines import Line2D
from course.plots.svg.patches import Patch

_COLOURS = {"init": picture.ORANGE, "sidecar": picture.GREEN, "main": picture.BLUE}
_WORDS = {"init": "init container", "sidecar": "sidecar", "main": "main container"}
_HEIGHT = 0.5
_AT_ONCE_S = 0.5
"""How soon whoever waited for an end is told."""


def plot_lives(start: Sequence[Run], stop: Sequence[Run], *, until_s: float, grace_s: float) -> Picture:
    """Draw how a pod's containers started, and beside it how they stopped, each counted from its own zero."""
    names = list(dict.fromkeys(run.container for run in [*start, *stop]))
    with picture.figure(8, 1.4 + 0.62 * len(names)) as drawn:
        left, right = drawn.subplots(1, 2, sharey=True)
        _rows(left, names, "start: seconds since the first container began", until_s)
        _rows(right, names, "stop: seconds since the pod was deleted", max(_end(stop), grace_s) + 1)
        _draw_start(left, names, start, until_s)
        _draw_stop(right, names, stop, grace_s)
        _legend(left, {run.role for run in [*start, *stop]})
        return picture.finish(drawn, _words(start, stop, grace_s))


def plot_stop(stop: Sequence[Run], *, grace_s: float) -> Picture:
    """Draw only how a pod's containers stopped."""
    names = list(dict.fromkeys(run.container for run in stop))
    with picture.figure(8, 1.3 + 0.5 * len(names)) as drawn:
        axes = drawn.subplots()
        _rows(axes, names, "seconds since the pod was deleted", max(_end(stop), grace_s) + 1)
        _draw_stop(axes, names, stop, grace_s)
        _legend(axes, {run.role for run in stop})
        return picture.finish(drawn, _words([], stop, grace_s))


def _rows(axes: Axes, names: Sequence[str], title: str, until_s: float) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlim(0, until_s)
    axes.set_xlabel(title)
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)


def _draw_start(axes: Axes, names: Sequence[str], runs: Sequence[Run], until_s: float) -> None:
    for run in runs:
        row, end_s = names.index(run.container), until_s if run.gone_s is None else run.gone_s
        up_s = end_s if run.up_s is None else run.up_s
        if up_s > run.started_s:
            _bar(axes, row, run.started_s, up_s, run.role, hatch="////", alpha=0.45)
        if end_s > up_s:
            _bar(axes, row, up_s, end_s, run.role)
    for before, after in pairwise(runs):
        freed_s = before.gone_s if before.role == "init" else before.up_s
        if freed_s is not None and before.role != "main":
            _arrow(
                axes,
                (freed_s, names.index(before.container)),
                (after.started_s, names.index(after.container)),
            )


def _draw_stop(axes: Axes, names: Sequence[str], runs: Sequence[Run], grace_s: float) -> None:
    axes.axvline(grace_s, color=picture.VERMILION, linestyle="--", linewidth=1)
    axes.text(grace_s, -0.58, "grace over ", color=picture.VERMILION, va="top", ha="right", fontsize=8)
    for run in runs:
        row = names.index(run.container)
        end_s = axes.get_xlim()[1] if run.gone_s is None else run.gone_s
        told_s = end_s if run.told_s is None else run.told_s
        if told_s > 0:
            _bar(axes, row, 0, told_s, run.role)
        if end_s > told_s:
            _bar(axes, row, told_s, end_s, run.role, hatch="....", alpha=0.45)
        if run.told_s is not None:
            axes.plot(told_s, row, marker="v", color=picture.BLACK, markersize=6, zorder=4, clip_on=False)
        if run.killed:
            axes.plot(end_s, row, marker="X", color=picture.VERMILION, markersize=9, zorder=4)
        freeing = _freeing(run, runs, grace_s)
        if freeing is not None and freeing.gone_s is not None:
            _arrow(axes, (freeing.gone_s, names.index(freeing.container)), (told_s, row))


def _freeing(run: Run, runs: Sequence[Run], grace_s: float) -> Run | None:
    """Return whose end a sidecar waited for: the last of those that had ended when it was told."""
    if run.role != "sidecar" or not run.told_s or run.told_s >= grace_s:
        return None
    ended = [one for one in runs if one is not run and one.gone_s is not None and one.gone_s <= run.told_s]
    last = max(ended, key=lambda one: one.gone_s or 0.0, default=None)
    return last if last is not None and run.told_s - (last.gone_s or 0.0) <= _AT_ONCE_S else None


def _bar(
    axes: Axes, row: int, from_s: float, to_s: float, role: str, *, hatch: str = "", alpha: float = 1.0
) -> None:
    axes.barh(
        row, to_s - from_s, left=from_s, height=_HEIGHT, color=_COLOURS[role], alpha=alpha, hatch=hatch,
        edgecolor=picture.BLACK, linewidth=0.6,
    )  # fmt: skip


def _arrow(axes: Axes, begin: tuple[float, int], end: tuple[float, int]) -> None:
    style = {"arrowstyle": "->", "color": picture.BLACK, "linewidth": 1, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", xy=end, xytext=begin, arrowprops=style)


def _legend(axes: Axes, roles: set[str]) -> None:
    marks: list[Artist] = [
        Patch(facecolor=_COLOURS[role], edgecolor=picture.BLACK, label=_WORDS[role])
        for role in _COLOURS
        if role in roles
    ]
    marks += [
        Patch(facecolor="#ffffff", edgecolor=picture.BLACK, hatch="////", label="startup probe pending"),
        Patch(facecolor="#ffffff", edgecolor=picture.BLACK, hatch="....", label="told to stop"),
        Line2D([], [], marker="v", color=picture.BLACK, linestyle="", label="SIGTERM"),
        Line2D([], [], marker="X", color=picture.VERMILION, linestyle="", label="SIGKILL"),
    ]
    axes.figure.legend(handles=marks, loc="outside lower center", ncols=4, fontsize=8)


def _end(runs: Sequence[Run]) -> float:
    return max((run.gone_s or 0.0 for run in runs), default=0.0)


def _words(start: Sequence[Run], stop: Sequence[Run], grace_s: float) -> str:
    """Say what happened when, in whole seconds: what a request takes is less."""
    parts = []
    if start:
        parts.append(
            "Start: " + ", ".join(f"{run.container} at {int(run.started_s)} s" for run in start) + "."
        )
    ends = [
        f"{run.container} told at {int(run.told_s)} s and "
        + (
            "not gone"
            if run.gone_s is None
            else f"{'killed' if run.killed else 'gone'} at {int(run.gone_s)} s"
        )
        for run in stop
        if run.told_s is not None
    ]
    parts.append(f"Stop with {grace_s:g} s of grace: " + ", ".join(ends) + ".")
    return " ".join(parts)
