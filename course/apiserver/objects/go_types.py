"""Go's types as a JSON decoder sees them: what each accepts, what it makes of it, what it says otherwise.

Reading a value gives what the API server would write back: zero values dropped, amounts and times in their
canonical form.  A value of the wrong type does not end the reading: Go reports the first one at the end.
A text that a type cannot parse does end it.

Source: encoding/json/decode.go of Go 1.26; k8s.io/apimachinery/pkg/{api/resource,util/intstr,apis/meta/v1}
@v1.36.2 (UnmarshalJSON).
"""

import base64
import binascii
import re
from typing import Any, Protocol

from course.apimachinery import amount
from course.apiserver.objects import go_json, go_time

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


class String:
    """A string, or a named string type such as v1.Protocol."""

    def __init__(self, go: str = "string") -> None:
        self.go = go

    def read(self, value: Any, at: str, owner: str, notes: Notes) -> Any:
        """Return the string."""
        if type(value) is str:
            return value
        if value is not None:
            notes.mismatch(value, self.go, at, owner)
        return ""

    def zero(self) -> Any:
        """Return the empty string."""
        return ""


class Bool:
    """A bool."""

    go = "bool"

    def read(self, value: Any, at: str, owner: str, notes: Notes) -> Any:
        """Return the bool."""
        if type(value) is bool:
            return value
        if value is not None:
            notes.mismatch(value, self.go, at, owner)
        return False

    def zero(self) -> Any:
        """Return False."""
        return False


class Int:
    """An integer of 32 or 64 bits."""

    def __init__(self, go: str) -> None:
        self.go = go
        self._limit: int = 2**63 if go == "int64" else 2**31

    def read(self, value: Any, at: str, owner: str, notes: Notes) -> Any:
        """Return the integer."""
        if type(value) is int and -self._limit <= value < self._limit:
            return value
        if value is not None:
            notes.mismatch(value, self.go, at, owner, digits=True)
        return 0

    def zero(self) -> Any:
        """Return 0."""
        return 0


class Float:
    """A float64."""

    go = "float64"

    def read(self, value: Any, at: str, owner: str, notes: Notes) -> Any:
        """Return the number."""
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1.8e308:
            return plain(value)
        if value is not None:
            notes.mismatch(value, self.go, at, owner, digits=True)
        return 0

    def zero(self) -> Any:
        """Return 0."""
        return 0


class Quantity:
    """An amount such as "500m": a string, or whatever JSON writes, read as text."""

    go = "resource.Quantity"

    def read(self, value: Any, at: str, owner: str, notes: Notes) -> Any:
        """Return its canonical text."""
        if value is None:
            return "0"
        if type(value) is not str:
            text = value.text if isinstance(value, go_json.Fraction) else str(value)
            value = text if not isinstance(value, bool) else text.lower()
        return amount.parse(value.strip()).text

    def zero(self) -> Any:
        """Return "0"."""
        return "0"


class ResourceQuantity(Quantity):
    """An amount in a resource list: nothing below a thousandth."""

    def read(self, value: Any, at: str, owner: str, notes: Notes) -> Any:
        """Return its canonical text, rounded up to thousandths."""
        return amount.round_up_to_milli(amount.parse(super().read(value, at, owner, notes))).text


class Time:
    """A time of whole seconds or, for v1.MicroTime, of microseconds; unset it is null."""

    def __init__(self, go: str = "v1.Time") -> None:
        self.go = go
        self._layout = go_time.RFC3339_MICRO if go == "v1.MicroTime" else go_time.RFC3339

    def read(self, value: Any, at: str, owner: str, notes: Notes) -> Any:
        """Return the time in UTC."""
        if value is None:
            return None
        if type(value) is not str:
            raise ValueError(_cannot(value, "string"))
        return go_time.normalize(value, self._layout)

    def zero(self) -> Any:
        """Return null."""
        return None


class IntOrString:
    """A number or a name or percentage, such as 8080, "http" or "25%"."""

    go = "intstr.IntOrString"

    def read(self, value: Any, at: str, owner: str, notes: Notes) -> Any:
        """Return the int or the string."""
        if type(value) is str or (type(value) is int and -(2**31) <= value < 2**31):
            return value
        if value is None:
            return 0
        raise ValueError(_cannot(value, "int32"))

    def zero(self) -> Any:
        """Return 0."""
        return 0


class Bytes:
    """Bytes in base64."""

    go = "[]uint8"

    def read(self, value: Any, at: str, owner: str, notes: Notes) -> Any:
        """Return the same bytes in canonical base64."""
        if value is None:
            return None
        if type(value) is not str:
            notes.mismatch(value, self.go, at, owner)
            return ""
        return base64.b64encode(decode_base64(value)).decode()

    def zero(self) -> Any:
        """Return null."""
        return None


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
        if type(value) is go_json.Repeated:
            for name in value.names:
                notes.repeated(f"{at}.{name}")
        read, zero = self.item.read, self.item.zero
        items = ((key, read(each, at, owner, notes)) for key, each in value.items())
        return {key: zero() if item is None else item for key, item in items}

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


def decode_base64(text: str) -> bytes:
    """Return the bytes that `text` writes.  Raises ValueError with Go's words."""
    kept = text.replace("\r", "").replace("\n", "")
    try:
        return base64.b64decode(kept, validate=True)
    except (binascii.Error, ValueError):
        body = re.match(r"[A-Za-z0-9+/]*", text)
        at = len(body[0]) if body else 0
        raise ValueError(
            f"illegal base64 data at input byte {at - at % 4 if at == len(text) else at}"
        ) from None


def _cannot(value: Any, go: str) -> str:
    return f"json: cannot unmarshal {describe(value, digits=go == 'int32')} into Go value of type {go}"
