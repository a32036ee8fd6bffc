"""What a name means in an expression: a macro's own variable, one of the request's, or a type.

Source: github.com/google/cel-go/checker/env.go:LookupIdent.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from insideout.apiserver.cel.syntax import Expr, Ident, Select
from insideout.apiserver.cel.types import NAMED, Type, struct, type_of

Fields = Callable[[str, str], Type | None]
"""Returns the type of a field of a struct, None when it has no such field."""


def no_fields(struct: str, name: str) -> None:
    """Say that no struct has any field."""


def no_structs(name: str) -> bool:
    """Say that no object can be written down."""
    return False


@dataclass(frozen=True)
class Declared:
    """What expressions may name: variables, fields of objects, and objects that they may write down."""

    variables: Mapping[str, Type]
    fields: Fields = no_fields
    structs: Callable[[str], bool] = no_structs
    """Whether a name stands for objects written as Name{field: value}."""


@dataclass
class Names:
    """The names of one expression, and which of them it read."""

    declared: Declared
    variables: set[str] = field(default_factory=set)
    """The declared variables that were read."""
    types: dict[int, str] = field(default_factory=dict)
    """The nodes that are names of types."""
    scopes: list[dict[str, Type]] = field(default_factory=list)
    """The variables of the macros around a node, the innermost last."""

    def look_up(self, name: str, id_: int) -> Type | None:
        """Return the type of what a name means, None when it means nothing."""
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        plain = name.removeprefix(".")
        if plain in self.declared.variables:
            self.variables.add(plain)
            return self.declared.variables[plain]
        if plain in NAMED:
            self.types[id_] = plain
            return NAMED[plain]
        if self.declared.structs(plain):
            self.types[id_] = plain
            return type_of(struct(plain))
        return None


def qualified(expr: Expr) -> str | None:
    """Return a.b.c as one name, None for anything else."""
    if isinstance(expr, Ident):
        return expr.name
    if isinstance(expr, Select) and not expr.test:
        prefix = qualified(expr.operand)
        return f"{prefix}.{expr.field}" if prefix else None
    return None
