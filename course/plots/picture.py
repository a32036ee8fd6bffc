"""How every picture of the course looks, and how it gets into a notebook.

A picture is SVG inside an HTML figure: sharp at any zoom, read aloud through its alternative text, and the
same bytes on every run, so that nbval compares it.  It brings its own light ground, so it reads the same in
a dark theme.  Colours are those of Okabe and Ito, which colour-blind readers can tell apart; no meaning is in
colour alone.
"""

import base64
import html
from collections.abc import Iterator
from contextlib import contextmanager

from course.plots.svg.axes import Axes
from course.plots.svg.figure import Figure

BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILION, PURPLE = (
    "#222222",
    "#e69f00",
    "#56b4e9",
    "#009e73",
    "#f0e442",
    "#0072b2",
    "#d55e00",
    "#cc79a7",
)
GREY = "#767676"


class Picture:
    """A finished picture: `svg` is its drawing, `alt` says in words what it shows."""

    def __init__(self, svg: str, alt: str) -> None:
        self.svg = svg
        self.alt = alt

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """Return what a notebook shows; the words alone where there is no HTML."""
        return {"text/html": f"<figure>{self._image()}</figure>", "text/plain": self.alt}

    def html(self) -> str:
        """Return the figure for a widget, no wider than its place."""
        fits = ' style="max-width: 100%"'
        return f"<figure>{self._image(fits)}</figure>"

    def _image(self, more: str = "") -> str:
        data = base64.b64encode(self.svg.encode()).decode()
        return f'<img{more} alt="{html.escape(self.alt)}" src="data:image/svg+xml;base64,{data}"/>'


@contextmanager
def figure(width_in: float, height_in: float) -> Iterator[Figure]:
    """Give a figure in the course's style, sizes in inches."""
    yield Figure((width_in, height_in))


def arrow(axes: Axes, start: float, end: float, y: float, colour: str, style: object) -> None:
    """Draw a horizontal arrow at `y`, in data coordinates; `style` is matplotlib's linestyle."""
    axes.annotate(
        "",
        xy=(end, y),
        xytext=(start, y),
        zorder=2,
        arrowprops={
            "arrowstyle": "-|>",
            "color": colour,
            "linewidth": 1.3,
            "linestyle": style,
            "shrinkA": 0,
            "shrinkB": 0,
        },
    )


def finish(drawn: Figure, alt: str) -> Picture:
    """Return the figure as a picture."""
    return Picture(drawn.svg(), alt)
