"""The rows of custom resources: the columns that their definition asks for, or name and age.

Source: k8s.io/apiextensions-apiserver/pkg/registry/customresource/tableconvertor/tableconvertor.go@v1.36.2.
"""

from datetime import datetime
from typing import Any

from insideout.apiserver.kinds import Kind
from insideout.apiserver.tables import json_path
from insideout.apiserver.tables.ages import age
from insideout.apiserver.tables.columns import NAME, Cells, Column, Object, Printer, name_of

_AGE = {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"}


def printer_of(kind: Kind) -> Printer:
    """Return how a custom kind is shown."""
    asked = (kind.definition or {}).get("additionalPrinterColumns") or [_AGE]
    columns = tuple(
        Column(
            each["name"],
            _description(each),
            each["type"],
            each.get("priority", 0),
            each.get("format", ""),
        )
        for each in asked
    )

    def row(obj: Object, now: datetime) -> Cells:
        return [name_of(obj), *(_cell(each["type"], each["jsonPath"], obj, now) for each in asked)]

    return Printer((NAME, *columns), row)


def _description(column: Object) -> str:
    if column is _AGE:
        return "V1ObjectMeta.creationTimestamp"
    default = f"Custom resource definition column (in JSONPath format): {column['jsonPath']}"
    return str(column.get("description") or default)


def _cell(type_: str, path: str, obj: Object, now: datetime) -> Any:
    try:
        found = json_path.find(path, obj)
    except ValueError:
        return None
    if not found:
        return None
    value = found[0]
    number = isinstance(value, int | float) and not isinstance(value, bool)
    match type_:
        case "string":
            return json_path.text(value)
        case "integer":
            return int(value) if number else None
        case "number":
            return float(value) if number else None
        case "boolean":
            return value if isinstance(value, bool) else None
        case "date" if isinstance(value, str):
            return _date(value, now)
        case _:
            return None


def _date(text: str, now: datetime) -> str:
    try:
        return age(text, now)
    except ValueError:
        return "<invalid>"
