"""Pages to read: each unit as HTML with the outputs of its build, for phones, search engines and print.

A page is the released notebook, so it has neither solutions nor hidden tests, with the outputs that the
built one shows.  Exercises and their tests show none: on a page without an answer, all points would be odd.
"""

import html
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbconvert import HTMLExporter

from course.site import front

_SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)
_STYLE = """<style>:root {
  --jp-mirror-editor-comment-color: #2f6868;
  --jp-mirror-editor-number-color: #006b00;
  --jp-mirror-editor-operator-color: #7a1fd1;
}</style>"""
"""Darker than the theme's, which stand at less than 4.5 to 1 on the grey of a cell (WCAG 2.2, 1.4.3)."""


def with_outputs(released: Any, built: Any) -> Any:
    """Return the released notebook with the built one's outputs, without those of exercises and tests."""
    outputs = {cell.id: cell.outputs for cell in built.cells if cell.cell_type == "code"}
    for cell in released.cells:
        if cell.cell_type != "code":
            continue
        grading: Mapping[str, Any] = cell.metadata.get("nbgrader", {})
        is_graded = grading.get("solution") or grading.get("grade")
        cell.outputs = [] if is_graded else outputs.get(cell.id, [])
        cell.execution_count = None
    return released


def page(project: Path, unit: str, title: str) -> str:
    """Return the page of a unit; it loads and runs nothing, and links to where the unit runs."""
    released, built = (
        nbformat.read(project / tree / unit / f"{unit}.ipynb", as_version=4) for tree in ("release", "source")
    )
    exporter = HTMLExporter(template_name="lab")
    exporter.exclude_input_prompt = exporter.exclude_output_prompt = True
    body, _ = exporter.from_notebook_node(with_outputs(released, built))
    run = (
        '<nav style="padding: 0.8em 1em; font: 15px system-ui, sans-serif">'
        f'<a href="{front.run_link(unit, up="../")}">Run it here, in this browser</a> · '
        '<a href="../index.html">All units</a></nav>'
    )
    body = _SCRIPT.sub("", body)  # nothing on a page to read needs any
    body = body.replace("<title>Notebook</title>", f"<title>{html.escape(title)}</title>", 1)
    body = body.replace("</head>", f"{_STYLE}</head>", 1)
    return body.replace("<main>", f"{run}<main>", 1)
