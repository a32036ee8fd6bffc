"""Run All on the untouched release reaches the end: what is missing is said in a line, and the rest runs."""

import ast

import nbformat
import pytest
from nbclient import NotebookClient

from course.build.build import _environment
from course.build.lesson import paths
from course.project import PROJECT

CELLS = (
    "import course.learn",
    "def double(n):\n    raise NotImplementedError()",
    "double(2)",
    "print('the end')",
)


def run(cells):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    NotebookClient(notebook, kernel_name="python3", allow_errors=True).execute(env=_environment())
    return [cell.outputs for cell in notebook.cells]


def test_a_cell_says_which_exercise_is_not_written_in_one_line():
    *_, missing, end = run(CELLS)
    (error,) = missing
    assert error["traceback"] == ["double is not written yet: write it first, then run this cell again."]
    assert end[0]["text"] == "the end\n"


def test_what_an_unwritten_exercise_broke_on_its_way_is_the_same_line():
    calls = (
        CELLS[0],
        "class Node:\n    def step(self):\n        raise NotImplementedError()",
        "try:\n    Node().step()\nexcept Exception as error:\n    raise KeyError('broken') from error",
    )
    ((error,),) = run(calls)[2:]
    assert error["traceback"] == ["Node.step is not written yet: write it first, then run this cell again."]


def test_a_name_that_such_a_cell_would_have_set_is_missing_for_the_same_reason():
    *_, seen, other = run((*CELLS[:2], "four = double(2)", "print(four)", "print(five)"))
    assert seen[0]["traceback"] == ["double is not written yet: write it first, then run this cell again."]
    assert len(other[0]["traceback"]) > 1  # a name of nobody


CLUSTER = """
from course.learn.unwritten import refuse_crashed
from insideout import Cluster

class Part:
    def __init__(self, client, loop):
        self.loop = loop
    def start(self):
        self.loop.call_later(1, work)
    def stop(self):
        pass

def work():
    %s

cluster = Cluster.create(nodes=0)
cluster.replace("replicaset-controller", Part)
cluster.run(seconds=5)
"""


def test_a_cell_whose_part_of_the_cluster_crashed_does_not_go_on():
    go_on = "refuse_crashed(cluster, 'replicaset-controller')"
    *_, missing = run((CELLS[0], CLUSTER % "raise NotImplementedError()", go_on))
    assert missing[0]["traceback"] == ["work is not written yet: write it first, then run this cell again."]
    *_, wrong = run((CELLS[0], CLUSTER % "raise ValueError('no pod')", go_on))
    (shown,) = wrong[0]["traceback"]
    assert shown.startswith("This cell needs a replicaset-controller that does not crash.")
    assert "ValueError: no pod" in shown
    *_, right = run((CELLS[0], CLUSTER % "pass", go_on))
    assert right == []


def test_a_cluster_is_not_given_a_part_that_is_not_written():
    ask = (
        "from course.learn.unwritten import refuse_unwritten\nrefuse_unwritten(double, [])\nprint('goes on')"
    )
    *_, missing = run((*CELLS[:2], ask))
    assert missing[0]["traceback"] == ["double is not written yet: write it first, then run this cell again."]
    *_, wrong = run((CELLS[0], "def double(n):\n    return n / 2", ask))  # is for the cell that needs it
    assert wrong[0]["text"] == "goes on\n"


def test_an_error_with_words_of_its_own_is_shown_as_ever():
    *_, shown = run((CELLS[0], "raise NotImplementedError('not on this machine')"))
    assert len(shown[0]["traceback"]) > 1
    assert shown[0]["evalue"] == "not on this machine"


def test_other_errors_are_as_without_the_course():
    """A magic that does not exist is one line, several errors are shown, and %debug finds the last one."""
    several = "raise ExceptionGroup('both', [ValueError('one'), KeyError('two')])"
    *_, magic, both, last = run((CELLS[0], "%nosuchmagic", several, "import sys\nprint(sys.last_value)"))
    assert magic[0]["text"].startswith("UsageError: Line magic function `%nosuchmagic` not found")
    assert "ValueError: one" in both[0]["text"]
    assert last[0]["text"].startswith("both")


@pytest.mark.parametrize("unit", paths(PROJECT))
def test_every_run_cell_of_a_release_lets_run_all_go_on(unit):
    notebook = nbformat.read(PROJECT / "release" / unit / f"{unit}.ipynb", as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and "nbgrader" not in cell.metadata]
    assert [cell.id for cell in cells if cell.metadata.get("tags") != ["raises-exception"]] == []


@pytest.mark.parametrize("unit", paths(PROJECT))
def test_what_a_test_cell_of_a_release_is_given_is_there_before_anything_is_written(unit):
    """Else the test cell ends in a NameError, and Run All with it."""
    notebook = nbformat.read(PROJECT / "release" / unit / f"{unit}.ipynb", as_version=4)
    defined, missing = set(), []
    for cell in (cell for cell in notebook.cells if cell.cell_type == "code"):
        tree = ast.parse("\n".join(line for line in cell.source.splitlines() if not line.startswith("%")))
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("grade") and not marks.get("solution"):
            given = [
                argument.id
                for call in ast.walk(tree)
                if isinstance(call, ast.Call)
                for argument in call.args
                if isinstance(argument, ast.Name)
            ]
            missing += [f"{cell.id}: {name}" for name in given if name not in defined]
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                defined.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                defined.add(node.id)
            elif isinstance(node, ast.Import | ast.ImportFrom):
                defined |= {alias.asname or alias.name for alias in node.names}
    assert missing == []
