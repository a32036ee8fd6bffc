"""Literals that can be seen to be wrong before anything runs: durations, timestamps, regular expressions.

Source: github.com/google/cel-go/cel/validator.go.
"""

from collections.abc import Callable
from typing import Any

from insideout.apimachinery import patterns
from insideout.apiserver.cel.checker import Checked
from insideout.apiserver.cel.functions.times import duration, timestamp
from insideout.apiserver.cel.reading import CompileError, InstantiationError
from insideout.apiserver.cel.syntax import Call, Expr, ListExpr, Literal, MapExpr, Source, walk
from insideout.apiserver.cel.types import Type, unwrapped
from insideout.apiserver.cel.values import EvaluationError

_READERS: dict[str, Callable[[Any], object]] = {
    "duration": duration,
    "timestamp": timestamp,
    "matches": patterns.compiled,
}


def check_literals(expr: Expr, source: Source, checked: Checked) -> None:
    """Raise CompileError for the literals in an expression that cannot be what they are used as."""
    errors: list[tuple[int, str]] = []
    formatted = {
        inner.id
        for each in walk(expr)
        if isinstance(each, Call) and each.function == "format"
        for argument in each.args
        for inner in walk(argument)
    }
    for each in walk(expr):
        if isinstance(each, Call) and each.function in _READERS and each.args:
            given = each.args[0]
            if isinstance(given, Literal) and not _reads(each, given.value):
                errors.append((given.id, f"invalid {each.function} argument"))
        elif each.id in formatted:
            continue  # what a format takes may be of any types
        elif isinstance(each, ListExpr):
            types = [
                (
                    item,
                    unwrapped(checked.types[item.id])[0] if at in each.optional else checked.types[item.id],
                )
                for at, item in enumerate(each.elements)
            ]
            errors += _mixed(types)
        elif isinstance(each, MapExpr):
            errors += _mixed([(entry.key, checked.types[entry.key.id]) for entry in each.entries])
            values = [
                (entry.value, unwrapped(found)[0] if entry.optional else found)
                for entry in each.entries
                for found in (checked.types[entry.value.id],)
            ]
            errors += _mixed(values)
    if errors:
        ordered = sorted(errors, key=lambda found: source.positions.get(found[0], 0))
        raise CompileError("\n".join(source.mark(*found) for found in ordered))


def check_patterns(expr: Expr) -> None:
    """Raise InstantiationError for a regular expression that find() or findAll() could not use."""
    for each in walk(expr):
        if isinstance(each, Call) and each.function in ("find", "findAll") and each.args:
            given = each.args[0]
            if isinstance(given, Literal) and isinstance(given.value, str):
                try:
                    patterns.compiled(given.value)
                except ValueError as problem:
                    raise InstantiationError(str(problem)) from None


def _reads(call: Call, text: Any) -> bool:
    try:
        _READERS[call.function](text)
    except (EvaluationError, ValueError):
        return False
    return True


def _mixed(given: list[tuple[Expr, Type]]) -> list[tuple[int, str]]:
    """Return the first of the given that is of another type than the one before all."""
    for expr, type_ in given[1:]:
        wanted = given[0][1]
        if type_ != wanted:
            return [(expr.id, f"expected type '{wanted}' but found '{type_}'")]
    return []
