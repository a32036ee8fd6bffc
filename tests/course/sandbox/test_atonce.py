"""Many calls in one piece earn and tell what the same calls do one by one."""

import pytest

from course.checks import atonce
from course.checks.cases import with_keeping
from course.checks.report import Case, assess
from course.sandbox.learner import Learner

FUNCTIONS = {
    "right": "return sorted(things)[-1] + n",
    "wrong": "return things[-1] + n",
    "raises in some cases": "return 1 // (n % 7) * 0 + max(things) + n",
    "answers an object in some cases": "return max(things) + n if n % 5 else object()",
    "prints in some cases": "print('n is', n) if n % 50 == 3 else None\n    return max(things) + n",
    "changes what it is given": "things.sort()\n    return things[-1] + n",
    "exits in some cases": "import sys\n    return max(things) + n if n % 9 else sys.exit(3)",
    "not written": "raise NotImplementedError",
    "a tuple for a number": "return (max(things) + n,)",
}


def cases():
    made = [
        Case(f"rule {n % 4}", ([n % 3, n % 8, 1], n), max(n % 3, n % 8, 1) + n) for n in range(atonce.LEAST)
    ]
    return with_keeping(made)


@pytest.mark.parametrize("body", FUNCTIONS.values(), ids=FUNCTIONS)
def test_a_check_of_many_cases_says_the_same_of_a_function_elsewhere(warm, limits, body):
    text = f"def f(things, n):\n    {body}\n"
    here: dict = {}
    exec(text, here)
    learner = Learner(warm, limits)
    try:
        learner.run(text)
        there = learner.names(["f"])["f"]
        assert told(there) == told(here["f"])
    finally:
        learner.close()


def told(function) -> tuple[float, list[str]]:
    assessment = assess("f", function, cases(), points=10)
    # Where a line stands is told only of a process of the learner's own.
    lines = [line.split(" (at line")[0].split(" at line")[0] for line in assessment.report.splitlines()]
    return assessment.points, [line for line in lines if "line 2" not in line and "line 3" not in line]


def test_a_right_function_is_asked_once(warm, limits, monkeypatch):
    asked = []
    call = Learner._call
    monkeypatch.setattr(Learner, "_call", lambda self, *a: (asked.append(a[-1]), call(self, *a))[1])
    learner = Learner(warm, limits)
    learner.run("def f(things, n):\n    return max(things) + n")
    assert assess("f", learner.names(["f"])["f"], cases(), points=10).points == 10
    assert len(asked) == 1
    learner.close()


FORGED = {
    "fewer": "lambda f, questions: [[7, None]]",
    "more": "lambda f, questions: [[7, None]] * 10**4",
    "nonsense": "lambda f, questions: [7, 'x', None, [1, 2, 3]]",
    "nothing": "lambda f, questions: None",
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_forged_answers_are_compared_like_any(warm, limits, forged):
    learner = Learner(warm, limits)
    run = learner.run(
        f"from course.checks import atonce\natonce.answers = {forged}\ndef f(things, n):\n    return -1"
    )
    assert not run.died
    assert assess("f", learner.names(["f"])["f"], cases(), points=10).points <= 2  # it keeps its arguments
    learner.close()
