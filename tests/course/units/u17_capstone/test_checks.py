"""Unit 17: right solutions earn all, each misconception loses in the cells meant for it."""

from functools import partial

import pytest

from course.checks.call import Raised
from course.units.u17_capstone import cases, checks, unseen
from course.units.u17_capstone.day import HOURS, SHIFTS
from tests.course.units.graded import GradedLesson, rules_with_one_answer, solution_tests
from tests.course.units.u17_capstone import parts
from tests.course.units.u17_capstone.solutions import RIGHT, WRONG

LESSON = GradedLesson("17_capstone")
test_a_misconception_loses_its_points, test_a_right_solution_earns_all = solution_tests(LESSON, RIGHT, WRONG)
ALL = {
    "violations": cases.violation_cases,
    "unseen": partial(unseen.violation_cases, 3),
    "chain": cases.chain_cases,
}


@pytest.mark.parametrize("name", ALL)
def test_no_rule_holds_for_a_constant(name):
    asked = [case for case in ALL[name]() if not case.keeps]
    assert rules_with_one_answer(asked) == []


@pytest.mark.parametrize(("part", "belief"), parts.WRONG)
def test_a_wrong_part_loses_an_hour_that_it_decides(part, belief, solutions):
    mine = parts.wrong(part, belief, solutions("17_capstone")["PARTS"])
    hours = [hour for hour in HOURS if part in hour.parts]
    work = checks._Work(tuple(hours), mine)
    for hour in hours:
        work.alone(hour)
    assert [hour.name for hour in hours if work._said.get(hour.name) != list(hour.holds)]


def test_drawn_cases_repeat():
    assert unseen.violation_cases(5) == unseen.violation_cases(5)
    assert unseen.violation_cases(5) != unseen.violation_cases(6)


def test_a_part_that_stands_in_another_ones_way_does_not_take_its_points(solutions, capsys):
    mine = dict(solutions("17_capstone")["PARTS"])
    mine["filters"] = lambda pod, nodes: {node["name"]: ["Insufficient cpu"] for node in nodes}
    assert checks.morning(mine, points=6) == 5
    assert (
        "pods are killed: it holds with reconcile alone; with your other parts not."
        in capsys.readouterr().out
    )


def test_without_parts_the_report_says_what_to_do(capsys):
    assert checks.night({}, points=3) == 0
    assert "No part in PARTS is yours. Check the units that you wrote" in capsys.readouterr().out


def test_hours_that_ours_decide_earn_nothing_and_the_report_says_what_is_missing(solutions, capsys):
    mine = {"allowed": solutions("17_capstone")["PARTS"]["allowed"]}
    assert checks.night(mine, points=3) == 1
    assert "Ours decides here: write nat_rules, check it, and bring it" in capsys.readouterr().out


def test_a_part_that_raises_is_shown_with_its_error(solutions, capsys):
    mine = {**solutions("17_capstone")["PARTS"], "allowed": lambda *arguments: 1 / 0}
    assert checks.night(mine, points=3) == 2
    assert "ZeroDivisionError: division by zero" in capsys.readouterr().out


def test_a_part_without_an_end_elsewhere_is_asked_once_and_costs_only_its_hour(solutions, capsys):
    asked = []

    def endless(api, key):
        asked.append(key)
        raise Raised("TooSlow", "stopped after 5 s; is there a loop without an end?")

    mine = {**solutions("17_capstone")["PARTS"], "operator": endless}
    work = checks._Work(SHIFTS["morning"], mine)
    work.together()
    assert asked == ["default/sessions"]
    assert checks.morning(mine, points=6) == 5
    assert "is there a loop without an end?" in capsys.readouterr().out
