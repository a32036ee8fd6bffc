"""Unit 14: a misconception loses points in the cell meant for it, a right solution earns them all."""

import pytest

from course.checks.report import assess
from course.units.u14_exec import answers, checks, live
from course.units.u14_exec import cases as made
from course.units.u14_exec.hops import exec_in, pod
from course.units.u14_exec.misconceptions import ALLOWED, DEMUX
from course.units.u14_exec.plots.hops import plot_hops
from insideout import Cluster
from tests.course.units.graded import GradedLesson, rules_with_one_answer, solution_tests
from tests.course.units.u14_exec.solutions import RIGHT, UNIT, WRONG

LESSON = GradedLesson(UNIT)
CASES = [
    made.frame_cases(),
    made.exit_cases(),
    made.unseen_cases(3),
    made.allowed_cases(),
    made.recorded_cases(),
]


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """Wait as long as it takes: on a busy machine a whole cluster is slow."""
    monkeypatch.setattr("course.checks.call.LIMIT_S", 60.0)
    monkeypatch.setattr("course.checks.report.CHECK_S", 600.0)


test_a_misconception, test_a_right_solution = solution_tests(LESSON, RIGHT, WRONG)


@pytest.mark.parametrize("cases", CASES)
def test_no_rule_can_be_satisfied_by_a_constant(cases):
    assert rules_with_one_answer(cases) == []


@pytest.mark.parametrize("belief", DEMUX)
def test_a_known_demultiplexer_is_wrong_somewhere(belief):
    assert any(assess("Demux", DEMUX[belief], cases, points=1).points < 1 for cases in CASES[:3])


@pytest.mark.parametrize("belief", ALLOWED)
def test_a_report_names_a_belief(belief, capsys):
    checks.allowed_examples(ALLOWED[belief], points=2)
    assert belief in capsys.readouterr().out


class _Deaf(answers.Demux):
    """Takes standard error for nothing."""

    def feed(self, frame):
        if frame[:1] != [2]:
            super().feed(frame)


class _OnlyOnes(answers.Demux):
    """Knows only that something failed."""

    def exit_code(self):
        return 1 if super().exit_code() else 0


class _Trusting(answers.Demux):
    """Takes the end of the stream for success."""

    def exit_code(self):
        return 0


@pytest.mark.parametrize("wrong", [_Deaf, _OnlyOnes, _Trusting])
def test_a_wrong_demultiplexer_is_noticed_at_work(wrong):
    assert assess("Demux", live.at_work(wrong), live.cases(), points=4).points < 4


def test_a_seed_settles_the_cases_and_another_changes_them():
    assert list(made.unseen_cases(1)) == list(made.unseen_cases(1))
    assert list(made.unseen_cases(1)) != list(made.unseen_cases(2))


def test_both_hops_are_seen_and_told():
    with Cluster.create(nodes=1) as cluster:
        cluster.core.create_namespaced_pod("default", pod("web"))
        cluster.run(seconds=3)
        trace = exec_in(cluster, "web", ["cat"], stdin="a\n")
        refused = exec_in(cluster, "nobody", ["ls"])
    assert trace.steps[2] == ("API server", "kubelet", "POST /exec/default/web/app")
    assert bytes(trace.frames[1]) == b"\x01a\n"
    assert "API server to kubelet: POST /exec/default/web/app" in plot_hops(trace, len(trace.steps)).alt
    assert (refused.answer, refused.frames) == (404, [])
