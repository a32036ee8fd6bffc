"""What is wrong with a ValidatingAdmissionPolicy's expressions once it is known which kinds it is about.

The server compiles expressions with objects of no type; here each is checked again against the schema of
every kind that the policy's rules name without a wildcard, ten at most.  Nothing that is found changes what
the policy does.

Source: k8s.io/apiserver/pkg/admission/plugin/policy/validating/typechecking.go,
pkg/cel/openapi/resolver/{definitions,discovery}.go@v1.36.2.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from insideout.apiserver.cel import types
from insideout.apiserver.cel.declared import Declared, declared, named
from insideout.apiserver.kinds import Kind
from insideout.apiserver.openapi.definitions import Definitions
from insideout.apiserver.policies.conditions import Compiler, ExpressionError

Object = dict[str, Any]
MOST_KINDS = 10
_NAMES = ("apiGroups", "apiVersions", "resources")
_REFERENCE = "#/components/schemas/"
_AUTHORIZER = Declared(types.struct("kubernetes.authorization.Authorizer"))


def warnings_of(spec: Object, served: Iterable[Kind], stamp: int) -> list[Object]:
    """Return the expressionWarnings of a policy's status.

    `served` are all kinds that there are; `stamp` tells the names of types from those of another check.
    """
    kinds = list(served)
    shapes = {kind: _declared(kind, stamp) for kind in kinds_named_by(spec, kinds)}
    params = None
    if wanted := spec.get("paramKind"):
        same = (
            each for each in kinds if (each.api_version, each.kind) == (wanted["apiVersion"], wanted["kind"])
        )
        params = next((_declared(each, stamp) for each in same), None)
    found: list[Object] = []
    for number, validation in enumerate(spec.get("validations") or ()):
        for name in ("expression", "messageExpression"):
            if not validation.get(name):
                continue
            said = [
                f"{kind.group}/{kind.version}, Kind={kind.kind}: {wrong}\n"
                for kind, shape in shapes.items()
                if (wrong := _wrong(spec, validation[name], shape, params))
            ]
            if said:
                where = f"spec.validations[{number}].{name}"
                found.append({"fieldRef": where, "warning": "\n".join(said)})
    return found


def kinds_named_by(spec: Object, served: Iterable[Kind]) -> list[Kind]:
    """Return the kinds that a policy's rules name, in the order of their groups, versions and names."""
    kinds = list(served)
    found: dict[Kind, None] = {}
    for rule in (spec.get("matchConstraints") or {}).get("resourceRules") or ():
        groups, versions, resources = (rule.get(name) or [] for name in _NAMES)
        if any("*" in each for each in (*groups, *versions)):
            continue
        wanted = [
            (group, version, resource)
            for group in sorted(groups)
            for version in sorted(versions)
            for resource in sorted(resources)
            if not set(resource) & set("*/")
        ]
        hits = [kind for each in wanted for kind in kinds if _is_meant(kind, *each)]
        found |= dict.fromkeys(hits[:MOST_KINDS])
        if len(hits) >= MOST_KINDS:
            break
    return sorted(found, key=lambda kind: (kind.group, kind.version, kind.kind))


def _is_meant(kind: Kind, group: str, version: str, resource: str) -> bool:
    """Tell whether a kind is found under these names; without a group, it is looked for in all groups."""
    return (
        (not group or kind.group == group)
        and kind.version == version
        and resource.lower() in (kind.plural, kind.singular)
    )


def _wrong(spec: Object, text: str, shape: Declared | None, params: Declared | None) -> str:
    """Return what the checker says of an expression about objects of one shape, "" for nothing."""
    typed: dict[str, Declared] = {"authorizer": _AUTHORIZER}
    if shape is not None:
        typed |= {"object": shape, "oldObject": shape}
    if params is not None:
        typed["params"] = params
    compiler = Compiler(params=spec.get("paramKind") is not None, composed={}, typed=typed)
    for each in spec.get("variables") or ():
        try:
            type_ = compiler.compile(each["expression"], authorizer=False).type
        except ExpressionError:
            type_ = types.DYN  # it is told where it is written, not here
        compiler.add(each["name"], type_)
    try:
        compiler.compile(text, authorizer=False)
    except ExpressionError as problem:
        return str(problem).removeprefix("compilation failed: ")
    return ""


def _declared(kind: Kind, stamp: int) -> Declared | None:
    definitions = Definitions(3)
    name = definitions.add(kind)
    found = declared(_whole(definitions.schemas(), {"$ref": _REFERENCE + name}, frozenset()), root=True)
    return named(found, f"{kind.kind}{stamp}") if found is not None else None


def _whole(schemas: Mapping[str, Object], schema: Object, around: frozenset[str]) -> Object:
    """Return a schema with all that it refers to in its place; one inside of itself is an empty object."""
    reference = _reference(schema)
    if reference in around:
        return {"type": "object"}
    if reference:
        schema, around = schemas[reference], around | {reference}
    if schema.get("format") == "int-or-string":
        return {"x-kubernetes-int-or-string": True}
    result = dict(schema)
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), dict):
            result[name] = _whole(schemas, schema[name], around)
    if "properties" in schema:
        result["properties"] = {
            name: _whole(schemas, each, around) for name, each in schema["properties"].items()
        }
    return result


def _reference(schema: Object) -> str:
    """Return the name of the schema that one refers to, "" for none; a description may stand beside it."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(_REFERENCE)
    return next((found for each in schema.get("allOf") or () if (found := _reference(each))), "")
