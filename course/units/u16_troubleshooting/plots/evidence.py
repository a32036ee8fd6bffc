"""The evidence chain: boxes from the symptom to the field that is wrong, as far as one has come."""

from collections.abc import Sequence

from course.plots import picture
from course.plots.picture import Picture, arrow
from course.plots.svg.patches import Rectangle
from course.units.u16_troubleshooting.clusters.broken import Link

_COLOURS = {
    "symptom": picture.VERMILION,
    "object": picture.BLUE,
    "condition": picture.PURPLE,
    "owner": picture.GREEN,
    "field": picture.ORANGE,
}
_WIDE, _GAP = 2.15, 0.35


def plot_evidence(chain: Sequence[Link], steps: int | None = None, *, title: str = "") -> Picture:
    """Draw the first `steps` links of a chain, all when not given; the rest are empty boxes."""
    known = len(chain) if steps is None else steps
    with picture.figure(10.5, 1.75) as drawn:
        axes = drawn.add_subplot()
        axes.axis("off")
        axes.set_xlim(-0.1, len(chain) * (_WIDE + _GAP) - _GAP + 0.1)
        axes.set_ylim(0, 1.6)
        if title:
            axes.set_title(title)
        for place, link in enumerate(chain):
            left = place * (_WIDE + _GAP)
            colour = _COLOURS[link.part] if place < known else picture.GREY
            style = "-" if place < known else ":"
            box = _box(left, colour, style)
            axes.add_patch(box)
            if place:
                arrow(axes, left - _GAP, left, 0.7, colour, style)
            axes.text(left, 1.32, f"{place + 1} {link.part}", fontsize=9, fontweight="bold", color=colour)
            if place < known:
                middle = left + _WIDE / 2
                axes.text(middle, 0.92, _fit(link.what), ha="center", va="center", fontsize=8)
                axes.text(
                    middle, 0.44, _fit(link.shows), ha="center", va="center", fontsize=8, fontweight="bold"
                )
        told = "; ".join(f"{link.part}: {link.what}: {link.shows}" for link in chain[:known])
        return picture.finish(drawn, f"{title + ': ' if title else ''}{known} of {len(chain)} links. {told}.")


def _box(left: float, colour: str, style: str) -> Rectangle:
    return Rectangle((left, 0.15), _WIDE, 1.07, fill=False, edgecolor=colour, linewidth=1.6, linestyle=style)


def _fit(text: str, width: int = 25, lines: int = 3) -> str:
    """Break a text into lines that fit a box; long names break anywhere."""
    import textwrap

    found = textwrap.wrap(text, width, break_on_hyphens=False)
    return "\n".join(
        found if len(found) <= lines else [*found[: lines - 1], f"{found[lines - 1][: width - 1]}…"]
    )
