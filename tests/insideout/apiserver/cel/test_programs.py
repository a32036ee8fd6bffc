"""Expressions that run: what they come to, what they cost, when they are stopped."""

from typing import Any

import pytest

from insideout.apiserver.cel import Environment
from insideout.apiserver.cel.types import DYN

ENVIRONMENT = Environment({"x": DYN, "y": DYN})


def outcome(text: str, **variables: Any) -> Any:
    """Return the value of an expression, or its error as text."""
    found = ENVIRONMENT.compile(text).run(variables)
    return found.value if found.error is None else str(found.error)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7 / -2", -3),
        ("-7 % 3", -1),
        ("1 / 0", "division by zero"),
        ("1 % 0", "modulus by zero"),
        ("9223372036854775807 + 1", "integer overflow"),
        ("1u - 2u", "unsigned integer overflow"),
        ("dyn(1) == 1.0 && dyn(1u) == 1 && dyn(true) != 1", True),
        ("[1, 2] + [3]", [1, 2, 3]),
        ("[1][1]", "index out of bounds: 1"),
        ("{'a': 1}['b']", "no such key: b"),
        ("{'a': 1}.b", "no such key: b"),
        ("1 in {1: 2} && !(3 in [1, 2])", True),
        ("x.a > 1", "no such key: a"),
        ("x.a > 1 || true", True),
        ("x.a > 1 && false", False),
        ("x.a > 1 && true", "no such key: a"),
        ("has(x.a) ? x.a : 5", 5),
        ("x + 1", "no such overload"),
        ("[1, 2, 3].filter(n, n > 1).map(n, n * 2)", [4, 6]),
        ("[1, 2, 3].exists_one(n, n > 2)", True),
        ("[{}, {'a': 1}].exists(n, n.a == 1)", True),
        ("[{}, {'a': 1}].all(n, n.a == 1)", "no such key: a"),
        ("{'b': 2, 'a': 1}.map(key, key)", ["b", "a"]),
        ("['a', 'b'].transformMap(at, name, name + string(at))", {0: "a0", 1: "b1"}),
        ("x.?a.?b.orValue(3)", 3),
        ("optional.none().value()", "optional.none() dereference"),
        ("[?x.?a, x]", [{}]),
        ("{'k': x, ?'l': x.?a}", {"k": {}}),
        ("optional.of(2).optMap(n, n + 1).value()", 3),
        ("[3, 1, 2].sortBy(n, -n)", [3, 2, 1]),
    ],
)
def test_values(text: str, value: Any) -> None:
    assert outcome(text, x={}) == value


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("true", 0),
        ("x.a.b == 1", 4),  # a name, two fields, a comparison
        ("has(x.a)", 1),
        ("[1, 2].size() == 2", 2),  # a list of constants is made once
        ("[x].size() == 1", 13),
        ("{'a': x}.size() == 1", 33),
        ("'abcdefghijkl'.startsWith('abc')", 2),  # a tenth for each character read, rounded up
        ("'0123456789'.matches('[0-9]+')", 4),  # characters times a quarter of the pattern
        ("1 in [1, 2, 3]", 0),  # in constants: a look-up
        ("x.a.b == 1 ? 5 : x", 4),
    ],
)
def test_costs(text: str, cost: int) -> None:
    assert ENVIRONMENT.compile(text).run({"x": {"a": {"b": 1}}}).cost == cost


def test_a_run_that_costs_too_much_is_stopped() -> None:
    program = ENVIRONMENT.compile("x.all(n, x.all(m, true)) || true")
    found = program.run({"x": list(range(1000))}, limit=10_000)
    assert str(found.error) == "operation cancelled: actual cost limit exceeded"
    assert found.cost == 10_001


def test_an_expression_is_compiled_once() -> None:
    environment = Environment({"x": DYN})
    assert environment.compile("x > 1") is environment.compile("x > 1")


def test_names_of_a_macro_do_not_outlive_it() -> None:
    assert outcome("[1].all(x, x == 1) && x == 'outer'", x="outer") is True
