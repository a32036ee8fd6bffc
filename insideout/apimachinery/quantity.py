"""Quantities as numbers: what "250m", "64Mi" or "1e3" is worth, exactly.

Where the notation matters too (adding "1Gi" to "64Mi" and writing it back), see
`insideout.apimachinery.amount`.

Source: k8s.io/apimachinery/pkg/api/resource/quantity.go@v1.36.2.
"""

from decimal import ROUND_CEILING, Decimal
from typing import Any

from insideout.apimachinery import amount


def parse(quantity: Any) -> Decimal:
    """Return the exact value of a quantity: a string, or the bare number that YAML makes of `cpu: 2`.

    Raises ValueError for anything else.
    """
    if isinstance(quantity, bool) or not isinstance(quantity, str | int | float):
        raise ValueError(f"a quantity is a string or a number, not {type(quantity).__name__}")
    return amount.parse(str(quantity)).value


def milli(quantity: Any) -> int:
    """Return the quantity in thousandths, rounded up as Go's MilliValue does; a Decimal is one already."""
    exact = quantity if isinstance(quantity, Decimal) else parse(quantity)
    return int((exact * 1000).to_integral_value(ROUND_CEILING))


def value(quantity: Any) -> int:
    """Return the quantity rounded up to a whole number, such as bytes of memory."""
    return int(parse(quantity).to_integral_value(ROUND_CEILING))
