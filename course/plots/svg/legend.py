"""A legend: samples with their labels, in columns."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from course.plots.svg import marks, text

if TYPE_CHECKING:
    from course.plots.svg.content import Entry
    from course.plots.svg.ink import Page

BLACK = "#222222"
_SAMPLE, _SPACE, _COLUMN = 2.0, 0.8, 2.0
"""The width of a sample, the room beside it and that between columns, in sizes of the font."""


class Legend:
    """Entries in `ncols` columns, filled from the top of the first."""

    def __init__(self, entries: Sequence["Entry"], look: dict[str, Any]) -> None:
        self.entries = list(entries)
        self.size = float(look.get("fontsize", 10))
        columns = max(1, min(int(look.get("ncols", look.get("ncol", 1))), len(self.entries) or 1))
        per_column, longer = divmod(len(self.entries), columns)
        self.columns: list[list[Entry]] = []
        rest = self.entries
        for number in range(columns):
            count = per_column + (number < longer)
            self.columns.append(rest[:count])
            rest = rest[count:]
        self._line = self.size * 1.5
        self._widths = [
            max((text.width(entry.label, self.size) for entry in column), default=0.0)
            + (_SAMPLE + _SPACE) * self.size
            for column in self.columns
        ]

    @property
    def width(self) -> float:
        """How wide it is, in points."""
        return sum(self._widths) + _COLUMN * self.size * (len(self.columns) - 1)

    @property
    def height(self) -> float:
        """How high it is, in points."""
        return self._line * max((len(column) for column in self.columns), default=0)

    def draw(self, page: "Page", left: float, top: float) -> str:
        """Return it with its upper left corner there."""
        out = []
        for column, width in zip(self.columns, self._widths, strict=True):
            for number, entry in enumerate(column):
                middle = top + (number + 0.5) * self._line
                half = self.size * 0.35
                right = left + _SAMPLE * self.size
                out.append(entry.draw(page, left, middle - half, right, middle + half))
                at = (right + _SPACE * self.size, middle)
                out.append(marks.words(entry.label, at, self.size, colour=BLACK, va="center"))
            left += width + _COLUMN * self.size
        return "".join(out)
