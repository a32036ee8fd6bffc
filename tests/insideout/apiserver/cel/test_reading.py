"""From text to trees: syntax errors, and life without the parser."""

import pytest

from insideout.apiserver.cel import CompileError, Environment, ParserMissingError, reading
from insideout.apiserver.cel.reading import parse
from insideout.apiserver.cel.syntax import Call, Comprehension, ListExpr, Literal, MapExpr, walk
from insideout.apiserver.cel.values import Uint

_EXPECTED = "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, "


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("self.n +", f"1:9: Syntax error: mismatched input '<EOF>' expecting {_EXPECTED}"),
        ("self.true", "1:6: Syntax error: mismatched input 'true' expecting IDENTIFIER"),
        ("has(self)", "1:5: invalid argument to has() macro"),
        ("[1].map(x.y, 1)", "1:10: argument is not an identifier"),
        ("[1].all(x.y, true)", "1:10: argument must be a simple name"),
        ("[1].all(1, x, true)", "1:9: argument must be a simple name"),
    ],
)
def test_syntax_errors(text: str, message: str) -> None:
    with pytest.raises(CompileError) as caught:
        parse(text)
    assert f"<input>:{message}" in str(caught.value)


def test_literals() -> None:
    tree, _ = parse("[null, true, -3, 4u, 1.5, 'a\\u00e9', b'\\xff']")
    assert isinstance(tree, ListExpr)
    values = [each.value for each in tree.elements if isinstance(each, Literal)]
    assert values == [None, True, -3, Uint(4), 1.5, "a\u00e9", b"\xff"]


def test_a_macro_becomes_a_fold() -> None:
    tree, source = parse("xs.all(x, x > 1)")
    assert isinstance(tree, Comprehension)
    [compared] = [each for each in walk(tree) if isinstance(each, Call) and each.function == "_>_"]
    assert source.positions[compared.id] == 12


def test_optional_parts() -> None:
    tree, _ = parse("[1, ?x]")
    assert isinstance(tree, ListExpr)
    assert tree.optional == {1}
    entries, _ = parse("{'a': 1, ?'b': x}")
    assert isinstance(entries, MapExpr)
    assert [each.optional for each in entries.entries] == [False, True]


def test_without_the_parser_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "cel_expr_python", None)
    reading._environment.cache_clear()
    with pytest.raises(ParserMissingError, match=r"pip install 'kubernetes-inside-out\[cel\]'"):
        Environment({}).compile("true")
