"""Types of every part of an expression, and what is wrong with it, in cel-go's words.

Source: github.com/google/cel-go/checker/{checker,errors}.go, cel/validator.go.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from insideout.apiserver.cel import unification
from insideout.apiserver.cel.reading import CompileError
from insideout.apiserver.cel.signatures import Overload, functions
from insideout.apiserver.cel.syntax import (
    Call,
    Comprehension,
    Expr,
    Ident,
    ListExpr,
    Literal,
    MapExpr,
    Select,
    Source,
    StructExpr,
)
from insideout.apiserver.cel.types import (
    BOOL,
    BYTES,
    DOUBLE,
    DYN,
    ERROR,
    INT,
    NAMED,
    NULL,
    STRING,
    UINT,
    Type,
    is_dyn_or_error,
    list_of,
    map_of,
    optional_of,
    unwrapped,
)
from insideout.apiserver.cel.values import Uint

Fields = Callable[[str, str], Type | None]
"""Returns the type of a field of a struct, None when it has no such field."""


@dataclass
class Checked:
    """What the checker found out: by a node's number its type and the overloads it may call."""

    types: dict[int, Type] = field(default_factory=dict)
    overloads: dict[int, list[str]] = field(default_factory=dict)
    constants: dict[int, str] = field(default_factory=dict)
    """Nodes that are names of types."""
    variables: set[str] = field(default_factory=set)
    """The declared variables that the expression reads."""


def check(expr: Expr, source: Source, variables: Mapping[str, Type], fields: Fields) -> Checked:
    """Check an expression; raise CompileError with every mistake in it, in the order of the text."""
    checker = _Checker(source, variables, fields)
    checker.check(expr)
    if checker.errors:
        ordered = sorted(checker.errors, key=lambda each: source.positions.get(each[0], 0))
        raise CompileError("\n".join(source.mark(*each) for each in ordered))
    found = checker.found
    for id_, type_ in found.types.items():
        found.types[id_] = unification.substitute(checker.mapping, type_, free_to_dyn=True)
    return found


class _Checker:
    def __init__(self, source: Source, variables: Mapping[str, Type], fields: Fields) -> None:
        self.found = Checked()
        self.errors: list[tuple[int, str]] = []
        self.mapping: unification.Mapping = {}
        self._source = source
        self._variables = variables
        self._fields = fields
        self._scopes: list[dict[str, Type]] = []
        self._fresh = 0

    def check(self, expr: Expr) -> Type:
        """Find and remember the type of a node."""
        match expr:
            case Literal():
                found = _literal_type(expr.value)
            case Ident():
                found = self._ident(expr)
            case Select():
                found = self._select(expr)
            case Call():
                found = self._call(expr)
            case ListExpr():
                found = self._list(expr)
            case MapExpr():
                found = self._map(expr)
            case StructExpr():
                found = self._struct(expr)
            case Comprehension():
                found = self._comprehension(expr)
            case _:
                raise TypeError(f"no node of an expression: {expr!r}")
        self.found.types[expr.id] = found
        return found

    def _error(self, id_: int, message: str) -> Type:
        self.errors.append((id_, message))
        return ERROR

    def _substituted(self, type_: Type) -> Type:
        return unification.substitute(self.mapping, type_)

    def _assignable(self, one: Sequence[Type], other: Sequence[Type]) -> bool:
        found = unification.assignable(self.mapping, one, other)
        if found is not None:
            self.mapping = found
        return found is not None

    def _type_variable(self) -> Type:
        self._fresh += 1
        return Type("param", f"_var{self._fresh}")

    # names

    def _lookup(self, name: str, id_: int) -> Type | None:
        for scope in reversed(self._scopes):
            if name in scope:
                return scope[name]
        plain = name.removeprefix(".")
        if plain in self._variables:
            self.found.variables.add(plain)
            return self._variables[plain]
        if plain in NAMED:
            self.found.constants[id_] = plain
            return NAMED[plain]
        return None

    def _ident(self, expr: Ident) -> Type:
        found = self._lookup(expr.name, expr.id)
        return found or self._error(expr.id, f"undeclared reference to '{expr.name}' (in container '')")

    def _select(self, expr: Select) -> Type:
        qualified = None if expr.test else _qualified(expr)
        if qualified is not None:
            found = self._lookup(qualified, expr.id)
            if found is not None:
                return found
        found = self._field_of(expr.id, expr.operand, expr.field, optional=False)
        return BOOL if expr.test else self._substituted(found)

    def _field_of(self, id_: int, operand: Expr, name: str, *, optional: bool) -> Type:
        target, was_optional = unwrapped(self._substituted(self.check(operand)))
        result = ERROR
        if target.kind == "map":
            result = target.params[1]
        elif target.kind == "struct":
            result = self._fields(target.name, name) or self._error(id_, f"undefined field '{name}'")
        elif target.kind == "param":
            self._assignable([DYN], [target])
            result = DYN
        else:
            if not is_dyn_or_error(target):
                self._error(id_, f"type '{target}' does not support field selection")
            result = DYN
        return optional_of(result) if optional or was_optional else result

    # calls

    def _call(self, expr: Call) -> Type:
        if expr.function == "_?._":
            return self._optional_select(expr)
        arguments = [self.check(each) for each in expr.args]
        table = functions()
        if expr.target is None:
            if expr.function not in table:
                return self._undeclared(expr)
            return self._resolve(expr, table[expr.function], arguments, member=False)
        prefix = _qualified(expr.target)
        if prefix is not None and f"{prefix}.{expr.function}" in table:
            expr.function, expr.target = f"{prefix}.{expr.function}", None
            return self._resolve(expr, table[expr.function], arguments, member=False)
        target = self.check(expr.target)
        if expr.function not in table:
            return self._undeclared(expr)
        return self._resolve(expr, table[expr.function], [target, *arguments], member=True)

    def _undeclared(self, expr: Call) -> Type:
        return self._error(expr.id, f"undeclared reference to '{expr.function}' (in container '')")

    def _optional_select(self, expr: Call) -> Type:
        operand, name = expr.args
        if not isinstance(name, Literal) or not isinstance(name.value, str):
            return self._error(name.id, "unsupported optional field selection")
        self.found.overloads[expr.id] = ["select_optional_field"]
        self.check(name)
        return self._substituted(self._field_of(expr.id, operand, name.value, optional=True))

    def _resolve(
        self, expr: Call, overloads: Sequence[Overload], arguments: list[Type], *, member: bool
    ) -> Type:
        if expr.function in ("_&&_", "_||_"):
            return self._logic(expr, overloads[0], arguments)
        result: Type | None = None
        matching: list[str] = []
        for overload in overloads:
            if overload.member != member:
                continue
            wanted, gives = self._instance(overload)
            if not self._assignable(arguments, wanted):
                continue
            matching.append(overload.id)
            returned = self._substituted(gives)
            if result is None:
                result = returned
            elif result != DYN and returned != result:
                result = DYN
        if result is None:
            shown = [unification.substitute(self.mapping, each, free_to_dyn=True) for each in arguments]
            head, rest = (f"{shown[0]}.", shown[1:]) if member else ("", shown)
            signature = f"{head}({', '.join(map(str, rest))})"
            return self._error(
                expr.id, f"found no matching overload for '{expr.function}' applied to '{signature}'"
            )
        self.found.overloads[expr.id] = matching
        return result

    def _logic(self, expr: Call, overload: Overload, arguments: list[Type]) -> Type:
        self.found.overloads[expr.id] = [overload.id]
        wrong = [
            (each.id, f"expected type 'bool' but found '{type_}'")
            for each, type_ in zip(expr.args, arguments, strict=True)
            if not self._assignable([type_], [BOOL])
        ]
        self.errors += wrong
        return ERROR if wrong else BOOL

    def _instance(self, overload: Overload) -> tuple[list[Type], Type]:
        """Return an overload's types with parameters of this call's own."""
        names = {each for type_ in (*overload.args, overload.result) for each in _params(type_)}
        fresh = {each: self._type_variable() for each in names}
        args = [unification.substitute(fresh, each) for each in overload.args]
        return args, unification.substitute(fresh, overload.result)

    # literals

    def _joined(self, previous: Type | None, current: Type) -> Type:
        if previous is None:
            return current
        if self._assignable([previous], [current]):
            return unification.most_general(previous, current)
        return DYN  # `literals` says what is mixed where it must not be

    def _given(self, expr: Expr, *, optional: bool) -> Type:
        found = self.check(expr)
        if not optional:
            return found
        inner, was_optional = unwrapped(found)
        if not was_optional and found != DYN:
            self._error(expr.id, f"expected type '{optional_of(found)}' but found '{found}'")
        return inner

    def _list(self, expr: ListExpr) -> Type:
        element: Type | None = None
        for index, each in enumerate(expr.elements):
            found = self._given(each, optional=index in expr.optional)
            element = self._joined(element, found)
        return list_of(element or self._type_variable())

    def _map(self, expr: MapExpr) -> Type:
        key: Type | None = None
        value: Type | None = None
        for entry in expr.entries:
            key = self._joined(key, self.check(entry.key))
            found = self._given(entry.value, optional=entry.optional)
            value = self._joined(value, found)
        return map_of(key or self._type_variable(), value or self._type_variable())

    def _struct(self, expr: StructExpr) -> Type:
        named = self._lookup(expr.name, expr.id)
        for entry in expr.entries:
            self.check(entry.value)
        if named is None:
            return self._error(expr.id, f"undeclared reference to '{expr.name}' (in container '')")
        if named.kind != "type":
            return self._error(expr.id, f"'{named}' is not a type")
        return self._error(expr.id, f"'{expr.name}' is not a message type")

    # macros

    def _comprehension(self, expr: Comprehension) -> Type:
        over = self._substituted(self.check(expr.range))
        accumulated = self.check(expr.init)
        if over.kind == "list":
            first, second = (INT, over.params[0]) if expr.var2 else (over.params[0], DYN)
        elif over.kind == "map":
            first, second = over.params
        elif over.kind in ("dyn", "error", "param"):
            self._assignable([DYN], [over])
            first = second = DYN
        else:
            message = f"expression of type '{over}' cannot be range of a comprehension"
            self._error(expr.range.id, f"{message} (must be list, map, or dynamic)")
            first = second = ERROR
        self._scopes.append({expr.accu: accumulated})
        self._scopes.append({expr.var: first, **({expr.var2: second} if expr.var2 else {})})
        self._wanted(expr.condition, BOOL)
        self._wanted(expr.step, accumulated)
        self._scopes.pop()
        result = self.check(expr.result)
        self._scopes.pop()
        return self._substituted(result)

    def _wanted(self, expr: Expr, type_: Type) -> None:
        found = self.check(expr)
        if not self._assignable([type_], [found]):
            self._error(expr.id, f"expected type '{type_}' but found '{found}'")


def _qualified(expr: Expr) -> str | None:
    """Return a.b.c as one name, None for anything else."""
    if isinstance(expr, Ident):
        return expr.name
    if isinstance(expr, Select) and not expr.test:
        prefix = _qualified(expr.operand)
        return f"{prefix}.{expr.field}" if prefix else None
    return None


def _params(type_: Type) -> set[Type]:
    if type_.kind == "param":
        return {type_}
    return {each for inner in type_.params for each in _params(inner)}


def _literal_type(value: object) -> Type:
    match value:
        case None:
            return NULL
        case bool():
            return BOOL
        case Uint():
            return UINT
        case int():
            return INT
        case float():
            return DOUBLE
        case str():
            return STRING
    return BYTES
