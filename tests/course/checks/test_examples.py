"""Examples count when they are right, and pay for the misconceptions that they would catch."""

import pytest

from course.checks.examples import AT_MOST, assess
from course.grading import testcell
from course.sandbox.learner import Learner


def share(total, parts):
    """Return how many whole things each part gets; Conflict when there are no parts."""
    if parts == 0:
        raise Conflict
    return total // parts


class Conflict(Exception):
    """What an API server would answer."""


BELIEFS = {
    "rounded to the nearest": lambda total, parts: round(total / parts),
    "rounded up": lambda total, parts: -(-total // parts),
    "the rest is what each gets": lambda total, parts: total % parts,
    "rounded towards zero": lambda total, parts: int(total / parts),
}
NEAREST, ALL_FOUR = (11, 4, 2), (-7, 4, -2)


def told(examples, **more):
    return assess("my_examples", examples, share, BELIEFS, points=4, **more)


def test_points_are_for_misconceptions_caught_and_the_report_lists_both():
    assert told([(12, 4, 3), (9, 4, 2)]).points == 2
    assert told([(9, 4, 2)]).report.splitlines() == [
        "my_examples: 1 of 1 examples are what Kubernetes does",
        "",
        "They would catch who believes:",
        "  + rounded up",
        "  + the rest is what each gets",
        "They would not catch who believes:",
        "  - rounded to the nearest",
        "  - rounded towards zero",
        "2 of 4 points",
    ]


def test_all_caught_by_right_examples_is_all_points():
    assert told([NEAREST, (-7, 4, -2)]) == (
        4,
        "my_examples: 2 of 2 examples are what Kubernetes does\n\nThey would catch who believes:\n"
        + "".join(f"  + {belief}\n" for belief in BELIEFS)
        + "4 of 4 points",
    )


def test_a_wrong_example_is_named_without_its_answer_catches_nothing_and_takes_its_part():
    found = told([NEAREST, (-7, 4, -2), (8, 4, 77), (9, 3, 78)])
    assert found.points == 2
    assert "  example 3 is not what Kubernetes does\n  example 4 is not" in found.report
    assert told([(-7, 4, -1)]).points == 0
    assert "-2" not in told([(-7, 4, -1)]).report


def test_saying_it_again_does_not_pay_and_costs_nothing():
    found = told([NEAREST, NEAREST, (-7, 4, -2), [11, 4, 2]])
    assert found.points == 4
    assert "example 2 is example 1 again and does not count" in found.report
    assert "2 of 2 examples" in found.report


def test_every_answer_to_one_question_is_no_answer():
    found = told([(11, 4, n) for n in range(5)])
    assert found.points == 0
    assert "example 3 contradicts example 1: neither counts as right" in found.report


def test_guesses_at_questions_that_differ_in_what_does_not_matter_earn_little():
    assert told([(9 + 16 * n, 4, 4 * n + guess) for n, guess in enumerate([0, 1, 2, 3])]).points == 0.5


@pytest.mark.parametrize(
    ("examples", "why"),
    [
        ([], "my_examples is empty: write examples, each a tuple (total, parts, answer)"),
        (None, "my_examples is a NoneType; make it a list of examples, each a tuple (total, parts, answer)"),
        ("?", "my_examples is a str; make it a list"),
        (share, "my_examples is a function; make it a list"),
        ((11, 4, 2), "my_examples is a tuple; make it a list"),
        ({(11, 4): 2}, "my_examples is a dict; make it a list"),
        ([NEAREST, 7], "example 2 of my_examples is a int; write a tuple (total, parts, answer)"),
        ([(11, 4)], "example 1 of my_examples has 2 parts; write 3: (total, parts, answer)"),
        ([(share, 4, 2)], "example 1 of my_examples holds a function; write dict, list, str"),
        ([(1, 4, object())], "example 1 of my_examples holds a object; write dict, list, str"),
        ([NEAREST] * (AT_MOST + 1), f"my_examples has 21 examples; choose at most {AT_MOST}"),
    ],
    ids=range(11),
)
def test_what_is_no_list_of_examples_gets_one_clear_line(examples, why):
    points, report = told(examples)
    assert points == 0
    assert report.startswith(why)
    assert report.splitlines()[1:] == ["0 of 4 points"]


def test_a_list_that_holds_itself_gets_one_clear_line():
    endless: list = []
    endless.append(endless)
    assert told([(endless, 1, 1)]).report.startswith("example 1 of my_examples holds itself")


def test_a_tuple_of_tuples_is_a_list_of_examples():
    assert told((NEAREST, (-7, 4, -2))).points == 4


def test_arguments_that_the_function_is_not_made_for_are_no_example():
    assert "example 1 is none: the function is not made for such arguments" in told([("a", 4, 2)]).report
    assert "example 1 is none" in told([(1, 0, "raises Conflict")]).report


def test_an_exception_can_be_an_answer():
    beliefs = {"no parts, no share": lambda total, parts: share(total, parts) if parts else 0}

    def points(answer):
        return assess("e", [(1, 0, answer)], share, beliefs, points=1, raises=("Conflict",)).points

    assert (points("raises Conflict"), points(0), points("raises ValueError")) == (1, 0, 0)


def test_what_the_real_thing_refuses_is_no_example():
    refuse = lambda total, parts: "nobody shares less than nothing" if total < 0 else None  # noqa: E731
    found = told([(-7, 4, -2), NEAREST], refuse=refuse)
    assert "example 1 is none: nobody shares less than nothing" in found.report
    assert found.points == 1.5
    crash = lambda total, parts: total["parts"]  # noqa: E731
    assert "example 1 is none: the function is not made" in told([NEAREST], refuse=crash).report


def test_examples_are_the_learners_and_nothing_changes_them():
    def spoils(items):
        items.sort()
        return items

    examples = [([2, 1], [1, 2])]
    assert assess("e", examples, spoils, {"as they are": lambda items: items}, points=1).points == 1
    assert examples == [([2, 1], [1, 2])]


CELL = """
from course.checks.examples import grade


def half(n):
    return n // 2


grade("my_examples", my_examples, half, {"halves are exact": lambda n: n / 2}, points=2)
"""


@pytest.mark.parametrize(
    ("source", "points", "words"),
    [
        ("my_examples = [(3, 1)]", "2", "+ halves are exact"),
        ("my_examples = [(4, 2)]", "0", "- halves are exact"),
        ("my_examples = [(3, 2)]", "0", "example 1 is not what Kubernetes does"),
        ("my_examples = []", "0", "my_examples is empty"),
        ("def my_examples(): pass", "0", "my_examples is a function; make it a list"),
        ("my_examples = [(print, 1)]", "0", "example 1 of my_examples holds a"),
        ("class Lies(list):\n    __len__ = lambda self: 1\nmy_examples = Lies()", "0", "is a Lies; make it"),
    ],
)
def test_the_grader_fetches_the_list_and_runs_nothing_of_the_learners(source, points, words, warm, limits):
    learner = Learner(warm, limits)
    try:
        assert not learner.run(source).died
        done = testcell.run(CELL, "my-examples-caught", 2, learner, [])
    finally:
        learner.close()
    assert done.fault == ""
    assert words in done.outputs[0]["text"]
    assert done.outputs[-1] == {"kind": "result", "text": points}


def test_a_list_too_large_to_be_told_gets_one_clear_line(warm, limits):
    learner = Learner(warm, limits)
    try:
        learner.run("my_examples = [('x' * (5 << 20), 1)]")
        done = testcell.run(CELL, "my-examples-caught", 2, learner, [])
    finally:
        learner.close()
    assert done.fault == ""
    (shown,) = done.outputs
    assert shown["message"].startswith("my_examples: the data takes ")
