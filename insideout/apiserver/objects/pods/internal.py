"""The internal form of a pod's spec, as the API server's messages print it.

The server works on internal structs without JSON names; a message that shows one shows Go's field names, and
every field that is not set.  Refusing an update of a pod prints the difference of two such dumps.

Source: pkg/apis/core/types.go, k8s.io/apimachinery/pkg/util/diff/diff.go@v1.36.2.
"""

import difflib
import json
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

Object = dict[str, Any]


class _Field(NamedTuple):
    go: str
    type: str
    name: str
    in_spec: bool


def spec_diff(old: Object, new: Object) -> str:
    """Return the unified difference of two specs, without a header."""
    return _difference(dump("PodSpec", old, old), dump("PodSpec", new, new))


def struct_diff(struct: str, old: Object, new: Object) -> str:
    """Return the unified difference of two values of another struct, without a header."""
    return _difference(dump(struct, old), dump(struct, new))


def dump(struct: str, value: Object, spec: Object | None = None) -> Object:
    """Return a struct with Go's names and every field, in Go's order."""
    result: Object = {}
    for each in _structs()[struct]:
        source = (spec or {}) if each.in_spec else value
        given = source.get(each.name)
        if each.type == "meta":
            meta: Object = given or {}
            result.update({name: _ordered(meta[name]) for name in _META if name in meta})
        else:
            whole = given if each.type == "PodSpec" else spec
            result[each.go] = _convert(each.type, given, whole)
    return result


def _ordered(value: Any) -> Any:
    return dict(sorted(value.items())) if isinstance(value, dict) else value


def _difference(old: Object, new: Object) -> str:
    lines = list(difflib.unified_diff(_pretty(old), _pretty(new), n=3))
    return "".join(lines[2:])  # the first two name files


def _convert(kind: str, value: Any, spec: Object | None) -> Any:
    if kind.startswith("*"):
        if kind == "*PodSecurityContext":
            value = value or {}
        return None if value is None else _convert(kind[1:], value, spec)
    if kind.startswith("[]"):
        return [_convert(kind[2:], each, spec) for each in value] if value else None
    if kind.startswith("{}"):
        return {key: _convert(kind[2:], value[key], spec) for key in sorted(value)} if value else None
    if kind in _ZERO:
        return _ZERO[kind] if value is None else value
    return dump(kind, value or {}, spec)


_META = (
    "name", "generateName", "namespace", "selfLink", "uid", "resourceVersion", "generation",
    "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "labels", "annotations",
    "ownerReferences", "finalizers", "managedFields",
)  # fmt: skip
_ZERO: dict[str, Any] = {"str": "", "int": 0, "bool": False, "qty": "0", "raw": None, "raw0": 0}


def _pretty(value: Object) -> list[str]:
    text = json.dumps(value, indent=1, ensure_ascii=False)
    for char, escape in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(char, escape)
    lines = text.split("\n")
    return [f"{line}\n" for line in lines]


@cache
def _structs() -> dict[str, list[_Field]]:
    text = resources.files(__package__).joinpath("internal_types.txt").read_text(encoding="utf-8")
    structs = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            name, *words = line.split()
            structs[name] = [_field(word) for word in words]
    return structs


def _field(word: str) -> _Field:
    go, _, rest = word.partition(":")
    kind, _, name = rest.partition("=")
    name = name or go[0].lower() + go[1:]
    return _Field(go, kind, name.removeprefix("^"), name.startswith("^"))
