"""Examples first: the learner says what a function should answer, before anybody writes it.

Each example is a tuple, the arguments and then the answer.  It counts when it is what Kubernetes does.  Then
it is tried on known wrong functions: the more of them a learner's examples tell from the right one, the more
they are worth.  The report says which misconceptions they would catch and which not; it tells no answer and
shows no wrong solution.

The list is data, so it crosses from the learner's process as it is, and nothing of theirs runs here.
"""

import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from course.checks.beliefs import Misconceptions, same
from course.checks.call import NotPlain, Outcome, call, equal, plain
from course.checks.place import Place, lead
from course.checks.report import Assessment, number

AT_MOST = 20
"""More examples than this were not thought of one by one."""

Refuse = Callable[..., str | None]
"""Given the arguments of an example, says in a few words why they are none; None when they are."""


class Example(NamedTuple):
    """A well-formed example: its number as the learner counts, from 1, and what it says."""

    number: int
    arguments: tuple[Any, ...]
    expected: Any


class Malformed(Exception):  # noqa: N818  it says what the learner's list is
    """The list is not what the exercise asks for; the text says what to do."""


def grade(
    name: str,
    examples: Any,
    reference: Callable[..., Any],
    misconceptions: Misconceptions,
    *,
    points: float,
    read: str | Place = "",
    refuse: Refuse | None = None,
    raises: tuple[str, ...] = (),
) -> float:
    """Assess the learner's `examples`, print the report and return the points earned, for a cell to show."""
    assessment = assess(
        name, examples, reference, misconceptions, points=points, read=read, refuse=refuse, raises=raises
    )
    print(assessment.report)  # noqa: T201  the report is what the cell prints
    if assessment.points < points:
        lead(read)
    return assessment.points


def assess(
    name: str,
    examples: Any,
    reference: Callable[..., Any],
    misconceptions: Misconceptions,
    *,
    points: float,
    read: str | Place = "",
    refuse: Refuse | None = None,
    raises: tuple[str, ...] = (),
) -> Assessment:
    """Try the list `examples`, the exercise called `name`, on `reference` and on the wrong functions.

    The points are shared among the misconceptions, and an example that is wrong takes its part of them all:
    of five examples with one wrong, four fifths are left.  `refuse` says what makes no example, such as a pod
    that an API server turns away.  `raises` names the exceptions that are answers; a learner writes such an
    answer as the text "raises Conflict".
    """
    try:
        asked = list(_well_formed(name, examples, _parameters(reference)))
        right, wrong, notes = _sorted(asked, reference, refuse, raises)
    except Malformed as error:
        return Assessment(0, f"{error}.\n0 of {number(points)} points")
    caught = {
        belief: any(_differs(function, one, reference) for one in right)
        for belief, function in misconceptions.items()
    }
    share = len(right) / (len(right) + len(wrong)) if right else 0
    earned = number(points * share * sum(caught.values()) / len(caught))
    lines = [f"{name}: {len(right)} of {len(right) + len(wrong)} examples are what Kubernetes does"]
    lines += [f"  {note}" for note in notes]
    if right:
        lines += ["", *_told("They would catch who believes:", caught, True)]
        lines += [*_told("They would not catch who believes:", caught, False)]
    if not all(caught.values()) or wrong:
        lines += [f"\nRead: {read}"] if read else []
    return Assessment(earned, "\n".join([*lines, f"{earned} of {number(points)} points"]))


def _well_formed(name: str, examples: Any, parameters: Sequence[str]) -> Iterator[Example]:
    """Yield the examples; Malformed, with what to do, at the first that is none."""
    form = f"({', '.join(parameters)}, answer)"
    if type(examples) is tuple and examples and all(type(one) is tuple for one in examples):
        examples = list(examples)
    if type(examples) is not list:
        what = "a function" if callable(examples) else f"a {type(examples).__name__}"
        raise Malformed(f"{name} is {what}; make it a list of examples, each a tuple {form}")
    if not examples:
        raise Malformed(f"{name} is empty: write examples, each a tuple {form}")
    if len(examples) > AT_MOST:
        raise Malformed(f"{name} has {len(examples)} examples; choose at most {AT_MOST} that say the most")
    for position, one in enumerate(examples, 1):
        if type(one) not in (tuple, list):
            raise Malformed(f"example {position} of {name} is a {type(one).__name__}; write a tuple {form}")
        if len(one) != len(parameters) + 1:
            raise Malformed(
                f"example {position} of {name} has {len(one)} parts; write {len(parameters) + 1}: {form}"
            )
        try:
            expected = plain(one[-1])
            plain(list(one[:-1]))
        except NotPlain as error:
            what = str(error).split(";")[0].replace("the answer", f"example {position} of {name}")
            raise Malformed(f"{what}; write dict, list, str, int, float, bool or None") from error
        except RecursionError as error:
            raise Malformed(f"example {position} of {name} holds itself") from error
        yield Example(position, tuple(one[:-1]), expected)


def _sorted(
    asked: list[Example], reference: Callable[..., Any], refuse: Refuse | None, raises: tuple[str, ...]
) -> tuple[list[Example], list[Example], list[str]]:
    """Return the right examples and the wrong ones, each question once, and what is to be said of them."""
    right: list[Example] = []
    wrong: list[Example] = []
    notes: list[str] = []
    for position, one in enumerate(asked):
        before = [other for other in asked[:position] if _same_question(other, one)]
        if before and equal(before[0].expected, one.expected):
            notes.append(f"example {one.number} is example {before[0].number} again and does not count")
            continue
        others = [other for other in asked if _same_question(other, one) and other is not one]
        against = next((other for other in others if not equal(other.expected, one.expected)), None)
        refused = call(refuse, one.arguments) if refuse else None
        outcome = call(reference, one.arguments)
        if against:
            notes.append(
                f"example {one.number} contradicts example {against.number}: neither counts as right"
            )
        elif refused and refused.value:
            notes.append(f"example {one.number} is none: {refused.value}")
        elif (refused and refused.raised) or (outcome.raised and outcome.raised.kind not in raises):
            notes.append(f"example {one.number} is none: the function is not made for such arguments")
        elif not equal(_answer(outcome), one.expected):
            notes.append(f"example {one.number} is not what Kubernetes does")
        else:
            right.append(one)
            continue
        wrong.append(one)
    return right, wrong, notes


def _same_question(one: Example, other: Example) -> bool:
    return equal(plain(list(one.arguments)), plain(list(other.arguments)))


def _answer(outcome: Outcome) -> Any:
    return f"raises {outcome.raised.kind}" if outcome.raised else outcome.value


def _differs(function: Callable[..., Any], one: Example, reference: Callable[..., Any]) -> bool:
    return not same(call(function, one.arguments), call(reference, one.arguments))


def _told(title: str, caught: dict[str, bool], wanted: bool) -> Iterator[str]:
    beliefs = [belief for belief, is_caught in caught.items() if is_caught is wanted]
    if beliefs:
        yield title
        yield from (f"  {'+' if wanted else '-'} {belief}" for belief in beliefs)


def _parameters(reference: Callable[..., Any]) -> list[str]:
    return list(inspect.signature(reference).parameters)
