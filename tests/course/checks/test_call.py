"""A call of the learner's code gives an outcome, whatever the code does."""

import os
import sys
import threading

import pytest

from course.checks.call import PRINTED_LIMIT, call, equal, plain
from insideout import Cluster
from insideout.backends import choice


def test_a_value_comes_back_as_plain_data():
    assert call(lambda n: (n, {"a": {3, 1}}), (2,)).value == [2, {"a": {"set of": [1, 3]}}]


def test_the_function_gets_copies_that_share_nothing():
    shared = {"cpu": "1"}

    def change(pod):
        pod["limits"]["cpu"] = "2"
        return pod["requests"]["cpu"]

    outcome = call(change, ({"limits": shared, "requests": shared},))
    assert outcome.value == "1"
    assert shared == {"cpu": "1"}
    assert outcome.arguments_after[0]["limits"] == {"cpu": "2"}


def test_an_error_is_told_with_its_line():
    def wrong():
        return {}["missing"]

    raised = call(wrong, ()).raised
    assert raised is not None
    assert (raised.kind, raised.message) == ("KeyError", "'missing'")
    assert raised.where.endswith('return {}["missing"]')


@pytest.mark.parametrize("end", [SystemExit, GeneratorExit, RecursionError, MemoryError])
def test_no_way_of_ending_stops_the_check(end):
    def leave():
        raise end

    assert call(leave, ()).raised.kind == end.__name__


def test_a_loop_without_an_end_is_stopped_even_when_it_catches_exceptions():
    def loop():
        while True:
            try:
                while True:
                    pass
            except Exception:
                continue

    raised = call(loop, (), limit_s=0.1).raised
    assert raised.kind == "TooSlow"
    assert "loop without an end" in raised.message


def test_output_is_kept_and_cost_nothing():
    def noisy():
        print("to stdout")
        print("to stderr", file=sys.stderr)
        return 1

    outcome = call(noisy, ())
    assert outcome.value == 1
    assert outcome.printed == "to stdout\nto stderr\n"


def test_endless_printing_is_cut():
    outcome = call(lambda: [print("x" * 1000) for _ in range(10_000)] and None, ())
    assert len(outcome.printed) == PRINTED_LIMIT


class Yes:
    """Equal to everything."""

    def __eq__(self, other):
        return True

    __hash__ = None


class Text(str):
    """A string with its own opinion."""

    __slots__ = ()


@pytest.mark.parametrize("value", [Yes(), [Yes()], {"a": Yes()}, Text("x"), object(), {Text("k"): 1}, b"x"])
def test_only_plain_data_counts(value):
    outcome = call(lambda: value, ())
    assert outcome.raised.kind == "NotPlain"
    assert "give back" in outcome.raised.message or "keys are" in outcome.raised.message


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (1, 1, True),
        (1, True, False),
        (0, False, False),
        (True, True, True),
        (2, 2.0, True),
        ([1, 2], [1, 2], True),
        ([1, 2], [2, 1], False),
        ([1], [1, 1], False),
        ({"a": True}, {"a": 1}, False),
        ({"a": 1}, {"a": 1, "b": None}, False),
        (None, 0, False),
        ("1", 1, False),
    ],
)
def test_equality_of_plain_values(left, right, same):
    assert equal(plain(left), plain(right)) is same


def test_a_str_that_raises_does_not_hide_the_error():
    class Worse(Exception):
        def __str__(self):
            os.strerror("no")  # type: ignore[arg-type]

    def fail():
        raise Worse

    assert "cannot be shown" in call(fail, ()).raised.message


def test_code_that_is_stopped_twice_gives_back_the_locks_of_what_it_called():
    package = {"__name__": "insideout.some", "lock": threading.RLock()}
    exec("def work():\n    with lock:\n        while True:\n            sum(range(1000))\n", package)

    def stubborn():
        try:
            package["work"]()
        except BaseException:
            package["work"]()

    assert call(stubborn, (), limit_s=0.1).raised.kind == "TooSlow"
    taken = []
    other = threading.Thread(target=lambda: taken.append(package["lock"].acquire(blocking=False)))
    other.start()
    other.join()
    assert taken == [True]


def test_a_loop_that_catches_everything_ends_too():
    def stubborn():
        while True:
            try:
                sum(range(1000))
            except BaseException:
                continue

    outcome = call(stubborn, (), limit_s=0.1)
    assert outcome.raised.kind == "TooSlow"
    assert sys.gettrace() is None


def test_where_a_checks_cluster_lives_is_not_among_what_the_code_printed(monkeypatch, capsys):
    """A check's own clusters are in virtual time; a reader is told in the cell, not in the report."""
    monkeypatch.setenv(choice.VARIABLE, "controlplane")
    choice.say_once.cache_clear()

    def code():
        Cluster.create(nodes=0, realtime=False).stop()
        print("mine", file=sys.stderr)

    assert call(code, ()).printed == "mine\n"
    assert capsys.readouterr().err == choice.line("controlplane", "its time is virtual") + "\n"
