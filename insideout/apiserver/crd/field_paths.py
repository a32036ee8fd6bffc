"""Paths to fields as rules and columns write them: .spec.field and .labels['some key'].

Source: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go (ValidFieldPath)@v1.36.2.
"""

import re
from collections.abc import Mapping

from insideout.apiserver.crd.parts import Schema

_STEP = re.compile(r"\.([^.\[\]']*)|\['((?:[^'\\]|\\.)*)'\]", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    "'": "'",
    "\\": "\\",
}


def field_path(text: str, schema: Schema, *, brackets: bool = True) -> tuple[str, Schema | None]:
    """Return a path as messages write it, and the schema there; ("", None) for a path to nothing."""
    path, here, at = "", schema, 0
    while at < len(text):
        step = _STEP.match(text, at)
        if step is None or (step[1] is None and not brackets):
            return "", None
        name = (
            step[1] if step[1] is not None else _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], ""), step[2])
        )
        at = step.end()
        properties, others = here.get("properties"), here.get("additionalProperties")
        if properties is not None:
            if name not in properties:
                return "", None
            path, here = f"{path}.{name}" if path else name, properties[name]
        elif isinstance(others, Mapping):
            path, here = f"{path}[{name}]", others
        else:
            return "", None
    return (path, here) if path else ("", None)
