"""Errors of a learner's code as a test may catch them: `except ValueError` catches a ValueError of theirs.

The object that is raised here is ours: it has the name, the message and the plain arguments that the
learner's process told.  Its class comes from Python's own class of that name, or from the one that the test
got for a class of the notebook.  Left out: attributes that a class of the notebook gives its errors.
"""

import builtins
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from course.checks.call import Raised

_WITH_ARGUMENTS = (UnicodeError, ExceptionGroup)
"""Classes whose objects cannot be made of a message."""


def class_of(name: str, kinds: Sequence[str], known: Mapping[str, type[Raised]]) -> type[Raised]:
    """Return a class that stands for the class of errors `name` of a notebook.

    `kinds` are the names of what it is, itself first; `known` the classes that stand for others, by name.
    """
    theirs = tuple(known[one] for one in kinds[1:] if one in known)
    return _standing_for(name, tuple(kinds), _outermost(theirs) or (_class_for(_nearest(kinds)),))


@lru_cache(maxsize=100)  # a learner's process may name as many as it likes
def _standing_for(name: str, kinds: tuple[str, ...], bases: tuple[type[Raised], ...]) -> type[Raised]:
    def build(self: Raised, *args: Any) -> None:
        """Build one as the notebook's class is asked to: from anything."""
        Raised.__init__(self, name, ", ".join(map(str, args)), "", kinds)
        self.args = args

    return _joined(name, bases, build)


def raised(
    kind: str,
    message: str,
    where: str,
    kinds: Iterable[str],
    args: tuple[Any, ...] = (),
    known: Mapping[str, type[Raised]] | None = None,
) -> Raised:
    """Return the error that a learner's code raised; `kinds` are its class and what that comes from.

    `args` are what the error was made of, as far as that is plain data; `known` are the classes that stand
    for those of the notebook, by name.
    """
    kinds = list(kinds) or [kind]
    theirs = tuple(dict.fromkeys((known or {})[name] for name in kinds if name in (known or {})))
    base = _class_for(_nearest(kinds))
    if not theirs and base is Raised:
        return Raised(kind, message, where, kinds)
    found = _caught(kind, _outermost(theirs) or (base,))
    error = found.__new__(found)
    Raised.__init__(error, kind, message, where, kinds)
    error.args = args or (message,)
    return error


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
    return _derived(name, (Raised, builtin))


@lru_cache(maxsize=100)
def _caught(kind: str, bases: tuple[type[Raised], ...]) -> type[Raised]:
    return bases[0] if bases[0].__name__ == kind else _joined(kind, bases)


def _outermost(classes: tuple[type[Raised], ...]) -> tuple[type[Raised], ...]:
    """Return the classes that no other of them comes from."""
    return tuple(one for one in classes if not any(one in other.__mro__[1:] for other in classes))


def _joined(
    name: str, bases: tuple[type[Raised], ...], build: Callable[..., None] | None = None
) -> type[Raised]:
    """Return a class of this name that each of these catches, or the first where Python knows no such."""
    more = {"__init__": build} if build else {}
    try:
        return _derived(name, bases, **more)
    except TypeError:  # two of Python's own that cannot be one, or an order that it finds none for
        return _derived(name, bases[:1], **more)


def _derived(name: str, bases: tuple[type, ...], **more: Any) -> type[Raised]:
    fields = {"__module__": __name__, "__str__": lambda error: error.message, **more}
    return type(name if name.isidentifier() else "Exception", bases, fields)
