"""What stands around a panel: axes, ticks, labels, titles; their room, and how they are drawn."""

import math
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from course.plots.svg import marks, style, text
from course.plots.svg.scale import Scale

GREY = "#767676"
BLACK = "#222222"
GAP = 3.5
"""Between an axis, its labels and its title, in points."""


class View:
    """A panel's place on the page, in points, and where values are in it."""

    def __init__(self, frame: "Frame", left: float, top: float, right: float, bottom: float) -> None:
        self.left, self.top, self.right, self.bottom = left, top, right, bottom
        self._x, self._y = frame.x.scale, frame.y.scale

    def x(self, value: float) -> float:
        """Return where an x is."""
        return self.left + self._x.share(value) * (self.right - self.left)

    def y(self, value: float) -> float:
        """Return where a y is."""
        return self.bottom - self._y.share(value) * (self.bottom - self.top)

    def at(self, x: float | None, y: float | None, *, first: bool = True) -> marks.Point:
        """Return where a point is; None is the panel's border, the `first` one or the other."""
        return (
            (self.left if first else self.right) if x is None else self.x(x),
            (self.bottom if first else self.top) if y is None else self.y(y),
        )


class Spine:
    """One side of a panel."""

    def __init__(self, *, visible: bool) -> None:
        self.visible = visible
        self.colour = GREY

    def set_visible(self, visible: bool) -> None:
        """Draw it or not."""
        self.visible = visible

    def set_color(self, colour: str) -> None:
        """Set its colour."""
        self.colour = colour


class Axis:
    """An axis: its scale, and how its ticks and its title look."""

    def __init__(self, side: str) -> None:
        self.scale = Scale()
        self.side = side
        self.length = 3.5
        self.size = 10.0
        self.turn = 0.0
        self.ha = ""
        self.title = ""
        self.title_look: dict[str, Any] = {}
        self.grid: dict[str, Any] = {}
        self.has_labels = True

    def set_ticks(self, ticks: Iterable[float], labels: Iterable[str] | None, how: dict[str, Any]) -> None:
        """Set where the ticks are."""
        self.scale.ticks = [float(tick) for tick in ticks]
        if labels is not None:
            self.set_labels(labels, how)

    def set_labels(self, labels: Iterable[str], how: dict[str, Any]) -> None:
        """Set what is written at the ticks."""
        look = style.named(how)
        self.scale.labels = [str(label) for label in labels]
        self.size = look.get("fontsize", self.size)
        self.turn, self.ha = look.get("rotation", self.turn), look.get("ha", self.ha)

    def tick_top(self) -> None:
        """Put ticks and labels above the panel."""
        self.side = "top"

    def set_major_locator(self, locator: Any) -> None:
        """Take from a MaxNLocator how many ticks there may be, and whether at whole numbers only."""
        self.scale.integer, self.scale.most = locator.integer, locator.most

    def set_major_formatter(self, formatter: Callable[[float], str]) -> None:
        """Write ticks as the formatter does."""
        self.scale.format = formatter

    def room(self, length: float) -> float:
        """Return the points that ticks and labels need beside the panel, `length` points along it."""
        labels = [label for _, label in self.marks(length)] if self.has_labels else []
        if not any(labels):
            return self.length if labels else 0
        if self.side in ("left", "right"):
            return max(text.width(label, self.size) for label in labels) + self.length + GAP
        if self.turn:
            return max(text.width(label, self.size) for label in labels) * 0.9 + self.size + self.length
        return max(text.height(label, self.size) for label in labels) + self.length + GAP

    def beyond(self, length: float) -> tuple[float, float]:
        """Return how far labels reach beyond the beginning and the end of an axis of so many points."""
        first = last = 0.0
        for value, label in self.marks(length) if self.has_labels else ():
            at, wide = self.scale.share(value) * length, text.width(label, self.size)
            if self.side in ("left", "right"):
                before = after = text.height(label, self.size) / 2
            elif self.turn:  # they begin or end at their tick
                lies = wide * math.cos(math.radians(self.turn))
                before, after = {"left": (0.0, lies), "right": (lies, 0.0)}.get(self.ha, (lies / 2, lies / 2))
            else:
                before, after = {"left": (0.0, wide), "right": (wide, 0.0)}.get(self.ha, (wide / 2, wide / 2))
            if label:
                first, last = max(first, before - at), max(last, at + after - length)
        return first, last

    def marks(self, length: float) -> list[tuple[float, str]]:
        """Return the ticks and labels for an axis of so many points."""
        return self.scale.marks(int(length / (20 if self.side in ("left", "right") else 38)) or 1)


class Margins(NamedTuple):
    """The room around a panel, in points."""

    left: float
    top: float
    right: float
    bottom: float


class Frame:
    """All that stands around one panel."""

    def __init__(self) -> None:
        self.x, self.y = Axis("bottom"), Axis("left")
        self.title = ""
        self.title_look: dict[str, Any] = {}
        self.is_off = False
        self.is_square = False
        self.spines = {
            side: Spine(visible=side in ("left", "bottom")) for side in ("left", "right", "top", "bottom")
        }

    def margins(self, width: float, height: float) -> Margins:
        """Return the room that is needed around a panel of about this size."""
        room = dict.fromkeys(("left", "top", "right", "bottom"), 0.0)
        if not self.is_off:
            for axis, length in ((self.x, width), (self.y, height)):
                room[axis.side] += axis.room(length)
            (left, right), (bottom, top) = self.x.beyond(width), self.y.beyond(height)
            if self.x.title:
                room["bottom"] += text.height(self.x.title, self.title_size(self.x)) + GAP
            if self.y.title:
                room[self.y.side] += text.height(self.y.title, self.title_size(self.y)) + GAP
            for side, more in (("left", left), ("right", right), ("bottom", bottom), ("top", top)):
                room[side] = max(room[side], more)
        if self.title:
            room["top"] += (
                text.height(self.title, self.title_look.get("fontsize", 11)) + self._title_gap() + GAP
            )
        return Margins(**room)

    def _title_gap(self) -> float:
        """Return the room between the panel and its title."""
        return float(self.title_look.get("pad", GAP))

    def title_size(self, axis: Axis) -> float:
        """Return the size of an axis's title."""
        return float(axis.title_look.get("fontsize", 10))

    def below(self, view: View) -> str:
        """Return what lies below the panel's content: the grid."""
        if self.is_off:
            return ""
        out = []
        for axis, is_x in ((self.x, True), (self.y, False)):
            if not axis.grid:
                continue
            look = style.stroke(axis.grid["color"], axis.grid["linewidth"], alpha=axis.grid.get("alpha", 1.0))
            for value, _ in axis.marks(view.right - view.left if is_x else view.bottom - view.top):
                ends = ((value, None), (value, None)) if is_x else ((None, value), (None, value))
                points = [view.at(*ends[0], first=True), view.at(*ends[1], first=False)]
                out.append(marks.path(points, look))
        return "".join(out)

    def above(self, view: View) -> str:
        """Return sides, ticks, labels and titles."""
        out = [] if self.is_off else [*self._sides(view), *self._x_ticks(view), *self._y_ticks(view)]
        if not self.is_off:
            out += self._axis_titles(view)
        if self.title:
            size = self.title_look.get("fontsize", 11)
            up = self.x.room(view.right - view.left) if self.x.side == "top" and not self.is_off else 0
            at = (view.left, view.top - up - self._title_gap())
            weight = self.title_look.get("fontweight", "normal")
            out.append(marks.words(self.title, at, size, colour=BLACK, va="bottom", weight=weight))
        return "".join(out)

    def _sides(self, view: View) -> Iterable[str]:
        a, b, c, d = view.left, view.top, view.right, view.bottom
        lines = {
            "left": ((a, b), (a, d)),
            "right": ((c, b), (c, d)),
            "top": ((a, b), (c, b)),
            "bottom": ((a, d), (c, d)),
        }
        for side, spine in self.spines.items():
            if spine.visible:
                yield marks.path(lines[side], style.stroke(spine.colour, 0.8, cap="square"))

    def _x_ticks(self, view: View) -> Iterable[str]:
        axis, is_top = self.x, self.x.side == "top"
        edge, way = (view.top, -1) if is_top else (view.bottom, 1)
        for value, label in axis.marks(view.right - view.left):
            x = view.x(value)
            yield marks.path(
                [(x, edge), (x, edge + way * axis.length)], style.stroke(GREY, 0.8 if axis.length else 0)
            )
            at = (x, edge + way * (axis.length + GAP))
            if axis.has_labels and label:
                va = "bottom" if is_top else "top"
                yield marks.words(
                    label, at, axis.size, colour=BLACK, ha=axis.ha or "center", va=va, turn=axis.turn
                )

    def _y_ticks(self, view: View) -> Iterable[str]:
        axis, is_right = self.y, self.y.side == "right"
        edge, way = (view.right, 1) if is_right else (view.left, -1)
        for value, label in axis.marks(view.bottom - view.top):
            y = view.y(value)
            yield marks.path(
                [(edge, y), (edge + way * axis.length, y)], style.stroke(GREY, 0.8 if axis.length else 0)
            )
            at = (edge + way * (axis.length + GAP), y)
            if axis.has_labels and label:
                ha = "left" if is_right else "right"
                yield marks.words(label, at, axis.size, colour=BLACK, ha=ha, va="center")

    def _axis_titles(self, view: View) -> Iterable[str]:
        if self.x.title:
            down = self.x.room(view.right - view.left) if self.x.side == "bottom" else 0
            at = ((view.left + view.right) / 2, view.bottom + down + GAP)
            yield marks.words(self.x.title, at, self.title_size(self.x), colour=BLACK, ha="center", va="top")
        if self.y.title:
            out = self.y.room(view.bottom - view.top) + GAP
            is_right = self.y.side == "right"
            x = view.right + out + self.title_size(self.y) if is_right else view.left - out
            at = (x, (view.top + view.bottom) / 2)
            look = {
                "colour": self.y.title_look.get("color", BLACK),
                "ha": "center",
                "va": "bottom",
                "turn": 90,
            }
            yield marks.words(self.y.title, at, self.title_size(self.y), **look)
