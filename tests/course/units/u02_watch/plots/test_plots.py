"""The picture of unit 02: its words say what is drawn, and its bytes repeat."""

import pytest

from course.units.u02_watch.plots.revisions import history, plot_watchers


@pytest.mark.parametrize(("capacity", "is_gone"), [(3, True), (4, True), (5, False), (9, False)])
def test_who_comes_back_to_a_ring_that_holds_what_was_missed_catches_up(capacity, is_gone):
    assert history(capacity, 4, 9).is_gone is is_gone


def test_the_words_say_what_comes():
    assert "It gets 15 to 19 from the ring, in order" in plot_watchers(5, 4).alt
    assert "It is told 410 and lists again" in plot_watchers(4, 4).alt
    assert "missed nothing" in plot_watchers(4, 9).alt


def test_every_turn_can_be_drawn():
    for capacity in (2, 9):
        for cut_after in (1, 9):
            assert plot_watchers(capacity, cut_after).svg == plot_watchers(capacity, cut_after).svg
