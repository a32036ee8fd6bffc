"""The questions that the units hand on: each can be asked, and has a name of its own."""

from collections import Counter

import pytest

from course.learn.cards import in_any_order
from course.learn.questions import Question
from course.learn.reviewing import UNITS, Due, earlier_questions, questions_of

NAMES = sorted(file.parent.name.removeprefix("u") for file in UNITS.glob("u*/review.py"))


@pytest.mark.parametrize("unit", NAMES)
def test_a_unit_hands_on_four_to_six_questions_that_can_be_asked(unit):
    questions = questions_of(unit)  # checks each
    assert 4 <= len(questions) <= 6
    assert len({question.id for question in questions}) == len(questions)
    assert len({question.text for question in questions}) == len(questions)


def test_the_place_of_the_right_choice_tells_nothing():
    asked = [Due(unit, question, {}) for unit in NAMES for question in questions_of(unit)]
    places = Counter(
        choices.index(due.question.answer)
        for due in asked
        if len(choices := in_any_order(due)) == 3 and set(choices) == set(due.question.choices)
    )
    assert min(places[place] for place in range(3)) >= sum(places.values()) / 6
    assert in_any_order(Due("u", Question("q", "?", ("2", "0", "1"), "0", "."), {})) == ["2", "0", "1"]


def test_a_unit_is_asked_about_those_before_it_only():
    assert all(name < "08_rollouts" for name in earlier_questions("08_rollouts"))
    assert "06_qos" in earlier_questions("08_rollouts")
