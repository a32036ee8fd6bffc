"""Test cells in nbgrader's ordinary style: the names they take from a notebook, and what they do to them."""

import ast

import pytest

from course.grading import testcell
from course.sandbox.learner import Learner

WANTED = {
    "a function": ("assert f(1) == 2", ["f"]),
    "what is bound first": ("f = 1\nf", []),
    "what is read and then deleted": ("kept = f\ndel f\ng()\nf = kept", ["f", "g"]),
    "what grows": ("total = total + 1", ["total"]),
    "its own function": ("def g(x):\n    y = x\n    return y + z\ng(1)", ["z"]),
    "a loop": ("for i in range(3):\n    f(i)", ["f"]),
    "a comprehension": ("x = [i for i in f()]", ["f"]),
    "an import": ("import os\nos.sep", []),
    "Python's own names": ("print(len([]))", []),
}


@pytest.mark.parametrize("name", WANTED)
def test_names_that_are_taken(name: str) -> None:
    source, expected = WANTED[name]
    assert testcell.wanted_names(ast.parse(source)) == expected


SQUARES = """
def squares(n):
    if n < 1:
        raise ValueError("n must be at least 1")
    return [i * i for i in range(1, n + 1)]
"""
RELIES, REPEATS = (
    "def sum_of_squares(n):\n    return sum(squares(n))",
    "def sum_of_squares(n):\n    return sum(i * i for i in range(1, n + 1))",
)
RAISES = """
try:
    squares(0)
except ValueError:
    pass
else:
    raise AssertionError("did not raise")
"""
USES = """
orig_squares = squares
del squares
try:
    sum_of_squares(1)
except NameError:
    pass
else:
    raise AssertionError("sum_of_squares does not use squares")
finally:
    squares = orig_squares
"""
REPLACES = """
kept = squares
squares = other
assert sum_of_squares(5) == 1
squares = kept
assert sum_of_squares(2) == 5
"""


@pytest.fixture
def learner(warm, limits):
    one = Learner(warm, limits)
    yield one
    one.close()


def outcome(learner: Learner, source: str) -> str:
    """Return "" for a test that passes, else its error's message."""
    done = testcell.run(source, "t", 1.0, learner, [])
    return done.outputs[-1]["message"] if done.outputs else ""


def test_an_error_is_caught_by_its_type(learner):
    learner.run(SQUARES)
    assert outcome(learner, RAISES) == ""
    learner.run(SQUARES.replace("ValueError", "KeyError"))
    assert "n must be at least 1" in outcome(learner, RAISES)


def test_a_deleted_function_is_gone_for_the_next_one(learner):
    """The test of nbgrader's own first assignment: whether one function relies on another."""
    learner.run(SQUARES + RELIES)
    assert outcome(learner, USES) == ""
    assert outcome(learner, "assert sum_of_squares(2) == 5") == ""
    learner.run(REPEATS)
    assert outcome(learner, USES) == "sum_of_squares does not use squares"


def test_a_function_in_the_place_of_another(learner):
    learner.run(SQUARES + RELIES + "\ndef other(n):\n    return [1]")
    assert outcome(learner, REPLACES) == ""
