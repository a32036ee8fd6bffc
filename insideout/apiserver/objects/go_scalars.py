"""Go's simple types, and those that Kubernetes writes as text: amounts, times, int-or-strings, bytes.

Each reads a value as go_types.Type says: the canonical form, or a note or an error in Go's words.

Source: encoding/json/decode.go of Go 1.26; k8s.io/apimachinery/pkg/{api/resource,util/intstr,apis/meta/v1}
@v1.36.2 (UnmarshalJSON).
"""

import base64
import binascii
import re
from typing import Any

from insideout.apimachinery import amount
from insideout.apiserver.objects import go_json, go_time
from insideout.apiserver.objects.go_types import Notes, describe, plain


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
