"""Three questions from earlier units: missed ones sooner, answers folded, the same ones in every build."""

import json

import pytest

from course.learn import review, reviewing
from course.learn.questions import Question

NOW = "2026-03-01T00:00:00+00:00"


def question(unit: str, number: int) -> Question:
    return Question(f"q{number}", f"Question {number} of {unit}?", ("yes", "no"), "yes", "Because.")


EARLIER = {unit: tuple(question(unit, n) for n in range(4)) for unit in ("01_a", "02_b", "03_c", "04_d")}


@pytest.fixture(autouse=True)
def units(monkeypatch):
    monkeypatch.setattr(
        reviewing, "earlier_questions", lambda unit: {name: EARLIER[name] for name in EARLIER if name < unit}
    )


def entry(box: int, at: str) -> dict:
    return {"box": box, "at": at}


def keys(unit: str, entries=None) -> list[str]:
    return [due.key for due in reviewing.draw(unit, entries or {}, NOW)]


def test_the_draw_is_the_same_every_time_and_another_for_each_unit_and_from_different_units():
    drawn = keys("05_e")
    assert drawn == keys("05_e")
    assert len({key.split("/")[0] for key in drawn}) == 3
    assert drawn != keys("06_f")


def test_few_earlier_questions_are_all_asked_and_none_twice():
    assert len(set(keys("02_b"))) == 3
    assert keys("01_a") == []


def test_missed_questions_come_first():
    missed = {"02_b/q1": entry(0, NOW), "02_b/q3": entry(0, NOW)}
    assert set(keys("05_e", missed)[:2]) == set(missed)


def test_what_was_right_lately_waits_and_what_is_due_comes_back():
    known = {
        f"{unit}/{each.id}": entry(3, "2026-02-28T00:00:00+00:00")
        for unit, questions in EARLIER.items()
        for each in questions
    }
    known["03_c/q2"] = entry(3, "2026-01-01T00:00:00+00:00")
    assert keys("05_e", known)[0] == "03_c/q2"
    del known["04_d/q0"]
    assert keys("05_e", known)[0] == "04_d/q0"  # never asked


def test_an_entry_written_by_hand_does_no_harm():
    assert len(keys("05_e", {"01_a/q0": {"box": 99, "at": 3}, "01_a/q1": {"box": 2}})) == 3


def test_answers_move_a_question_through_its_boxes(progress):
    for said, box in (("yes", 1), ("yes", 2), ("no", 0), ("yes", 1)):
        kept = json.loads(progress.read_text())["reviews"] if progress.exists() else {}
        due = reviewing.Due("02_b", EARLIER["02_b"][0], kept.get("02_b/q0", {}))
        assert reviewing.answered(due, said) == ""
        assert json.loads(progress.read_text())["reviews"]["02_b/q0"]["box"] == box


def test_without_controls_the_answers_are_folded(monkeypatch):
    bodies = []
    monkeypatch.setattr(reviewing, "show", lambda text, body="": bodies.append((text, body)))
    review("05_e")
    ((text, body),) = bodies
    assert "Because." not in text
    assert text.count("yes / no") == 3
    assert body.count("<details><summary>Answer</summary>yes. Because.") == 3


def test_the_first_unit_has_nothing_to_ask(shown):
    review("01_a")
    assert shown == ["No earlier unit has questions to ask again."]


@pytest.mark.parametrize(
    "wrong",
    [
        Question("q", "t", ("a",), "a", "w"),
        Question("q", "t", ("a", "a"), "a", "w"),
        Question("q", "t", ("a", "b"), "c", "w"),
        Question("q", "t", ("a", "b"), "a", ""),
    ],
)
def test_a_question_that_cannot_be_asked_is_named(wrong):
    with pytest.raises(ValueError, match=r"^question q: "):
        wrong.check()
