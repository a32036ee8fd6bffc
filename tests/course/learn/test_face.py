"""Controls: each is labelled, and what they give is committed once it is an answer."""

import pytest

from course.learn import predict
from course.learn.cards import Cards
from course.learn.face import Face
from course.learn.questions import Question
from course.learn.reviewing import Due


def face(**what):
    return Face(predict("p", "What?", **what))


CASES = {
    "one": ({"choices": ["a", "b"], "default": "a"}, ["b"], "b"),
    "many": ({"choices": ["a", "b", "c"], "many": True, "default": []}, [True, False, True], ["a", "c"]),
    "each": ({"choices": [1, 2], "each": ["x", "y"], "default": [1, 1]}, [2, 1], {"x": 2, "y": 1}),
    "number": ({"number": (1, 8), "default": 1, "unit": "s"}, ["7"], 7),
    "order": ({"order": ["a", "b"], "default": ["a", "b"]}, ["b", "a"], ["b", "a"]),
}


@pytest.mark.parametrize("name", CASES)
def test_every_control_has_a_label_and_its_value_is_committed(shell, progress, name):
    what, values, answer = CASES[name]
    shown = face(**what)
    assert all(control.description for control in shown.controls)
    for control, value in zip(shown.controls, values, strict=True):
        control.value = value
    shown.commit.click()
    assert shown._prediction.answer == answer
    assert "Kept: you said" in shown.status.value
    assert 'role="status"' in shown.status.value
    assert progress.exists()


@pytest.mark.parametrize("name", ["one", "each", "number", "order"])
def test_nothing_chosen_is_refused_in_the_status_line(shell, progress, name):
    shown = face(**CASES[name][0])
    shown.commit.click()
    assert "Not yet: " in shown.status.value
    assert not progress.exists()


def test_the_controls_show_what_was_said_before(shell):
    for what, values, answer in CASES.values():
        again = Face(predict("p", "What?", **what, answer=answer))
        assert [control.value for control in again.controls] == values


def test_after_the_reveal_the_controls_change_nothing(shell):
    shown = face(**CASES["one"][0], answer="a")
    shown._prediction.reveal("b")
    shown.controls[0].value = "b"
    shown.commit.click()
    assert shown._prediction.answer == "a"
    assert "before the reveal; that stays" in shown.status.value


def test_a_cards_answer_is_shown_when_it_was_answered(progress):
    question = Question("q", "Who?", ("me", "you"), "you", "So it is.")
    (card,) = Cards([Due("02_b", question, {})]).cards
    _, radio, check, status = card.children
    check.click()
    assert "Choose an answer first" in status.value
    assert "So it is" not in status.value
    radio.value = "me"
    check.click()
    assert "Not so: you." in status.value
    assert "So it is." in status.value
    assert radio.disabled
    assert progress.exists()
