"""The types that the checker gives to expressions, and how messages write them.

Source: github.com/google/cel-go/common/types/types.go, checker/format.go.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Type:
    """A type: what it is (`kind`), its name where a kind has several, and its parameters."""

    kind: str
    name: str = ""
    params: tuple["Type", ...] = ()

    def __str__(self) -> str:
        if self.kind == "error":
            return "!error!"
        inner = ", ".join(map(str, self.params))
        name = self.name if self.kind in ("struct", "opaque", "param") else self.kind
        return f"{name}({inner})" if inner else name


BOOL, INT, UINT, DOUBLE, STRING, BYTES, NULL, TIMESTAMP, DURATION, DYN, ERROR = map(
    Type,
    ("bool", "int", "uint", "double", "string", "bytes", "null", "timestamp", "duration", "dyn", "error"),
)
_SIMPLE = {str(each): each for each in (BOOL, INT, UINT, DOUBLE, STRING, BYTES, TIMESTAMP, DURATION, DYN)}
SCALARS = (BOOL, INT, UINT, DOUBLE, STRING, BYTES)


def list_of(element: Type) -> Type:
    """Return the type of lists of `element`."""
    return Type("list", "", (element,))


def map_of(key: Type, value: Type) -> Type:
    """Return the type of maps from `key` to `value`."""
    return Type("map", "", (key, value))


def type_of(inner: Type) -> Type:
    """Return the type of the type `inner` itself."""
    return Type("type", "", (inner,))


def optional_of(inner: Type) -> Type:
    """Return the type of a value that may be missing."""
    return Type("opaque", "optional_type", (inner,))


def struct(name: str) -> Type:
    """Return the type of objects called `name`."""
    return Type("struct", name)


def unwrapped(type_: Type) -> tuple[Type, bool]:
    """Return what an optional holds, and whether `type_` was one."""
    if type_.kind == "opaque" and type_.name == "optional_type":
        return type_.params[0], True
    return type_, False


STRUCTS = (
    "kubernetes.Quantity",
    "kubernetes.URL",
    "kubernetes.Semver",
    "kubernetes.NamedFormat",
    "kubernetes.authorization.Authorizer",
    "kubernetes.authorization.PathCheck",
    "kubernetes.authorization.GroupCheck",
    "kubernetes.authorization.ResourceCheck",
    "kubernetes.authorization.Decision",
)
"""Kubernetes' own types that are objects to the checker."""
OPAQUES = ("net.IP", "net.CIDR")

NAMED: dict[str, Type] = {
    **{name: type_of(each) for name, each in _SIMPLE.items() if name not in ("dyn", "timestamp", "duration")},
    "null_type": type_of(NULL),
    "google.protobuf.Timestamp": type_of(TIMESTAMP),
    "google.protobuf.Duration": type_of(DURATION),
    "list": type_of(list_of(DYN)),
    "map": type_of(map_of(DYN, DYN)),
    "type": type_of(Type("type")),
    "optional_type": type_of(optional_of(DYN)),
    **{name: type_of(struct(name)) for name in STRUCTS},
    **{name: type_of(Type("opaque", name)) for name in OPAQUES},
}
"""The types that an expression can name, such as in `type(self) == int`."""


def parse_type(text: str) -> Type:
    """Return the type that a signature writes, such as "map(string, list(A))"; capitals are parameters."""
    found, rest = _parse(text.strip())
    if rest:
        raise ValueError(f"{text!r} is no type: {rest!r} is left over")
    return found


def _parse(text: str) -> tuple[Type, str]:
    end = next((at for at, char in enumerate(text) if char in "(),"), len(text))
    name, rest = text[:end].strip(), text[end:]
    params: list[Type] = []
    if rest.startswith("("):
        while not rest.startswith(")"):
            inner, rest = _parse(rest[1:].lstrip())
            params.append(inner)
        rest = rest[1:]
    return _made(name, tuple(params)), rest


def _made(name: str, params: tuple[Type, ...]) -> Type:
    if name in _SIMPLE:
        return _SIMPLE[name]
    if name in ("list", "map", "type"):
        return Type(name, "", params)
    if name == "optional":
        return optional_of(params[0])
    if len(name) == 1:
        return Type("param", name)
    full = next((each for each in STRUCTS if each.endswith(f".{name}")), None)
    return struct(full) if full else Type("opaque", f"net.{name}")


def is_dyn_or_error(type_: Any) -> bool:
    """Tell whether nothing can be said about a type."""
    return type_.kind in ("dyn", "error")
