"""A case can be about a part of an answer, and an answer made of sentences is shown one below the other."""

from course.checks.report import Case, assess


def first(answer):
    return answer[:1] if isinstance(answer, list) else answer


CASES = [Case("the first", (), ["a b"], first), Case("the whole", (), ["a b", "c d"])]


def test_a_rule_about_a_part_holds_whatever_the_rest_is():
    got = assess("f", lambda: ["a b", "wrong too"], CASES, points=2)
    assert got.points == 1
    assert "Broken rule: the whole" in got.report


def test_sentences_stand_one_below_the_other():
    report = assess("f", lambda: ["x y"], CASES, points=2).report
    assert "  expected: \n    a b\n    c d\n  got:      \n    x y\n" in report


def test_other_answers_are_written_as_python_does():
    report = assess("f", lambda: ["x", 1], CASES, points=2).report
    assert "  got:      ['x', 1]\n" in report
