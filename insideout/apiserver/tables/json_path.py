r"""The paths of a CRD's printer columns, in kubectl's dialect of JSONPath.

`.spec.size`, `.metadata.annotations.example\.com/name`, `.spec['a-b']`, `.spec.ports[0].port`,
`.spec.ports[-1]`, `.spec.ports[*].port`, `.status.conditions[?(@.type=="Ready")].status`.

The general JSONPath libraries follow RFC 9535, which writes keys with dots and hyphens in another way.  Left
out: slices, unions, recursive descent, and comparisons other than == and !=.

Source: k8s.io/client-go/util/jsonpath/{parser,jsonpath}.go@v1.36.2.
"""

import json
import re
from functools import cache
from typing import Any, NamedTuple

from insideout.apiserver.patch.go_values import printed


class Step(NamedTuple):
    """One step: a key, an index, `*`, or a comparison that elements must pass."""

    kind: str
    key: str = ""
    operator: str = ""
    wanted: Any = None


_KEY = r"(?:\\.|[^\\.\[\]])+"
_FILTERED = r"""(?:\\.|[^\\.\[\]=!<>\s()'"])+"""
_STEP = re.compile(
    rf"""\.(?P<star>\*) | \.(?P<key>{_KEY}) | \['(?P<quoted>[^']*)'\] | \[(?P<index>-?\d+)\] | \[(?P<all>\*)\]
    | \[\?\(\s*@(?P<path>(?:\.{_FILTERED})*)\s*
      (?:(?P<operator>==|!=)\s*(?P<wanted>"[^"]*"|'[^']*'|[^\s)]+)\s*)?\)\]""",
    re.VERBOSE,
)


@cache
def parse(path: str) -> tuple[Step, ...]:
    """Return the steps of a path.  Raises ValueError when it is not one of the forms above."""
    steps: list[Step] = []
    position = 0
    path = path.strip()
    while position < len(path):
        found = _STEP.match(path, position)
        if found is None:
            if path == ".":
                break
            raise ValueError(f"unrecognized JSONPath at {path[position:]!r}")
        steps.append(_step(found.groupdict()))
        position = found.end()
    return tuple(steps)


def _step(parts: dict[str, str | None]) -> Step:
    if parts["star"] or parts["all"]:
        return Step("all")
    if parts["index"] is not None:
        return Step("index", parts["index"])
    if parts["path"] is not None:
        wanted = parts["wanted"]
        return Step(
            "filter", parts["path"], parts["operator"] or "", None if wanted is None else _literal(wanted)
        )
    if parts["quoted"] is not None:
        return Step("key", parts["quoted"])
    return Step("key", re.sub(r"\\(.)", r"\1", parts["key"] or ""))


def _literal(text: str) -> Any:
    if text[:1] in "\"'":
        return text[1:-1]
    try:
        return json.loads(text)
    except ValueError:
        return text


def find(path: str, value: Any) -> list[Any]:
    """Return everything that `path` leads to in `value`."""
    found = [value]
    for step in parse(path):
        found = [result for each in found for result in _take(step, each)]
    return found


def _take(step: Step, value: Any) -> list[Any]:
    match step.kind:
        case "key":
            return [value[step.key]] if isinstance(value, dict) and step.key in value else []
        case "index":
            index = int(step.key)
            return [value[index]] if isinstance(value, list) and -len(value) <= index < len(value) else []
        case "all":
            return (
                list(value.values())
                if isinstance(value, dict)
                else list(value)
                if isinstance(value, list)
                else []
            )
        case _:
            items = value if isinstance(value, list) else []
            return [each for each in items if _passes(step, each)]


def _passes(step: Step, item: Any) -> bool:
    found = find(step.key, item)
    if not step.operator:
        return bool(found)
    equal = bool(found) and type(found[0]) is type(step.wanted) and found[0] == step.wanted
    return equal if step.operator == "==" else bool(found) and not equal


def text(value: Any) -> str:
    """Return a value as a column of type string shows it."""
    if isinstance(value, dict | list):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
    return printed(value)
