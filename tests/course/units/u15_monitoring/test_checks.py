"""Unit 15: a misconception loses points in the cell meant for it, a right solution earns them all."""

import json
import re

import pytest

from course.checks.report import assess
from course.units.u15_monitoring import answers, atwork, cases, grafana, recorded, unseen
from course.units.u15_monitoring.misconceptions import KNOWN
from insideout import records
from tests.course.units.graded import GradedLesson, rules_with_one_answer, solution_tests
from tests.course.units.u15_monitoring.solutions import RIGHT, WRONG
from tests.insideout.monitoring.promtool import Claim, complaint, needs_promtool

UNIT = "15_monitoring"
LESSON = GradedLesson(UNIT)


test_a_misconception, test_a_right_solution = solution_tests(LESSON, RIGHT, WRONG)


ALL = {
    "prom_rate": [cases.rate_cases(), recorded.rate_cases(), unseen.rate_cases(3)],
    "working_set": [cases.working_set_cases()],
    "hpa_replicas": [cases.hpa_cases(), recorded.hpa_cases(), unseen.hpa_cases(3)],
    "alert_states": [cases.alert_cases(), recorded.alert_cases(), unseen.alert_cases(3)],
}


@pytest.mark.parametrize("exercise", ALL)
def test_no_rule_can_be_satisfied_by_a_constant(exercise):
    assert [rules_with_one_answer(chosen) for chosen in ALL[exercise]] == [[]] * len(ALL[exercise])


@needs_promtool
@pytest.mark.parametrize("interval_s", [15, 30, 60])
def test_a_real_promtool_says_the_same_of_the_unseen_alerts(interval_s, tmp_path):
    """Of those with this interval, and of the examples by hand."""
    chosen = [*cases.alert_cases(), *unseen.alert_cases(3), *unseen.alert_cases(4)]
    claims = [
        Claim(there, hold, keep[0] if keep else 0, case.expected)
        for case in chosen
        for there, interval, hold, *keep in [case.arguments]
        if interval == interval_s
    ]
    assert len(claims) > 10
    assert complaint(claims, interval_s, tmp_path) == ""


@pytest.mark.parametrize("exercise", KNOWN)
def test_a_known_misconception_breaks_a_visible_rule_and_is_named(exercise):
    for belief, function in KNOWN[exercise].items():
        report = assess(exercise, function, ALL[exercise][0], points=1, misconceptions=KNOWN[exercise])
        assert report.points < 1, belief
        assert belief in report.report, belief


def test_the_check_at_work_rejects_wrong_autoscalers():
    lost = [
        belief
        for belief, function in KNOWN["hpa_replicas"].items()
        if assess("x", atwork.sizes(function), atwork.cases(), points=1).points < 1
    ]
    assert len(lost) >= 3


def test_what_the_function_raises_at_work_is_told():
    def broken(*_):
        raise RuntimeError("not today")

    report = assess("x", atwork.sizes(broken), atwork.cases(), points=1)
    assert report.points == 0
    assert "not today" in report.report


def test_the_vectors_of_the_autoscaler():
    """P2.9 (d): answers that are agreed on."""
    assert answers.hpa_replicas(4, [(1000, 900, True)] * 4, 50) == 8
    assert answers.hpa_replicas(4, [(1000, 900, True)] * 3 + [(1000, 900, False)], 50) == 6
    assert answers.hpa_replicas(4, [(1000, 200, True)] * 3 + [(1000, None, True)], 50) == 4
    assert answers.hpa_replicas(4, [(1000, 559, True)] * 4, 50) == 4
    assert answers.hpa_replicas(4, [(1000, 560, True)] * 4, 50) == 5


@pytest.mark.parametrize("draw", [unseen.rate_cases, unseen.hpa_cases, unseen.alert_cases])
def test_a_seed_settles_the_cases_and_another_changes_them(draw):
    def given(seed):
        return [case.arguments for case in draw(seed)]

    assert given(1) == given(1) != given(2)


def test_the_dashboard_for_grafana_is_made_from_the_panels_and_names_metrics_that_exist():
    assert grafana.FILE.read_text("utf-8") == grafana.text()
    known = {row["name"] for row in records.read("metrics_catalog")[0]["metrics"]}
    queries = [
        target["expr"] for panel in json.loads(grafana.text())["panels"] for target in panel["targets"]
    ]
    names = {name for query in queries for name in re.findall(r"[a-z_]{12,}", query)}
    assert names
    assert names <= known
