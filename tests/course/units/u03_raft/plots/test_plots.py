"""The space-time diagram shows a run, says it in words, and can be stepped through."""

from itertools import pairwise

import pytest

from course.units.u03_raft.plots.marks import Axis, arrows_of, spans_of
from course.units.u03_raft.plots.spacetime import plot_run
from course.units.u03_raft.plots.stepper import ALL, Stepper
from insideout.raft.group import Group
from insideout.raft.play import Play
from insideout.raft.runner import play_one
from insideout.raft.scenarios import up_to
from insideout.raft.setup import Setup
from tests.insideout.raft.mutants import MUTANTS
from tests.insideout.raft.reference import names, source


@pytest.fixture(scope="module")
def play():
    """Return a run in which a leader is cut off, another is elected, a follower crashes and returns."""
    play = Play(Group(names()["Raft"], Setup(nodes=3), seed=1))
    play.agree("a", on=3)
    old = play.leader()
    play.isolate(old)
    play.agree("b", on=2)
    play.heal()
    play.run(0.3)
    play.crash(old)
    play.run(0.2)
    play.restart(old)
    play.run(0.2)
    return play


def draw(play, **more):
    return plot_run(play.group.trace, play.ids, **more)


def test_the_words_say_who_led_when_and_what_was_done(play):
    alt = draw(play).alt
    assert "leads term 1 from" in alt
    assert "leads term 2 from" in alt
    for done in ("the group is split", "every link works again", "crashes", "restarts"):
        assert done in alt


def test_a_picture_repeats(play):
    assert draw(play).svg == draw(play).svg


def test_a_broken_rule_is_marked_and_said():
    wrong = next(m for m in MUTANTS if m.name == "vote-not-saved").build(source())["Raft"]
    situation = next(s for s in up_to("persistence") if s.name == "restarted_voter")
    result = play_one(wrong, situation, 0)
    shown = plot_run(result.group.trace, list(result.group.members), broken=result.broken)
    assert shown.alt.endswith("Broken at 0.32 s: n0 votes for n2 in term 3 although it voted for n1.")
    assert "rule broken" in shown.svg


def test_spans_of_a_node_follow_each_other_and_leave_out_its_crash(play):
    old = next(event.node for event in play.group.trace.events if event.kind == "crash")
    spans = [span for span in spans_of(play.group.trace, play.ids, 99.0) if span.node == old]
    assert [span.role for span in spans][:3] == ["follower", "candidate", "leader"]
    breaks = [b.from_s - a.to_s for a, b in pairwise(spans) if b.from_s > a.to_s]
    assert breaks == [pytest.approx(0.2)]


def test_heartbeats_are_drawn_only_when_asked_for(play):
    few, many = (len(arrows_of(play.group.trace, heartbeats)) for heartbeats in (False, True))
    assert few * 3 < many


def test_a_message_that_does_not_arrive_has_no_end(play):
    lost = [arrow for arrow in arrows_of(play.group.trace, False) if arrow.arrives_s is None]
    assert lost


def test_quiet_stretches_are_drawn_short_and_time_never_runs_back():
    axis = Axis(0.0, 10.0, [0.1, 0.2, 9.0])
    assert axis.gaps == [(0.2, 9.0), (9.0, 10.0)]
    places = [axis.x(t / 10) for t in range(101)]
    assert places == sorted(places)
    assert axis.x(9.0) - axis.x(0.2) < 0.5
    assert axis.x(0.2) - axis.x(0.1) == pytest.approx(0.1)


def test_a_step_has_its_sentence_and_the_state_of_every_node(play):
    stepper = Stepper(play.group.trace, play.ids)
    event, _ = next(step for step in stepper.steps() if "commits up to entry 1" in step[1])
    row = next(row for row in stepper.table(event) if row["node"] == event.node)
    assert (row["commit"], row["log"]) == (1, "1.1")


def test_one_node_can_be_chosen(play):
    stepper = Stepper(play.group.trace, play.ids)
    assert {event.node for event, _ in stepper.steps("n1")} <= {"n1", ""}
    assert len(stepper.steps("n1")) < len(stepper.steps(ALL))


def test_the_widget_steps_forward_and_back(play):
    widget = Stepper(play.group.trace, play.ids).open()
    back, forward, place, node = widget.children[0].children
    page = widget.children[1]
    first = page.value
    forward.click()
    assert place.value == 1
    assert page.value != first
    back.click()
    assert page.value == first
    node.value = "n1"
    assert place.value == 0
    assert place.max < len(Stepper(play.group.trace, play.ids).steps())


def test_without_a_front_end_the_whole_diagram_stands_in_its_place(play, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    Stepper(play.group.trace, play.ids)._ipython_display_()
    assert [picture.alt for picture in shown] == [draw(play).alt]
