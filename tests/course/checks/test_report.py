"""A rule earns its share when all of its cases hold, and the report shows the smallest that does not."""

from course.checks.report import Case, Raises, assess, kept

CASES = [
    Case("even numbers", (2,), "even"),
    Case("even numbers", (40,), "even"),
    Case("odd numbers", (1,), "odd"),
    Case("odd numbers", (333,), "odd"),
    Case("zero is even", (0,), "even"),
]


def right(n):
    return "odd" if n % 2 else "even"


def test_all_rules_earn_all_points():
    assert assess("parity", right, CASES, points=3) == (
        3,
        "parity: all 3 rules hold in all 5 cases\n3 of 3 points",
    )


def test_a_constant_answer_earns_only_the_rules_it_satisfies():
    assert assess("parity", lambda n: "even", CASES, points=3).points == 2


def test_a_rule_with_one_failing_case_earns_nothing():
    assessment = assess("parity", lambda n: "odd" if n == 1 else "even", CASES, points=3)
    assert assessment.points == 2
    assert "Broken rule: odd numbers\n  1 of 2 cases fail; the smallest:\n    333\n" in assessment.report


def test_the_report_shows_input_expected_and_got():
    report = assess("parity", lambda n: {"n": n}, CASES, points=3, read="a page").report
    assert report.startswith("parity: 0 of 3 rules hold\n\nBroken rule: even numbers\n  2 of 2 cases fail")
    assert "    2\n  expected: 'even'\n  got:      {'n': 2}" in report
    assert report.endswith("Read: a page\n0 of 3 points")


def test_the_report_names_the_error_and_the_line():
    def wrong(n):
        return "even" if n.real % 2 == 0 else nothing  # type: ignore[name-defined]  # noqa: F821

    report = assess("parity", wrong, CASES, points=3).report
    assert "got:      NameError: name 'nothing' is not defined\n            at line" in report


def test_an_unwritten_function_earns_nothing_and_hears_so():
    def blank(n):
        raise NotImplementedError

    assert assess("parity", blank, CASES, points=3) == (0, "parity is not written yet.\n0 of 3 points")


def test_something_that_is_no_function_earns_nothing():
    assert assess("parity", 7, CASES, points=3).points == 0


def test_points_have_at_most_two_decimals_and_are_never_rounded_up():
    cases = [Case(f"rule {n}", (n,), n) for n in range(7)]
    assert assess("same", lambda n: n if n else None, cases, points=4).points == 3.42


def test_only_three_broken_rules_are_shown_at_once():
    cases = [Case(f"rule {n}", (n,), n) for n in range(7)]
    report = assess("same", lambda n: None, cases, points=4).report
    assert report.count("Broken rule:") == 3
    assert "4 more rules are broken" in report


def test_what_the_code_printed_is_in_the_report_of_a_failure():
    report = assess("parity", lambda n: print("looking at", n), CASES, points=3).report
    assert "Your code printed:\n  looking at 2" in report


def test_an_answer_may_be_an_exception_known_by_its_name():
    class Conflict(Exception):
        pass

    def refuse(n):
        if n:
            raise Conflict("no")
        return n

    cases = [Case("ones are refused", (1,), Raises("Conflict")), Case("zero is not", (0,), 0)]
    assert assess("refuse", refuse, cases, points=2).points == 2
    report = assess("refuse", lambda n: n, cases, points=2).report
    assert "expected: raise Conflict\n  got:      1" in report


def test_a_function_that_changes_its_input_breaks_a_rule_that_forbids_it():
    cases = [Case("the input stays", ({"n": 1},), {"n": 2}, keeps=True)]

    def change(data):
        data["n"] += 1
        return data

    assert assess("add", lambda data: {"n": data["n"] + 1}, cases, points=1).points == 1
    assert "the function changed what it was given" in assess("add", change, cases, points=1).report


def test_a_part_of_the_answer_can_be_what_a_rule_is_about():
    cases = [Case("the first is least", ([3, 1],), 1, part=lambda answer: answer[0])]
    assert assess("sort", lambda items: sorted(items), cases, points=1).points == 1


def test_of_a_long_answer_the_places_that_differ_are_shown():
    expected = {"spec": {"names": ["a", "b"], "text": "x" * 100}, "status": {"phase": "Pending"}}
    answer = {"spec": {"names": ["a", "c"], "text": "x" * 100}, "status": {"reason": "new"}}
    report = assess("f", lambda: answer, [Case("r", (), expected), Case("r", (), expected)], points=1).report
    assert report.split("differs at:\n")[1].split("\n\n")[0].splitlines()[:3] == [
        "    spec.names[1]: expected 'b', got 'c'",
        "    status.phase: expected 'Pending', got nothing",
        "    status.reason: expected nothing, got 'new'",
    ]


def test_a_tuple_is_shown_as_the_list_that_comes_back():
    report = assess("f", lambda: (1, []), [Case("r", (), (2, []))], points=1).report
    assert "expected: [2, []]\n  got:      [1, []]" in report


def test_kept_cases_are_made_once_a_seed_and_no_learner_changes_them_for_the_next():
    made = []

    @kept
    def lists(seed):
        made.append(seed)
        yield Case("lists are counted", ([seed, [1, 2]],), 2)

    def empties(items):
        count = len(items)
        items[-1].clear()
        items.clear()
        return count

    for _learner in range(2):
        assert assess("count", empties, lists(seed=1), points=1).points == 1
        assert lists(1 + 1) == (Case("lists are counted", ([2, [1, 2]],), 2),)
    assert made == [1, 2]
