"""What is wrong with an expression before it runs, in cel-go's words, and what type it has."""

import pytest

from insideout.apiserver.cel import CompileError, Environment
from insideout.apiserver.cel.types import INT, Type, map_of, optional_of, parse_type, struct

_BOAT = struct("boat")
_FIELDS = {"name": parse_type("string"), "crew": parse_type("list(list(string))"), "port": parse_type("dyn")}
_VARIABLES = {
    "self": _BOAT,
    "n": INT,
    "old": optional_of(_BOAT),
    "tags": map_of(parse_type("string"), parse_type("list(int)")),
}


def fields(owner: str, name: str) -> Type | None:
    return _FIELDS.get(name) if owner == "boat" else None


ENVIRONMENT = Environment(_VARIABLES, fields)


def said(text: str) -> list[str]:
    """Return place and message of every mistake in an expression."""
    with pytest.raises(CompileError) as caught:
        ENVIRONMENT.compile(text)
    lines = str(caught.value).splitlines()
    return [line.removeprefix("ERROR: <input>:") for line in lines if line.startswith("ERROR")]


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("n + 1 > 2", "bool"),
        ("self.crew[0][0]", "string"),
        ("self.crew.map(inner, size(inner))", "list(int)"),
        ("tags.transformList(key, numbers, key + string(numbers[0]))", "list(string)"),
        ("self.port", "dyn"),
        ("old.?name", "optional_type(string)"),
        ("old.orValue(self).name", "string"),
        ("quantity('1Gi').compareTo(quantity('1G'))", "int"),
        ("type(n) == int ? [1] : []", "list(int)"),
        ("{}", "map(dyn, dyn)"),
        ("timestamp('2026-01-01T00:00:00Z') - duration('1h')", "timestamp"),
        ("1 < 2.0", "bool"),
        ("cidr('10.0.0.0/8').ip()", "net.IP"),
    ],
)
def test_the_type_of_an_expression(text: str, type_: str) -> None:
    assert str(ENVIRONMENT.compile(text).type) == type_


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("self.nope", "1:5: undefined field 'nope'"),
        ("nope.name", "1:1: undeclared reference to 'nope' (in container '')"),
        ("n.name", "1:2: type 'int' does not support field selection"),
        ("n == 'a'", "1:3: found no matching overload for '_==_' applied to '(int, string)'"),
        (
            "self.name.size(1)",
            "1:15: found no matching overload for 'size' applied to 'string.(int)'",
        ),
        (
            "self.crew[0] == [1]",
            "1:14: found no matching overload for '_==_' applied to '(list(string), list(int))'",
        ),
        (
            "timestamp(1) + n",
            "1:14: found no matching overload for '_+_' applied to '(timestamp, int)'",
        ),
        ("n && true", "1:1: expected type 'bool' but found 'int'"),
        ("[1, 'a'].size()", "1:5: expected type 'int' but found 'string'"),
        ("n.frob()", "1:7: undeclared reference to 'frob' (in container '')"),
        ("n.all(x, true)", "1:1: expression of type 'int' cannot be range of a comprehension"),
        ("[?1]", "1:3: expected type 'optional_type(int)' but found 'int'"),
        ("self.name.matches('[')", "1:19: invalid matches argument"),
        ("duration('1 day') > duration('1h')", "1:10: invalid duration argument"),
    ],
)
def test_one_mistake(text: str, message: str) -> None:
    [found] = said(text)
    assert found.startswith(message)


def test_mistakes_come_in_the_order_of_the_text() -> None:
    assert said("b + a + self.c") == [
        "1:1: undeclared reference to 'b' (in container '')",
        "1:5: undeclared reference to 'a' (in container '')",
        "1:13: undefined field 'c'",
    ]


def test_a_mark_stands_below_the_place() -> None:
    with pytest.raises(CompileError) as caught:
        ENVIRONMENT.compile("true ||\n  '\u00e9' == n")
    assert str(caught.value) == (
        "ERROR: <input>:2:7: found no matching overload for '_==_' applied to '(string, int)'\n"
        " |   '\u00e9' == n\n"
        " | ...\uff0e..^"
    )


def test_what_format_takes_may_be_of_any_types() -> None:
    assert ENVIRONMENT.compile("'%s is %d'.format(['n', n])").type == parse_type("string")


def test_the_variables_that_an_expression_reads() -> None:
    program = ENVIRONMENT.compile("[1].all(self, self > n)")
    assert program.reads("n")
    assert not program.reads("self")  # the macro's own
