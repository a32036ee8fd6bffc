"""How a cell shows a few lines: as text for nbval and the grader, as HTML for people."""

import html


def show(text: str, body: str = "") -> None:
    """Show `text`; `body` is the same as HTML, preformatted text when it is not given."""
    try:
        from IPython.display import publish_display_data
    except ImportError:
        print(text)  # noqa: T201  there is no notebook around
        return
    shown = {"text/plain": text, "text/html": body or preformatted(text)}
    publish_display_data(shown)  # type: ignore[no-untyped-call]


def preformatted(text: str) -> str:
    """Return HTML that shows the lines as they stand, in the page's own type, wrapped to its width."""
    return f'<div style="white-space: pre-wrap; max-width: 60em">{html.escape(text)}</div>'
