"""What is drawn into a panel, kept until the page is laid out: lines, marks, areas, words, arrows.

The methods and their arguments are matplotlib's, as far as the course's pictures use them.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from course.plots.svg import marks, style
from course.plots.svg.frame import Frame, View
from course.plots.svg.ink import Page, area, pointed, written

LINES = 2.0
"""In which order things lie on each other where nobody says: areas, then lines, then words."""
AREAS = 1.0
WORDS = 3.0


class Entry(NamedTuple):
    """A legend's entry: its label, and how its sample is drawn into a box of left, top, right, bottom."""

    label: str
    draw: Callable[["Page", float, float, float, float], str]


class Drawn(NamedTuple):
    """One thing in a panel: what lies under what, whether the panel's border cuts it, and how to draw it."""

    order: float
    cut: bool
    draw: Callable[[View, Page], str]


class Content:
    """The content of a panel; `frame` is what stands around it."""

    def __init__(self) -> None:
        self.frame = Frame()
        self.drawn: list[Drawn] = []
        self.said: list[tuple[float, float, str, dict[str, Any]]] = []
        self.entries: list[Entry] = []

    # ------------------------------------------------------------------ lines and marks

    def plot(self, *arguments: Any, **how: Any) -> None:
        """Draw a line through points, marks at them, or both."""
        look = style.named(how)
        values = [each for each in arguments if not isinstance(each, str)]
        shape = next((each for each in arguments if isinstance(each, str)), "")
        marker = look.get("marker") or next((letter for letter in shape if letter in marks.MARKERS), "")
        line = shape.replace(marker, "", 1) if marker and "marker" not in look else shape
        line = look.get("linestyle", line or ("" if shape else "-"))
        xs, ys = (_list(each) for each in values)
        self._sees(xs, ys)
        colour = look.get("color", style.BLUE)
        alpha, width = look.get("alpha", 1.0), look.get("linewidth", 1.5)
        cap = {"butt": "butt", "round": "round"}.get(look.get("solid_capstyle", ""), "")
        stroke = f'fill="none" {style.stroke(colour, width, line, alpha, cap)}'
        size, edge = look.get("markersize", 6.0), look.get("markeredgecolor", colour)
        edge_width = look.get("markeredgewidth", 1.0)
        face = look.get("markerfacecolor", colour)

        def draw(view: View, page: Page) -> str:
            points = [view.at(x, y) for x, y in zip(xs, ys, strict=True) if _is_there(x, y)]
            out = marks.path(points, stroke) if len(points) > 1 and style.has_line(line) else ""
            if marker:
                out += "".join(marks.marker(marker, at, size, face, edge, edge_width, alpha) for at in points)
            return out

        def sample(page: Page, left: float, top: float, right: float, bottom: float) -> str:
            middle = (top + bottom) / 2
            out = marks.path([(left, middle), (right, middle)], stroke) if style.has_line(line) else ""
            if marker:
                at = ((left + right) / 2, middle)
                out += marks.marker(marker, at, min(size, 9), face, edge, edge_width, alpha)
            return out

        self._add(look.get("zorder", LINES), draw, cut=look.get("clip_on", True) and not marker)
        self._entry(look, sample)

    def step(self, xs: Iterable[float], ys: Iterable[float], where: str = "pre", **how: Any) -> None:
        """Draw steps: each value holds up to its point ("pre"), or from there on ("post")."""
        points = list(zip(xs, ys, strict=True))
        corners = points[:1]
        for (x0, y0), (x1, y1) in pairwise(points):
            corners += [(x1, y0) if where == "post" else (x0, y1), (x1, y1)]
        self.plot([x for x, _ in corners], [y for _, y in corners], **how)

    def scatter(self, xs: Iterable[float], ys: Iterable[float], s: float = 36, **how: Any) -> None:
        """Draw marks; `s` is the square of their size."""
        look = style.named(how)
        look["markerfacecolor"] = look.pop("facecolor", look.get("color", style.BLUE))
        look["markeredgecolor"] = look.pop("edgecolor", look["markerfacecolor"])
        look["markeredgewidth"] = look.pop("linewidth", 1.5)
        self.plot(list(xs), list(ys), **{"marker": "o", **look, "linestyle": "none", "markersize": s**0.5})

    def axhline(self, y: float, **how: Any) -> None:
        """Draw a line from side to side."""
        self._across([None, None], [y, y], how)

    def axvline(self, x: float, **how: Any) -> None:
        """Draw a line from top to bottom."""
        self._across([x, x], [None, None], how)

    def _across(self, xs: Sequence[float | None], ys: Sequence[float | None], how: dict[str, Any]) -> None:
        look = style.named(how)
        self._sees(xs, ys)
        stroke = style.stroke(
            look.get("color", style.BLUE), look.get("linewidth", 1.5), look.get("linestyle", "-"),
            look.get("alpha", 1.0),
        )  # fmt: skip

        def draw(view: View, page: Page) -> str:
            start = view.at(xs[0], ys[0], first=True)
            return marks.path([start, view.at(xs[1], ys[1], first=False)], stroke)

        def sample(page: Page, left: float, top: float, right: float, bottom: float) -> str:
            return marks.path([(left, (top + bottom) / 2), (right, (top + bottom) / 2)], stroke)

        self._add(look.get("zorder", LINES), draw)
        self._entry(look, sample)

    # ------------------------------------------------------------------ areas

    def axvspan(self, start: float, end: float, **how: Any) -> None:
        """Fill the panel from one x to another."""
        self._sees([start, end], [])
        look = {"linewidth": 0, **how}
        self._area(look, lambda view: [(view.x(start), view.top), (view.x(end), view.top),
                                      (view.x(end), view.bottom), (view.x(start), view.bottom)])  # fmt: skip

    def bar(self, xs: Any, heights: Any, width: Any = 0.8, bottom: Any = 0, *, align: str = "center",
            **how: Any) -> None:  # fmt: skip
        """Draw upright bars."""
        shift = 0.0 if align == "edge" else 0.5
        for x, height, wide, low, look in _each(xs, heights, width, bottom, style.named(how)):
            left = x - shift * wide
            self.frame.y.scale.sticky.add(float(low))
            self._rectangle(left, low, left + wide, low + height, look)

    def barh(self, ys: Any, widths: Any, height: Any = 0.8, left: Any = 0, **how: Any) -> None:
        """Draw lying bars."""
        for y, wide, high, begin, look in _each(ys, widths, height, left, style.named(how)):
            self.frame.x.scale.sticky.add(float(begin))
            self._rectangle(begin, y - high / 2, begin + wide, y + high / 2, look)

    def add_patch(self, patch: Any) -> None:
        """Draw a rectangle."""
        (x, y), wide, high = patch.at, patch.width, patch.height
        self._rectangle(x, y, x + wide, y + high, patch.look)

    def _rectangle(self, left: float, low: float, right: float, high: float, look: dict[str, Any]) -> None:
        self._sees([left, right], [low, high])

        def corners(view: View) -> list[marks.Point]:
            xs, ys = (view.x(left), view.x(right)), (view.y(low), view.y(high))
            return [(xs[0], ys[0]), (xs[1], ys[0]), (xs[1], ys[1]), (xs[0], ys[1])]

        self._area(look, corners)

    def fill_between(self, xs: Iterable[float], ys: Any, others: Any = 0, *, step: str | None = None,
                     **how: Any) -> None:  # fmt: skip
        """Fill between two lines; `step` as in `step`."""
        at = list(xs)
        upper, lower = (
            list(each) if isinstance(each, Iterable) else [each] * len(at) for each in (ys, others)
        )
        self._sees(at, [*upper, *lower])

        def line(heights: list[float]) -> list[tuple[float, float]]:
            points = list(zip(at, heights, strict=True))
            if step is None:
                return points
            out = points[:1]
            for (x0, y0), (x1, y1) in pairwise(points):
                out += [(x1, y0) if step == "post" else (x0, y1), (x1, y1)]
            return out

        outline = [*line(upper), *reversed(line(lower))]
        self._area({"linewidth": 0, **how}, lambda view: [view.at(x, y) for x, y in outline])

    def _area(self, how: dict[str, Any], outline: Callable[[View], list[marks.Point]]) -> None:
        look = style.named(how)

        def draw(view: View, page: Page) -> str:
            return area(page, outline(view), look)

        def sample(page: Page, left: float, top: float, right: float, bottom: float) -> str:
            return area(page, [(left, top), (right, top), (right, bottom), (left, bottom)], look)

        self._add(look.get("zorder", AREAS), draw)
        self._entry(look, sample)

    # ------------------------------------------------------------------ words and arrows

    def text(self, x: float, y: float, said: str, **how: Any) -> None:
        """Write words at a point."""
        look = style.named(how)
        self.said.append((x, y, said, look))

        def draw(view: View, page: Page) -> str:
            return written(view.at(x, y), said, look)

        self._add(look.get("zorder", WORDS), draw, cut=False)

    def annotate(self, said: str, xy: marks.Point, xytext: marks.Point | None = None, *,
                 textcoords: str = "data", arrowprops: dict[str, Any] | None = None,
                 **how: Any) -> None:  # fmt: skip
        """Write words beside a point, or draw an arrow to it, or both."""
        look = style.named(how)
        begin = xytext or xy

        def draw(view: View, page: Page) -> str:
            tip = view.at(*xy)
            if textcoords == "offset points" and xytext is not None:
                tail = (tip[0] + xytext[0], tip[1] - xytext[1])
            else:
                tail = view.at(*begin)
            return (pointed(tail, tip, style.named(arrowprops)) if arrowprops else "") + (
                written(tail, said, look) if said else ""
            )

        self._add(look.get("zorder", WORDS if said else LINES), draw, cut=False)

    # ------------------------------------------------------------------

    def _sees(self, xs: Iterable[float | None], ys: Iterable[float | None]) -> None:
        self.frame.x.scale.sees(xs)
        self.frame.y.scale.sees(ys)

    def _add(self, order: float, draw: Callable[[View, Page], str], *, cut: bool = True) -> None:
        self.drawn.append(Drawn(order, cut, draw))

    def _entry(self, look: dict[str, Any], sample: Callable[[Page, float, float, float, float], str]) -> None:
        label = look.get("label")
        if label and not str(label).startswith("_"):
            self.entries.append(Entry(str(label), sample))


def _is_there(*values: Any) -> bool:
    return all(value is not None and math.isfinite(value) for value in values)


def _list(values: Any) -> list[Any]:
    return list(values) if isinstance(values, Iterable) else [values]


def _each(first: Any, *others: Any) -> Iterable[tuple[Any, ...]]:
    """Yield bars one by one: numbers stand for all of them, a look's lists have one for each."""
    *numbers, look = others
    count = len(_list(first))
    columns = [list(each) if isinstance(each, Iterable) else [each] * count for each in (first, *numbers)]
    for place in range(count):
        own = {
            name: value[place] if isinstance(value, list | tuple) and name != "linestyle" else value
            for name, value in look.items()
            if name != "label" or place == 0
        }
        yield (*(column[place] for column in columns), own)
