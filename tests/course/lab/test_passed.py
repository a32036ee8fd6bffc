"""What passed is kept, with `course keep`, after a check and after Validate."""

import copy
import getpass

import nbformat
import pytest
from nbformat.v4 import new_output

from course.cli import main
from course.keep import files
from course.lab.passed import keep_passed
from course.lab.validate import ReportingValidator
from course.project import PROJECT

UNIT = "06_qos"


@pytest.fixture(scope="module")
def solved():
    return nbformat.read(PROJECT / "source" / UNIT / f"{UNIT}.ipynb", as_version=4)


@pytest.fixture
def notebook(solved):
    return copy.deepcopy(solved)


@pytest.fixture
def work(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "work" / "progress.json"))
    return tmp_path / "work"


def cell(notebook, name: str):
    return next(one for one in notebook.cells if one.id == name)


def give(test, value: str) -> None:
    test.outputs = [new_output("execute_result", data={"text/plain": value}, execution_count=1)]


def test_exercises_with_all_points_are_kept(notebook, work):
    passed = keep_passed(notebook, UNIT, files.CHECKED)
    assert passed.new == ["qos", "oom-adj", "my-evictions", "evict-order"]
    assert passed.sentence() == "kept: qos, oom-adj, my-evictions, evict-order"
    names = files.run(files.read(files.folder(), UNIT)["oom-adj"], "06")
    assert callable(names["oom_adj"])
    assert keep_passed(notebook, UNIT, files.CHECKED).same == passed.new


@pytest.mark.parametrize("outputs", ["1", None, "error"])
def test_an_exercise_that_lost_points_or_did_not_run_is_not_kept(notebook, work, outputs):
    test = cell(notebook, "evict-order-examples")
    if outputs == "error":
        test.outputs = [new_output("error", ename="NameError", evalue="", traceback=[])]
    elif outputs is None:
        test.outputs = []
    else:
        give(test, outputs)
    passed = keep_passed(notebook, UNIT, files.CHECKED)
    assert passed.failed == ["evict-order"]
    assert "not passed, so not kept: evict-order" in passed.sentence()
    assert sorted(files.read(files.folder(), UNIT)) == ["my-evictions", "oom-adj", "qos"]


def test_course_keep_keeps_what_the_last_check_found(notebook, work, tmp_path, capsys):
    (tmp_path / "release" / UNIT).mkdir(parents=True)
    nbformat.write(notebook, tmp_path / "release" / UNIT / f"{UNIT}.ipynb")
    assert main(["keep", "--root", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "nothing is kept yet: check a unit first\n"
    assert main(["keep", UNIT, "--root", str(tmp_path)]) == 1
    assert "06_qos was not checked yet: course check 06_qos" in capsys.readouterr().err
    graded = tmp_path / "autograded" / getpass.getuser() / UNIT / f"{UNIT}.ipynb"
    graded.parent.mkdir(parents=True)
    give(cell(notebook, "qos-examples"), "0")
    nbformat.write(notebook, graded)
    assert main(["keep", UNIT, "--root", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "06_qos: kept: oom-adj, my-evictions, evict-order; not passed, so not kept: qos" in said
    assert (work / "kept" / f"{UNIT}.py").is_file()


def test_course_keep_refuses_a_unit_that_is_not_there(work, tmp_path, capsys):
    assert main(["keep", "99_nothing", "--root", str(tmp_path)]) == 2
    assert "there is no unit '99_nothing'" in capsys.readouterr().err


def test_validate_keeps_what_passes_in_work_and_nothing_elsewhere(notebook, work, tmp_path):
    notebook.cells = [
        one for one in notebook.cells if one.id == "imports" or one.metadata.get("nbgrader") is not None
    ]
    released = nbformat.read(PROJECT / "release" / UNIT / f"{UNIT}.ipynb", as_version=4)
    for one in notebook.cells:
        one.metadata = cell(released, one.id).metadata
        if one.metadata.get("nbgrader", {}).get("grade"):
            one.source = cell(released, one.id).source
    cell(notebook, "evict-order").source = "def evict_order(pods):\n    return []"
    for folder in (tmp_path / "elsewhere", work / UNIT):
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{UNIT}.ipynb")
        ReportingValidator().validate(str(folder / f"{UNIT}.ipynb"))
        kept = files.read(files.folder(), UNIT)
        assert sorted(kept) == ([] if folder.name == "elsewhere" else ["my-evictions", "oom-adj", "qos"])
    assert {one.how for one in kept.values()} == {"validated"}
