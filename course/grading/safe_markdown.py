"""Markdown for formgrader and feedback without anything that runs.

nbgrader shows a learner's text as they wrote it, so a <script> in it would run in the instructor's browser
with the instructor's rights, which are enough to set a grade.
"""

import html
import re
from typing import Any

import bleach
from jinja2 import pass_context
from nbconvert.filters.markdown_mistune import InvalidNotebook, IPythonRenderer, MarkdownWithMath

TEXT_LIMIT = 20_000
"""Longer text is shown as it is: some of it would take the converter minutes."""
TAGS = frozenset(
    {
        *(
            "a",
            "abbr",
            "b",
            "blockquote",
            "br",
            "code",
            "dd",
            "del",
            "details",
            "div",
            "dl",
            "dt",
            "em",
            "h1",
        ),
        *("h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "kbd", "li", "ol", "p", "pre", "q", "s", "samp"),
        *("small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead"),
        *("tr", "tt", "u", "ul", "var"),
    }
)
ATTRIBUTES = {
    "*": ["class", "id", "title"],
    "a": ["href", "rel"],
    "img": ["src", "alt", "width", "height"],
    "td": ["align", "colspan", "rowspan"],
    "th": ["align", "colspan", "rowspan"],
    "ol": ["start"],
}
PROTOCOLS = frozenset({"http", "https", "mailto", "data"})
_SAFE_LINK = re.compile(r"https?://|mailto:|#", re.IGNORECASE)


def _allowed(tag: str, name: str, value: str) -> bool:
    """Return whether a tag may have an attribute; a relative link could open a page that was handed in."""
    if name == "href" and not _SAFE_LINK.match(value):
        return False
    return name in ATTRIBUTES["*"] or name in ATTRIBUTES.get(tag, ())


@pass_context
def markdown2html(context: Any, source: str) -> str:
    """Return `source` as HTML with only tags that show text; replaces nbconvert's filter of the same name."""
    cell = context.get("cell", {})
    attachments = cell.get("attachments", {}) if hasattr(cell, "get") else {}
    if len(source) > TEXT_LIMIT:
        return _as_it_is(source)
    renderer = IPythonRenderer(escape=False, attachments=attachments)
    try:
        text = MarkdownWithMath(renderer=renderer).render(source)
        return str(bleach.clean(text, tags=TAGS, attributes=_allowed, protocols=PROTOCOLS))
    except (InvalidNotebook, RecursionError):  # a picture that is not attached; text nested too deep
        return _as_it_is(source)


def _as_it_is(source: str) -> str:
    return f"<pre>{html.escape(source)}</pre>"
