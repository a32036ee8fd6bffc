"""Kinds of answers to a prediction: how each is read, written, stored and compared.

An answer is plain data.  `read` takes what a learner typed or a control gave and returns the answer, or
raises NotAnAnswer with one line that says what is asked for.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

UNANSWERED = "?"


class NotAnAnswer(ValueError):  # noqa: N818  learners read the name
    """What was given does not answer the question; the text says what would."""

    def _render_traceback_(self) -> list[str]:
        """Tell IPython what to show: one line."""
        return [str(self)]


class Kind(Protocol):
    """What `predict` knows about the answer it asks for."""

    asks: str

    def read(self, given: Any) -> Any:
        """Return the answer that was given; NotAnAnswer when it is none."""

    def show(self, answer: Any) -> str:
        """Return the answer as a reader writes it."""

    def store(self, answer: Any) -> Any:
        """Return the answer as JSON keeps it; `read` takes it back."""

    def right(self, answer: Any, truth: Any) -> bool:
        """Return whether the answer is right."""

    def parts(self, answer: Any, truth: Any) -> list[bool]:
        """Return for each part of an answer whether it is right; nothing when it has no parts."""

    def difference(self, answer: Any, truth: Any) -> list[str]:
        """Return the lines that say where a wrong answer differs; none where the truth alone says it."""


class Whole:
    """An answer without parts that are right or wrong by themselves."""

    def parts(self, answer: Any, truth: Any) -> list[bool]:
        """Return nothing."""
        return []


class One(Whole):
    """One of several choices."""

    def __init__(self, choices: Sequence[Any]) -> None:
        self.choices = list(choices)
        self.asks = f"one of {_listed(self.choices)}"

    def read(self, given: Any) -> Any:
        """Return the choice; text counts also without its capitals, and a number as text."""
        for choice in self.choices:
            if type(choice) is type(given) and choice == given:
                return choice
        for choice in self.choices:
            if isinstance(given, str) and str(choice).casefold() == given.strip().casefold():
                return choice
        for choice in self.choices:
            if not isinstance(given, bool) and not isinstance(choice, bool) and choice == given:
                return choice
        raise NotAnAnswer(f"{_short(given)} is not {self.asks}")

    def show(self, answer: Any) -> str:
        """Return the choice."""
        return _quoted(answer)

    def store(self, answer: Any) -> Any:
        """Return the choice as text."""
        return str(answer)

    def right(self, answer: Any, truth: Any) -> bool:
        """Return whether it is the choice that holds."""
        return bool(answer == truth)

    def difference(self, answer: Any, truth: Any) -> list[str]:
        """Return nothing: the truth says it all."""
        return []


class Many(Whole):
    """Any number of the choices, none included; their order does not matter."""

    def __init__(self, choices: Sequence[Any]) -> None:
        self.choices = list(choices)
        self._one = One(choices)
        self.asks = f"a list of any of {_listed(self.choices)}"

    def read(self, given: Any) -> list[Any]:
        """Return the chosen ones in the order of the choices, each once."""
        if isinstance(given, str | bytes | Mapping) or not hasattr(given, "__iter__"):
            raise NotAnAnswer(f"{_short(given)} is not {self.asks}")
        chosen = []
        for each in given:
            if each == UNANSWERED:
                raise NotAnAnswer(f"it asks for {self.asks}")
            chosen.append(self._one.read(each))
        return [choice for choice in self.choices if choice in chosen]

    def show(self, answer: Any) -> str:
        """Return the chosen ones."""
        return ", ".join(map(_quoted, answer)) if answer else "none"

    def store(self, answer: Any) -> list[str]:
        """Return the chosen ones as text."""
        return [str(each) for each in answer]

    def right(self, answer: Any, truth: Any) -> bool:
        """Return whether exactly those hold."""
        return set(answer) == set(truth)

    def difference(self, answer: Any, truth: Any) -> list[str]:
        """Return what is missing and what is too much."""
        missing = [each for each in truth if each not in answer]
        extra = [each for each in answer if each not in truth]
        return [
            f"{label}: {self.show(those)}"
            for label, those in (("you left out", missing), ("you had besides", extra))
            if those
        ]


class Each:
    """One of the choices for each of several things."""

    def __init__(self, choices: Sequence[Any], each: Sequence[Any]) -> None:
        self.each = list(each)
        self._one = One(choices)
        self.choices = self._one.choices
        self.asks = f"a dict with {self._one.asks} for each of {_listed(self.each)}"

    def read(self, given: Any) -> dict[Any, Any]:
        """Return the answers by thing, in the order in which they were asked for; a list is in that order."""
        if isinstance(given, list | tuple) and len(given) == len(self.each):
            given = dict(zip(self.each, given, strict=True))
        if not isinstance(given, Mapping):
            raise NotAnAnswer(f"{_short(given)} is not {self.asks}")
        strange = [key for key in given if key not in self.each]
        if strange:
            raise NotAnAnswer(f"{_listed(strange)} was not asked for; it asks for {self.asks}")
        lacking = [thing for thing in self.each if given.get(thing, UNANSWERED) == UNANSWERED]
        if lacking:
            raise NotAnAnswer(f"{_listed(lacking)} has no answer yet; it asks for {self.asks}")
        answers = {}
        for thing in self.each:
            try:
                answers[thing] = self._one.read(given[thing])
            except NotAnAnswer as problem:
                raise NotAnAnswer(f"{thing}: {problem}") from None
        return answers

    def show(self, answer: Any) -> str:
        """Return the answers by thing."""
        return ", ".join(f"{thing}: {answer[thing]}" for thing in self.each)

    def store(self, answer: Any) -> list[str]:
        """Return the answers as text, in the order of the things."""
        return [str(answer[thing]) for thing in self.each]

    def right(self, answer: Any, truth: Any) -> bool:
        """Return whether all of them hold."""
        return all(self.parts(answer, truth))

    def parts(self, answer: Any, truth: Any) -> list[bool]:
        """Return for each thing whether its answer holds."""
        return [answer[thing] == truth[thing] for thing in self.each]

    def difference(self, answer: Any, truth: Any) -> list[str]:
        """Return a line for each thing."""
        width = max(len(str(thing)) for thing in self.each)
        wide = max(len(str(answer[thing])) for thing in self.each)
        return [
            f"{thing!s:{width}}  {answer[thing]!s:{wide}}  "
            + ("right" if answer[thing] == truth[thing] else f"wrong, it is {truth[thing]}")
            for thing in self.each
        ]


class Number(Whole):
    """A number between two others; right when it is no further from the truth than `within`."""

    def __init__(self, low: float, high: float, within: float = 0, unit: str = "") -> None:
        self.low, self.high, self.within, self.unit = low, high, within, unit
        self.whole = all(isinstance(each, int) for each in (low, high, within))
        self.asks = f"a {'whole ' if self.whole else ''}number from {low} to {self._with_unit(high)}"

    def read(self, given: Any) -> float:
        """Return the number; text that is one counts."""
        number = given
        if isinstance(given, str):
            try:
                number = float(given)
            except ValueError:
                number = None
        if isinstance(number, bool) or not isinstance(number, int | float) or number != number:
            raise NotAnAnswer(f"{_short(given)} is not {self.asks}")
        if not self.low <= number <= self.high or (self.whole and number != int(number)):
            raise NotAnAnswer(f"{_short(given)} is not {self.asks}")
        return int(number) if number == int(number) else number

    def show(self, answer: Any) -> str:
        """Return the number with its unit."""
        return self._with_unit(answer)

    def store(self, answer: Any) -> Any:
        """Return the number."""
        return answer

    def right(self, answer: Any, truth: Any) -> bool:
        """Return whether it is near enough."""
        return bool(abs(answer - truth) <= self.within)

    def difference(self, answer: Any, truth: Any) -> list[str]:
        """Return nothing: the truth says it all."""
        return []

    def _with_unit(self, number: float) -> str:
        if isinstance(number, float):
            number = int(number) if number == int(number) else round(number, 3)
        return f"{number} {self.unit}".rstrip()


class Order:
    """Several things in an order."""

    def __init__(self, things: Sequence[Any]) -> None:
        self.things = list(things)
        self._one = One(things)
        self.asks = f"a list of {_listed(self.things)} in an order"

    def read(self, given: Any) -> list[Any]:
        """Return the things in the order given; all of them, each once."""
        if isinstance(given, str | bytes | Mapping) or not hasattr(given, "__iter__"):
            raise NotAnAnswer(f"{_short(given)} is not {self.asks}")
        given = list(given)
        if UNANSWERED in given:
            raise NotAnAnswer(f"it asks for {self.asks}")
        ordered = [self._one.read(each) for each in given]
        for thing in self.things:
            if ordered.count(thing) != 1:
                raise NotAnAnswer(f"{thing} is there {ordered.count(thing)} times; it asks for {self.asks}")
        return ordered

    def show(self, answer: Any) -> str:
        """Return the things in that order."""
        return ", ".join(map(str, answer))

    def store(self, answer: Any) -> list[str]:
        """Return the things as text."""
        return [str(each) for each in answer]

    def right(self, answer: Any, truth: Any) -> bool:
        """Return whether each is in its place."""
        return all(self.parts(answer, truth))

    def parts(self, answer: Any, truth: Any) -> list[bool]:
        """Return for each place whether the right thing is there."""
        return [mine == true for mine, true in zip(answer, truth, strict=True)]

    def difference(self, answer: Any, truth: Any) -> list[str]:
        """Return a line for each place."""
        wide = max(len(str(thing)) for thing in self.things)
        return [
            f"{place}. {mine!s:{wide}}  " + ("right" if mine == true else f"wrong, it is {true}")
            for place, (mine, true) in enumerate(zip(answer, truth, strict=True), 1)
        ]


def kind_of(
    choices: Sequence[Any] | None,
    many: bool,
    each: Sequence[Any] | None,
    number: tuple[float, float] | None,
    order: Sequence[Any] | None,
    within: float,
    unit: str,
) -> Kind:
    """Return the kind that the arguments of `predict` describe; ValueError when they describe none."""
    if sum(given is not None for given in (choices, number, order)) != 1:
        raise ValueError("a prediction takes one of choices=, number= and order=")
    if (many or each) and choices is None:
        raise ValueError("many= and each= belong to choices=")
    if number is not None:
        return Number(*number, within=within, unit=unit)
    if order is not None:
        return Order(order)
    if each is not None:
        return Each(choices or (), each)
    return Many(choices or ()) if many else One(choices or ())


def _listed(values: Sequence[Any]) -> str:
    return ", ".join(map(str, values))


def _quoted(choice: Any) -> str:
    """Return a choice as it stands in a sentence: one of several words is quoted."""
    text = str(choice)
    return f'"{text}"' if " " in text else text


def _short(given: Any) -> str:
    text = repr(given)
    return text if len(text) <= 60 else text[:57] + "..."
