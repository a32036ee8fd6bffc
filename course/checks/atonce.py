"""Many calls of a learner's function in one piece, where each would be a question to another process.

A function that raises, prints or takes long is asked call by call from there on, so that each of its cases
is told as it should be.  What comes back can be trusted as much as single answers: it is compared, no more.
"""

import marshal
from collections.abc import Callable, Sequence
from typing import Any

from course.checks.elsewhere import beside

LEAST = 500
"""With fewer calls it makes no difference that anyone would notice."""
_FORM = 2
"""The last form of marshal's that writes equal data as equal bytes."""

Answer = tuple[Any, list[Any] | None]
"""The value, and the arguments after the call where it changed them."""


def ask(function: Any, questions: Sequence[tuple[Any, ...]]) -> list[Answer]:
    """Return the answers to the first of `questions`, as far as they came.

    None come from a function of this very process: to call it costs nothing.
    Raises Raised where the function's process ended or was too slow.
    """
    if len(questions) < LEAST:
        return []
    told = beside(function, f"{__name__}:{answers.__name__}", list(questions))
    if type(told) is not list:
        return []
    return [(one[0], one[1]) for one in told[: len(questions)] if type(one) is list and len(one) == 2]


def answers(function: Callable[..., Any], questions: list[tuple[Any, ...]]) -> list[list[Any]]:
    """Call `function` with each question's arguments, up to the first that raises."""
    told: list[list[Any]] = []
    for question in questions:
        before = marshal.dumps(question, _FORM)
        given = list(marshal.loads(before))
        try:
            value = function(*given)
            same = marshal.dumps(tuple(given), _FORM) == before
        except Exception:
            break
        told.append([value, None if same else given])
    return told
