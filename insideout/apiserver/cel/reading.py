"""From text to a tree: Google's CEL parser, loaded when the first expression comes.

The parser is a compiled package, so it is an extra (`pip install 'kubernetes-inside-out[cel]'`), and nothing
here touches it before it is needed.  Its grammar, its macros and its words for a syntax error are those of
cel-go, which is what an API server answers with.  Its checker and its evaluator are not used: they know types
as protobuf messages, which cannot hold a list of lists, read as zero where Kubernetes says "no such key", and
have no budget.

Source: github.com/cel-expr/cel-python; k8s.io/apiserver/pkg/cel/environment/base.go@v1.36.2.
"""

import re
from functools import cache
from importlib.util import find_spec
from typing import Any

from insideout.apiserver.cel.syntax import Expr, Source, parsed

MISSING = (
    "expressions in CEL are not evaluated here; to have them evaluated: "
    "pip install 'kubernetes-inside-out[cel]'"
)
_MACROS = """
name: kubernetes
extensions:
- name: optional
- name: two-var-comprehensions
- name: lists
"""
_AS_IN_GO = (
    # A newer grammar than cel-go's has another way to say that no name follows a dot.
    (re.compile(r"no viable alternative at input '\.'"), "mismatched input '<EOF>' expecting IDENTIFIER"),
    (
        re.compile(r"no viable alternative at input '\.([^'\n]+)'"),
        r"mismatched input '\1' expecting IDENTIFIER",
    ),
    # Macros have words of their own.
    (re.compile(r"has\(\) argument must be a field selection"), "invalid argument to has() macro"),
    (
        re.compile(r"(map|filter)\(\) variable name must be a simple identifier"),
        "argument is not an identifier",
    ),
    (
        re.compile(r"(all|exists|exists_one)\(\) variable name must be a simple identifier"),
        "argument must be a simple name",
    ),
    (
        re.compile(r"\w+\(\) (first|second) variable name must be a simple identifier"),
        "argument must be a simple name",
    ),
)


class CompileError(Exception):
    """An expression that is wrong; its text is what cel-go says."""


class InstantiationError(CompileError):
    """An expression that is right as far as types go, and cannot run."""


class ParserMissingError(Exception):
    """There is an expression, and the package that reads it is not installed."""


def installed() -> bool:
    """Tell whether expressions can be read here."""
    return find_spec("cel_expr_python") is not None


def parse(text: str) -> tuple[Expr, Source]:
    """Return the tree of an expression, macros expanded.

    Raises CompileError for a syntax error, ParserMissingError without the extra.
    """
    try:
        expression = _environment().compile(text, disable_check=True)
    except RuntimeError as problem:
        said = str(problem).removeprefix("INVALID_ARGUMENT: ").removesuffix(" [INVALID_ARGUMENT]")
        said = said.replace("<input>:4294967295:", "<input>:-1:")
        for form, in_go in _AS_IN_GO:
            said = form.sub(in_go, said)
        raise CompileError(said) from None
    return parsed(expression.serialize(), text)


@cache
def _environment() -> Any:
    try:
        from cel_expr_python import cel
    except ImportError:
        raise ParserMissingError(MISSING) from None
    return cel.NewEnv(config=cel.NewEnvConfigFromYaml(_MACROS))
