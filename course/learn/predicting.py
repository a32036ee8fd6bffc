"""Predictions: said before the reveal, kept with their time, judged once.

    place = predict("place-of-scratch", "In which place is scratch?", number=(1, 8), default=1, answer="?")
    place.reveal(order.index("scratch") + 1, why="Its priority is higher.")      # in a later cell

In JupyterLab the question comes with controls and a Commit button; without them the learner writes the answer
in place of the question mark.  Nothing is revealed without a commitment, except where nobody could have made
one (see `frontend`): there the stated default, a common wrong answer, is judged in its place.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from course.learn import units
from course.learn.answers import UNANSWERED, Each, Kind, NotAnAnswer, Number, kind_of
from course.learn.frontend import Pace, has_widgets, nobody_owes_an_answer
from course.learn.keeping import kept, now
from course.learn.shown import show
from course.learn.verdict import Verdict

SECTION = "predictions"


class NotPredicted(Exception):  # noqa: N818  learners read the name
    """A reveal came before the prediction."""

    def _render_traceback_(self) -> list[str]:
        """Tell IPython what to show: one line."""
        return [str(self)]


def predict(
    name: str,
    question: str,
    *,
    choices: Sequence[Any] | None = None,
    many: bool = False,
    each: Sequence[Any] | None = None,
    number: tuple[float, float] | None = None,
    order: Sequence[Any] | None = None,
    within: float = 0,
    unit: str = "",
    default: Any,
    answer: Any = UNANSWERED,
) -> "Prediction":
    """Ask `question` and return the prediction, whose `reveal` comes in a later cell.

    Exactly one of `choices` (one of them; any with `many`; one for each of `each`), `number` (from, to; right
    within `within`, in `unit`) and `order` (things to put in order) says what an answer is.  `default` is the
    common wrong answer, `answer` what the learner writes.  NotAnAnswer when that is none; ValueError when the
    question itself is wrong.
    """
    kind = kind_of(choices, many, each, number, order, within, unit)
    try:
        fallback = kind.read(default)
    except NotAnAnswer as problem:
        raise ValueError(f"{name}: the default is no answer: {problem}") from None
    prediction = Prediction(name, question, kind, fallback)
    if not _is_open(answer):
        try:
            prediction.commit(kind.read(answer))
        except NotAnAnswer as problem:
            raise NotAnAnswer(f"{name}: {problem}") from None
    prediction.ask()
    return prediction


def _is_open(answer: Any) -> bool:
    """Return whether the learner has not touched the answer."""
    if answer is None or answer is Ellipsis:
        return True
    if isinstance(answer, str):
        return answer.strip() in (UNANSWERED, "")
    if isinstance(answer, Mapping):
        return set(answer.values()) <= {UNANSWERED}
    return isinstance(answer, list | tuple) and list(answer) == [UNANSWERED]


class Prediction:
    """What a learner expects; `answer` is None until they have committed to one."""

    def __init__(self, name: str, question: str, kind: Kind, default: Any) -> None:
        self.name, self.question, self.kind, self.default = name, question, kind, default
        self._unit = units.current()
        self._key = f"{self._unit}/{name}" if self._unit else name
        self._keeps = not nobody_owes_an_answer()
        self._pace = Pace()
        self._notes: list[str] = []
        self._entry: dict[str, Any] = {}
        self.answer: Any = None
        if self._keeps:
            self._recall()

    def __repr__(self) -> str:
        said = "not made yet" if self.answer is None else self.kind.show(self.answer)
        return f"<prediction {self.name}: {said}>"

    @property
    def revealed(self) -> bool:
        """Whether the truth was shown after a commitment; from then on the answer stays."""
        return "revealed" in self._entry

    @property
    def why_missed(self) -> str:
        """What the learner wrote about a wrong prediction."""
        return str(self._entry.get("because", ""))

    def commit(self, answer: Any) -> None:
        """Commit to `answer`; after the reveal the first one stays, and a note says so."""
        if self.revealed:
            if answer != self.answer:
                self._notes.append(
                    f"You committed to {self.kind.show(self.answer)} before the reveal; that stays."
                )
            return
        if self.answer != answer or not self._entry:
            self._entry = {"unit": self._unit, "question": self.question, "asks": self.kind.asks}
            self._entry |= {"answer": self.kind.store(answer), "said": self.kind.show(answer), "at": now()}
            self._keep()
        self.answer = answer

    def because(self, reason: str) -> None:
        """Keep why the prediction was wrong, in the learner's words; only after the reveal."""
        if not isinstance(reason, str) or not reason.strip():
            raise NotAnAnswer(f"{self.name}: write a sentence, such as .because('I thought that ...')")
        if not self.revealed:
            raise NotPredicted(f"{self.name}: it has not been revealed yet, so there is nothing to explain.")
        self._entry["because"] = reason.strip()
        self._keep()
        for note in self.take_notes():
            show(note)

    def ask(self) -> None:
        """Show the question: with controls where they run, else with what an answer looks like."""
        lines = [self.question]
        if self._keeps:
            lines += self._standing()
        lines += self.take_notes()
        if has_widgets() and not self.revealed:
            from course.learn.face import Face

            Face(self).display(lines)
        else:
            show("\n".join(lines))

    def reveal(self, truth: Any, why: str = "") -> None:
        """Say whether the prediction was right, and why it is so; a second time the same as the first.

        NotPredicted when there is no prediction and a person could have made one; ValueError when `truth` is
        no possible answer.
        """
        self._pace.stop()
        if self.answer is None and self._keeps and not self._pace.unbroken:
            raise NotPredicted(self._demand())
        true = self._true(truth)
        if "true" in self._entry:
            true = self._true(self._entry["true"])
        verdict = Verdict(self.kind, self.answer, self.default, true, why)
        if self.answer is not None and self._keeps and not self.revealed:
            self._entry |= {"revealed": now(), "right": verdict.right, "true": self.kind.store(true)}
            self._entry |= {"truth": self.kind.show(true)}
            self._entry |= {"why": why} if why else {}
            self._keep()
        missed = self.revealed and not verdict.right
        asked = missed and not self.why_missed
        if asked and not has_widgets():
            verdict.ask_why()
        verdict.show(self.take_notes(), because=self.why_missed)
        if asked and has_widgets():
            from course.learn.face import ask_why

            ask_why(self)

    def _true(self, truth: Any) -> Any:
        """Return the truth in the form of an answer; a number need not be one that may be given."""
        if isinstance(self.kind, Number) and isinstance(truth, int | float) and not isinstance(truth, bool):
            return truth
        if isinstance(self.kind, Each) and isinstance(truth, Mapping):  # more may be known than was asked
            truth = {thing: truth[thing] for thing in self.kind.each if thing in truth}
        try:
            return self.kind.read(truth)
        except NotAnAnswer as problem:
            raise ValueError(f"{self.name}: what is revealed is no possible answer: {problem}") from None

    def _demand(self) -> str:
        how = f'replace "?" by your answer ({self.kind.asks})'
        if has_widgets():
            how = "commit to an answer in the cell that asks"
        return f"{self.name}: predict first; {how}, then run this cell again."

    def _standing(self) -> list[str]:
        if self.revealed:
            verdict = "right" if self._entry.get("right") else "wrong"
            return [f"You said {self.kind.show(self.answer)} ({self._entry['at'][:10]}): {verdict}."]
        if self.answer is not None:
            return [f"You said {self.kind.show(self.answer)}."]
        if has_widgets():
            return ["Answer, then press Commit."]
        return [f'Write {self.kind.asks} in place of "?", then run the cell again.']

    def _recall(self) -> None:
        entry = kept().get(SECTION, self._key)
        try:
            self.answer = self.kind.read(entry["answer"])
            self._entry = {**entry, "at": str(entry["at"])}
        except (KeyError, NotAnAnswer):  # never answered, or the question has changed since
            self.answer, self._entry = None, {}

    def _keep(self) -> None:
        if self._keeps:
            note = kept().put(SECTION, self._key, self._entry)
            self._notes += [note] if note else []

    def take_notes(self) -> list[str]:
        """Return what the learner is still to be told, once."""
        notes, self._notes = self._notes, []
        return notes
