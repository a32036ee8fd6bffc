"""The questions that the units hand on: each can be asked, and has a name of its own."""

import pytest

from course.learn.reviewing import UNITS, earlier_questions, questions_of

NAMES = sorted(file.parent.name.removeprefix("u") for file in UNITS.glob("u*/review.py"))


@pytest.mark.parametrize("unit", NAMES)
def test_a_unit_hands_on_four_to_six_questions_that_can_be_asked(unit):
    questions = questions_of(unit)  # checks each
    assert 4 <= len(questions) <= 6
    assert len({question.id for question in questions}) == len(questions)
    assert len({question.text for question in questions}) == len(questions)


@pytest.mark.parametrize("unit", NAMES)
def test_the_right_choice_is_not_always_in_the_same_place(unit):
    places = {question.choices.index(question.answer) for question in questions_of(unit)}
    assert len(places) > 1


def test_a_unit_is_asked_about_those_before_it_only():
    assert all(name < "08_rollouts" for name in earlier_questions("08_rollouts"))
    assert "06_qos" in earlier_questions("08_rollouts")
