"""The rules in a schema, compiled: one node here for each part of the schema that has rules in or below it.

A node holds the programs of its x-kubernetes-validations.  `self` is the value at that place, `oldSelf` what
it was; a rule that mentions oldSelf is a transition rule.

Source: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/{compilation,validation}.go@v1.36.2.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from insideout.apiserver.cel.declared import Declared, at_path, declared, field_type, named, structs_of
from insideout.apiserver.cel.escaping import escape
from insideout.apiserver.cel.estimates import most_cost
from insideout.apiserver.cel.library_estimates import library_estimate
from insideout.apiserver.cel.programs import Environment, Program
from insideout.apiserver.cel.ranges import Range
from insideout.apiserver.cel.reading import CompileError, InstantiationError
from insideout.apiserver.cel.types import BOOL, STRING, optional_of
from insideout.apiserver.crd.field_paths import field_path
from insideout.apiserver.crd.parts import Schema

RULES = "x-kubernetes-validations"
_SELF_TYPE = "selfType"
_REQUEST_BYTES = 3 * 1024 * 1024


@dataclass(frozen=True)
class Compiled:
    """A rule that could be compiled, or why it could not."""

    rule: Mapping[str, Any]
    program: Program | None = None
    error: str = ""
    message: Program | None = None
    message_error: str = ""
    cost: int = 0
    message_cost: int = 0
    field_path: str = ""

    @property
    def uses_old(self) -> bool:
        """Whether this is a transition rule."""
        return self.program is not None and self.program.reads("oldSelf")

    @property
    def optional_old(self) -> bool:
        """Whether oldSelf may be missing, and the rule runs on new values, too."""
        return bool(self.rule.get("optionalOldSelf"))


@dataclass(frozen=True)
class Rules:
    """The rules of a part of a schema and of all below it."""

    schema: Schema
    root: bool = False
    compiled: tuple[Compiled, ...] = ()
    items: "Rules | None" = None
    others: "Rules | None" = None
    properties: Mapping[str, "Rules"] = field(default_factory=dict)
    all_of: tuple["Rules", ...] = ()


def has_rules(schema: Any) -> bool:
    """Tell whether there are rules anywhere in a schema."""
    if not isinstance(schema, Mapping):
        return False
    if schema.get(RULES):
        return True
    return any(has_rules(each) for each in _inner(schema))


def _inner(schema: Schema) -> Iterator[Any]:
    yield schema.get("items")
    yield schema.get("additionalProperties")
    yield from (schema.get("properties") or {}).values()
    yield from schema.get("allOf") or ()


def rules_of(schema: Schema) -> Rules | None:
    """Compile the rules in the schema of a custom resource; None when there are none."""
    if not has_rules(schema):
        return None
    return _rules(schema, schema, declared(schema, root=True), root=True)


class _Cache:
    """The rules of the schemas that were used last; a schema is told by being the same object."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._found: dict[int, tuple[Schema, Rules | None]] = {}

    def of(self, schema: Schema) -> Rules | None:
        """Return the compiled rules of a schema."""
        held = self._found.pop(id(schema), None)
        if held is None:
            held = (schema, rules_of(schema))
            while len(self._found) >= self._most:
                del self._found[next(iter(self._found))]
        self._found[id(schema)] = held
        return held[1]


compiled_rules = _Cache(256).of
"""Return the rules of a schema, compiled when it is first seen."""


def _rules(said: Schema, node: Schema, types: Declared | None, *, root: bool) -> Rules | None:
    """Compile the rules that `said` has for values that `node` describes: they differ inside of allOf."""
    compiled = compile_rules(said.get(RULES) or (), node, types)
    items = others = None
    element = types.element if types else None
    if isinstance(said.get("items"), Mapping) and isinstance(node.get("items"), Mapping):
        items = _rules(said["items"], node["items"], element, root=_embedded(node["items"]))
    if isinstance(said.get("additionalProperties"), Mapping):
        described = node.get("additionalProperties")
        if isinstance(described, Mapping):
            others = _rules(said["additionalProperties"], described, element, root=_embedded(described))
    properties = {}
    for name, each in (said.get("properties") or {}).items():
        described = (node.get("properties") or {}).get(name)
        if described is None or not has_rules(each):
            continue
        found = _rules(each, described, _field(types, name, described), root=_embedded(described))
        if found is not None:
            properties[name] = found
    all_of = [_rules(each, node, types, root=root) for each in said.get("allOf") or () if has_rules(each)]
    below = tuple(each for each in all_of if each is not None)
    if not (compiled or items or others or properties or below):
        return None
    return Rules(node, root, compiled, items, others, properties, below)


def _embedded(schema: Schema) -> bool:
    return bool(schema.get("x-kubernetes-embedded-resource"))


def _field(types: Declared | None, name: str, described: Schema) -> Declared | None:
    called = escape(name)
    if called is None:
        return declared(described, root=_embedded(described))
    return types.fields.get(called) if types else None


def compile_rules(given: Any, schema: Schema, types: Declared | None) -> tuple[Compiled, ...]:
    """Compile the rules of one node of a schema, with what each may cost once."""
    if not given or types is None:
        return ()
    own = named(types, _SELF_TYPE)
    fields = partial(field_type, structs_of(own))
    plain = Environment({"self": own.type, "oldSelf": own.type}, fields)
    optional = Environment({"self": own.type, "oldSelf": optional_of(own.type)}, fields)
    size_at = partial(_size_at, own)
    return tuple(
        _compiled(each, schema, optional if each.get("optionalOldSelf") else plain, size_at) for each in given
    )


def _size_at(types: Declared, path: list[str]) -> Range | None:
    found = at_path(types, path)
    return Range(0, found.most) if found else None


def _compiled(rule: Mapping[str, Any], schema: Schema, environment: Environment, size_at: Any) -> Compiled:
    text = rule.get("rule") or ""
    if not text.strip():
        return Compiled(rule)
    try:
        program = environment.compile(text)
    except InstantiationError as problem:
        return Compiled(rule, error=f"program instantiation failed: {problem}")
    except CompileError as problem:
        return Compiled(rule, error=f"compilation failed: {problem}")
    if program.type != BOOL:
        return Compiled(rule, error="cel expression must evaluate to a bool")
    found = Compiled(rule, program, cost=_cost(program, size_at))
    message, error = None, ""
    if rule.get("messageExpression"):
        try:
            message = environment.compile(rule["messageExpression"])
        except InstantiationError as problem:
            error = f"messageExpression instantiation failed: {problem}"
        except CompileError as problem:
            error = f"messageExpression compilation failed: {problem}"
        if message is not None and message.type != STRING:
            message, error = None, "messageExpression must evaluate to a string"
    return Compiled(
        rule,
        program,
        message=message,
        message_error=error,
        cost=found.cost,
        message_cost=_cost(message, size_at) if message else 0,
        field_path=_path(rule.get("fieldPath") or "", schema),
    )


def _path(text: str, schema: Schema) -> str:
    try:
        return field_path(text, schema)[0]
    except ValueError:
        return ""  # a definition with such a rule is refused


def _cost(program: Program, size_at: Any) -> int:
    return most_cost(program.expr, program.checked, size_at, library_estimate)


def most_times(types: Declared) -> int:
    """Return how often a value may be in one request at most, told by its size."""
    return _REQUEST_BYTES // (types.least_bytes + 1)
