"""Reads YAML as the API server does: into what JSON could have said.

Keys become strings, dates stay text, a key that appears twice is remembered, and aliases may not blow up.
PyYAML's scanner is a port of the same library as Go's, so most refusals have the same words; not all do.

Source: sigs.k8s.io/yaml@v1.6.0 (YAMLToJSON).
"""

import re
from contextlib import suppress
from typing import Any

import yaml

from insideout.apiserver.objects import go_json
from insideout.apiserver.objects.go_json import MAX_DEPTH
from insideout.apiserver.objects.go_types import plain

_MOST_NODES = 100_000
_TOO_DEEP = "yaml: exceeded max depth"
_GO_WORDS = {"mapping values are not allowed here": "mapping values are not allowed in this context"}
_STRING_OR_TAB = re.compile(rb'"(?:[^"\\]|\\.)*"|\t', re.DOTALL)
_ALIASES = "yaml: document contains excessive aliasing"


class _Loader(yaml.SafeLoader):
    """Safe, and without times: a date is text here."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _first in "yYnN":  # YAML 1.1 has them, Go's library too, PyYAML has not
    _Loader.yaml_implicit_resolvers[_first] = [
        *_Loader.yaml_implicit_resolvers.get(_first, []),
        ("tag:yaml.org,2002:bool", re.compile(r"^[yYnN]$")),
    ]
_Loader.bool_values = {**yaml.SafeLoader.bool_values, "y": True, "n": False}


def loads(data: bytes) -> Any:
    """Return the value that `data` writes.  Raises ValueError in the API server's style.

    What is JSON, as most clients send it, is read as such: it is quicker, and tabs may indent it.
    """
    if data.lstrip()[:1] == b"{":
        with suppress(ValueError):  # it may be YAML's flow style
            value = go_json.loads(data)
            if not _has_repeated(value):
                return plain(value)
            data = _without_tabs(data)  # read again for the lines, by a scanner that takes no tabs
    if go_json.depth(data, 10 * MAX_DEPTH) > 10 * MAX_DEPTH:  # flow style nests without line breaks
        raise ValueError(_TOO_DEEP)
    try:
        loader = _Loader(data.decode("utf-8", "replace"))
        try:
            node = loader.get_single_node()
            return None if node is None else _Builder(loader, len(data)).build(node, 0)
        finally:
            loader.dispose()
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f"line {mark.line + 1}: " if mark else ""
        problem = error.problem or error.context or ""
        raise ValueError(f"yaml: {line}{_GO_WORDS.get(problem, problem)}") from None
    except yaml.YAMLError as error:
        raise ValueError(f"yaml: {' '.join(str(error).split())}") from None


def _has_repeated(value: Any) -> bool:
    if isinstance(value, dict):
        return isinstance(value, go_json.Repeated) or any(map(_has_repeated, value.values()))
    return isinstance(value, list) and any(map(_has_repeated, value))


def _without_tabs(data: bytes) -> bytes:
    """Return JSON with spaces for the tabs between its tokens."""
    return _STRING_OR_TAB.sub(lambda found: b" " if found[0] == b"\t" else found[0], data)


class Repeated(dict[str, Any]):
    """A mapping that names some keys more than once; `lines` says where."""

    lines: tuple[str, ...] = ()


class _Builder:
    """Makes a value of a graph of nodes, counting so that aliases cannot multiply it without end."""

    def __init__(self, loader: _Loader, text_bytes: int) -> None:
        self._loader = loader
        self._nodes = 0
        self._most_nodes = max(_MOST_NODES, text_bytes)  # each node that is no alias takes a byte at least

    def build(self, node: yaml.Node, depth: int) -> Any:
        self._nodes += 1
        if self._nodes > self._most_nodes:
            raise ValueError(_ALIASES)
        if depth > MAX_DEPTH:
            raise ValueError(_TOO_DEEP)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, depth + 1) for item in node.value]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, depth)
        try:
            value = self._loader.construct_object(node)
        except (ValueError, OverflowError):
            raise ValueError(f"yaml: line {node.start_mark.line + 1}: cannot read {node.value!r}") from None
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, str):
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return value if value is None or isinstance(value, int | float) else str(node.value)

    def _mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, Any]:
        try:
            self._loader.flatten_mapping(node)
        except RecursionError:
            raise ValueError(_TOO_DEEP) from None
        result = Repeated()
        again: dict[str, None] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else ""
            if key in result:
                again[f'line {key_node.start_mark.line + 1}: key "{key}" already set in map'] = None
            result[key] = self.build(value_node, depth + 1)
        result.lines = tuple(again)
        return result if again else dict(result)


def duplicates(value: Any) -> list[str]:
    """Return a line for each key that appears twice, as a strict reading reports them."""
    found: list[str] = []
    if isinstance(value, Repeated):
        found += value.lines
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        found += duplicates(each)
    return found
