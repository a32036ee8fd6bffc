"""What a report says can be read: on one screen, with names, and about the mistake that was made."""

import time
from collections import Counter, OrderedDict, defaultdict

import pytest

from course.checks import call as calling
from course.checks import instructor_seed, report
from course.checks.call import plain
from course.checks.cases import HiddenSeed, weight
from course.checks.place import Place
from course.checks.report import Case, Raises, assess, kept


def told(function, cases, **more):
    return assess("f", function, cases, points=2, **more).report


def test_the_smallest_case_is_the_one_with_least_to_read_not_with_the_shortest_text():
    pods = [
        Case("r", ([{"name": "a", "critical": True}],), 0),
        Case("r", ([{"name": "a", "critical": False}],), 0),
    ]
    assert "critical: false" in told(lambda pods: 1, pods)


@pytest.mark.parametrize(
    ("less", "more"),
    [
        (False, True),
        (None, "node-1"),
        ({"a": 0}, {"a": 1}),
        ({"a": {}}, {"a": {"b": 1}}),
        ({"a": 1}, {"a": 1, "b": 2}),
        ([0], [0, 0]),
        ({"requests": {"memory": "1000000000000000"}}, {"requests": {"memory": "1", "cpu": "1"}}),
    ],
)
def test_what_is_farther_from_nothing_weighs_more(less, more):
    assert weight(less) < weight(more)


def test_arguments_have_their_names_and_units():
    case = Case("r", ({"spec": {"containers": [{"name": "app"}]}}, "app", 1024), 3)
    text = told(lambda pod, name, capacity: 4, [case], arguments=("pod", "name", "capacity (bytes)"))
    assert "    pod: spec:" not in text
    assert "    pod:\n      spec:\n        containers:\n        - {name: app}\n" in text
    assert "\n    name: 'app'\n    capacity (bytes): 1024\n" in text


def test_of_a_long_list_what_is_too_few_or_too_many_is_shown_and_nothing_else():
    rules = [f"-A KUBE-SERVICES -d 10.0.0.{n}/32 -j KUBE-SVC" for n in range(200)]
    report = told(lambda: [*rules[:50], *rules[51:], "more"], [Case("r", (), rules)])
    assert "[50]: expected '-A KUBE-SERVICES -d 10.0.0.50/32 -j KUBE-SVC', got nothing" in report
    assert "[200]: expected nothing, got 'more'" in report
    assert len(report.splitlines()) < 12


def test_a_long_list_in_another_order_is_called_that():
    names = [f"a-rather-long-name-{n}" for n in range(9)]
    report = told(lambda: names[::-1], [Case("r", (), names)])
    assert "the right items in another order:\n    [0]: expected 'a-rather-long-name-0'" in report
    assert "and elsewhere" in report


def test_a_report_fits_on_a_screen_whatever_goes_in_and_comes_out():
    big = {f"key-{n}": [f"value {n} {m}" for m in range(40)] for n in range(100)}
    cases = [Case(f"rule {n}", (big, n), "x" * 5000) for n in range(9)]

    def floods(given, n):
        print("words\n" * 500)
        return "y" * 9000

    report = told(floods, cases)
    assert len(report.splitlines()) <= 60
    assert max(map(len, report.splitlines())) <= 160
    assert "more rules are broken; mend these first" in report


def test_one_way_to_fail_everywhere_is_told_once():
    cases = [Case(f"rule {n}", ([n],), n, keeps=True) for n in range(3)]

    def takes(items):
        return items.pop()

    report = told(takes, cases)
    assert report.count("the function changed what it was given") == 1
    assert "In the cases of 3 rules" in report
    assert "[1]" not in report


def test_cases_that_only_the_grader_has_are_told_apart(monkeypatch):
    @kept
    def drawn(seed):
        yield Case("r", (), int(seed))

    monkeypatch.setenv("COURSE_HIDDEN_SEED", "6")
    assert isinstance(instructor_seed(), HiddenSeed)
    assert told(lambda: 6, drawn(6)).startswith("f: all 1 rules hold")
    assert told(lambda: 6, drawn(instructor_seed())).startswith("f, in cases that only the grader has: all")
    assert told(lambda: 7, drawn(seed=instructor_seed())).startswith(
        "f, in cases that only the grader has: 0"
    )


def double(n):
    return 2 * n


def test_a_loss_that_follows_from_another_exercise_says_so():
    cases = [Case("small", (1,), 2), Case("small", (2,), 4), Case("none", (0,), 0), Case("below", (-1,), -2)]

    def mine(n):
        return abs(2 * n)  # the learner's other exercise

    report = told(lambda n: mine(n), cases, rests_on={"double": lambda n: mine(n)})
    assert "  This follows from your double: mend that first" in report
    assert "follows from your" not in told(lambda n: 7, cases, rests_on={"double": lambda n: mine(n)})
    missing = {"double": lambda n: nothing(n)}  # noqa: F821  its cell failed
    assert "follows from your" not in told(lambda n: 7, cases, rests_on=missing)


def test_a_subclass_of_the_demanded_exception_is_right():
    class Conflict(Exception):
        pass

    class AlreadyBound(Conflict):
        pass

    def refuse():
        raise AlreadyBound("no")

    assert assess("f", refuse, [Case("r", (), Raises("Conflict"))], points=1).points == 1
    assert assess("f", refuse, [Case("r", (), Raises("KeyError"))], points=1).points == 0


def test_an_exception_does_not_excuse_a_changed_argument():
    def refuse(items):
        items.clear()
        raise KeyError

    assert assess("f", refuse, [Case("r", ([1],), Raises("KeyError"), keeps=True)], points=1).points == 0


@pytest.mark.parametrize(
    "answer", [Counter("abb"), OrderedDict([("b", 2), ("a", 1)]), defaultdict(int, a=1, b=2)], ids=repr
)
def test_pythons_own_kinds_of_dict_are_dicts(answer):
    assert assess("f", lambda: [answer], [Case("r", (), [{"a": 1, "b": 2}])], points=1).points == 1
    assert type(plain(answer)) is dict


def test_an_endless_loop_is_called_once_and_costs_the_rules_from_there_on(monkeypatch):
    monkeypatch.setattr(calling, "LIMIT_S", 0.05)
    calls = []

    def loops(n):
        calls.append(n)
        while n:
            pass
        return 0

    cases = [Case("zero", (0,), 0), *(Case(f"rule {n}", (n,), n) for n in range(1, 5) for _ in range(3))]
    report = told(loops, cases)
    assert calls == [0, 1]
    assert "got:      no answer within 0.05 s; is there a loop without an end?" in report
    assert "3 more rules were not tried: each call could take as long." in report
    assert report.endswith("\n0.4 of 2 points")


def test_many_slow_calls_end_at_the_checks_limit(monkeypatch):
    monkeypatch.setattr(report, "CHECK_S", 0.1)
    cases = [Case("r", (n,), n) for n in range(100)]
    assert "all calls together took more than 0.1 s" in told(lambda n: time.sleep(0.02) or n, cases)


def test_an_answer_of_another_form_is_told_where_a_rule_looks_at_a_part():
    cases = [Case("the first", (), 1, part=lambda answer: answer["first"][0])]
    assert "got:      the answer has another form: 7" in told(lambda: 7, cases)


def test_a_place_in_the_lesson_is_said_and_is_a_link():
    place = Place("1. Which class does a pod get?", "pkg/apis/core/v1/helper/qos/qos.go")
    report = told(lambda: 1, [Case("r", (), 2)], read=place)
    assert 'Read: "1. Which class does a pod get?" in this notebook; pkg/apis/core' in report
    assert place.link == "Read: [1. Which class does a pod get?](#1.-Which-class-does-a-pod-get%3F)"
