"""What a learner writes is shown and never runs."""

import re

import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_markdown_cell, new_notebook
from traitlets.config import Config

from course.build.nbgrader_course import config
from course.project import PROJECT

SETTINGS = Config(HTMLExporter=config(PROJECT).HTMLExporter)


def shown(source: str, **more) -> str:
    """Return the cell as a page made with the project's configuration shows it."""
    page, _ = HTMLExporter(config=SETTINGS, template_name="basic").from_notebook_node(
        new_notebook(cells=[new_markdown_cell(source, **more)])
    )
    return page


@pytest.mark.parametrize(
    "source",
    [
        "<script>steal()</script>",
        "<SCRIPT src=//x></SCRIPT>",
        "<img src=x onerror=steal()>",
        "<svg onload=steal()>",
        "<iframe srcdoc='<script>steal()</script>'></iframe>",
        "<a href='javascript:steal()'>x</a>",
        "[x](javascript:steal())",
        "[x](data:text/html,<script>steal()</script>)",
        "<a href='da&#9;ta:text/html,x'>x</a>",
        "[the plot](plot.html)",
        "<a href=plot.svg>x</a> <a href=' plot.html'>x</a> <a href=./%70lot.html>x</a> <a href=?x>x</a>",
        "<a href=//formgrader/plot.html>x</a> <a href='/formgrader/x.html'>x</a>",
        "![x](attachment:missing.png) <script>steal()</script>",
        "<script>steal()</script>" * 1000,
        "<form action=/formgrader/api/grade><input type=submit></form>",
        "<style>body{background:url(javascript:steal())}</style>",
        "<details open ontoggle=steal()>x</details>",
        "<div style='background:url(//x)'>x</div>",
        "$$\\href{javascript:steal()}{x}$$<img/src='x'onerror=steal()>",
        "```\n</code></pre><script>steal()</script>\n```",
    ],
)
def test_nothing_in_it_runs(source):
    page = shown(source).lower()
    for active in (
        "<script",
        "<iframe",
        "<svg",
        "<form",
        "<style",
        "<input",
        'href="javascript:',
        'href="data:',
    ):
        assert active not in page.split('class="jp-cell')[-1]
    for link in re.findall(r'<a[^>]*href="([^"]*)', page):
        assert link.startswith("#"), "it may lead to a page that was handed in"
    for tag in page.split("<")[1:]:
        assert " on" not in tag.split(">")[0].replace(" only", "")


def test_ordinary_text_is_shown_as_before():
    page = shown(
        "# Head\n\n**bold** `code` [link](https://kubernetes.io)\n\n|a|b|\n|-|-|\n|1|2|\n\n1 < 2 & 3"
    )
    for part in (
        "<strong>bold</strong>",
        "<code>code</code>",
        'href="https://kubernetes.io"',
        "<table>",
        "1 &lt; 2",
    ):
        assert part in page


def test_hints_stay_folded_and_attached_pictures_are_shown():
    page = shown(
        "<details><summary>Hint</summary>Sort.</details>\n\n![x](attachment:a.png)",
        attachments={"a.png": {"image/png": "iVBORw0KGgo="}},
    )
    assert "<details><summary>Hint</summary>Sort.</details>" in page
    assert 'src="data:image/png;base64,iVBORw0KGgo="' in page
