"""Lesson 13: a misconception loses points in the cell meant for it, a right solution earns them all."""

from functools import partial

import pytest

from course.checks.report import assess
from course.units.u13_networking import at_work, recorded
from course.units.u13_networking import cases as examples
from course.units.u13_networking import unseen as drawn
from course.units.u13_networking.misconceptions import KNOWN
from course.units.u13_networking.plots.packet import plot_packet
from course.units.u13_networking.plots.reach import plot_reach, say_why, table
from course.units.u13_networking.town import NAMES, app, policy
from tests.course.units.graded import GradedLesson, rules_with_one_answer, solution_tests
from tests.course.units.u13_networking.solutions import RIGHT, WRONG

UNIT = "13_networking"
LESSON = GradedLesson(UNIT)


test_a_misconception, test_a_right_solution = solution_tests(LESSON, RIGHT, WRONG)


def test_the_check_at_work_rejects_at_least_three_beliefs():
    (rule,) = at_work.cases().by_rule.values()
    lost = [
        belief
        for belief, wrong in KNOWN["allowed"].items()
        if any(at_work.at_work(wrong)(*case.arguments) != case.expected for case in rule)
    ]
    assert len(lost) >= 3


@pytest.mark.parametrize("belief", KNOWN["allowed"])
def test_the_report_of_a_belief_about_policies_names_it(belief):
    known = KNOWN["allowed"]
    found = assess("allowed", known[belief], examples.allowed_cases(), points=1, misconceptions=known)
    assert found.points < 1
    assert f"These answers follow from a known mistake: {belief}" in found.report


def test_an_answer_that_is_neither_true_nor_false_says_what_to_give():
    (first, *_) = at_work.cases()
    with pytest.raises(Exception, match="give True or False"):
        at_work.at_work(lambda *_: None)(*first.arguments)


def test_every_recorded_cluster_is_asked_about():
    assert len({str(case.arguments[:3]) for case in recorded.random_cases()}) == 64
    assert len(recorded.e2e_cases()) > 200


@pytest.mark.parametrize(
    "cases",
    [
        pytest.param(examples.mtu_cases, id="mtu examples"),
        pytest.param(partial(drawn.mtu_cases, 3), id="mtu unseen"),
        pytest.param(examples.capacity_cases, id="capacity examples"),
        pytest.param(partial(drawn.capacity_cases, 3), id="capacity unseen"),
        pytest.param(examples.routes_cases, id="routes examples"),
        pytest.param(partial(drawn.routes_cases, 3), id="routes unseen"),
        pytest.param(examples.allowed_cases, id="allowed examples"),
        pytest.param(recorded.e2e_cases, id="allowed e2e"),
        pytest.param(recorded.random_cases, id="allowed records"),
        pytest.param(partial(drawn.allowed_cases, 3), id="allowed unseen"),
        pytest.param(at_work.cases, id="allowed at work"),
    ],
)
def test_no_rule_can_be_satisfied_by_a_constant(cases):
    assert rules_with_one_answer(cases()) == []


@pytest.mark.parametrize(
    "draw", [drawn.mtu_cases, drawn.capacity_cases, drawn.routes_cases, drawn.allowed_cases]
)
def test_a_seed_settles_the_cases_and_another_changes_them(draw):
    assert list(draw(1)) == list(draw(1))
    assert list(draw(1)) != list(draw(2))


def test_the_table_before_and_after_with_the_reason_of_a_cell():
    policies = [policy({}), policy({"ingress": [{"from": [{"podSelector": app("web")}]}]}, name="q")]
    lines = table(policies)
    assert lines[NAMES.index("shop/web")] == "#........"
    assert lines[NAMES.index("bank/web")] == "XXX#....."
    assert say_why(policies, "shop/web", "shop/db").endswith("Ingress: shop/q ingress[0]")
    assert say_why(policies, "shop/db", "shop/db") == "shop/db to itself: nothing is promised"
    picture = plot_reach({"after": lines}, chosen=("bank/web", "shop/db"), policies=policies)
    assert "after: 22 of 72 denied." in picture.alt
    assert picture.alt.endswith("Ingress: no rule of shop/p, shop/q matches")


def test_the_picture_of_a_packet_adds_up():
    assert plot_packet("wireguard", 6).alt == (
        "wireguard over IPv6, from the outside in, in bytes: outer IPv6 40, UDP 8, WireGuard 32, "
        "the pod's IP packet 1420."
    )
