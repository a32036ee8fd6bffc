"""A picture: panels in rows and columns, laid out so that nothing that stands around them is cut off."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from course.plots.svg import marks, style, text
from course.plots.svg.axes import Axes
from course.plots.svg.content import Entry
from course.plots.svg.frame import Margins, View
from course.plots.svg.ink import Page, extent
from course.plots.svg.legend import Legend

EDGE = 4.0
"""Around the page, in points."""
PAD = 6.0
"""Around a legend, and between lines below all panels."""
BETWEEN = 10.0
"""Between panels."""
BELOW = 32.0
"""From a panel down to a legend below it: its ticks and its title stand between."""


class Grid:
    """Panels by row and column, indexed as an array of two dimensions is."""

    def __init__(self, rows: list[list[Axes]]) -> None:
        self.rows = rows

    def __iter__(self) -> Iterator[list[Axes]]:
        return iter(self.rows)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, tuple):
            rows, column = key
            return (
                [row[column] for row in self.rows[rows]]
                if isinstance(rows, slice)
                else self.rows[rows][column]
            )
        return self.rows[key]

    @property
    def flat(self) -> list[Axes]:
        """All panels, row by row."""
        return [axes for row in self.rows for axes in row]


class Figure:
    """A page of so many inches."""

    def __init__(self, figsize: tuple[float, float], layout: str = "constrained") -> None:
        self.width, self.height = figsize[0] * 72, figsize[1] * 72
        self._grid = Grid([])
        self._ratios: list[float] = []
        self._legend: Legend | None = None
        self._below: tuple[str, dict[str, Any]] | None = None

    def subplots(self, nrows: int = 1, ncols: int = 1, *, sharex: bool = False, sharey: bool = False,
                 squeeze: bool = True, height_ratios: Sequence[float] | None = None) -> Any:  # fmt: skip
        """Return the panels: one, a list of one row or column, or a grid; without `squeeze` always a grid."""
        self._grid = Grid([[Axes(self, row, column) for column in range(ncols)] for row in range(nrows)])
        self._ratios = list(height_ratios or [1.0] * nrows)
        for axes in self._grid.flat:
            if sharex:
                axes.frame.x.scale = self._grid[0, 0].frame.x.scale
                axes.frame.x.has_labels = axes.row == nrows - 1
            if sharey:
                axes.frame.y.scale = self._grid[0, 0].frame.y.scale
                axes.frame.y.has_labels = axes.column == 0
        if not squeeze or (nrows > 1 and ncols > 1):
            return self._grid
        return self._grid.flat if nrows * ncols > 1 else self._grid[0, 0]

    def add_subplot(self) -> Axes:
        """Return the only panel."""
        axes: Axes = self.subplots()
        return axes

    def legend(self, handles: Iterable[Any] = (), labels: Iterable[str] = (), **how: Any) -> None:
        """Show a legend below all panels."""
        entries = [handle if isinstance(handle, Entry) else handle.entry() for handle in handles]
        self._legend = Legend(entries, style.named(how))

    def supxlabel(self, said: str, **how: Any) -> None:
        """Write a line below all panels."""
        self._below = said, style.named(how)

    def svg(self) -> str:
        """Return the picture."""
        page = Page()
        body = [
            self._panel(axes, view, page, number)
            for number, (axes, view) in enumerate(self._views())
            if axes.visible
        ]
        if self._legend is not None:
            left = (self.width - self._legend.width) / 2
            body.append(self._legend.draw(page, max(left, EDGE), self.height - PAD / 2 - self._legend.height))
        if self._below is not None:
            said, look = self._below
            at = (look.get("x", 0.5) * self.width, self.height - PAD)
            ha = look.get("ha", "center")
            body.append(marks.words(said, at, look.get("fontsize", 10), colour="#222222", ha=ha, va="bottom"))
        patterns = "".join(marks.hatch(name, id, colour) for (name, colour), id in page.patterns.items())
        size = f'width="{self.width:g}pt" height="{self.height:g}pt"'
        size += f' viewBox="0 0 {self.width:g} {self.height:g}"'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{marks.FAMILY}">'
            f'<rect width="100%" height="100%" fill="#ffffff"/><defs>{patterns}</defs>{"".join(body)}</svg>\n'
        )

    def _views(self) -> Iterator[tuple[Axes, View]]:
        """Yield each panel with its place: first with rough margins, then with those of its true size."""
        rows, columns = len(self._grid.rows), len(self._grid.rows[0])
        foot = EDGE + (self._legend.height + PAD if self._legend else 0)
        foot += _room_below(self._below) if self._below else 0
        room = [[Margins(40, 20, 10, 30)] * columns for _ in range(rows)]
        for _ in range(3):
            lefts = [max(room[row][column].left for row in range(rows)) for column in range(columns)]
            rights = [max(room[row][column].right for row in range(rows)) for column in range(columns)]
            tops = [max(each.top for each in room[row]) for row in range(rows)]
            bottoms = [max(each.bottom for each in room[row]) for row in range(rows)]
            across = self.width - 2 * EDGE - sum(lefts) - sum(rights) - BETWEEN * (columns - 1)
            down = self.height - EDGE - foot - sum(tops) - sum(bottoms) - BETWEEN * (rows - 1)
            widths = [across / columns] * columns
            heights = [down * ratio / sum(self._ratios) for ratio in self._ratios]
            room = [
                [_margins(self._grid[row, column], widths[column], heights[row]) for column in range(columns)]
                for row in range(rows)
            ]
        top = EDGE
        for row in range(rows):
            top += tops[row]
            left = EDGE
            for column in range(columns):
                left += lefts[column]
                axes = self._grid[row, column]
                right, bottom = left + widths[column], top + heights[row]
                place = (left, top, right, bottom)
                yield axes, View(axes.frame, *(_square(axes, *place) if axes.frame.is_square else place))
                left += widths[column] + rights[column] + BETWEEN
            top += heights[row] + bottoms[row] + BETWEEN

    def _panel(self, axes: Axes, view: View, page: Page, number: int) -> str:
        cut = f"panel{number}"
        out = [
            f'<clipPath id="{cut}">{marks.box(view.left, view.top, view.right, view.bottom, "")}</clipPath>',
            axes.frame.below(view),
        ]
        in_order = sorted(axes.drawn, key=lambda one: one.order)
        for is_cut, some in itertools.groupby(in_order, key=lambda one: one.cut):
            inside = "".join(drawn.draw(view, page) for drawn in some)
            out.append(f'<g clip-path="url(#{cut})">{inside}</g>' if is_cut else inside)
        out.append(axes.frame.above(view))
        if axes.twin is not None:
            twin = View(axes.twin.frame, view.left, view.top, view.right, view.bottom)
            out.append(self._panel(axes.twin, twin, page, number + 100))
        if axes.legend_at is not None:
            legend = Legend(axes.entries, axes.legend_at)
            out.append(legend.draw(page, *_corner(legend, axes.legend_at, view)))
        return "".join(out)


def _room_below(below: tuple[str, dict[str, Any]] | None) -> float:
    """Return the room for the line below all panels."""
    return text.height(below[0], below[1].get("fontsize", 10)) + PAD if below else 0.0


def _margins(axes: Axes, width: float, height: float) -> Margins:
    """Return the room around a panel, its legend outside included."""
    left, top, right, bottom = axes.frame.margins(width, height)
    view = View(axes.frame, 0, 0, width, height)
    for x, y, said, look in axes.said:
        words = extent(view.at(x, y), said, look)
        left, top = max(left, -words[0]), max(top, -words[1])
        right, bottom = max(right, words[2] - width), max(bottom, words[3] - height)
    if axes.twin is not None:
        right += axes.twin.frame.y.room(height) + (20 if axes.twin.frame.y.title else 0)
    if axes.legend_at is not None and axes.entries and "bbox_to_anchor" in axes.legend_at:
        legend = Legend(axes.entries, axes.legend_at)
        x, y = axes.legend_at["bbox_to_anchor"][:2]
        if y <= 0:
            bottom = max(bottom, max(-y * height, BELOW) + legend.height + PAD)
        if x >= 1:
            right = max(right, (x - 1) * width + legend.width + PAD)
    return Margins(left, top, right, bottom)


def _corner(legend: Legend, look: dict[str, Any], view: View) -> tuple[float, float]:
    """Return where a legend's upper left corner is, as matplotlib's `loc` and `bbox_to_anchor` say."""
    where = str(look.get("loc", "upper right")).replace("best", "upper right")
    across = 0.0 if "left" in where else 1.0 if "right" in where else 0.5
    down = 0.0 if "upper" in where else 1.0 if "lower" in where else 0.5
    wide, high = view.right - view.left, view.bottom - view.top
    if "bbox_to_anchor" in look:
        x, y = look["bbox_to_anchor"][:2]
        at_x, at_y, pad = view.left + x * wide, view.bottom - y * high, PAD / 2
        if y <= 0:
            at_y = max(at_y, view.bottom + BELOW)
    else:
        at_x, at_y, pad = view.left + across * wide, view.top + down * high, PAD
    left = at_x - across * legend.width + pad * (1 - 2 * across)
    return left, at_y - down * legend.height + pad * (1 - 2 * down)


def _square(
    axes: Axes, left: float, top: float, right: float, bottom: float
) -> tuple[float, float, float, float]:
    """Return the largest place in the middle in which a unit of x is as long as one of y."""
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
    unit = min((right - left) / abs(x1 - x0), (bottom - top) / abs(y1 - y0))
    dx = (right - left - unit * abs(x1 - x0)) / 2
    dy = (bottom - top - unit * abs(y1 - y0)) / 2
    return left + dx, top + dy, right - dx, bottom - dy
