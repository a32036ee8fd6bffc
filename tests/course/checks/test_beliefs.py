"""A report names the misconception whose answers a learner gives where theirs are wrong."""

from course.checks.report import Case, Raises, assess

WORDS = {1: "odd", 2: "even", 0: "even", -3: "odd"}
CASES = [
    Case("odd numbers are odd", (1,), "odd"),
    Case("odd numbers are odd", (333,), "odd"),
    Case("even numbers are even", (2,), "even"),
    Case("zero is even", (0,), "even"),
    Case("below zero it is the same", (-3,), "odd"),
    Case("below zero it is the same", (-4,), "even"),
]


def parity(n):
    return "odd" if n % 2 else "even"


def zero_is_neither(n):
    return "neither" if n == 0 else parity(n)


def zero_is_odd(n):
    return "odd" if n == 0 else parity(n)


def negative_numbers_have_none(n):
    return "none" if n < 0 else parity(n)


def everything_is_odd(n):
    return "odd"


BELIEFS = {
    "zero is neither even nor odd": zero_is_neither,
    "everything is odd": everything_is_odd,
    "zero is odd": zero_is_odd,
    "numbers below zero have no parity": negative_numbers_have_none,
}
SAID = "These answers follow from a known mistake: "


def said(function, cases=CASES, beliefs=BELIEFS):
    report = assess("parity", function, cases, points=4, misconceptions=beliefs).report
    return [line.split(SAID)[1] for line in report.splitlines() if SAID in line]


def test_the_belief_that_gives_the_same_wrong_answers_is_named():
    assert said(lambda n: "neither" if n == 0 else parity(n)) == ["zero is neither even nor odd"]


def test_of_two_that_explain_the_failures_the_one_that_agrees_elsewhere_is_named():
    assert said(lambda n: "odd" if n == 0 else parity(n)) == ["zero is odd"]


def test_two_beliefs_at_once_are_named_each_at_its_rule():
    both = lambda n: "neither" if n == 0 else "none" if n < 0 else parity(n)  # noqa: E731
    assert said(both) == ["zero is neither even nor odd", "numbers below zero have no parity"]


def test_wrong_answers_that_no_belief_gives_name_none():
    assert said(lambda n: "what" if n == 0 else parity(n)) == []


def test_a_wrong_answer_like_a_beliefs_by_chance_names_none():
    beliefs = {"everything is odd": everything_is_odd}
    assert said(lambda n: "odd" if n == 0 else parity(n), beliefs=beliefs) == []


def test_a_right_answer_names_no_belief_and_asks_none():
    def never(n):
        raise AssertionError("asked")

    assert said(parity, beliefs={"never": never}) == []


def test_a_crash_is_no_belief():
    def crash(n):
        raise KeyError(n)

    def stop(n):
        raise NotImplementedError

    assert said(crash, beliefs={"crashes": stop}) == []


def test_an_exception_where_none_belongs_can_be_a_belief():
    def refuses_zero(n):
        if n == 0:
            raise ValueError("zero")
        return parity(n)

    assert said(refuses_zero, beliefs={"zero has no parity": refuses_zero}) == ["zero has no parity"]
    cases = [*CASES[:3], Case("zero is refused", (0,), Raises("ValueError"))]
    assert said(parity, cases, {"zero is even, too": parity}) == ["zero is even, too"]


def test_a_belief_may_change_its_arguments():
    def sort_in_place(items):
        items.sort()
        return items

    cases = [
        Case("sorted", ([1, 2],), [1, 2]),
        Case("what is given stays", ([2, 1],), [1, 2], keeps=True),
    ]
    beliefs = {"a function may sort what it is given": sort_in_place}
    assert said(lambda items: items.sort() or items, cases, beliefs) == list(beliefs)
