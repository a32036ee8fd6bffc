"""Test cells in nbgrader's ordinary style: the names they take from a notebook, and what they do to them."""

import ast

import pytest

from course.grading import testcell
from course.sandbox.learner import Learner
from insideout.backends import choice

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


STACK = """
class StackError(Exception):
    pass

class Empty(StackError):
    pass

class Stack:
    def pop(self):
        raise Empty("nothing to pop", 0)

def push(item):
    raise ValueError("full", {"items": [item]})
"""
POPS = """
def caught(kind):
    try:
        Stack().pop()
    except kind as error:
        return error
assert str(caught(Empty)) == "('nothing to pop', 0)", str(caught(Empty))
assert caught(StackError).args == ("nothing to pop", 0), repr(caught(StackError).args)
assert issubclass(Empty, StackError) and issubclass(Empty, Exception)
"""


@pytest.fixture
def learner(warm, limits):
    one = Learner(warm, limits)
    yield one
    one.close()


def outcome(learner: Learner, source: str) -> str:
    """Return "" for a test that passes, else its error."""
    done = testcell.run(source, "t", 1.0, learner, [])
    return done.outputs[-1]["lines"][-1] if done.outputs else ""


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
    assert outcome(learner, USES) == "AssertionError: sum_of_squares does not use squares"


def test_a_function_in_the_place_of_another(learner):
    learner.run(SQUARES + RELIES + "\ndef other(n):\n    return [1]")
    assert outcome(learner, REPLACES) == ""


def test_an_error_of_the_notebook_s_own_class_is_caught_by_it(learner):
    """And by the class that it comes from, with what it was made of."""
    learner.run(STACK)
    assert outcome(learner, POPS) == ""
    learner.run(STACK.replace("class Empty(StackError)", "class Empty(KeyError)"))
    assert outcome(learner, POPS.replace("str(caught(Empty)) ==", "str(caught(Empty)) or")) == (
        "Empty: ('nothing to pop', 0) (at line 9: raise Empty(\"nothing to pop\", 0))"
    )


def test_an_error_holds_the_plain_data_that_it_was_made_of(learner):
    learner.run(STACK)
    test = """
try:
    push(3)
except ValueError as error:
    assert error.args == ("full", {"items": [3]})
"""
    assert outcome(learner, test) == ""
    learner.run(STACK.replace("[item]", "item"))
    assert outcome(learner, test) == "AssertionError: "


def test_what_is_no_class_of_errors_any_more_is_called_again(learner):
    learner.run(STACK)
    assert outcome(learner, "assert issubclass(Empty, Exception)") == ""
    learner.run("def Empty():\n    return 7")
    assert outcome(learner, "assert Empty() == 7") == ""


def test_where_a_checks_cluster_lives_is_not_in_the_feedback(learner, monkeypatch, capsys):
    monkeypatch.setenv(choice.VARIABLE, "controlplane")
    choice.say_once.cache_clear()
    source = "from insideout import Cluster\nCluster.create(nodes=0, realtime=False).stop()"
    assert testcell.run(source, "embedded", 1, learner, []).outputs == []
    assert capsys.readouterr().err == choice.line("controlplane", "its time is virtual") + "\n"
