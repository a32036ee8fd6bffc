"""Rectangles, for a panel or as a legend's sample."""

from typing import Any

from course.plots.svg import style
from course.plots.svg.content import Entry
from course.plots.svg.ink import Page, area


class Patch:
    """A filled sample for a legend."""

    def __init__(self, **how: Any) -> None:
        self.look = style.named(how)

    def entry(self) -> Entry:
        """Return it as an entry of a legend."""

        def draw(page: Page, left: float, top: float, right: float, bottom: float) -> str:
            return area(page, [(left, top), (right, top), (right, bottom), (left, bottom)], self.look)

        return Entry(str(self.look.get("label", "")), draw)


class Rectangle(Patch):
    """A rectangle with its lower left corner at a point."""

    def __init__(self, xy: tuple[float, float], width: float, height: float, **how: Any) -> None:
        super().__init__(**how)
        self.at, self.width, self.height = xy, width, height
