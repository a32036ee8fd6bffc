"""Paths to fields as rules and columns write them: .spec.field and .labels['some key'].

Source: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go (ValidFieldPath)@v1.36.2.
"""

import re
from collections.abc import Mapping

from insideout.apiserver.crd.parts import Schema

_TOKEN = re.compile(r"'(?:[^'\\]|\\.)*'|[.\[\]]|[^.\[\]']+|'.*", re.DOTALL)
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


def field_path(text: str, schema: Schema, *, brackets: bool = True) -> tuple[str, Schema]:
    """Return a path as messages write it, and the schema there.

    `brackets` tells whether ['name'] is allowed.  Raises ValueError with upstream's words for other paths.
    """
    path, here = "", schema
    tokens = _TOKEN.findall(text)
    while tokens:
        token = tokens.pop(0)
        if token == "[":
            if not brackets:
                raise ValueError("array notation is not allowed")
            name = _quoted(_next(tokens))
            closing, named = "]", here
        elif token == ".":
            name, closing, named = _next(tokens), "", here
        else:
            raise ValueError(f"expected [ or . but got: {token}")
        path, here = _below(path, name, named)
        if closing and (found := _next(tokens)) != closing:
            raise ValueError(f"expected ] but got {found}")
    return path, here


def _next(tokens: list[str]) -> str:
    if not tokens:
        raise ValueError("unexpected end of JSON path")
    return tokens.pop(0)


def _quoted(token: str) -> str:
    if len(token) < 2 or not token.startswith("'") or not token.endswith("'"):
        raise ValueError(f"expected single quoted string but got {token}")

    def plain(found: re.Match[str]) -> str:
        if found[1] not in _ESCAPED:
            raise ValueError(f"invalid string literal: invalid escape char {found[0]}")
        return _ESCAPED[found[1]]

    return _ESCAPE.sub(plain, token[1:-1])


def _below(path: str, name: str, schema: Schema) -> tuple[str, Schema]:
    properties, others = schema.get("properties"), schema.get("additionalProperties")
    if properties is not None:
        if name not in properties:
            raise ValueError("does not refer to a valid field")
        return f"{path}.{name}" if path else name, properties[name]
    if not isinstance(others, Mapping):
        raise ValueError("does not refer to a valid field")
    return f"{path}[{name}]", others
