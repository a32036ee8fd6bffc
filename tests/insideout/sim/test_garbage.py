"""The collector searches seldom while events run, and as before afterwards."""

import gc

import pytest

from insideout.sim.garbage import THRESHOLDS
from insideout.sim.loop import Loop


@pytest.fixture(autouse=True)
def _thresholds():
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


@pytest.mark.parametrize("run", [lambda loop: loop.run(2), lambda loop: loop.run_until(lambda: False, 2)])
def test_thresholds_are_those_of_the_caller_again(run):
    """Also when an event breaks."""
    gc.set_threshold(600, 7, 8)
    loop, seen = Loop(), []
    loop.call_later(1, lambda: seen.append(gc.get_threshold()))
    run(loop)
    assert (seen, gc.get_threshold()) == ([THRESHOLDS], (600, 7, 8))
    loop.call_later(1, lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run(loop)
    assert gc.get_threshold() == (600, 7, 8)


def test_who_collects_nothing_goes_on_so():
    """A threshold of 0 means that collecting is off."""
    gc.set_threshold(0, 7, 8)
    loop, seen = Loop(), []
    loop.call_later(1, lambda: seen.append(gc.get_threshold()))
    loop.run(2)
    assert seen == [(0, 7, 8)]
