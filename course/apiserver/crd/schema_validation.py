"""Whether a value fits an OpenAPI v3 schema, in the words and the order in which the API server says it.

The library `jsonschema` knows the same keywords, but nothing of the messages, of what is reported for a
failed anyOf (the branch that fitted best), of nullable, of int-or-string, and of ratcheting: an update is not
refused for a part that was invalid before and has not changed.  So the walk is our own, one function for each
group of keywords.

Rules in CEL (x-kubernetes-validations) are stored and shown, and not evaluated.

Source: k8s.io/kube-openapi/pkg/validation/validate/*.go, errors/schema.go;
k8s.io/apiextensions-apiserver/pkg/apiserver/validation/{validation,ratcheting}.go@v1.36.2.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from course.apimachinery.goquote import go_quote
from course.apiserver.crd import formats, patterns
from course.apiserver.crd.parts import Schema, below
from course.apiserver.objects import field as causes
from course.apiserver.patch.go_values import printed
from course.apiserver.status import Cause

_ABSENT: Any = object()


class Failure(NamedTuple):
    """One violated keyword: where, in which words, and the value to show."""

    keyword: str
    path: str
    message: str
    value: Any = ""
    limit: Any = None


@dataclass
class Result:
    """What is wrong with a value, and how many checks it passed: a failed anyOf reports the best branch."""

    failures: list[Failure] = field(default_factory=list)
    passed: int = 0

    def add(self, *failures: Failure) -> None:
        """Add failures; one that says the same as another is left out."""
        for failure in failures:
            if all(failure.message != each.message for each in self.failures):
                self.failures.append(failure)

    def merge(self, other: "Result") -> None:
        """Add all that another part of the walk found."""
        self.add(*other.failures)
        self.passed += other.passed


def causes_of(schema: Schema, value: Any, path: str = "", old: Any = _ABSENT) -> list[Cause]:
    """Return why `value` does not fit `schema`; what is as it was in `old` is let through."""
    return [_cause(path, each) for each in _check(schema, value, "", old).failures]


def _cause(prefix: str, failure: Failure) -> Cause:
    inner = failure.path.removeprefix(".")
    path = f"{prefix}.{inner}" if prefix and inner else prefix or inner or "<nil>"
    match failure.keyword:
        case "required":
            return causes.required(path)
        case "enum":
            shown = [each if isinstance(each, str) else _json(each) for each in failure.limit]
            return causes.not_supported(path, failure.value, shown)
        case "maxLength":
            return causes.too_long(path, failure.limit)
        case "maxItems" | "maxProperties":
            return causes.too_many(path, failure.value, failure.limit)
        case "type" | "format":
            return causes.type_invalid(path, failure.value, failure.message)
        case "combination":  # says its path itself
            return causes.invalid(prefix or "<nil>", "", failure.message)
        case _:
            return causes.invalid(path, "" if failure.value is None else failure.value, failure.message)


def _check(schema: Schema, value: Any, path: str, old: Any) -> Result:
    result = Result()
    if value is None:
        result.merge(_check_type(schema, value, path))
        result.merge(_check_enum(schema, value, path))
    else:
        parts = [_check_combinations(schema, value, path)]
        if _types(schema) or _format(schema):
            parts.insert(0, _check_type(schema, value, path))
        if isinstance(value, str):
            parts.append(_check_string(schema, value, path))
            if _format(schema) and formats.known(_format(schema), ""):
                parts.append(_check_format(schema, value, path))
        elif isinstance(value, int | float) and not isinstance(value, bool):
            parts.append(_check_number(schema, value, path))
        elif isinstance(value, list):
            parts.append(_check_list(schema, value, path, old))
        parts.append(_check_enum(schema, value, path))
        if isinstance(value, dict):
            parts.append(_check_object(schema, value, path, old))
        for part in parts:
            result.merge(part)
            result.passed += 1
        result.passed += 1
    if result.failures and old is not _ABSENT and value == old:
        return Result(passed=result.passed)
    return result


def _types(schema: Schema) -> tuple[str, ...]:
    if schema.get("x-kubernetes-int-or-string"):
        return ("integer", "string")
    return (schema["type"],) if schema.get("type") else ()


def _format(schema: Schema) -> str:
    """Return the schema's format if the server checks it for this type."""
    found = schema.get("format") or ""
    types = _types(schema)
    return found if found and formats.known(found, types[0] if len(types) == 1 else "") else ""


def _check_type(schema: Schema, value: Any, path: str) -> Result:
    types, format_ = _types(schema), _format(schema)
    wanted = ",".join(types)
    if value is None:
        fits = not types or "null" in types or bool(schema.get("nullable"))
        return Result(passed=1) if fits else Result([_type_failure(path, wanted, "null")])
    found, found_format = _json_type(value)
    integral = isinstance(value, float) and value.is_integer() and "integer" in types
    fits = found in types or integral or (found == "integer" and "number" in types)
    textual = isinstance(value, str | list)
    if not textual and format_ and not fits and found_format != format_:
        return Result([_type_failure(path, format_, found_format)])
    if textual and format_ and not {"number", "integer"} & set(types):
        return Result(passed=1)
    return Result(passed=1) if fits else Result([_type_failure(path, wanted, found)])


def _type_failure(path: str, wanted: str, found: str) -> Failure:
    return Failure("type", path, f"{path} in body must be of type {wanted}: {go_quote(found)}", found)


def _json_type(value: Any) -> tuple[str, str]:
    match value:
        case bool():
            return "boolean", ""
        case str():
            return "string", ""
        case int():
            return "integer", "int64"
        case float():
            return "number", "float64"
        case list():
            return "array", ""
        case _:
            return "object", ""


def _check_format(schema: Schema, value: str, path: str) -> Result:
    format_ = schema["format"]
    if formats.fits(format_, value):
        return Result()
    message = f"{path} in body must be of type {format_}: {go_quote(value)}"
    return Result([Failure("format", path, message, value)])


def _check_string(schema: Schema, value: str, path: str) -> Result:
    longest, shortest, pattern = schema.get("maxLength"), schema.get("minLength"), schema.get("pattern")
    if longest is not None and len(value) > longest:
        message = f"{path} in body should be at most {longest} chars long"
        return Result([Failure("maxLength", path, message, value, longest)])
    if shortest is not None and len(value) < shortest:
        message = f"{path} in body should be at least {shortest} chars long"
        return Result([Failure("minLength", path, message, value)])
    if pattern and not patterns.compiled(pattern).search(value):
        return Result([Failure("pattern", path, f"{path} in body should match '{pattern}'", value)])
    return Result()


def _check_number(schema: Schema, value: float, path: str) -> Result:
    result = Result(passed=1)
    result.add(*_out_of_range(schema, value, "Checked", path))
    factor, most, least = (schema.get(each) for each in ("multipleOf", "maximum", "minimum"))
    whole = isinstance(value, int)
    if factor is not None:
        result.add(*_out_of_range(schema, factor, "MultipleOf", path))
        times = value / factor if factor >= 1 else 1 / factor * value
        if not (value % factor == 0 if whole and factor == int(factor) else float(times).is_integer()):
            message = f"{path} in body should be a multiple of {_number(factor)}"
            result.add(Failure("multipleOf", path, message, value))
    if least is not None:
        result.add(*_out_of_range(schema, least, "Minimum boundary", path))
        exclusive = schema.get("exclusiveMinimum", False)
        if value < least or (exclusive and value == least):
            comparison = "greater than" if exclusive else "greater than or equal to"
            result.add(
                Failure("minimum", path, f"{path} in body should be {comparison} {_number(least)}", value)
            )
    if most is not None:
        result.add(*_out_of_range(schema, most, "Maximum boundary", path))
        exclusive = schema.get("exclusiveMaximum", False)
        if value > most or (exclusive and value == most):
            comparison = "less than" if exclusive else "less than or equal to"
            result.add(
                Failure("maximum", path, f"{path} in body should be {comparison} {_number(most)}", value)
            )
    return result


def _out_of_range(schema: Schema, value: float, what: str, path: str) -> list[Failure]:
    """Return the failure of a number that its type or format cannot hold; the path is only in the message."""
    type_ = _types(schema)[0] if len(_types(schema)) == 1 else ""
    if type_ != "integer":
        return []
    bits = 32 if _format(schema) == "int32" else 64
    whole = isinstance(value, int) or value.is_integer()
    if whole and -(2 ** (bits - 1)) <= value < 2 ** (bits - 1):
        return []
    kind = f"format {_format(schema)}" if _format(schema) else ""
    shown = f"with {kind}" if kind else "(default format)"
    return [Failure("combination", path, f"{what} value must be of type integer {shown} in {path}")]


def _number(value: float) -> str:
    return printed(
        int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e21 else value
    )


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
        return _json([item.get(each) for each in keys]) if isinstance(item, dict) else ""

    before = {key(each): each for each in old}
    return [before.get(key(each), _ABSENT) for each in value]


def _check_enum(schema: Schema, value: Any, path: str) -> Result:
    allowed = schema.get("enum") or []
    if not allowed or any(type(each) is type(value) and each == value for each in allowed):
        return Result()
    numeric = isinstance(value, int | float) and not isinstance(value, bool)
    if numeric and any(isinstance(each, int | float) and each == value for each in allowed):
        return Result()
    message = f"{path} in body should be one of {printed(list(allowed))}"
    return Result([Failure("enum", path, message, value, allowed)])


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


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
