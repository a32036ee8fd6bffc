"""Amounts: quantities together with the notation they were written in, added and written back as Go does.

"1Gi" plus "64Mi" is "1088Mi", "0.5" is stored as "500m", "1024Mi" as "1Gi": messages and stored objects
show these forms.  Where only the number matters, `insideout.apimachinery.quantity` is enough.

Left out: exponents of more than three digits, which no resource has.

Source: k8s.io/apimachinery/pkg/api/resource/{quantity,amount,suffix}.go@v1.36.2.
"""

import re
from decimal import ROUND_UP, Context, Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

Format = Literal["DecimalSI", "BinarySI", "DecimalExponent"]

FORMAT_WRONG = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
SUFFIX_WRONG = "unable to parse quantity's suffix"

_FORM = re.compile(r"([+-]?)(?=.)0*([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)", re.ASCII)
_EXPONENT = re.compile(r"[eE]([+-]?[0-9]{1,3})", re.ASCII)
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_DECIMAL_SUFFIX = {exponent: suffix for suffix, exponent in _DECIMAL.items()}
_BINARY_SUFFIX = {exponent: suffix for suffix, exponent in _BINARY.items()} | {0: ""}
_MOST_BINARY = Decimal(2**63 - 1)
_NANO = Decimal("1e-9")
_MILLI = Decimal("1e-3")
_EXACT = Context(prec=2000)  # enough for every digit of two inputs: sums and products are exact
_INT64_DIGITS = 18


class Amount(NamedTuple):
    """A quantity: its exact value, its notation, and its text as the API server writes it."""

    value: Decimal
    format: Format
    text: str

    def __str__(self) -> str:
        return self.text


ZERO = Amount(Decimal(0), "DecimalSI", "0")


@lru_cache(maxsize=4096)
def parse(text: str) -> Amount:
    """Return the amount that `text` writes.  Raises ValueError with the API server's words."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise ValueError(FORMAT_WRONG)
    sign, whole, fraction, suffix = match[1], match[2] or "0", match[3] or "", match[4]
    exponent, form = _interpret(suffix)
    digits = Decimal(f"{sign}{whole}.{fraction or 0}")
    if form == "BinarySI":
        value = _EXACT.multiply(digits, Decimal(2**exponent))
        capped = max(min(value, _MOST_BINARY), -_MOST_BINARY)
        value = capped.quantize(_NANO, ROUND_UP, _EXACT) if fraction else capped
        if 0 < abs(value) < 1:
            form = "DecimalSI"
        # Go keeps the text of an amount that is surely in its shortest form already.
        kept = not fraction and len(whole) + exponent * 3 // 10 < 15 and int(whole) & 7
    else:
        value = _EXACT.scaleb(digits, exponent)
        scale = exponent - len(fraction)
        if scale < -9:
            value = value.quantize(_NANO, ROUND_UP, _EXACT)
        shifted = whole + fraction
        short = len(shifted) <= _INT64_DIGITS and scale >= -9 and scale % 3 == 0
        kept = short and not shifted.endswith("000") and not shifted.startswith("0")
    return Amount(value, form, text if kept else _write(value, form))


def of(value: Decimal, form: Format) -> Amount:
    """Return the amount of an exact value in a notation."""
    return Amount(value, form, _write(value, form))


def add(left: Amount, right: Amount) -> Amount:
    """Return the sum, in the notation of the first of the two that is not zero."""
    form = left.format if left.value else right.format
    value = _EXACT.add(left.value, right.value)
    return Amount(value, form, _write(value, form))


def round_up_to_milli(amount: Amount) -> Amount:
    """Return the amount with anything below a thousandth rounded away from zero, as resource lists are."""
    if amount.value.as_tuple().exponent >= -3:  # type: ignore[operator]  # never an infinity or NaN
        return amount
    rounded = amount.value.quantize(_MILLI, ROUND_UP, _EXACT)
    return (
        amount
        if rounded == amount.value
        else amount._replace(value=rounded, text=_write(rounded, amount.format))
    )


def _interpret(suffix: str) -> tuple[int, Format]:
    if suffix in _DECIMAL:
        return _DECIMAL[suffix], "DecimalSI"
    if suffix in _BINARY:
        return _BINARY[suffix], "BinarySI"
    match = _EXPONENT.fullmatch(suffix)
    if match is None:
        raise ValueError(SUFFIX_WRONG)
    return int(match[1]), "DecimalExponent"


def _write(value: Decimal, form: Format) -> str:
    """Return the shortest text without a fraction: the largest suffix that leaves a whole number."""
    if not value:
        return "0"
    if form == "BinarySI" and abs(value) >= 1024 and value == value.to_integral_value(context=_EXACT):
        number, exponent = int(value), 0
        while number % 1024 == 0 and exponent < 60:
            number, exponent = number // 1024, exponent + 10
        return f"{number}{_BINARY_SUFFIX[exponent]}"
    sign, digits, shift = _EXACT.normalize(value).as_tuple()
    assert isinstance(shift, int)  # never an infinity or NaN
    text = ("-" if sign else "") + "".join(map(str, digits)) + "0" * (shift % 3)
    shift -= shift % 3
    if form == "DecimalExponent" or shift not in _DECIMAL_SUFFIX:
        return f"{text}e{shift}" if shift else text
    return text + _DECIMAL_SUFFIX[shift]
