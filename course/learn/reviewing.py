"""Three questions from earlier units at the start of a later one; what was missed comes back sooner.

Each question has a box, as in Leitner's card file: a right answer moves it one box on and a wrong one back to
the first, and a question in box n is due again after the n-th of DUE_DAYS.  In the build, where nobody
answers, the choice depends on the units' names and questions alone.
"""

import hashlib
import html
import importlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from course.learn.frontend import has_widgets, nobody_owes_an_answer
from course.learn.keeping import kept, now
from course.learn.questions import Question
from course.learn.shown import show

DRAWN = 3
DUE_DAYS = (0, 1, 3, 7, 21, 60)
SECTION = "reviews"
UNITS = Path(__file__).parents[1] / "units"


class Due(NamedTuple):
    """A question of a unit, with what the learner made of it before."""

    unit: str
    question: Question
    entry: Mapping[str, Any]

    @property
    def key(self) -> str:
        """The name under which answers to it are kept."""
        return f"{self.unit}/{self.question.id}"


def review(unit: str) -> None:
    """Ask three questions from the units before `unit`, such as "07_node_failure"."""
    asked = draw(unit, {} if nobody_owes_an_answer() else kept().read()[SECTION], now())
    if not asked:
        show("No earlier unit has questions to ask again.")
        return
    if has_widgets():
        from course.learn.cards import Cards

        Cards(asked).display()
        return
    show(_as_text(asked), _as_html(asked))


def draw(unit: str, entries: Mapping[str, Mapping[str, Any]], time: str) -> list[Due]:
    """Return the questions to ask at `time`: missed ones first, then new ones, then the longest due.

    They come from different units as long as there are enough of them.
    """
    found = [
        Due(earlier, question, entries.get(f"{earlier}/{question.id}", {}))
        for earlier, questions in earlier_questions(unit).items()
        for question in questions
    ]
    found.sort(key=lambda due: (_urgency(due.entry, time), _lot(unit, due.key)))
    drawn: list[Due] = []
    while found and len(drawn) < DRAWN:
        units = [due.unit for due in drawn]
        missed = [due for due in found if due.entry.get("box") == 0]
        fresh = missed or [due for due in found if due.unit not in units] or found
        drawn.append(fresh[0])
        found.remove(fresh[0])
    return drawn


def earlier_questions(unit: str) -> dict[str, tuple[Question, ...]]:
    """Return the questions of each unit before `unit` that has some."""
    found = {}
    for file in sorted(UNITS.glob("u[0-9][0-9]_*/review.py")):
        name = file.parent.name.removeprefix("u")
        if name < unit and (questions := questions_of(name)):
            found[name] = questions
    return found


def questions_of(unit: str) -> tuple[Question, ...]:
    """Return the questions that `unit` hands to later ones."""
    module = importlib.import_module(f"course.units.u{unit}.review")
    questions: tuple[Question, ...] = tuple(module.QUESTIONS)
    for question in questions:
        question.check()
    return questions


def answered(due: Due, answer: str) -> str:
    """Keep an answer to a question; return one line when it could not be written."""
    right = answer == due.question.answer
    box = min(int(due.entry.get("box", 0)) + 1, len(DUE_DAYS) - 1) if right else 0
    entry = {"unit": due.unit, "question": due.question.text, "said": answer, "right": right, "at": now()}
    return kept().put(SECTION, due.key, {**entry, "truth": due.question.answer, "box": box})


def _urgency(entry: Mapping[str, Any], time: str) -> tuple[int, float]:
    """Return what sorts the most urgent first: missed, new, due for long, due soon."""
    if not entry:
        return (1, 0.0)
    box = int(entry.get("box", 0))
    if box == 0:
        return (0, 0.0)
    try:
        due = datetime.fromisoformat(str(entry["at"])) + timedelta(days=DUE_DAYS[box])
        return (2, (due - datetime.fromisoformat(time)).total_seconds())
    except (KeyError, ValueError, TypeError, IndexError):  # written by hand
        return (2, 0.0)


def _lot(unit: str, key: str) -> str:
    """Return what settles a tie, differently in each unit and always the same."""
    return hashlib.sha256(f"{unit} {key}".encode()).hexdigest()


def _as_text(asked: list[Due]) -> str:
    return "\n".join(
        f"{number}. {due.question.text}\n   {' / '.join(due.question.choices)}"
        for number, due in enumerate(asked, 1)
    )


def _as_html(asked: list[Due]) -> str:
    return "<ol>" + "".join(f"<li>{question_html(due)}{folded_html(due)}</li>" for due in asked) + "</ol>"


def question_html(due: Due) -> str:
    """Return the question and its choices."""
    choices = " / ".join(html.escape(choice) for choice in due.question.choices)
    return f"<div>{html.escape(due.question.text)}</div><div><em>{choices}</em></div>"


def folded_html(due: Due) -> str:
    """Return the answer, folded."""
    answer = f"{html.escape(due.question.answer)}. {html.escape(due.question.why)}"
    return f"<details><summary>Answer</summary>{answer} (unit {html.escape(due.unit[:2])})</details>"
