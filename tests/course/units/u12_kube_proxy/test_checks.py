"""Lesson 12: a misconception loses points in the cells meant for it, a right solution earns them all."""

import contextlib
import io
from functools import partial

import pytest

from course.units.u12_kube_proxy import cases as kube_proxy_cases
from course.units.u12_kube_proxy import recorded as kube_proxy_recorded
from course.units.u12_kube_proxy import unseen as kube_proxy_random
from course.units.u12_kube_proxy.misconceptions import KNOWN
from tests.course.units.graded import GradedLesson, rules_with_one_answer
from tests.course.units.u12_kube_proxy.solutions import RIGHT, WRONG

UNIT = "12_kube_proxy"
LESSON = GradedLesson(UNIT)


def report(cell_id: str, names: dict) -> str:
    """Run the part of a test cell that a learner sees, and return what it prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(LESSON.tests[cell_id].source.partition("### BEGIN HIDDEN TESTS")[0], names)
    return printed.getvalue()


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: f"{wrong.exercise}: {wrong.belief}")
def test_a_misconception_loses_points_where_it_is_meant_to(wrong, solutions):
    source = LESSON.cells[wrong.exercise].source
    assert wrong.old in source
    names = solutions(UNIT)
    exec(source.replace(wrong.old, wrong.new), names)
    assert LESSON.lost(names, wrong.exercise) == wrong.caught_by


@pytest.mark.parametrize("name", RIGHT)
def test_a_solution_that_only_looks_different_earns_everything(name, solutions):
    exercise, code = RIGHT[name]
    names = solutions(UNIT)
    exec(code, names)
    assert LESSON.lost(names, exercise) == ()


@pytest.mark.parametrize("answer", [None, 7, [7], ["-A"], [[]], {"a": 1}, "REJECT", [["DROP", 0, "x"]]])
def test_an_answer_of_another_shape_is_a_wrong_answer_and_no_accident(answer, solutions):
    names = solutions(UNIT)
    for name in ("chain_name", "probabilities", "refusal", "nat_rules", "trace"):
        names[name] = lambda *arguments: answer
    names["my_refusals"] = answer
    assert LESSON.lost(names) == tuple(LESSON.tests)


SAID = "These answers follow from a known mistake: "
WALKED = {"nat-rules": "nat_rules", "trace": "trace"}


@pytest.mark.parametrize(
    "wrong",
    [wrong for wrong in WRONG if wrong.belief in KNOWN.get(WALKED.get(wrong.exercise, ""), ())],
    ids=lambda wrong: f"{wrong.exercise}: {wrong.belief}",
)
def test_the_report_of_a_wrong_solution_names_its_belief_and_no_other(wrong, solutions):
    names = solutions(UNIT)
    exec(LESSON.cells[wrong.exercise].source.replace(wrong.old, wrong.new), names)
    shown = report(f"{wrong.exercise}-examples", names)
    assert {line.partition(SAID)[2] for line in shown.splitlines() if SAID in line} == {wrong.belief}


def test_every_known_belief_about_rules_and_ways_has_its_wrong_solution():
    beliefs = {wrong.belief for wrong in WRONG}
    assert [belief for name in WALKED.values() for belief in KNOWN[name] if belief not in beliefs] == []


@pytest.mark.parametrize("name", RIGHT)
def test_the_report_of_a_right_solution_names_no_belief(name, solutions):
    exercise, code = RIGHT[name]
    names = solutions(UNIT)
    exec(code, names)
    assert SAID not in report(f"{exercise}-examples", names)


def test_the_report_shows_the_two_rules_that_differ(solutions):
    names = solutions(UNIT)
    code = LESSON.cells["nat-rules"].source.replace('f"! -s {pod_cidr}", cluster_ip, "-j', 'cluster_ip, "-j')
    exec(code, names)
    shown = report("nat-rules-examples", names)
    assert "Broken rule: the Service's chain marks what does not come from pods" in shown
    rule = "-d 10.96.0.11/32 -p tcp -m tcp --dport 80 -j KUBE-MARK-MASQ"
    assert f"KUBE-SVC-YTGZ2JEENUBCE3T3 ! -s 10.244.0.0/16 {rule}" in shown.partition("got  ")[0]
    assert f"KUBE-SVC-YTGZ2JEENUBCE3T3 {rule}" in shown.partition("got  ")[2]


def test_the_checks_hold_against_every_recorded_service_and_chain():
    assert len(list(kube_proxy_recorded.nat_cases())) == 15
    assert len(list(kube_proxy_recorded.chain_name_cases())) == 44


@pytest.mark.parametrize(
    "cases",
    [
        pytest.param(kube_proxy_cases.chain_name_cases, id="chain_name examples"),
        pytest.param(kube_proxy_recorded.chain_name_cases, id="chain_name records"),
        pytest.param(partial(kube_proxy_random.chain_name_cases, 3), id="chain_name unseen"),
        pytest.param(kube_proxy_cases.probabilities_cases, id="probabilities"),
        pytest.param(kube_proxy_cases.refusal_cases, id="refusal"),
        pytest.param(kube_proxy_cases.nat_cases, id="nat_rules examples"),
        pytest.param(kube_proxy_recorded.nat_cases, id="nat_rules records"),
        pytest.param(partial(kube_proxy_random.nat_cases, 3), id="nat_rules unseen"),
        pytest.param(kube_proxy_cases.trace_cases, id="trace examples"),
        pytest.param(partial(kube_proxy_random.trace_cases, 3), id="trace unseen"),
    ],
)
def test_no_rule_can_be_satisfied_by_a_constant(cases):
    assert rules_with_one_answer(cases()) == []


@pytest.mark.parametrize(
    "draw", [kube_proxy_random.chain_name_cases, kube_proxy_random.nat_cases, kube_proxy_random.trace_cases]
)
def test_a_seed_settles_the_cases_and_another_changes_them(draw):
    def drawn(seed):
        return [(case.arguments, case.expected) for case in draw(seed)]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


@pytest.mark.parametrize(
    ("example", "why"),
    [
        pytest.param(([], "None", "n", "REJECT"), "policy is", id="no policy"),
        pytest.param((["10.0.0.1"], "Local", "n", ""), "endpoints is a list of dicts", id="no endpoint"),
        pytest.param(
            ([{"conditions": {"ready": "True"}}], "Local", "n", ""), "a condition is True", id="a word"
        ),
        pytest.param(([], "Local", None, "REJECT"), "node is the name", id="no node"),
    ],
)
def test_what_is_no_question_about_endpoints_is_no_example(example, why, solutions):
    names = solutions(UNIT) | {"my_refusals": [example]}
    assert f"example 1 is none: {why}" in report("my-refusals-caught", names)
