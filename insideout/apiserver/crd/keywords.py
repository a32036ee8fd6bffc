"""The keywords of a schema that look at one value alone: its type, format, length, size, and what it may be.

Source: k8s.io/kube-openapi/pkg/validation/validate/{type,formats,validator,values}.go@v1.36.2.
"""

from typing import Any

from insideout.apimachinery import formats, patterns
from insideout.apimachinery.goquote import go_quote
from insideout.apiserver.crd.failures import Failure, Result
from insideout.apiserver.crd.parts import Schema
from insideout.apiserver.patch.go_values import printed


def types_of(schema: Schema) -> tuple[str, ...]:
    """Return the types that fit, none when any does."""
    if schema.get("x-kubernetes-int-or-string"):
        return ("integer", "string")
    return (schema["type"],) if schema.get("type") else ()


def format_of(schema: Schema) -> str:
    """Return the schema's format if the server checks it for this type."""
    found = schema.get("format") or ""
    types = types_of(schema)
    return found if found and formats.known(found, types[0] if len(types) == 1 else "") else ""


def check_type(schema: Schema, value: Any, path: str) -> Result:
    """Check type and nullable."""
    types, format_ = types_of(schema), format_of(schema)
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


def check_format(schema: Schema, value: str, path: str) -> Result:
    """Check the format of a text."""
    format_ = schema["format"]
    if formats.fits(format_, value):
        return Result()
    message = f"{path} in body must be of type {format_}: {go_quote(value)}"
    return Result([Failure("format", path, message, value)])


def check_string(schema: Schema, value: str, path: str) -> Result:
    """Check maxLength, minLength and pattern, the first one that fails."""
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


def check_number(schema: Schema, value: float, path: str) -> Result:
    """Check multipleOf, minimum and maximum, and that the type can hold these and the value."""
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
    type_ = types_of(schema)[0] if len(types_of(schema)) == 1 else ""
    if type_ != "integer":
        return []
    bits = 32 if format_of(schema) == "int32" else 64
    whole = isinstance(value, int) or value.is_integer()
    if whole and -(2 ** (bits - 1)) <= value < 2 ** (bits - 1):
        return []
    kind = f"format {format_of(schema)}" if format_of(schema) else ""
    shown = f"with {kind}" if kind else "(default format)"
    return [Failure("combination", path, f"{what} value must be of type integer {shown} in {path}")]


def _number(value: float) -> str:
    return printed(
        int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e21 else value
    )


def check_enum(schema: Schema, value: Any, path: str) -> Result:
    """Check that the value is one of those listed."""
    allowed = schema.get("enum") or []
    if not allowed or any(type(each) is type(value) and each == value for each in allowed):
        return Result()
    numeric = isinstance(value, int | float) and not isinstance(value, bool)
    if numeric and any(isinstance(each, int | float) and each == value for each in allowed):
        return Result()
    message = f"{path} in body should be one of {printed(list(allowed))}"
    return Result([Failure("enum", path, message, value, allowed)])
