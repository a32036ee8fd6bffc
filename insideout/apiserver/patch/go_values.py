"""How Go prints a decoded JSON value, because many of the server's messages quote one.

Source: package fmt of Go, verbs %v and %T.
"""

from typing import Any


def printed(value: Any) -> str:
    """Return `value` as Go's %v prints it: `map[image:nginx name:c]`, `[1 2]`, `<nil>`."""
    match value:
        case None:
            return "<nil>"
        case bool():
            return "true" if value else "false"
        case dict():
            return f"map[{' '.join(f'{key}:{printed(value[key])}' for key in sorted(value))}]"
        case list():
            return f"[{' '.join(printed(each) for each in value)}]"
        case float():
            return f"{value:g}" if abs(value) < 1e21 else f"{value:e}"
        case _:
            return str(value)


def type_name(value: Any) -> str:
    """Return the Go type that JSON decoding gives `value`."""
    match value:
        case None:
            return "%!s(<nil>)"
        case bool():
            return "bool"
        case dict():
            return "map[string]interface {}"
        case list():
            return "[]interface {}"
        case int():
            return "int64"
        case float():
            return "float64"
        case _:
            return "string"


def json_kind(value: Any) -> str:
    """Return what Go's JSON decoder calls `value` when it does not fit where it should go."""
    match value:
        case None:
            return "null"
        case bool():
            return "bool"
        case dict():
            return "object"
        case list():
            return "array"
        case str():
            return "string"
        case _:
            return "number"
