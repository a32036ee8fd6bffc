"""The parts of a notebook are those that nbformat makes and finds right."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

from course.grading import parts

VALUE = {"text/plain": "3"}
LINES = ["line 1", "ValueError: no"]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (parts.new_cell("code", "a = 1", "x"), new_code_cell("a = 1", id="x")),
        (parts.new_cell("markdown", "# a", "x"), new_markdown_cell("# a", id="x")),
        (parts.new_cell("raw", "a", "x"), new_raw_cell("a", id="x")),
        (parts.stream("stderr", "a\n"), new_output("stream", name="stderr", text="a\n")),
        (parts.shown("3"), new_output("display_data", data=VALUE)),
        (parts.result("3", 7), new_output("execute_result", data=VALUE, execution_count=7)),
        (
            parts.error("ValueError", "no", LINES),
            new_output("error", ename="ValueError", evalue="no", traceback=LINES),
        ),
    ],
    ids=["code", "markdown", "raw", "stream", "display", "result", "error"],
)
def test_a_part_is_as_nbformat_makes_it(ours, theirs):
    assert ours == theirs
    assert nbformat.v4.writes(nbformat.v4.new_notebook(cells=[_cell(ours)])) == nbformat.v4.writes(
        nbformat.v4.new_notebook(cells=[_cell(theirs)])
    )


def _cell(part):
    """Return the part, or a cell that has it as its output."""
    return part if "cell_type" in part else new_code_cell("", id="x", outputs=[part])
