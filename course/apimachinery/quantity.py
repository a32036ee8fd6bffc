"""Quantities: the numbers of Kubernetes objects, such as "250m", "64Mi" or "1e3", read exactly.

Source: k8s.io/apimachinery/pkg/api/resource/quantity.go@v1.36.2.
"""

import re
from decimal import ROUND_CEILING, Decimal, localcontext
from typing import Any

_SUFFIXES = {
    "": Decimal(1),
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    "k": Decimal(10**3),
    "M": Decimal(10**6),
    "G": Decimal(10**9),
    "T": Decimal(10**12),
    "P": Decimal(10**15),
    "E": Decimal(10**18),
    "Ki": Decimal(2**10),
    "Mi": Decimal(2**20),
    "Gi": Decimal(2**30),
    "Ti": Decimal(2**40),
    "Pi": Decimal(2**50),
    "Ei": Decimal(2**60),
}
_FORM = re.compile(r"^([+-]?(?:\d+(?:\.\d*)?|\.\d+))(?:[eE]([+-]?\d{1,3})|([numkMGTPE]|[KMGTPE]i))?$")


def parse(quantity: Any) -> Decimal:
    """Return the exact value of a quantity: a string, or the bare number that YAML makes of `cpu: 2`.

    Raises ValueError for anything else.
    """
    if isinstance(quantity, bool) or not isinstance(quantity, str | int | float):
        raise ValueError(f"a quantity is a string or a number, not {type(quantity).__name__}")
    match = _FORM.match(str(quantity))
    if match is None:
        raise ValueError(f"not a quantity: {str(quantity)!r} (examples: 250m, 1.5, 64Mi)")
    number, exponent, suffix = match.groups()
    with localcontext() as context:
        context.prec = 1000  # enough for every digit of any input above: the product is exact
        return Decimal(number) * (Decimal(10) ** int(exponent) if exponent else _SUFFIXES[suffix or ""])


def value(quantity: Any) -> int:
    """Return the quantity rounded up to a whole number, such as bytes of memory."""
    return int(parse(quantity).to_integral_value(ROUND_CEILING))


def milli_value(quantity: Any) -> int:
    """Return the quantity in thousandths, rounded up, such as millicores of cpu."""
    return int((parse(quantity) * 1000).to_integral_value(ROUND_CEILING))
