"""What one MutatingAdmissionPolicy makes of an object.

A mutation gives a part of an object, which is merged into it as server-side apply would, or a JSON patch.

Source: k8s.io/apiserver/pkg/admission/plugin/policy/mutating/{compilation,patch/{smd,json_patch}}.go,
k8s.io/apiserver/pkg/cel/mutation/dynamic/objects.go@v1.36.2.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from insideout.apiserver.cel.programs import Program
from insideout.apiserver.cel.reading import ParserMissingError
from insideout.apiserver.cel.values import LISTS, MAPS, EvaluationError, Made, raw_of
from insideout.apiserver.kinds import Kind
from insideout.apiserver.patch.schema import Type, type_of
from insideout.apiserver.patch.typed_check import problems
from insideout.apiserver.patch.typed_value import merge
from insideout.apiserver.policies.conditions import (
    APPLY_CONFIGURATION,
    BUDGET,
    JSON_PATCHES,
    Budget,
    Compiler,
    Composed,
    ExpressionError,
    evaluated,
)
from insideout.apiserver.webhooks.patched import CannotPatchError, patched

Object = dict[str, Any]


class MutationError(Exception):
    """Why a mutation has no outcome."""


@dataclass
class Mutator:
    """A policy with its expressions compiled; `error` says why that was impossible."""

    spec: Object
    conditions: list[Program] = field(default_factory=list)
    variables: dict[str, Program] = field(default_factory=dict)
    mutations: list[tuple[bool, Program]] = field(default_factory=list)
    """Each with whether it is a JSON patch."""
    error: str = ""

    @property
    def ignores(self) -> bool:
        """Whether a request passes when the policy itself fails."""
        return self.spec.get("failurePolicy") == "Ignore"

    def composed(self, variables: Mapping[str, Any]) -> Composed:
        """Return the policy's variables, for all its mutations of one request."""
        return Composed(self.variables, variables)

    def made(
        self, number: int, kind: Kind, shown: Object, variables: Mapping[str, Any], composed: Composed
    ) -> Object:
        """Return the object `shown`, one of `kind`, after one mutation; raises MutationError."""
        is_json_patch, program = self.mutations[number]
        try:
            value = evaluated(program, variables, Budget(BUDGET), composed)
        except (EvaluationError, ExpressionError) as problem:
            raise MutationError(str(problem)) from None
        return _patched(shown, value) if is_json_patch else _applied(kind, shown, value)


def compiled_mutator(spec: Object) -> Mutator:
    """Return a stored policy ready to be carried out."""
    mutator = Mutator(spec)
    compiler = Compiler(params=spec.get("paramKind") is not None)
    try:
        mutator.conditions, mutator.variables = compiler.begin(spec)
        for each in spec.get("mutations") or ():
            is_json_patch = each["patchType"] == "JSONPatch"
            text = each["jsonPatch" if is_json_patch else "applyConfiguration"]["expression"]
            returns = JSON_PATCHES if is_json_patch else APPLY_CONFIGURATION
            mutator.mutations.append((is_json_patch, compiler.compile(text, returns, patches=True)))
    except ExpressionError as problem:
        mutator.error = f"compilation error: {problem}"
    except ParserMissingError as problem:
        mutator.error = str(problem)
    return mutator


def _applied(kind: Kind, shown: Object, value: Made) -> Object:
    _check_names(value)
    part = {**_plain(value), "apiVersion": kind.api_version, "kind": kind.kind}
    schema = type_of(kind)
    if wrong := problems(schema, part):
        raise MutationError(f"error applying patch: failed to convert patch object to typed object: {wrong}")
    if atomic := list(_atomic(schema, part, "")):
        where = ", ".join(atomic)
        raise MutationError(
            "error applying patch: invalid ApplyConfiguration: "
            f"may not mutate atomic arrays, maps or structs: {where}"
        )
    result: Object = merge(schema, shown, part)
    return result


def _atomic(schema: Type, value: Any, at: str) -> Iterator[str]:
    """Return where a part sets something that is only ever set as a whole: the rest of it would be lost."""
    if isinstance(value, dict):
        if schema.atomic:
            yield at
        for name, each in value.items():
            member = schema.member(name) if schema.declares(name) else None
            if member is not None:
                yield from _atomic(member, each, f"{at}.{name}")
    elif isinstance(value, list):
        if schema.shape == "list" and schema.list_facts.relation == "atomic":
            yield at
        for index, each in enumerate(value):
            yield from _atomic(schema.item, each, f"{at}[{index}]")


def _patched(shown: Object, value: Any) -> Object:
    operations = []
    for each in value:
        operation = {name: each[name] for name in ("op", "path", "from") if each.get(name)}
        if "value" in each:
            _check_names(each["value"], root=True)
            operation["value"] = _plain(each["value"])
        operations.append(operation)
    try:
        result = patched(shown, operations)
    except CannotPatchError as problem:
        if problem.is_test:
            return shown
        raise MutationError(f"JSON Patch: {problem}") from None
    if not isinstance(result, dict):
        raise MutationError("JSON Patch: the result is no object")
    return result


def _check_names(value: Any, *, root: bool = False) -> None:
    """Raise MutationError where an object's name is not the path to it; `root`: any name may be the first."""
    first = value.TYPE if root and isinstance(value, Made) else "Object"
    if wrong := "\n".join(_misnamed(value, first)):
        raise MutationError(f"type mismatch: {wrong}")


def _misnamed(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, Made):
        if path != value.TYPE:
            yield (
                f'unexpected type name "{value.TYPE}", expected "{path}", '
                "which matches field name path from root Object type"
            )
        for name, each in value.items():
            yield from _misnamed(each, f"{path}.{name}")
    elif isinstance(value, dict):
        for each in value.values():
            yield from _misnamed(each, path)
    elif isinstance(value, list):
        for each in value:
            yield from _misnamed(each, path)


def _plain(value: Any) -> Any:
    """Return a value as JSON has it; raises MutationError for what JSON has no word for."""
    value = raw_of(value)
    if isinstance(value, MAPS):
        wrong = next((key for key in value if not isinstance(key, str)), None)
        if wrong is not None:
            raise MutationError(f"map key {wrong!r} is no string")
        return {key: _plain(value[key]) for key in value}
    if isinstance(value, LISTS):
        return [_plain(each) for each in value]
    if value is None or isinstance(value, bool | float | str):
        return value
    if isinstance(value, int):
        return int(value)
    raise MutationError(f"a value of type {type(value).__name__} has no JSON: turn it into a string")
