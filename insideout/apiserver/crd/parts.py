"""The parts of a custom resource, each with the schema that describes it."""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]


def parts(schema: Schema | None, value: Any, path: str = "") -> Iterator[tuple[Schema, Any, str]]:
    """Yield the schema, the value and the path of `value` itself and of all below it that has a schema."""
    if schema is None:
        return
    yield schema, value, path
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from parts(schema.get("items"), item, f"{path}[{index}]")
    elif isinstance(value, dict):
        properties, others = schema.get("properties") or {}, schema.get("additionalProperties")
        for name in sorted(value):
            if name in properties:
                yield from parts(properties[name], value[name], below(path, name))
            elif isinstance(others, Mapping):
                yield from parts(others, value[name], f"{path}[{name}]")


def below(path: str, name: str) -> str:
    """Return the path of a field."""
    return f"{path}.{name}" if path else name
