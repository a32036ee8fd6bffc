"""One panel of a picture: its content, and what stands around it.

The methods and their arguments are matplotlib's, as far as the course's pictures use them.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from course.plots.svg import style
from course.plots.svg.content import Content, Entry
from course.plots.svg.frame import Axis, Spine

if TYPE_CHECKING:
    from course.plots.svg.figure import Figure


class Axes(Content):
    """A panel of a figure, in a row and a column."""

    def __init__(self, figure: "Figure", row: int, column: int) -> None:
        super().__init__()
        self.figure = figure
        self.row, self.column = row, column
        self.legend_at: dict[str, Any] | None = None
        self.twin: Axes | None = None
        self.visible = True

    def set_xlim(self, left: float | None = None, right: float | None = None, **named: float) -> None:
        """Set where the x axis begins and ends; the first may be the larger one."""
        self._limit(self.frame.x, named.get("left", left), right)

    def set_ylim(self, bottom: float | None = None, top: float | None = None) -> None:
        """Set where the y axis begins and ends."""
        self._limit(self.frame.y, bottom, top)

    def _limit(self, axis: Axis, low: float | None, high: float | None) -> None:
        axis.scale.low = axis.scale.low if low is None else low
        axis.scale.high = axis.scale.high if high is None else high

    def invert_yaxis(self) -> None:
        """Let the y axis begin at the top."""
        self.set_ylim(*reversed(self.get_ylim()))

    def get_xlim(self) -> tuple[float, float]:
        """Return where the x axis begins and ends."""
        return self.frame.x.scale.limits()

    def get_ylim(self) -> tuple[float, float]:
        """Return where the y axis begins and ends."""
        return self.frame.y.scale.limits()

    def set_xticks(self, ticks: Iterable[float], labels: Iterable[str] | None = None, **how: Any) -> None:
        """Set where the x axis has ticks, and their labels."""
        self.frame.x.set_ticks(ticks, labels, how)

    def set_yticks(self, ticks: Iterable[float], labels: Iterable[str] | None = None, **how: Any) -> None:
        """Set where the y axis has ticks, and their labels."""
        self.frame.y.set_ticks(ticks, labels, how)

    def set_xticklabels(self, labels: Iterable[str], **how: Any) -> None:
        """Set the labels of the x axis's ticks."""
        self.frame.x.set_labels(labels, how)

    def set_yticklabels(self, labels: Iterable[str], **how: Any) -> None:
        """Set the labels of the y axis's ticks."""
        self.frame.y.set_labels(labels, how)

    def set_xlabel(self, said: str, **how: Any) -> None:
        """Set what the x axis counts."""
        self.frame.x.title, self.frame.x.title_look = said, style.named(how)

    def set_ylabel(self, said: str, **how: Any) -> None:
        """Set what the y axis counts."""
        self.frame.y.title, self.frame.y.title_look = said, style.named(how)

    def set_title(self, said: str, **how: Any) -> None:
        """Set the panel's title."""
        self.frame.title, self.frame.title_look = said, style.named(how)

    def set_xscale(self, kind: str) -> None:
        """Make the x axis logarithmic, or linear."""
        self.frame.x.scale.is_log = kind == "log"

    def set_yscale(self, kind: str) -> None:
        """Make the y axis logarithmic, or linear."""
        self.frame.y.scale.is_log = kind == "log"

    def set_aspect(self, kind: str) -> None:
        """Give a unit of x and one of y the same length, with "equal"."""
        self.frame.is_square = kind == "equal"

    def set_axis_off(self) -> None:
        """Draw neither axes nor ticks."""
        self.frame.is_off = True

    def axis(self, what: str) -> None:
        """Draw neither axes nor ticks, with "off"."""
        self.frame.is_off = what == "off"

    def tick_params(self, axis: str = "both", *, length: float | None = None, labelsize: float | None = None,
                    **_: Any) -> None:  # fmt: skip
        """Set how long ticks are, and the size of their labels."""
        for name, each in (("x", self.frame.x), ("y", self.frame.y)):
            if axis in (name, "both"):
                each.length = each.length if length is None else length
                each.size = each.size if labelsize is None else labelsize

    def grid(self, visible: bool = True, *, axis: str = "both", **how: Any) -> None:
        """Draw a line across the panel at each tick."""
        for name, each in (("x", self.frame.x), ("y", self.frame.y)):
            if visible and axis in (name, "both"):
                each.grid = {"color": "#b0b0b0", "linewidth": 0.8, **style.named(how)}

    def set_axisbelow(self, below: bool) -> None:
        """Do nothing: a grid always lies below."""

    def set_visible(self, visible: bool) -> None:
        """Show the panel or leave its place empty."""
        self.visible = visible

    def twinx(self) -> "Axes":
        """Return a second panel in this one's place, with a y axis of its own on the right."""
        self.twin = Axes(self.figure, self.row, self.column)
        below = self.twin.frame.x
        below.scale, below.has_labels, below.length = self.frame.x.scale, False, 0
        self.twin.frame.y.side = "right"
        return self.twin

    def legend(self, *arguments: Any, handles: Iterable[Any] | None = None, **how: Any) -> None:
        """Show what has a label, or the handles; where `loc` and `bbox_to_anchor` say."""
        if handles is not None:
            self.entries = [handle.entry() for handle in handles]
        self.legend_at = style.named(how)

    def get_legend_handles_labels(self) -> tuple[list[Entry], list[str]]:
        """Return what has a label, and the labels."""
        return list(self.entries), [entry.label for entry in self.entries]

    @property
    def spines(self) -> dict[str, Spine]:
        """The panel's four sides by name."""
        return self.frame.spines

    @property
    def xaxis(self) -> Axis:
        """The x axis."""
        return self.frame.x

    @property
    def yaxis(self) -> Axis:
        """The y axis."""
        return self.frame.y
