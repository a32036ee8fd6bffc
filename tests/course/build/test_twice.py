"""Whoever presses Shift-Enter twice gets no error: each run cell of a solved unit runs twice in a row."""

import nbformat
import pytest
from nbclient import NotebookClient

from course.build.build import CELL_TIMEOUT_S, _environment
from course.build.lesson import paths
from course.project import PROJECT

QUICK = ("01_components", "06_qos", "14_exec")
"""One that keeps a cluster through all of its cells, and two that take the least time."""


def failed_twice(cells):
    """Run each code cell twice in a row; return which fail or write to stderr, as "id#run: error"."""
    doubled = []
    for cell in cells:
        for run in (1, 2):
            made = nbformat.v4.new_code_cell(cell.source)
            made.metadata["run"] = f"{cell.id}#{run}"
            doubled.append(made)
    notebook = nbformat.v4.new_notebook(cells=doubled)
    client = NotebookClient(notebook, kernel_name="python3", allow_errors=True, timeout=CELL_TIMEOUT_S)
    client.execute(env=_environment())
    return [
        f"{cell.metadata['run']}: {output.get('evalue', output.get('text'))}"
        for cell in notebook.cells
        for output in cell.outputs
        if output.output_type == "error" or output.get("name") == "stderr"
    ]


def test_a_cell_that_cannot_run_again_is_found():
    once = nbformat.v4.new_code_cell("numbers = globals().get('numbers', [1])\nnumbers.pop()", id="once")
    assert failed_twice([once]) == ["once#2: pop from empty list"]


@pytest.mark.parametrize(
    "unit", [unit if unit in QUICK else pytest.param(unit, marks=pytest.mark.slow) for unit in paths(PROJECT)]
)
def test_every_cell_of_a_solved_unit_runs_twice(unit):
    notebook = nbformat.read(PROJECT / "source" / unit / f"{unit}.ipynb", as_version=4)
    assert failed_twice([cell for cell in notebook.cells if cell.cell_type == "code"]) == []
