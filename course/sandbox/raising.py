"""Errors of a learner's code as a test may catch them: `except ValueError` catches a ValueError of theirs.

The object that is raised here is ours: it has the name and the message that the learner's process told, and
its class comes from Python's own class of that name.
"""

import builtins
from collections.abc import Iterable
from functools import cache

from course.checks.call import Raised

_WITH_ARGUMENTS = (UnicodeError, ExceptionGroup)
"""Classes whose objects cannot be made of a message."""


def raised(kind: str, message: str, where: str, kinds: Iterable[str]) -> Raised:
    """Return the error that a learner's code raised; `kinds` are its class and what that comes from."""
    kinds = list(kinds)
    return _class_for(_nearest(kinds or [kind]))(kind, message, where, kinds)


def _nearest(kinds: Iterable[str]) -> str:
    """Return the first name among these that one of Python's own exceptions has, "" when none has."""
    return next((name for name in kinds if _exception(name) is not None), "")


def _exception(name: str) -> type[Exception] | None:
    found = getattr(builtins, name, None)
    if not isinstance(found, type) or issubclass(found, _WITH_ARGUMENTS) or not issubclass(found, Exception):
        return None
    return found


@cache
def _class_for(name: str) -> type[Raised]:
    builtin = _exception(name)
    if builtin is None or builtin is Exception:
        return Raised
    return type(name, (Raised, builtin), {"__module__": __name__})
