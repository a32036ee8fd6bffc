"""An error as it crosses between the two processes: what is told of one, and one that was told of."""

import linecache
import traceback
from typing import Any

from . import wire
from .alarm import TooSlow

MESSAGE_LIMIT = 2_000
NAME_LIMIT = 200
KINDS_LIMIT = 20
"""Of how many classes that an error comes from the names are told."""
_FOLDER = __file__.rsplit("/", 1)[0]


class RemoteError(Exception):
    """An error of an object that lives in the trusted process."""


def rebuilt(error: dict[str, Any], status: Any) -> BaseException:
    """Return the error that a trusted object raised; `status` is what an ApiError holds."""
    import builtins

    kind, message = error["kind"], error["message"]
    if kind == "UnreachableError":
        from insideout.client.interface import UnreachableError

        return UnreachableError(message)
    if kind == "ApiError" and isinstance(status, dict):
        from insideout.client.interface import ApiError

        return ApiError(status)
    known = getattr(builtins, kind, None)
    if isinstance(known, type) and issubclass(known, Exception) and not issubclass(known, UnicodeError):
        return known(message)
    return RemoteError(f"{kind}: {message}")


def described(error: BaseException) -> dict[str, Any]:
    """Return what is told of an error of the learner's code."""
    try:
        message = str(error)
    except Exception as worse:  # a __str__ of the learner's own
        message = f"(its message cannot be shown: {type(worse).__name__})"
    if isinstance(error, KeyError) and len(error.args) == 1:
        message = repr(error.args[0])
    kind = "NotPlain" if isinstance(error, wire.Unsendable) else type(error).__name__
    status = getattr(error, "status", None) if kind == "ApiError" else None
    return {
        "status": wire.encode(status, _nothing_else, {}),
        "kind": kind,
        "kinds": kinds(type(error)),
        "message": message[:MESSAGE_LIMIT],
        "args": _plain_args(error),
        "where": "" if isinstance(error, TooSlow) else _where(error),
    }


def kinds(found: type) -> list[str]:
    """Return the names of a class and of what it comes from."""
    return [one.__name__[:NAME_LIMIT] for one in found.__mro__[:KINDS_LIMIT]]


def _plain_args(error: BaseException) -> Any:
    """Return what an error was made of for the wire, None where that is no plain data or a long text."""
    try:
        args = wire.encode(tuple(error.args), _nothing_else, {})
        return args if len(repr(args)) <= MESSAGE_LIMIT else None
    except Exception:  # what it holds is the learner's own, and may do anything when it is asked
        return None


def _nothing_else(value: Any) -> Any:
    raise wire.Unsendable(f"an error holds a {type(value).__name__}")


def _where(error: BaseException) -> str:
    """Return the learner's line that raised, as "line 3: total += item"."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if not frame.filename.startswith(_FOLDER):
            line = frame.line or linecache.getline(frame.filename, frame.lineno or 0).strip()
            return f"line {frame.lineno}: {line}"[:MESSAGE_LIMIT] if line else f"line {frame.lineno}"
    return ""
