"""A case is one call and its right answer; cases with the same sentence are one rule."""

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, ParamSpec

P = ParamSpec("P")


class Raises(NamedTuple):
    """An answer that is an exception: `kind` is the name of its class, or of a class that it comes from."""

    kind: str

    def __repr__(self) -> str:
        return f"raise {self.kind}"


class Case(NamedTuple):
    """One call and its right answer; `rule` is the sentence that the case tests.

    `expected` may be `Raises(kind)`.  `part`, when given, takes from the answer what the rule is about;
    `expected` is only that.  With `keeps`, the arguments must be the same after the call.
    """

    rule: str
    arguments: tuple[Any, ...]
    expected: Any
    part: Callable[[Any], Any] | None = None
    keeps: bool = False


KEEPS = "what the function is given stays as it is"


def with_keeping(cases: Iterable[Case]) -> Iterator[Case]:
    """Yield the cases, and some of them again under a rule of its own that forbids changing the arguments.

    So a right answer that sorts its input in place loses this rule's share and no other.
    """
    given = list(cases)
    yield from given
    answers: dict[str, Case] = {}
    for case in given:
        answers.setdefault(repr(case.expected), case)
    for case in list(answers.values())[:4]:
        yield case._replace(rule=KEEPS, keeps=True)


class HiddenSeed(int):
    """The seed of cases that only the grader has: a report says so."""


class Cases(tuple[Case, ...]):
    """Cases that serve for many learners; nobody changes them, for `call` hands out copies."""

    hidden = False
    """Whether only the grader has them."""

    @functools.cached_property
    def by_rule(self) -> dict[str, list[Case]]:
        """The cases of each rule, smallest first."""
        rules: dict[str, list[Case]] = {}
        for case in self:
            rules.setdefault(case.rule, []).append(case)
        return {rule: sorted(members, key=_size) for rule, members in rules.items()}


def kept(make: Callable[P, Iterable[Case]]) -> Callable[P, Cases]:
    """Make the cases once in a process, for each seed that it is asked for; a class has the same ones."""

    @functools.lru_cache(maxsize=8, typed=True)  # a hidden seed is another one, whatever its number
    def cases(*args: P.args, **kwargs: P.kwargs) -> Cases:
        made = Cases(make(*args, **kwargs))
        made.hidden = any(isinstance(one, HiddenSeed) for one in (*args, *kwargs.values()))
        return made

    functools.update_wrapper(cases, make)
    return cases  # type: ignore[return-value]  # its annotation forgets the parameters


def _size(case: Case) -> tuple[int, int]:
    return weight(list(case.arguments)), len(repr(case.arguments))


def weight(value: Any) -> int:
    """Return how much there is to read in plain data: how far it is from nothing.

    What is empty, zero or false is what a reader takes for granted and weighs nothing, but for its place in a
    list.  Anything else weighs one, and so does each key that holds something.
    """
    if isinstance(value, dict):
        return sum(1 + weight(item) for item in value.values() if item or isinstance(item, dict))
    if isinstance(value, list | tuple | set | frozenset):
        return sum(1 + weight(item) for item in value)
    return 1 if value else 0
