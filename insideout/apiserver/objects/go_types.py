"""Go's types as a JSON decoder sees them: what each accepts, what it makes of it, what it says otherwise.

Reading a value gives what the API server would write back: zero values dropped, amounts and times in their
canonical form.  A value of the wrong type does not end the reading: Go reports the first one at the end.
A text that a type cannot parse does end it.

Source: encoding/json/decode.go of Go 1.26.
"""

import re
from typing import Any, Protocol

from insideout.apiserver.objects import go_json

_INDEX = re.compile(r"\[\d+\]")


class Notes:
    """What decoding noticed: fields the schema does not know or sees twice, and the first wrong type."""

    __slots__ = ("strict", "wrong_type")

    def __init__(self) -> None:
        self.strict: dict[str, None] = {}
        self.wrong_type = ""

    def unknown(self, at: str) -> None:
        """Note a field that the schema does not have."""
        self.strict[f'unknown field "{at}"'] = None

    def repeated(self, at: str) -> None:
        """Note a field that the text has twice."""
        self.strict[f'duplicate field "{at}"'] = None

    def mismatch(self, value: Any, go: str, at: str, owner: str, *, digits: bool = False) -> None:
        """Note a value of the wrong type in a field of the struct `owner`; `digits` shows which number."""
        if not self.wrong_type:
            where = f"Go struct field {owner}.{_INDEX.sub('', at)}" if at else "Go value"
            self.wrong_type = (
                f"json: cannot unmarshal {describe(value, digits=digits)} into {where} of type {go}"
            )


def describe(value: Any, *, digits: bool = False) -> str:
    """Return what Go's messages call a JSON value."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        if not digits:
            return "number"
        return f"number {value.text if isinstance(value, go_json.Fraction) else value}"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


class Type(Protocol):
    """One Go type."""

    @property
    def go(self) -> str:
        """Its name in messages, such as "[]v1.Container"."""

    def read(self, value: Any, at: str, owner: str, notes: Notes) -> Any:
        """Return what `value` means, zero if it is of the wrong type.  Raises ValueError on bad text."""

    def zero(self) -> Any:
        """Return the value of a variable that was never set."""


class Raw:
    """JSON of any form: runtime.RawExtension, v1.FieldsV1, v1.JSON."""

    def __init__(self, go: str) -> None:
        self.go = go

    def read(self, value: Any, at: str, owner: str, notes: Notes) -> Any:
        """Return the value as it is."""
        return plain(value)

    def zero(self) -> Any:
        """Return null."""
        return None


class ListOf:
    """A slice."""

    def __init__(self, item: Type, go: str = "") -> None:
        self.item = item
        self.go = go or f"[]{item.go}"

    def read(self, value: Any, at: str, owner: str, notes: Notes) -> Any:
        """Return the list."""
        if type(value) is not list:
            if value is not None:
                notes.mismatch(value, self.go, at, owner)
            return None
        read, zero = self.item.read, self.item.zero
        items = (read(each, f"{at}[{index}]", owner, notes) for index, each in enumerate(value))
        return [zero() if item is None else item for item in items]

    def zero(self) -> Any:
        """Return null."""
        return None


class MapOf:
    """A map from strings."""

    def __init__(self, item: Type, go: str = "") -> None:
        self.item = item
        self.go = go or f"map[string]{item.go}"

    def read(self, value: Any, at: str, owner: str, notes: Notes) -> Any:
        """Return the map."""
        if not isinstance(value, dict):
            if value is not None:
                notes.mismatch(value, self.go, at, owner)
            return None
        again = value.names if type(value) is go_json.Repeated else ()
        read = self.item.read
        found = {}
        for key, each in value.items():
            if key in again:
                notes.repeated(f"{at}.{key}")
            item = read(each, at, owner, notes)
            found[key] = self._nothing() if item is None else item
        return found

    def _nothing(self) -> Any:
        """Return what null is under a key: the item's zero; bytes are none, but not missing."""
        return "" if self.item.go == "[]uint8" else self.item.zero()

    def zero(self) -> Any:
        """Return null."""
        return None


def plain(value: Any) -> Any:
    """Return free-form JSON without the marks that reading left on it."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, go_json.Fraction):
        number = float(value)
        if number in (float("inf"), float("-inf")):
            raise ValueError(f"json: cannot unmarshal number {value.text} into Go value of type float64")
        return int(number) if number.is_integer() and abs(number) < 2**53 else number
    return value
