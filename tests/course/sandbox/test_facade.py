"""Beside the learner's code there is nothing of the package that gives an answer away."""

import ast

import pytest

from course.grading import missing
from course.sandbox import facade
from course.sandbox.learner import Learner


@pytest.fixture
def notebook(warm, limits):
    learner = Learner(warm, limits)
    yield learner
    learner.close()


def test_what_is_allowed_can_be_imported_and_used(notebook):
    source = "\n".join(f"import {name}" for name in facade.ALLOWED)
    assert notebook.run(source).outputs == []
    shown = notebook.run(
        "from insideout.client import ApiError\nApiError({'code': 404, 'message': 'x'}).code"
    ).outputs
    assert shown == [{"kind": "result", "text": "404"}]


def test_allowed_modules_import_only_allowed_ones():
    """Otherwise a name of theirs would be a placeholder."""
    for file, _ in facade.files():
        assert set(facade.absent(file.read_text("utf-8"))) <= set(facade.PLACEHOLDERS), file


@pytest.mark.parametrize(
    "source",
    [
        "from insideout.apimachinery.qos import qos_class\nqos_class({})",
        "import insideout.records\ninsideout.records.read('qos')",
        "from insideout import records\nrecords.read('qos')",
        "from insideout.kubelet.eviction import PodMemory\nclass Mine(PodMemory): pass",
        "from course.units.u06_qos import checks\nfor case in checks: pass",
        "import course\ncourse.units.__path__",
    ],
)
def test_using_what_is_absent_says_so_in_one_line(notebook, source):
    error = notebook.run(source).outputs[-1]
    assert (error["kind"], error["name"]) in {("error", "NotInGrader"), ("error", "AttributeError")}
    assert len(error["lines"]) == 1 or error["name"] == "AttributeError"


def test_an_import_cell_defines_all_that_is_not_absent(notebook):
    run = notebook.run(
        "from insideout import records\nfrom course.units.u06_qos.plots.eviction import plot_order\nMi = 2**20"
    )
    assert [output["kind"] for output in run.outputs] == ["stream"]
    assert "raises NotInGrader" in run.outputs[0]["text"]
    assert notebook.names(["Mi"]) == {"Mi": 2**20}


def test_a_prediction_takes_its_default_while_graded_and_leaves_nothing(notebook):
    source = """
from course.learn import predict, review
review("07_node_failure")
first = predict("first", "Which pod goes first?", choices=["web", "db"], default="web", answer="?")
first.reveal("db", why="It uses most.")
"""
    assert notebook.run(source).outputs == [
        {"kind": "display", "text": "No earlier unit has questions to ask again."},
        {"kind": "display", "text": "Which pod goes first?"},
        {
            "kind": "display",
            "text": "no prediction yet; the default is web: wrong, it is db\nIt uses most.",
        },
    ]
    (error,) = notebook.run('predict("p", "?", choices=["web", "db"], default="web", answer="cache")').outputs
    assert (error["name"], error["lines"]) == ("NotAnAnswer", ["p: 'cache' is not one of web, db"])


def test_the_files_beside_the_learner_are_the_allowed_ones_and_hold_no_solution(notebook):
    source = """
import os
found = []
for folder, _, files in os.walk("/grader"):
    found += [os.path.join(folder, file) for file in files if not file.endswith(".pyc")]
"""
    notebook.run(source)
    found = notebook.names(["found"])["found"]
    inside = [name for name in found if name.startswith("/grader/inside/")]
    assert sorted(set(found) - set(inside)) == sorted(
        f"/grader/facade/{place}" for _, place in facade.files()
    )


def test_the_imports_that_the_grader_lacks_are_told_before():
    source = "import course\nfrom insideout import records, KUBERNETES_VERSION\nimport course.units.u06_qos.plots.eviction as e, os\n"
    assert facade.absent(source) == ["insideout.records", "course.units.u06_qos.plots.eviction"]
    assert facade.absent("from insideout.client import ApiError") == []
    assert facade.absent("%magic") == []


def output(name: str, message: str) -> dict:
    return {"kind": "error", "name": name, "message": message, "lines": []}


def test_errors_that_follow_from_what_is_absent_become_notes():
    absences = missing.Absences()
    first = absences.explain(
        "rows = records.read()", [output("NotInGrader", "insideout.records.read: it is not there")]
    )
    second = absences.explain("more = rows[0]", [output("NameError", "name 'rows' is not defined")])
    third = absences.explain("more", [output("NameError", "name 'more' is not defined")])
    assert [one[-1]["kind"] for one in (first, second, third)] == ["stream"] * 3
    assert "insideout.records.read is not there" in first[-1]["text"]


def test_a_function_of_a_cell_that_stopped_early_is_missed_without_blame():
    absences = missing.Absences()
    absences.explain("lab = Lab()\ndef show(): pass", [output("NotInGrader", "Lab: it is not there")])
    (note,) = absences.explain("show()", [output("NameError", "name 'show' is not defined")])
    assert "costs nothing: show is not there" in note["text"]


def test_an_error_that_may_follow_from_what_is_absent_says_so_and_stays():
    absences = missing.Absences()
    absences.explain("rows = read()", [output("NotInGrader", "read: it is not there")])
    mine = output("ValueError", "min() arg is an empty sequence")
    error, note = absences.explain("min(pods)", [mine])
    assert error == mine
    assert "A cell above that it needs may not have run" in note["text"]
    assert absences.explain("def qos(pod): ...", [mine], is_answer=True) == [mine]


def test_the_learners_own_errors_stay_errors():
    mine = [output("NameError", "name 'rows' is not defined")]
    assert missing.Absences().explain("rows", mine) == mine


def test_the_allowed_list_names_modules_that_exist():
    for file, _ in facade.files():
        ast.parse(file.read_text("utf-8"))
