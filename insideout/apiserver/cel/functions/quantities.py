"""Quantities such as "500m", compared and added.

Source: k8s.io/apiserver/pkg/cel/library/quantity.go@v1.36.2.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from insideout.apimachinery import amount
from insideout.apimachinery.amount import Amount
from insideout.apiserver.cel.values import INT_MAX, INT_MIN, EvaluationError, no_such_overload


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity as a value."""

    amount: Amount
    TYPE: ClassVar[str] = "kubernetes.Quantity"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Quantity) and self.amount.value == other.amount.value

    def __hash__(self) -> int:
        return hash(self.amount.value)

    def compared(self, other: "Quantity") -> int:
        """Return -1, 0 or 1."""
        return (self.amount.value > other.amount.value) - (self.amount.value < other.amount.value)


def quantity(text: Any) -> Quantity:
    """Read a quantity."""
    if not isinstance(text, str):
        raise no_such_overload()
    try:
        return Quantity(amount.parse(text))
    except ValueError as problem:
        raise EvaluationError(str(problem)) from None


def is_quantity(text: Any) -> bool:
    """Tell whether a text is a quantity."""
    try:
        quantity(text)
    except EvaluationError as problem:
        if str(problem) == "no such overload":
            raise
        return False
    return True


def _is_integer(value: Quantity) -> bool:
    number = value.amount.value
    return number == number.to_integral_value() and INT_MIN <= number <= INT_MAX


def _as_integer(value: Quantity) -> int:
    if not _is_integer(value):
        raise EvaluationError("cannot convert value to integer")
    return int(value.amount.value)


def _operand(value: Any) -> Amount:
    if isinstance(value, Quantity):
        return value.amount
    return amount.of(Decimal(int(value)), "DecimalSI")


def _negative(value: Amount) -> Amount:
    return amount.of(-value.value, value.format)


def _add(value: Quantity, other: Any) -> Quantity:
    return Quantity(amount.add(value.amount, _operand(other)))


def _sub(value: Quantity, other: Any) -> Quantity:
    return Quantity(amount.add(value.amount, _negative(_operand(other))))


FUNCTIONS: dict[str, Any] = {
    "quantity": quantity,
    "isQuantity": is_quantity,
    "sign": lambda value: (value.amount.value > 0) - (value.amount.value < 0),
    "asApproximateFloat": lambda value: float(value.amount.value),
    "asInteger": _as_integer,
    "isInteger": _is_integer,
    "add": _add,
    "sub": _sub,
}
