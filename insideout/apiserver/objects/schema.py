"""The schema of every built-in kind: the official client's model classes, one struct at a time.

A model class names each field and its OpenAPI type.  The modules of the classes are read as text, without
importing them: the client's package takes about a second to import, one class a tenth of a millisecond.
`go_fields.txt` adds what OpenAPI leaves out: pointers, zero values that are written, and Go's own types.

Source: kubernetes.client.models (openapi_types, attribute_map) of the official client 36.0.3.
"""

import ast
import importlib.util
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

from insideout.apiserver.objects import go_json, go_scalars, go_types
from insideout.apiserver.objects.go_types import ListOf, MapOf, Notes, Type

_TABLE = re.compile(r"    (openapi_types|attribute_map) = (\{.*?\n    \})", re.DOTALL)
_REQUIRED = re.compile(r'raise ValueError\("Invalid value for `(\w+)`, must not be `None`"\)')
_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_MODEL = re.compile(r"(?:[A-Z][a-z]+)?(V\d+)(\w+)")
_FACT = re.compile(r"([^*!:]+)(\*?)(!?)(?::(.+))?")
_ITEMS = re.compile(r"(list|dict)[\[(](?:str, )?(.*)[\])]")


class Field(NamedTuple):
    """One field of a struct."""

    type: Type
    openapi: str
    pointer: bool
    """Zero is a value of its own, not absence."""
    always: bool
    """Written even when zero."""
    required: bool
    """OpenAPI calls it required."""

    def zero(self) -> Any:
        """Return what Go writes when the field is not set."""
        return None if self.pointer else self.type.zero()


class Struct:
    """One struct: its fields by their JSON names, and how values of it are read."""

    def __init__(self, model: str) -> None:
        self.model = model
        self.go = _go_name(model)
        self.name = self.go.partition(".")[2]
        self.fields = _fields(model)
        self._always = {name: field for name, field in self.fields.items() if field.always}

    def read(self, value: Any, at: str, owner: str, notes: Notes) -> Any:
        """Return the struct as Go would write it back; None for null."""
        if not isinstance(value, dict):
            if value is not None:
                notes.mismatch(value, self.go, at, owner)
            return None
        again = value.names if type(value) is go_json.Repeated else ()
        fields = self.fields
        result = {}
        for name, item in value.items():
            field = fields.get(name)
            where = f"{at}.{name}" if at else name
            if field is None:
                notes.unknown(where)
                continue
            if name in again:
                notes.repeated(where)
            if item is not None:
                read = field.type.read(item, where, self.name, notes)
                if read or (read is not None and (field.pointer or field.always)):
                    result[name] = read
        for name, field in self._always.items():
            if name not in result:
                result[name] = field.zero()
        return result

    def zero(self) -> dict[str, Any]:
        """Return what Go writes for a struct that was never set."""
        return {name: field.zero() for name, field in self._always.items()}


class StructType:
    """A field whose value is a struct, loaded when the first one is read."""

    def __init__(self, model: str) -> None:
        self.model = model
        self.go = _go_name(model)

    def read(self, value: Any, at: str, owner: str, notes: Notes) -> Any:
        """Return the struct."""
        return struct(self.model).read(value, at, owner, notes)

    def zero(self) -> Any:
        """Return the struct with all fields unset."""
        return struct(self.model).zero()


class SchemaOr:
    """A JSON schema, or a bool or list in its place: v1.JSONSchemaPropsOrBool and its like."""

    def __init__(self, go: str) -> None:
        self.go = go

    def read(self, value: Any, at: str, owner: str, notes: Notes) -> Any:
        """Return it; fields that the schema does not know go unnoticed in here, as in Go."""
        if isinstance(value, dict):
            return struct("V1JSONSchemaProps").read(value, at, owner, Notes())
        if isinstance(value, list):
            return [self.read(each, at, owner, notes) for each in value]
        return go_types.plain(value)

    def zero(self) -> Any:
        """Return null."""
        return None


@cache
def struct(model: str) -> Struct:
    """Return the struct of a model class such as "V1PodSpec".  Raises KeyError if the client has none."""
    return Struct(model)


@cache
def has_model(model: str) -> bool:
    """Tell whether the official client has this model class."""
    return (_models() / f"{_module(model)}.py").is_file()


@cache
def openapi(model: str) -> Mapping[str, tuple[str, bool]]:
    """Return each field's OpenAPI type, such as "list[V1Container]", and whether it is required."""
    path = _models() / f"{_module(model)}.py"
    if not path.is_file():
        raise KeyError(model)
    text = path.read_text(encoding="utf-8")
    tables = {name: ast.literal_eval(body) for name, body in _TABLE.findall(text)}
    required = set(_REQUIRED.findall(text))
    types, names = tables["openapi_types"], tables["attribute_map"]
    return {names[each]: (types[each], each in required) for each in types}


def _fields(model: str) -> dict[str, Field]:
    facts = _facts().get(model, {})
    fields = {}
    for name, (openapi_type, required) in openapi(model).items():
        pointer, always, go = facts.get(name, (False, False, ""))
        if not always and (openapi_type == "datetime" or _MODEL.fullmatch(openapi_type)):
            pointer = True
        fields[name] = Field(_type(openapi_type, go), openapi_type, pointer, always, required)
    return fields


def _type(openapi_type: str, go: str) -> Type:
    items = _ITEMS.fullmatch(openapi_type)
    if items and items[1] == "list":
        return ListOf(_type(items[2], go[2:] if go.startswith("[]") else ""), go)
    if items:
        if go == "v1.ResourceList":
            return MapOf(go_scalars.ResourceQuantity(), go)
        return MapOf(_type(items[2], go.partition("]")[2] if go.startswith("map[") else ""), go)
    if _MODEL.fullmatch(openapi_type):
        return StructType(openapi_type)
    return _scalar(openapi_type, go)


def _scalar(openapi_type: str, go: str) -> Type:
    match openapi_type, go:
        case _, "resource.Quantity":
            return go_scalars.Quantity()
        case _, "[]uint8":
            return go_scalars.Bytes()
        case _, "intstr.IntOrString":
            return go_scalars.IntOrString()
        case "object", _ if go.startswith("v1.JSONSchemaPropsOr"):
            return SchemaOr(go)
        case "bool", _:
            return go_scalars.Bool()
        case "int", _:
            return go_scalars.Int(go or "int32")
        case "float", _:
            return go_scalars.Float()
        case "datetime", _:
            return go_scalars.Time(go or "v1.Time")
        case "str", _:
            return go_scalars.String(go or "string")
    return go_types.Raw(go or "interface {}")


def _go_name(model: str) -> str:
    """Return what Go's messages call a model class: "v1.PodSpec" for V1PodSpec."""
    match = _MODEL.fullmatch(model)
    return f"{match[1].lower()}.{match[2]}" if match else model


@cache
def _facts() -> dict[str, dict[str, tuple[bool, bool, str]]]:
    text = resources.files(__package__).joinpath("go_fields.txt").read_text(encoding="utf-8")
    facts = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            model, *words = line.split()
            matches = [match for match in map(_FACT.fullmatch, words) if match]
            facts[model] = {each[1]: (bool(each[2]), bool(each[3]), each[4] or "") for each in matches}
    return facts


def _module(model: str) -> str:
    return _WORD_START.sub("_", model).lower()


@cache
def _models() -> Path:
    found = importlib.util.find_spec("kubernetes")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("the official client is not installed: pip install kubernetes==36.0.3")
    return Path(found.submodule_search_locations[0]) / "client" / "models"
