"""Who reaches whom, before and after a policy, with one cell chosen and the reason for it in words."""

from collections.abc import Sequence
from typing import Any

from course.plots import picture
from course.plots.picture import Picture
from course.plots.svg.patches import Rectangle
from course.units.u13_networking.town import NAMES, NAMESPACES, PODS, Object
from insideout.network.policies import allowed, explain

_LOOKS = {".": ("#cfe8dd", ""), "X": ("#f7d9c4", "x"), "#": ("#eeeeee", "")}


def table(policies: Sequence[Object], port: int = 80, protocol: str = "TCP") -> list[str]:
    """Return the town's table: a line a source, a character a destination, "." where a connection may be."""
    return [
        "".join(
            "#" if source == destination else _cell(policies, source, destination, port, protocol)
            for destination in NAMES
        )
        for source in NAMES
    ]


def _cell(policies: Sequence[Object], *connection: Any) -> str:
    return "." if allowed(policies, NAMESPACES, PODS, *connection) else "X"


def plot_reach(
    tables: dict[str, Sequence[str]],
    *,
    chosen: tuple[str, str] | None = None,
    policies: Sequence[Object] = (),
    port: int = 80,
) -> Picture:
    """Draw tables side by side by their titles; the chosen cell (source, destination) is framed and said."""
    with picture.figure(4.3 * len(tables) + 1.1, 4.6 if chosen else 4.1) as drawn:
        all_axes = drawn.subplots(1, len(tables), squeeze=False)[0]
        for axes, (title, lines) in zip(all_axes, tables.items(), strict=True):
            _draw(axes, title, lines, first=axes is all_axes[0], chosen=chosen)
        words = ""
        if chosen:
            words = say_why(policies, *chosen, port)
            drawn.supxlabel(words, fontsize=9.5, x=0.02, ha="left")
        return picture.finish(drawn, f"{_alt(tables)} {words}".strip())


def say_why(policies: Sequence[Object], source: str, destination: str, port: int = 80) -> str:
    """Say what each side says to one connection, and what comes of it."""
    if source == destination:
        return f"{source} to itself: nothing is promised"
    sides = explain(policies, NAMESPACES, PODS, source, destination, port, "TCP")
    passes = all(why.allows for why in sides)
    verdict = "passes" if passes else "is denied"
    return f"{source} to {destination}:{port} {verdict}.  {sides[0]};  {sides[1]}"


def _draw(
    axes: Any, title: str, lines: Sequence[str], *, first: bool, chosen: tuple[str, str] | None
) -> None:
    for row, (source, line) in enumerate(zip(NAMES, lines, strict=True)):
        for column, (destination, cell) in enumerate(zip(NAMES, line, strict=True)):
            colour, mark = _LOOKS[cell]
            framed = chosen == (source, destination)
            axes.add_patch(
                _square(column, -row, colour, picture.BLACK if framed else "white", 2.5 if framed else 1)
            )
            if mark:
                axes.plot([column], [-row], mark, color=picture.VERMILION, mew=2, markersize=6, zorder=5)
            elif cell == ".":
                axes.plot([column], [-row], "o", color=picture.GREEN, markersize=5, zorder=5)
    size = len(NAMES)
    axes.set_xlim(-0.5, size - 0.5)
    axes.set_ylim(-size + 0.5, 0.5)
    axes.set_aspect("equal")
    for edge in (2.5, 5.5):
        axes.axvline(edge, color=picture.GREY, linewidth=1)
        axes.axhline(-edge, color=picture.GREY, linewidth=1)
    axes.set_xticks(range(size), NAMES, rotation=60, ha="left", fontsize=8.5)
    axes.xaxis.tick_top()
    axes.set_yticks([-row for row in range(size)], NAMES if first else [""] * size, fontsize=8.5)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_xlabel(title)


def _square(x: float, y: float, colour: str, edge: str, width: float) -> Any:
    return Rectangle(
        (x - 0.5, y - 0.5),
        1,
        1,
        facecolor=colour,
        edgecolor=edge,
        linewidth=width,
        zorder=3 if width > 1 else 1,
    )


def _alt(tables: dict[str, Sequence[str]]) -> str:
    told = []
    for title, lines in tables.items():
        denied = [
            f"{source} to {destination}"
            for source, line in zip(NAMES, lines, strict=True)
            for destination, cell in zip(NAMES, line, strict=True)
            if cell == "X"
        ]
        few = len(denied) <= 8
        told.append(
            f"{title}: {len(denied)} of 72 denied" + (f" ({', '.join(denied)})" if denied and few else "")
        )
    return "Who reaches whom among nine pods, sources in rows. " + "; ".join(told) + "."
