"""The date of a virtual loop follows its clock."""

from datetime import timedelta

from insideout.sim.loop import START, Loop


def test_the_date_is_that_of_the_clock_whenever_it_is_asked() -> None:
    loop = Loop()
    assert loop.time() == START
    loop.run(1.5)
    assert loop.time() == START + timedelta(seconds=1.5)
    assert loop.time() is loop.time(), "one instant is one value, so that its text is remembered"
    loop.run(1)
    assert loop.time() == START + timedelta(seconds=2.5)
