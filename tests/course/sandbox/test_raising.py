"""Errors of a learner's code are caught by the classes that Python has for them."""

import pytest

from course.checks.call import Raised
from course.sandbox.raising import raised

CASES = {
    "its own": (["ValueError", "Exception"], ValueError),
    "a class of theirs that comes from one": (["Negative", "ValueError", "Exception"], ValueError),
    "what a lookup raises": (["KeyError", "LookupError"], LookupError),
    "a file that is not there": (["FileNotFoundError", "OSError"], OSError),
    "one that no message makes": (["UnicodeDecodeError", "UnicodeError", "ValueError"], ValueError),
    "no error to Python": (["list", "object"], Exception),
    "one that ends a program": (["SystemExit", "BaseException", "object"], Exception),
}


@pytest.mark.parametrize("name", CASES)
def test_who_catches_it(name: str) -> None:
    kinds, expected = CASES[name]
    error = raised(kinds[0], "no", "line 1: x", kinds)
    assert isinstance(error, expected)
    assert isinstance(error, Raised)
    assert (error.kind, error.message, error.where) == (kinds[0], "no", "line 1: x")
    assert str(error) == repr(f"{kinds[0]}: no") if isinstance(error, KeyError) else f"{kinds[0]}: no"


def test_others_do_not_catch_it() -> None:
    assert not isinstance(raised("KeyError", "no", "", ["KeyError"]), ValueError)
    assert not isinstance(raised("KeyboardInterrupt", "no", "", ["KeyboardInterrupt"]), KeyboardInterrupt)
