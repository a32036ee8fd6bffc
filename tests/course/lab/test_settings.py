"""Self-paced grading is on for a learner alone and off in a class; an instructor's word counts most."""

import pytest
from traitlets import TraitError
from traitlets.config import Config

from course.checks.report import HIDDEN_FEEDBACK
from course.lab.settings import CourseLab


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    for name in ("COURSE_EXCHANGE", "COURSE_SELF_PACED"):
        monkeypatch.delenv(name, raising=False)


def test_a_learner_alone_is_graded_at_once():
    assert CourseLab().self_paced is True


@pytest.mark.parametrize(
    ("name", "value"), [("COURSE_EXCHANGE", "/srv/exchange"), ("COURSE_SELF_PACED", "0")]
)
def test_in_a_class_the_instructor_grades(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    assert CourseLab().self_paced is False


def test_the_configuration_counts_most(monkeypatch):
    monkeypatch.setenv("COURSE_EXCHANGE", "/srv/exchange")
    assert CourseLab(config=Config({"CourseLab": {"self_paced": True}})).self_paced is True


def test_hidden_cases_are_told_by_their_rule_unless_configured():
    assert CourseLab().environment()[HIDDEN_FEEDBACK] == "rule"
    shown = CourseLab(config=Config({"CourseLab": {"hidden_cases": "case"}}))
    assert shown.environment()[HIDDEN_FEEDBACK] == "case"
    with pytest.raises(TraitError):
        CourseLab(config=Config({"CourseLab": {"hidden_cases": "everything"}})).environment()
