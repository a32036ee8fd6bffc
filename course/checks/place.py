"""A place of the lesson that a report sends its reader to."""

from typing import NamedTuple
from urllib.parse import quote


class Place(NamedTuple):
    """A heading of the same notebook, as it is written there, and what else there is to read about it."""

    heading: str
    more: str = ""

    def __str__(self) -> str:
        return f'"{self.heading}" in this notebook' + (f"; {self.more}" if self.more else "")

    @property
    def link(self) -> str:
        """The place as Markdown with a link that JupyterLab follows to the heading."""
        return f"Read: [{self.heading}](#{quote(self.heading.replace(' ', '-'))})"


def lead(read: "Place | str") -> None:
    """Show a link to the place below a report, where somebody sits at a notebook."""
    if not isinstance(read, Place):
        return
    from IPython import get_ipython  # only a kernel has one running
    from IPython.display import Markdown, display

    if get_ipython() is not None:
        display(Markdown(read.link))  # type: ignore[no-untyped-call]
