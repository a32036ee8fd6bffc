"""A report shows every argument by its name: each check says the names, or how to show its cases."""

import ast

import pytest

from course.project import PROJECT

CHECKS = sorted((PROJECT / "course" / "units").glob("u*/checks.py"))


@pytest.mark.parametrize("path", CHECKS, ids=lambda path: path.parent.name)
def test_every_check_names_the_arguments(path):
    calls = [
        call
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "grade"
    ]
    without = [
        call.lineno for call in calls if not {one.arg for one in call.keywords} & {"arguments", "show"}
    ]
    assert calls
    assert not without
