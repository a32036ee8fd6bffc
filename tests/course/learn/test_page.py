"""Points for checks that run in a browser's page, kept in the form that the installed course reads."""

import json
import os
import sys
from types import SimpleNamespace

import pytest

from course.learn import keeping, page, units
from course.learn.keeping import Kept
from course.learn.moving import bring_in

TESTS = {"qos-examples": 4, "qos-records": 3}


@pytest.fixture
def project(tmp_path, monkeypatch):
    notebook = {
        "cells": [
            {"metadata": {"nbgrader": {"grade": True, "grade_id": name, "points": points}}}
            for name, points in TESTS.items()
        ]
    }
    file = tmp_path / "release" / "06_qos" / "06_qos.ipynb"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(notebook))
    monkeypatch.setattr(page, "PROJECT", tmp_path)
    monkeypatch.setenv("JPY_SESSION_NAME", "/drive/work/06_qos")


def run(watch, monkeypatch, cell: str, result, printed: str = "", error=None) -> None:
    monkeypatch.setattr(page, "cell_id", lambda: cell)
    watch.begins()
    sys.stdout.write(printed)
    watch.ends(SimpleNamespace(result=result, error_before_exec=None, error_in_exec=error))


def check() -> dict:
    return keeping.kept().get("checks", "06_qos")


def test_the_points_of_a_test_cell_are_kept_with_what_it_printed(project, progress, monkeypatch, capsys):
    run(page.Watch(), monkeypatch, "qos-examples", 1, "Broken rule: one\n")
    assert "Broken rule: one" in capsys.readouterr().out
    assert (check()["points"], check()["most"]) == (1, 7)
    assert check()["reports"] == {"qos-examples": "Broken rule: one"}


def test_points_of_test_cells_add_up_and_a_report_goes_when_all_is_right(project, progress, monkeypatch):
    watch = page.Watch()
    run(watch, monkeypatch, "qos-examples", 1, "Broken rule")
    run(watch, monkeypatch, "qos-records", 3)
    run(watch, monkeypatch, "qos-examples", 4)
    assert (check()["points"], check()["reports"]) == (7, {})


def test_a_test_cell_that_raises_earns_nothing_and_says_why(project, progress, monkeypatch):
    run(page.Watch(), monkeypatch, "qos-examples", None, error=NameError("name 'qos' is not defined"))
    assert (check()["points"], check()["reports"]) == (
        0,
        {"qos-examples": "NameError: name 'qos' is not defined"},
    )


@pytest.mark.parametrize("value", [True, "4", None])
def test_what_is_no_number_earns_nothing(project, progress, monkeypatch, value):
    run(page.Watch(), monkeypatch, "qos-examples", value)
    assert check()["points"] == 0


def test_other_cells_are_left_alone(project, progress, monkeypatch):
    before = sys.stdout
    monkeypatch.setattr(page, "cell_id", lambda: "imports")
    watch = page.Watch()
    watch.begins()
    assert sys.stdout is before
    watch.ends(SimpleNamespace(result=5, error_before_exec=None, error_in_exec=None))
    assert check() == {}


def test_a_check_from_elsewhere_that_earned_more_stays(project, progress, monkeypatch):
    keeping.kept().put("checks", "06_qos", {"points": 6, "most": 7})
    run(page.Watch(), monkeypatch, "qos-examples", 4)
    assert check()["points"] == 6


def test_the_installed_course_reads_it(project, progress, monkeypatch, tmp_path):
    run(page.Watch(), monkeypatch, "qos-examples", 4)
    installed = Kept(tmp_path / "installed.json")
    assert bring_in(installed, json.dumps({"version": 1, **keeping.kept().read()})) == 1
    assert installed.get("checks", "06_qos")["points"] == 4


@pytest.mark.parametrize(
    ("metadata", "goes_on"),
    [
        ({"tags": ["raises-exception"]}, True),
        ({"nbgrader": {"grade": True}}, True),
        ({"nbgrader": {"grade": False, "solution": True}}, False),
        ({}, False),
    ],
)
def test_an_error_ends_the_run_only_where_none_is_expected(
    project, progress, monkeypatch, capsys, metadata, goes_on
):
    monkeypatch.setattr(page, "cell_metadata", lambda: metadata)
    shell = SimpleNamespace(_last_traceback={"traceback": ["qos is not written yet"]})
    run(page.Watch(shell), monkeypatch, "my-order", None, error=NotImplementedError())
    assert (shell._last_traceback is None) == goes_on
    assert ("qos is not written yet" in capsys.readouterr().err) == goes_on


def test_a_notebook_in_the_browsers_folders_knows_its_unit(project):
    assert units.current() == "06_qos"
    assert os.environ["JPY_SESSION_NAME"].endswith("06_qos")


def test_the_notebooks_folder_is_known_from_the_first_cell_on(project, monkeypatch, tmp_path):
    monkeypatch.delenv("JPY_SESSION_NAME")
    monkeypatch.delenv(keeping.VARIABLE, raising=False)
    watch = page.Watch()  # made where the site is built
    folder = tmp_path / "drive" / "work" / "06_qos"
    folder.mkdir(parents=True)
    monkeypatch.setattr(page, "DRIVE", tmp_path / "drive")
    monkeypatch.chdir(folder)
    watch.begins()
    assert units.current() == "06_qos"
    assert os.environ.pop(keeping.VARIABLE) == str(tmp_path / "drive" / "work" / "progress.json")
    del os.environ["JPY_SESSION_NAME"]
