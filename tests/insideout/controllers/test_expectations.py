"""A controller waits for what it asked for: until it is seen, has failed or five minutes have passed."""

from insideout.controllers.expectations import TIMEOUT_S, Expectations
from insideout.sim import Loop

KEY = ("ns", "a")


def test_nothing_is_expected_at_first() -> None:
    assert Expectations(Loop()).are_met(KEY)


def test_creations_are_counted() -> None:
    expectations = Expectations(Loop())
    expectations.expect(KEY, creations=2)
    expectations.created(KEY)
    assert not expectations.are_met(KEY)
    expectations.created(KEY)
    assert expectations.are_met(KEY)


def test_creations_that_nobody_expected_do_not_count_ahead() -> None:
    expectations = Expectations(Loop())
    expectations.expect(KEY, creations=1)
    expectations.created(KEY, 3)
    expectations.expect(KEY, creations=1)
    assert not expectations.are_met(KEY)


def test_a_deletion_seen_twice_counts_once() -> None:
    expectations = Expectations(Loop())
    expectations.expect(KEY, deletions=("1", "2"))
    expectations.deleted(KEY, "1")
    expectations.deleted(KEY, "1")
    assert not expectations.are_met(KEY)
    expectations.deleted(KEY, "2")
    assert expectations.are_met(KEY)


def test_each_key_waits_for_itself() -> None:
    expectations = Expectations(Loop())
    expectations.expect(KEY, creations=1)
    assert expectations.are_met(("ns", "b"))


def test_a_lost_event_is_waited_for_only_so_long() -> None:
    loop = Loop()
    expectations = Expectations(loop)
    expectations.expect(KEY, creations=1)
    loop.run(TIMEOUT_S)
    assert not expectations.are_met(KEY)
    loop.run(1)
    assert expectations.are_met(KEY)


def test_a_key_that_is_gone_is_forgotten() -> None:
    expectations = Expectations(Loop())
    expectations.expect(KEY, creations=1)
    expectations.forget(KEY)
    assert expectations.are_met(KEY)
