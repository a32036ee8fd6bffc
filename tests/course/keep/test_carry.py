"""A notebook's cell holds kept parts: their helpers do not meet, and their texts stay as they are."""

import pytest

from course.keep import carry
from course.keep.files import CHECKED, Section, Unusable

AT = "2026-01-01T00:00:00+00:00"
TEXT = (
    'def help():\n    return """one\n  two\n"""\n\ndef reconcile(n, pods):\n    return help() + f"""{n}\nx"""'
)
OTHER = "from json import dumps\n\ndef help():\n    return dumps(2)\n\ndef rolling_step():\n    return help()"


def section(exercise: str, source: str) -> Section:
    return Section(exercise, CHECKED, AT, source)


def test_two_parts_with_helpers_of_one_name_run_beside_each_other():
    chosen = {"reconcile": section("reconcile", TEXT), "rolling_step": section("rolling-step", OTHER)}
    names = {}
    exec(carry.cell(chosen), names)
    assert names["PARTS"]["reconcile"](7, []) == "one\n  two\n7\nx"
    assert names["PARTS"]["rolling_step"]() == "2"
    assert "help" not in names
    assert '"""Kept from 08_rollouts, checked 2026-01-01."""' in carry.cell(chosen)


def test_functions_of_one_exercise_come_together():
    source = "def filters(pod, nodes):\n    return {}\n\ndef score(pod, nodes):\n    return {}"
    text = carry.cell({"filters": section("filters", source), "score": section("score", source)})
    names = {}
    exec(text, names)
    assert list(names["PARTS"]) == ["filters", "score"]


def test_without_parts_it_defines_none():
    assert carry.cell({}) == "PARTS = {}"


@pytest.mark.parametrize("source", ["from json import *", "def reconcile():\n    global seen\n    seen = 1"])
def test_what_cannot_stand_in_a_function_is_refused(source):
    with pytest.raises(Unusable, match="cannot move to another notebook"):
        carry.cell({"reconcile": section("reconcile", source)})
