"""Sets of fields, written exactly as `metadata.managedFields[*].fieldsV1` shows them.

A set is a tree of nested dicts.  Each key is one step into an object:

    "f:replicas"           the field, or map key, "replicas"
    'k:{"name":"nginx"}'   the element of a map list that has this name
    'v:"example.com/hold"' the element of a set that is this value

and a path is in the set when its last step leads to an empty dict, or to one that contains ".":

    {"f:spec": {"f:replicas": {}, "f:containers": {'k:{"name":"nginx"}': {".": {}, "f:image": {}}}}}

holds .spec.replicas, .spec.containers[name="nginx"] and its .image; it does not hold .spec itself.  So the
server's own format is the data structure: nothing is encoded or decoded, only other clients' spelling is put
right.

Sets are never changed in place, so parts of one can be shared by another.

Source: sigs.k8s.io/structured-merge-diff/v6/fieldpath/{set,element,serialize-pe}.go.
"""

import json
from collections.abc import Iterator
from typing import Any

FieldSet = dict[str, Any]
"""A set of fields: nested dicts, as above."""

Path = tuple[str, ...]
"""The steps to one field."""

SELF = "."


def field(name: str) -> str:
    """Return the step to the field `name`."""
    return f"f:{name}"


def key(values: dict[str, Any]) -> str:
    """Return the step to the list element with these key fields."""
    return f"k:{_json({name: values[name] for name in sorted(values)})}"


def value(item: Any) -> str:
    """Return the step to the element `item` of a set."""
    return f"v:{_json(item)}"


def _json(content: Any) -> str:
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False)


def is_member(node: FieldSet) -> bool:
    """Tell whether the step that leads to `node` ends a path of the set."""
    return not node or SELF in node


def insert(fields: FieldSet, path: Path) -> None:
    """Add one path to a set under construction; the whole object (the empty path) is never in a set."""
    if not path:
        return
    for step in path[:-1]:
        if step in fields and not fields[step]:
            fields[step] = {SELF: {}}  # it was a leaf; now it has something below it
        fields = fields.setdefault(step, {})
    found = fields.get(path[-1])
    if found is None:
        fields[path[-1]] = {}
    elif found:
        found[SELF] = {}


def union(one: FieldSet, other: FieldSet) -> FieldSet:
    """Return what is in either set."""
    if not one or not other:
        return one or other
    result = {**one, **other}
    for step in one.keys() & other.keys() - {SELF}:
        result[step] = _node(
            is_member(one[step]) or is_member(other[step]), union(_below(one[step]), _below(other[step]))
        )
    return result


def intersection(one: FieldSet, other: FieldSet) -> FieldSet:
    """Return what is in both sets."""
    result: FieldSet = {}
    for step in one.keys() & other.keys() - {SELF}:
        below = intersection(_below(one[step]), _below(other[step]))
        member = is_member(one[step]) and is_member(other[step])
        if member or below:
            result[step] = _node(member, below)
    return result


def difference(one: FieldSet, other: FieldSet) -> FieldSet:
    """Return what is in `one` and not in `other`; what is only below a path of `other` stays."""
    result: FieldSet = {}
    for step, node in one.items():
        if step not in other or step == SELF:
            result[step] = node
            continue
        below = difference(_below(node), _below(other[step]))
        member = is_member(node) and not is_member(other[step])
        if member or below:
            result[step] = _node(member, below)
    return result


def without(fields: FieldSet, roots: FieldSet) -> FieldSet:
    """Return `fields` without the paths of `roots` and without everything below them."""
    result: FieldSet = {}
    for step, node in fields.items():
        if step not in roots:
            result[step] = node
        elif not is_member(roots[step]):
            below = without(_below(node), roots[step])
            if is_member(node) or below:
                result[step] = _node(is_member(node), below)
    return result


def contains(fields: FieldSet, path: Path) -> bool:
    """Tell whether `path` is in the set."""
    for step in path:
        if step not in fields:
            return False
        fields = fields[step]
    return bool(path) and is_member(fields)


def paths(fields: FieldSet, before: Path = ()) -> Iterator[Path]:
    """Yield every path of the set: on each level first those that end there, both in upstream's order."""
    steps = sorted((each for each in fields if each != SELF), key=_order)
    for step in steps:
        if is_member(fields[step]):
            yield (*before, step)
    for step in steps:
        if fields[step]:
            yield from paths(fields[step], (*before, step))


def printed(path: Path) -> str:
    """Return a path as messages show it: `.spec.containers[name="nginx"].image`."""
    return "".join(_printed_step(each) for each in path)


def canonical(fields: Any) -> FieldSet:
    """Return a set that a client sent in canonical spelling; steps of unknown kinds are left out.

    Raises ValueError when it is not a set.
    """
    if not isinstance(fields, dict):
        raise ValueError("not an object")
    result: FieldSet = {}
    for step, node in fields.items():
        kind, _, content = step.partition(":")
        if step == SELF:
            result[SELF] = {}
        elif len(step) < 2 or step[1] != ":":
            raise ValueError(f"missing colon: {step}")
        elif kind == "k":
            keys = json.loads(content)
            if not isinstance(keys, dict):
                raise ValueError(f"not an object: {content}")
            result[key(keys)] = canonical(node)
        elif kind == "v":
            result[value(json.loads(content))] = canonical(node)
        elif kind == "f" or (kind == "i" and content.lstrip("-").isdigit()):
            result[step] = canonical(node)
    return result


def in_order(fields: FieldSet) -> FieldSet:
    """Return the set with its steps in upstream's order, for the wire."""
    return {step: in_order(fields[step]) for step in sorted(fields, key=_order)}


def _below(node: FieldSet) -> FieldSet:
    return {step: each for step, each in node.items() if step != SELF} if SELF in node else node


def _node(member: bool, below: FieldSet) -> FieldSet:
    return {SELF: {}, **below} if member and below else below


def _order(step: str) -> tuple[int, str, Any]:
    """Return what sorts steps: fields, then keys, then values, each by content and numbers by size."""
    kind, _, content = step.partition(":")
    if kind == "k":
        return (1, "", [(name, _comparable(each)) for name, each in sorted(json.loads(content).items())])
    if kind == "v":
        return (2, "", _comparable(json.loads(content)))
    return (0 if kind in ("f", SELF) else 3, step, ())


def _comparable(content: Any) -> tuple[int, float, str]:
    if isinstance(content, bool):
        return (2, float(content), "")
    if isinstance(content, int | float):
        return (0, float(content), "")
    return (1, 0.0, content) if isinstance(content, str) else (3, 0.0, _json(content))


def _printed_step(step: str) -> str:
    kind, _, content = step.partition(":")
    match kind:
        case "f":
            return f".{content}"
        case "k":
            keys = json.loads(content)
            return f"[{','.join(f'{name}={_json(each)}' for name, each in sorted(keys.items()))}]"
        case "v":
            return f"[={content}]"
        case _:
            return f"[{content}]"
