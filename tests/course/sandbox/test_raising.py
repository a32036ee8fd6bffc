"""Errors of a learner's code are caught by the classes that Python has for them."""

import pytest

from course.checks.call import Raised
from course.sandbox.raising import class_of, raised

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
    assert str(error) == ("no" if expected is not Exception else f"{kinds[0]}: no")


def test_others_do_not_catch_it() -> None:
    assert not isinstance(raised("KeyError", "no", "", ["KeyError"]), ValueError)
    assert not isinstance(raised("KeyboardInterrupt", "no", "", ["KeyboardInterrupt"]), KeyboardInterrupt)


def test_it_is_made_of_what_the_learner_made_it_of() -> None:
    """A message where nothing was told."""
    assert raised("ValueError", "a, 3", "", ["ValueError"], ("a", 3)).args == ("a", 3)
    assert raised("ValueError", "no", "", ["ValueError"]).args == ("no",)


STACK = ["StackError", "ValueError", "Exception"]
EMPTY = ["Empty", *STACK]


def test_a_class_of_the_notebook_catches_its_own() -> None:
    """And so does what it comes from; one beside it does not."""
    known = {"StackError": class_of("StackError", STACK, {})}
    known["Empty"] = class_of("Empty", EMPTY, known)
    assert issubclass(known["Empty"], known["StackError"])
    error = raised("Empty", "no", "", EMPTY, (), known)
    for caught_by in (known["Empty"], known["StackError"], ValueError):
        assert isinstance(error, caught_by)
    full = raised("Full", "no", "", ["Full", *STACK], (), known)
    assert isinstance(full, known["StackError"])
    assert not isinstance(full, known["Empty"])
    assert type(full).__name__ == "Full"
    assert not isinstance(raised("ValueError", "no", "", ["ValueError"], (), known), known["StackError"])


def test_two_classes_of_the_notebook_catch_what_comes_from_both() -> None:
    known = {name: class_of(name, [name, "Exception"], {}) for name in ("Mine", "Yours")}
    error = raised("Both", "no", "", ["Both", "Mine", "Yours", "Exception"], (), known)
    assert isinstance(error, known["Mine"])
    assert isinstance(error, known["Yours"])


def test_classes_that_cannot_be_one_are_caught_by_the_first() -> None:
    """No Python class can come from both, so only a process that lies tells of one."""
    known = {
        name: class_of(name, [name, base], {}) for name, base in (("A", "OSError"), ("B", "SyntaxError"))
    }
    error = raised("C", "no", "", ["C", "A", "B"], (), known)
    assert isinstance(error, known["A"])
    assert not isinstance(error, known["B"])


def test_a_test_may_build_one_itself() -> None:
    """As with the notebook's own class, from any arguments."""
    empty = class_of("Empty", EMPTY, {})
    with pytest.raises(ValueError, match="none left, 3") as caught:
        raise empty("none left", 3)
    assert caught.value.args == ("none left", 3)
    assert type(caught.value) is empty


@pytest.mark.parametrize("name", ["not a name", ""])
def test_a_name_that_is_none_names_no_class(name: str) -> None:
    assert type(raised(name, "no", "", [name, "ValueError"])).__name__ in ("ValueError", "Exception")
