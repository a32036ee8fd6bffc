"""Types of every part of an expression, and what is wrong with it, in cel-go's words.

Source: github.com/google/cel-go/checker/{checker,errors}.go, cel/validator.go.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from insideout.apiserver.cel.inference import Inference
from insideout.apiserver.cel.kubernetes_signatures import PATCH_FUNCTIONS, PATCH_STRUCT
from insideout.apiserver.cel.names import Declared, Names, qualified
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
    NULL,
    STRING,
    STRUCTS,
    UINT,
    Type,
    is_dyn_or_error,
    list_of,
    map_of,
    optional_of,
    unwrapped,
)
from insideout.apiserver.cel.values import Uint


@dataclass
class Checked:
    """What the checker found out: by a node's number its type and the overloads it may call."""

    types: dict[int, Type] = field(default_factory=dict)
    overloads: dict[int, list[str]] = field(default_factory=dict)
    constants: dict[int, str] = field(default_factory=dict)
    """Nodes that are names of types."""
    variables: set[str] = field(default_factory=set)
    """The declared variables that the expression reads."""


def check(expr: Expr, source: Source, declared: Declared) -> Checked:
    """Check an expression; raise CompileError with every mistake in it, in the order of the text."""
    checker = _Checker(source, declared)
    checker.check(expr)
    if checker.errors:
        ordered = sorted(checker.errors, key=lambda each: source.positions.get(each[0], 0))
        raise CompileError("\n".join(source.mark(*each) for each in ordered))
    return checker.found()


class _Checker:
    def __init__(self, source: Source, declared: Declared) -> None:
        self.errors: list[tuple[int, str]] = []
        self._source = source
        self._declared = declared
        self._names = Names(declared)
        self._inferred = Inference()
        self._types: dict[int, Type] = {}
        self._overloads: dict[int, list[str]] = {}

    def found(self) -> Checked:
        """Return what was found out."""
        known = {id_: self._inferred.known(type_, free_to_dyn=True) for id_, type_ in self._types.items()}
        return Checked(known, self._overloads, self._names.types, self._names.variables)

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
        self._types[expr.id] = found
        return found

    def _error(self, id_: int, message: str) -> Type:
        self.errors.append((id_, message))
        return ERROR

    # names

    def _ident(self, expr: Ident) -> Type:
        found = self._names.look_up(expr.name, expr.id)
        return found or self._error(expr.id, f"undeclared reference to '{expr.name}' (in container '')")

    def _select(self, expr: Select) -> Type:
        name = None if expr.test else qualified(expr)
        if name is not None:
            found = self._names.look_up(name, expr.id)
            if found is not None:
                return found
        found = self._field_of(expr.id, expr.operand, expr.field, optional=False)
        return BOOL if expr.test else self._inferred.known(found)

    def _field_of(self, id_: int, operand: Expr, name: str, *, optional: bool) -> Type:
        target, was_optional = unwrapped(self._inferred.known(self.check(operand)))
        result = ERROR
        if target.kind == "map":
            result = target.params[1]
        elif target.kind == "struct":
            opaque = target.name in STRUCTS
            said = f"unexpected failed resolution of '{target}'" if opaque else f"undefined field '{name}'"
            result = self._declared.fields(target.name, name) or self._error(id_, said)
        elif target.kind == "param":
            self._inferred.assignable([DYN], [target])
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
        prefix = qualified(expr.target)
        if prefix is not None and self._is_function(f"{prefix}.{expr.function}"):
            expr.function, expr.target = f"{prefix}.{expr.function}", None
            return self._resolve(expr, table[expr.function], arguments, member=False)
        target = self.check(expr.target)
        if expr.function not in table:
            return self._undeclared(expr)
        return self._resolve(expr, table[expr.function], [target, *arguments], member=True)

    def _is_function(self, name: str) -> bool:
        return name in functions() and (name not in PATCH_FUNCTIONS or self._declared.structs(PATCH_STRUCT))

    def _undeclared(self, expr: Call) -> Type:
        return self._error(expr.id, f"undeclared reference to '{expr.function}' (in container '')")

    def _optional_select(self, expr: Call) -> Type:
        operand, name = expr.args
        if not isinstance(name, Literal) or not isinstance(name.value, str):
            return self._error(name.id, "unsupported optional field selection")
        self._overloads[expr.id] = ["select_optional_field"]
        self.check(name)
        return self._inferred.known(self._field_of(expr.id, operand, name.value, optional=True))

    def _resolve(
        self, expr: Call, overloads: Sequence[Overload], arguments: list[Type], *, member: bool
    ) -> Type:
        if expr.function in ("_&&_", "_||_"):
            return self._logic(expr, overloads[0], arguments)
        result, matching = self._inferred.resolve(overloads, arguments, member=member)
        if result is None:
            shown = [self._inferred.known(each, free_to_dyn=True) for each in arguments]
            head, rest = (f"{shown[0]}.", shown[1:]) if member else ("", shown)
            signature = f"{head}({', '.join(map(str, rest))})"
            return self._error(
                expr.id, f"found no matching overload for '{expr.function}' applied to '{signature}'"
            )
        self._overloads[expr.id] = matching
        return result

    def _logic(self, expr: Call, overload: Overload, arguments: list[Type]) -> Type:
        self._overloads[expr.id] = [overload.id]
        wrong = [
            (each.id, f"expected type 'bool' but found '{type_}'")
            for each, type_ in zip(expr.args, arguments, strict=True)
            if not self._inferred.assignable([type_], [BOOL])
        ]
        self.errors += wrong
        return ERROR if wrong else BOOL

    # literals

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
            element = self._inferred.joined(element, found)
        return list_of(element or self._inferred.type_variable())

    def _map(self, expr: MapExpr) -> Type:
        key: Type | None = None
        value: Type | None = None
        for entry in expr.entries:
            key = self._inferred.joined(key, self.check(entry.key))
            found = self._given(entry.value, optional=entry.optional)
            value = self._inferred.joined(value, found)
        return map_of(key or self._inferred.type_variable(), value or self._inferred.type_variable())

    def _struct(self, expr: StructExpr) -> Type:
        named = self._names.look_up(expr.name, expr.id)
        self._names.types.pop(expr.id, None)  # the node is an object, its name the type
        if named is not None and named.kind == "type" and named.params[0].kind == "struct":
            return self._fields_given(expr, named.params[0])
        for entry in expr.entries:
            self.check(entry.value)
        if named is None:
            return self._error(expr.id, f"undeclared reference to '{expr.name}' (in container '')")
        if named.kind != "type":
            return self._error(expr.id, f"'{named}' is not a type")
        return self._error(expr.id, f"'{expr.name}' is not a message type")

    def _fields_given(self, expr: StructExpr, made: Type) -> Type:
        for entry in expr.entries:
            name = str(entry.key)
            given = self._given(entry.value, optional=entry.optional)
            wanted = self._declared.fields(made.name, name)
            if wanted is None:
                self._error(entry.id, f"undefined field '{name}'")
            elif not self._inferred.assignable([wanted], [given]):
                self._error(
                    entry.id,
                    f"expected type of field '{name}' is '{wanted}' but provided type is '{given}'",
                )
        return made

    # macros

    def _comprehension(self, expr: Comprehension) -> Type:
        over = self._inferred.known(self.check(expr.range))
        accumulated = self.check(expr.init)
        if over.kind == "list":
            first, second = (INT, over.params[0]) if expr.var2 else (over.params[0], DYN)
        elif over.kind == "map":
            first, second = over.params
        elif over.kind in ("dyn", "error", "param"):
            self._inferred.assignable([DYN], [over])
            first = second = DYN
        else:
            message = f"expression of type '{over}' cannot be range of a comprehension"
            self._error(expr.range.id, f"{message} (must be list, map, or dynamic)")
            first = second = ERROR
        self._names.scopes.append({expr.accu: accumulated})
        self._names.scopes.append({expr.var: first, **({expr.var2: second} if expr.var2 else {})})
        self._wanted(expr.condition, BOOL)
        self._wanted(expr.step, accumulated)
        self._names.scopes.pop()
        result = self.check(expr.result)
        self._names.scopes.pop()
        return self._inferred.known(result)

    def _wanted(self, expr: Expr, type_: Type) -> None:
        found = self.check(expr)
        if not self._inferred.assignable([type_], [found]):
            self._error(expr.id, f"expected type '{type_}' but found '{found}'")


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
