"""What a report tells of the cases that only the grader has: a rule, unless an instructor says otherwise."""

import pytest

from course.checks.cases import Case, HiddenSeed, kept
from course.checks.report import HIDDEN_FEEDBACK, assess


@kept
def cases(seed: int):
    yield Case("doubles", (4711,), 9422)
    yield Case("keeps zero", (0,), 0)


def wrong(number: int) -> int:
    print("looking at", number)
    return number


def report(seed: int) -> str:
    return assess("double", wrong, cases(seed), points=2).report


def test_a_case_that_everyone_has_is_shown(monkeypatch):
    monkeypatch.delenv(HIDDEN_FEEDBACK, raising=False)
    assert "4711" in report(3)
    assert "9422" in report(3)


def test_of_a_hidden_case_only_the_broken_rule_is_told(monkeypatch):
    monkeypatch.delenv(HIDDEN_FEEDBACK, raising=False)
    text = report(HiddenSeed(3))
    assert "Broken rule: doubles" in text
    assert "1 of 1 cases fail" in text
    assert "4711" not in text
    assert "9422" not in text
    assert "1 of 2 points" in text


@pytest.mark.parametrize(("setting", "shown"), [("case", True), ("rule", False), ("", False)])
def test_an_instructor_may_show_hidden_cases(monkeypatch, setting, shown):
    monkeypatch.setenv(HIDDEN_FEEDBACK, setting)
    assert ("4711" in report(HiddenSeed(3))) is shown
