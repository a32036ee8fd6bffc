"""A time limit without a timer, as in a browser."""

import sys

import pytest

from course.checks import call as calling
from course.checks.jumps import deadline

pytestmark = pytest.mark.skipif(sys.version_info < (3, 12), reason="Python reports jumps from 3.12 on")


class Late(BaseException):
    """The end of the time."""


def endless() -> None:
    while True:
        pass


def catches_three_times() -> None:
    caught = 0
    while caught < 3:
        try:
            endless()
        except BaseException:
            caught += 1


@pytest.mark.parametrize("function", [endless, catches_three_times])
def test_a_loop_without_an_end_is_stopped(function):
    with pytest.raises(Late), deadline(0.05, Late):
        function()


def test_code_in_time_is_left_alone_and_nothing_watches_it_afterwards():
    with deadline(5, Late):
        assert sum(i for i in range(10_000)) == 49_995_000
    assert sys.monitoring.get_tool(sys.monitoring.PROFILER_ID) is None


def test_a_call_of_a_check_without_timers_says_that_it_took_too_long(monkeypatch):
    monkeypatch.delattr("signal.setitimer")
    outcome = calling.call(endless, (), 0.05)
    assert outcome.raised is not None
    assert outcome.raised.kind == "TooSlow"
