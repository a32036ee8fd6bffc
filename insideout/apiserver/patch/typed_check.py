"""Whether an applied configuration fits its type, in the words of the typed-value library.

An update is decoded into a Go struct, which complains about types and drops unknown fields; an applied
configuration is checked here instead, and an unknown field is an error.

Source: sigs.k8s.io/structured-merge-diff/v6/typed/validate.go.
"""

from collections.abc import Iterator
from typing import Any

from insideout.apimachinery.goquote import go_quote
from insideout.apiserver.patch import field_set
from insideout.apiserver.patch.go_values import printed, type_name
from insideout.apiserver.patch.schema import Type
from insideout.apiserver.patch.typed_value import UnindexableError, list_step


def problems(schema: Type, value: Any) -> str:
    """Return what is wrong with `value`, "" when nothing is."""
    found = list(_check(schema, value, ""))
    if len(found) > 1:
        return "\n".join(["errors:", *(f"  {each}" for each in found)])
    return found[0] if found else ""


def _check(schema: Type, value: Any, at: str) -> Iterator[str]:
    if value is None:
        return
    if schema.shape in ("struct", "map") or (schema.shape == "any" and isinstance(value, dict)):
        yield from _check_object(schema, value, at)
    elif schema.shape == "list" or (schema.shape == "any" and isinstance(value, list)):
        yield from _check_list(schema, value, at)
    elif expected := _misfit(schema, value):
        yield _text(at, f"expected {expected}")


def _check_object(schema: Type, value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield _text(at, f"expected map, got {_go_pointer(value)}")
        return
    for name in sorted(value):
        here = f"{at}.{name}"
        member = schema.member(name)
        if member is None:
            yield _text(here, "field not declared in schema")
            return
        yield from _check(member, value[name], here)


def _check_list(schema: Type, value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield _text(at, f"expected list, got {_go_pointer(value)}")
        return
    seen: set[str] = set()
    for index, item in enumerate(value):
        here = f"{at}[{index}]"
        if schema.list_facts.relation != "atomic":
            try:
                step = list_step(schema, item)
            except UnindexableError as error:
                yield _text(at, f"element {index}: {error}")
                return
            here = at + field_set.printed((step,))
            if step in seen:
                yield _text(at, f"duplicate entries for key {field_set.printed((step,))}")
            seen.add(step)
        yield from _check(schema.item, item, here)


def _misfit(schema: Type, value: Any) -> str:
    """Return what a scalar should have been, and is; "" when it fits."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    match schema.scalar:
        case "numeric" if not is_number:
            return f"numeric (int or float), got {type_name(value)}"
        case "string" if not isinstance(value, str):
            return f"string, got &value.valueUnstructured{{Value:{_go_literal(value)}}}"
        case "boolean" if not isinstance(value, bool):
            return f"boolean, got {_go_pointer(value)}"
        case _ if isinstance(value, dict | list):
            return f"any scalar, got {_go_pointer(value)}"
    return ""


def _text(at: str, problem: str) -> str:
    return f"{at}: {problem}" if at else problem


def _go_literal(value: Any) -> str:
    """Return `value` as Go's %#v prints it."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return go_quote(value)
        case dict():
            members = ", ".join(f"{go_quote(name)}:{_go_literal(value[name])}" for name in sorted(value))
            return f"map[string]interface {{}}{{{members}}}"
        case list():
            return f"[]interface {{}}{{{', '.join(map(_go_literal, value))}}}"
        case None:
            return "interface {}(nil)"
        case _:
            return str(value)


def _go_pointer(value: Any) -> str:
    """Return `value` as Go prints the pointer to the wrapper it is in."""
    return f"&{{{printed(value)}}}"
