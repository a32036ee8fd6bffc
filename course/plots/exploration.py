"""The story of an execution as a sequence diagram: who writes what, what is told, and where it goes wrong.

A row is a line of the story.  A solid arrow is a write, a dashed one an event that a watcher is told.  A
fault has a number, and so it has in the story's words.
"""

from collections.abc import Sequence

from course.plots import picture
from course.plots.picture import Picture
from course.plots.svg.axes import Axes
from insideout.explore.story import Line
from insideout.explore.trace import CALL, CRASH, EVENT, FAULT, QUIET, START, STEP

_SERVER, _USER = "API server", "user"
_ROW_IN = 0.3
_WIDEST = 64
_COLOURS = (picture.BLUE, picture.GREEN, picture.PURPLE, picture.ORANGE)


def plot_story(lines: Sequence[Line], *, title: str = "") -> Picture:
    """Draw a story from top to bottom; the words of a write stand on its arrow's row, right of the lines."""
    lines = [line for line in lines if line.kind != QUIET]
    names = [_USER, _SERVER, *dict.fromkeys(line.who for line in lines if line.who != _USER)]
    at = {name: float(place) for place, name in enumerate(names)}
    colours = {name: _COLOURS[place % len(_COLOURS)] for place, name in enumerate(names[2:])}
    colours |= {_USER: picture.VERMILION, _SERVER: picture.BLACK}
    height = len(lines) + 0.4
    with picture.figure(9.5, _ROW_IN * (len(lines) + 3)) as drawn:
        axes = drawn.subplots()
        axes.set_axis_off()
        axes.set_xlim(-0.5, len(names) + 4.2)
        axes.set_ylim(height + 0.3, -1.4)
        if title:
            axes.set_title(title)
        for name, x in at.items():
            axes.plot([x, x], [-0.5, height], color=colours[name], linewidth=1.2, alpha=0.55, zorder=1)
            axes.text(
                *(x, -0.85, name.replace("-", "\n")),
                ha="center",
                va="center",
                fontsize=8,
                fontweight="bold",
                color=colours[name],
            )
        for number, line in enumerate(lines):
            _draw(axes, line, number + 0.5, at, colours[line.who], len(names) - 0.45)
        return picture.finish(drawn, _alt(lines))


def _draw(axes: Axes, line: Line, y: float, at: dict[str, float], colour: str, text_at: float) -> None:
    x, server = at[line.who], at[_SERVER]
    weight = "bold" if line.kind in (FAULT, CRASH) else "normal"
    if line.kind == CALL:
        refused = ": refused" in line.text
        picture.arrow(axes, x, server, y, colour, "-")
        if refused:
            axes.plot([server], [y], marker="x", markersize=8, color=picture.VERMILION, zorder=4)
    elif line.kind == EVENT:
        picture.arrow(axes, server, x, y, picture.GREY, (0, (4, 2)))
    elif line.kind in (FAULT, CRASH):
        axes.plot([x], [y], marker="X", markersize=10, color=picture.VERMILION, zorder=4)
    elif line.kind in (START, STEP):
        axes.plot([x], [y], marker="o", markersize=6, color=colour, zorder=4)
    axes.text(text_at, y, words(line), ha="left", va="center", fontsize=8, fontweight=weight)


def words(line: Line) -> str:
    """Return a line of a story in few words: without groups of resources, cut where it is long."""
    text = str(line).removeprefix(f"{line.who} ").removeprefix(f"{line.who}: ")
    for group in (".storage.example.com", ".outside.example.com", ".example.com"):
        text = text.replace(group, "")
    text = f"({line.fault}) {text}" if line.fault else text
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 3]}..."


def _alt(lines: Sequence[Line]) -> str:
    return "; ".join(f"{number}. {line.who}: {words(line)}" for number, line in enumerate(lines, 1)) + "."
