"""A line as a legend's sample."""

from typing import Any

from course.plots.svg.content import Content, Entry


class Line2D:
    """A line, a mark, or both."""

    def __init__(self, xs: Any, ys: Any, **how: Any) -> None:
        self.how = how

    def entry(self) -> Entry:
        """Return it as an entry of a legend."""
        content = Content()
        content.plot([], [], **{"label": " ", **self.how})
        return content.entries[0]
