"""Whether a value fits an OpenAPI v3 schema, in the words and the order in which the API server says it.

The library `jsonschema` knows the same keywords, but nothing of the messages, of what is reported for a
failed anyOf (the branch that fitted best), of nullable, of int-or-string, and of ratcheting: an update is not
refused for a part that was invalid before and has not changed.  So the walk is our own, one function for each
group of keywords.

Rules in CEL (x-kubernetes-validations) are looked at afterwards, in `rule_evaluation`.

Source: k8s.io/kube-openapi/pkg/validation/validate/*.go,
k8s.io/apiextensions-apiserver/pkg/apiserver/validation/{validation,ratcheting}.go@v1.36.2.
"""

from collections.abc import Mapping
from typing import Any

from insideout.apimachinery import formats
from insideout.apimachinery.goquote import go_quote
from insideout.apiserver.crd.failures import Failure, Result, cause_of, compact
from insideout.apiserver.crd.keywords import (
    check_enum,
    check_format,
    check_number,
    check_string,
    check_type,
    format_of,
    types_of,
)
from insideout.apiserver.crd.parts import Schema, below
from insideout.apiserver.status import Cause

_ABSENT: Any = object()


def causes_of(schema: Schema, value: Any, path: str = "", old: Any = _ABSENT) -> list[Cause]:
    """Return why `value` does not fit `schema`; what is as it was in `old` is let through."""
    return [cause_of(path, each) for each in _check(schema, value, "", old).failures]


def _check(schema: Schema, value: Any, path: str, old: Any) -> Result:
    result = Result()
    if value is None:
        result.merge(check_type(schema, value, path))
        result.merge(check_enum(schema, value, path))
    else:
        parts = [_check_combinations(schema, value, path)]
        if types_of(schema) or format_of(schema):
            parts.insert(0, check_type(schema, value, path))
        if isinstance(value, str):
            parts.append(check_string(schema, value, path))
            if format_of(schema) and formats.known(format_of(schema), ""):
                parts.append(check_format(schema, value, path))
        elif isinstance(value, int | float) and not isinstance(value, bool):
            parts.append(check_number(schema, value, path))
        elif isinstance(value, list):
            parts.append(_check_list(schema, value, path, old))
        parts.append(check_enum(schema, value, path))
        if isinstance(value, dict):
            parts.append(_check_object(schema, value, path, old))
        for part in parts:
            result.merge(part)
            result.passed += 1
        result.passed += 1
    if result.failures and old is not _ABSENT and value == old:
        return Result(passed=result.passed)
    return result


def _check_list(schema: Schema, value: list[Any], path: str, old: Any) -> Result:
    result = Result(passed=1)
    items = schema.get("items")
    if isinstance(items, Mapping):
        before = _old_items(schema, value, old)
        for index, item in enumerate(value):
            result.merge(_check(items, item, f"{path}[{index}]", before[index]))
    fewest, most = schema.get("minItems"), schema.get("maxItems")
    if fewest is not None and len(value) < fewest:
        message = f"{path} in body should have at least {fewest} items"
        result.add(Failure("minItems", path, message, len(value)))
    if most is not None and len(value) > most:
        message = f"{path} in body should have at most {most} items"
        result.add(Failure("maxItems", path, message, len(value), most))
    return result


def _old_items(schema: Schema, value: list[Any], old: Any) -> list[Any]:
    """Return what each element was before; only the elements of a map list can be recognised."""
    keys = schema.get("x-kubernetes-list-map-keys") or []
    if schema.get("x-kubernetes-list-type") != "map" or not isinstance(old, list):
        return [_ABSENT] * len(value)

    def key(item: Any) -> str:
        return compact([item.get(each) for each in keys]) if isinstance(item, dict) else ""

    before = {key(each): each for each in old}
    return [before.get(key(each), _ABSENT) for each in value]


def _check_object(schema: Schema, value: dict[str, Any], path: str, old: Any) -> Result:
    result = Result()
    fewest, most = schema.get("minProperties"), schema.get("maxProperties")
    if fewest is not None and len(value) < fewest:
        message = f"{path} in body should have at least {fewest} properties"
        result.add(Failure("minProperties", path, message, len(value)))
    if most is not None and len(value) > most:
        message = f"{path} in body should have at most {most} properties"
        result.add(Failure("maxProperties", path, message, len(value), most))
    properties, others = schema.get("properties") or {}, schema.get("additionalProperties")
    before = old if isinstance(old, dict) else {}
    for name in sorted(value):
        if name in properties:
            continue
        if others is False:
            message = f"{path}.{name} in body is a forbidden property"
            result.add(Failure("additionalProperties", path, message, name))
        elif isinstance(others, Mapping):
            result.merge(_check(others, value[name], f"{path}.{name}", before.get(name, _ABSENT)))
    for name in sorted(properties):
        if name in value:
            here = below(path, name)
            was = _ABSENT if here in ("apiVersion", "kind") else before.get(name, _ABSENT)
            result.merge(_check(properties[name], value[name], here, was))
    for name in schema.get("required") or []:
        if name not in value:
            result.add(Failure("required", f"{path}.{name}", f"{path}.{name} in body is required"))
    return result


def _check_combinations(schema: Schema, value: Any, path: str) -> Result:
    result = Result()
    quoted = go_quote(path)

    def branches(keyword: str) -> list[Result]:
        return [_check(each, value, path, _ABSENT) for each in schema.get(keyword) or []]

    def failed(message: str) -> None:
        result.add(Failure("combination", path, f"{quoted} {message}"))

    if any_of := branches("anyOf"):
        fitting = next((each for each in any_of if not each.failures), None)
        if fitting is None:
            failed("must validate at least one schema (anyOf)")
        result.merge(fitting or max(any_of, key=lambda each: each.passed))
    if one_of := branches("oneOf"):
        valid = [each for each in one_of if not each.failures]
        if len(valid) == 1:
            result.merge(valid[0])
        else:
            found = f"Found {len(valid)} valid alternatives" if valid else "Found none valid"
            failed(f"must validate one and only one schema (oneOf). {found}")
            if not valid:
                result.merge(max(one_of, key=lambda each: each.passed))
    if all_of := branches("allOf"):
        for each in all_of:
            result.merge(each)
        valid = [each for each in all_of if not each.failures]
        if len(valid) != len(all_of):
            failed(f"must validate all the schemas (allOf){'' if valid else '. None validated'}")
    if "not" in schema and not _check(schema["not"], value, path, _ABSENT).failures:
        failed("must not validate the schema (not)")
    result.passed += 1
    return result
