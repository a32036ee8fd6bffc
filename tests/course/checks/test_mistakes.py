"""A mistake that breaks several rules is told once, under the rule that says best what it is."""

import pytest

from course.checks.cases import KEEPS
from course.checks.report import Case, assess, with_keeping
from course.checks.telling import listed

SHARES = [
    Case("a share is of the whole", (10, 5), 50),
    Case("a share is of the whole", (10, 10), 100),
    Case("a share is of the whole", (9, 2), 22),
    Case("a half is rounded to the even number", (8, 1), 12),
    Case("a half is rounded to the even number", (8, 3), 38),
    Case("next to nothing is nothing", (0, 0), 0),
    Case("next to nothing is nothing", (0, 1), 0),
    Case("next to nothing is nothing", (200, 1), 0),
]


def share(whole, part):
    return round(100 * part / whole) if whole else 0


def up(whole, part):
    return -(-100 * part // whole) if whole else 0


def all_of_nothing(whole, part):
    return share(whole, part) if whole else 100


def away(whole, part):
    return int(100 * part / whole + 0.5) if whole else 0


BELIEFS = {
    "a share is rounded up": up,
    "of nothing it is everything": all_of_nothing,
    "halves are rounded away from zero": away,
}
ALSO = "  The same mistake also breaks: "


def told(function, cases=SHARES, beliefs=BELIEFS):
    return assess("share", function, cases, points=3, misconceptions=beliefs).report


def test_the_right_function_is_right():
    assert told(share) == "share: all 3 rules hold in all 8 cases\n3 of 3 points"


def test_a_mistake_is_told_under_the_rule_that_it_breaks_most_and_others_break_least():
    text = told(up)
    assert text.count("Broken rule: ") == 1
    assert "Broken rule: a share is of the whole" in text
    assert ALSO + "a half is rounded to the even number; next to nothing is nothing\n" in text
    assert text.count("These answers follow from a known mistake: a share is rounded up") == 1
    assert text.endswith("\n0 of 3 points")


def test_a_rule_that_many_known_mistakes_break_says_little_about_one():
    cases = [
        Case("everything", (8, 1), 12),
        Case("everything", (0, 1), 0),
        Case("halves", (8, 1), 12),
        Case("halves", (8, 3), 38),
    ]
    assert "Broken rule: halves\n  1 of 2 cases fail; the smallest:\n    8\n    1\n" in told(away, cases)
    assert ALSO + "everything\n" in told(away, cases)


def test_two_mistakes_are_told_apart():
    def both(whole, part):
        return all_of_nothing(whole, part) if not whole else away(whole, part)

    text = told(both)
    assert text.count("Broken rule: ") == 2
    assert ALSO not in text


def test_wrong_answers_that_nobody_knows_are_not_called_one_mistake():
    text = told(lambda whole, part: 7)
    assert text.count("Broken rule: ") == 3
    assert ALSO not in text


def test_a_crash_at_one_line_is_one_mistake():
    def crash(whole, part):
        return whole.share

    text = told(crash, beliefs={})
    assert text.count("Broken rule: ") == 1
    assert "got:      AttributeError" in text
    assert ALSO + "a half is rounded to the even number; next to nothing is nothing\n" in text


def test_the_same_call_under_another_rule_is_not_told_again():
    cases = list(with_keeping(SHARES[:3]))
    text = told(lambda whole, part: 1, cases, {})
    assert text.count("Broken rule: ") == 1
    assert "Broken rule: a share is of the whole\n  3 of 3 cases fail" in text
    assert ALSO + KEEPS in text


def test_other_calls_under_another_rule_are_told():
    text = told(lambda whole, part: 0 if part == 10 else 1, SHARES[:5], {})
    assert text.count("Broken rule: ") == 2


def test_that_the_input_stays_is_named_first_only_where_nothing_else_is_broken():
    def sorts(items):
        items.sort()
        return sum(items)

    cases = list(with_keeping([Case("the sum", ([2, 1],), 3), Case("the sum", ([4, 1],), 5)]))
    text = assess("add", sorts, cases, points=2).report
    assert f"Broken rule: {KEEPS}" in text
    assert ALSO not in text


def test_more_mistakes_than_are_shown_are_counted_by_their_rules():
    cases = [Case(f"rule {n}", (n,), n) for n in range(9)]
    twins = [Case(f"twin {n}", (n,), n) for n in range(9)]
    text = assess("same", lambda n: -1 - n, [*cases, *twins], points=9).report
    assert text.count("Broken rule: ") == 3
    assert text.count(ALSO) == 3
    assert "\n12 more rules are broken; mend these first." in text


@pytest.mark.parametrize("beliefs", [{}, BELIEFS], ids=["unknown", "known"])
@pytest.mark.parametrize(
    ("function", "points"),
    [(share, 3), (up, 0), (all_of_nothing, 2), (away, 1)],
    ids=["right", "up", "all of nothing", "away"],
)
def test_what_is_told_changes_no_points(function, points, beliefs):
    assert assess("share", function, SHARES, points=3, misconceptions=beliefs).points == points


def test_rules_that_find_no_room_in_a_line_are_counted():
    rules = ["a" * 10, "b" * 10, "c" * 10]
    assert listed(rules, 40) == f"{rules[0]}; {rules[1]}; {rules[2]}"
    assert listed(rules, 34) == f"{rules[0]}; {rules[1]}; {rules[2]}"
    assert listed(rules, 33) == f"{rules[0]}; and 2 more"
    assert listed(rules, 9) == "3 more rules"
    assert listed(rules[:1], 9) == rules[0]
