"""Stepping through a scheduling cycle: filter by filter, which nodes drop out and why."""

from collections.abc import Mapping, Sequence

from course.plots import picture
from course.plots.picture import Picture
from course.plots.svg.axes import Axes
from course.plots.svg.patches import Rectangle
from course.units.u04_scheduling import answers
from course.units.u04_scheduling.objects import Plain
from insideout.scheduler.cycle import ask
from insideout.scheduler.podinfo import PodInfo

NAMES = tuple(each.NAME for each in answers.FILTERS)
Stages = Mapping[str, Sequence[Sequence[str]]]
"""For each node what each filter, in its order, would say of it."""


def stages(pod: Plain, nodes: Sequence[Plain]) -> Stages:
    """Ask every filter about every node, as the scheduler does not: it stops at the first that refuses."""
    new, snapshot = PodInfo(answers.pod_object(pod)), answers.snapshot_of(nodes)
    prepared = [each.prepare(new, snapshot) for each in answers.FILTERS]
    checks = [each if callable(each) else None for each in prepared]
    found = {}
    for node in snapshot.nodes:
        statuses = [ask([check], node) if check else None for check in checks]
        found[node.name] = [list(status.reasons) if status else [] for status in statuses]
    return dict(sorted(found.items()))


def draw_step(asked: Stages, step: int) -> Picture:
    """Draw the cycle after `step` filters: passed, refused with the reason, or not asked any more."""
    names = list(asked)
    with picture.figure(9.6, 0.5 * len(names) + 1.7) as drawn:
        axes = drawn.subplots()
        for row, name in enumerate(names):
            _draw_row(axes, row, asked[name], step)
        axes.set_xlim(-0.1, len(NAMES))
        axes.set_ylim(len(names) - 0.4, -0.6)
        axes.set_yticks(range(len(names)), names)
        axes.set_xticks([each + 0.5 for each in range(len(NAMES))], NAMES)
        axes.xaxis.tick_top()
        axes.tick_params(length=0)
        for side in axes.spines.values():
            side.set_visible(False)
        axes.set_xlabel(_left(asked, step))
        return picture.finish(drawn, say(asked, step))


def say(asked: Stages, step: int) -> str:
    """Say in words who has dropped out after `step` filters, and who is left."""
    parts = [f"After {step} of {len(NAMES)} filters."]
    for name, answers_of in asked.items():
        out = _out(answers_of, step)
        if out is not None:
            parts.append(f"{name} is out by {NAMES[out]}: {', '.join(answers_of[out])}.")
    return " ".join([*parts, f"{_left(asked, step).capitalize()}."])


def _left(asked: Stages, step: int) -> str:
    left = [name for name, answers_of in asked.items() if _out(answers_of, step) is None]
    return f"still in: {', '.join(left) or 'nobody'}"


def _out(answers_of: Sequence[Sequence[str]], step: int) -> int | None:
    return next((number for number, reasons in enumerate(answers_of[:step]) if reasons), None)


def _draw_row(axes: Axes, row: int, answers_of: Sequence[Sequence[str]], step: int) -> None:
    out = _out(answers_of, step)
    for number in range(len(NAMES)):
        if number >= step or (out is not None and number > out):
            text, fill, colour = "", "#f4f4f4", picture.GREY
        elif number == out:
            text = "\n".join(_short(each) for each in answers_of[number])
            fill, colour = "#ffffff", picture.VERMILION
        else:
            text, fill, colour = "fits", "#dcefe8", picture.BLACK
        edge = picture.VERMILION if number == out else "#ffffff"
        axes.add_patch(_cell(number, row, fill, edge))
        axes.text(number + 0.49, row, text, ha="center", va="center", color=colour, fontsize=8.5)


def _cell(column: int, row: int, fill: str, edge: str) -> Rectangle:
    return Rectangle((column + 0.02, row - 0.44), 0.94, 0.88, facecolor=fill, edgecolor=edge, linewidth=1.6)


def _short(reason: str) -> str:
    """Return the part of a reason that differs from others."""
    for long, short in (
        ("node(s) were unschedulable", "unschedulable"),
        ("node(s) had untolerated taint(s)", "untolerated taint"),
        ("node(s) didn't match Pod's node affinity/selector", "affinity/selector"),
        ("node(s) didn't match pod topology spread constraints (missing required label)", "label missing"),
        ("node(s) didn't match pod topology spread constraints", "too skewed"),
    ):
        if reason == long:
            return short
    return reason
