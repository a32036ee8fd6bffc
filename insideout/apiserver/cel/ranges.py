"""Sizes and costs that are not known exactly: at least and at most.

Source: github.com/google/cel-go/checker/cost.go.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

from insideout.apiserver.cel.syntax import Expr
from insideout.apiserver.cel.types import Type

UNBOUNDED = 2**64 - 1


class Range(NamedTuple):
    """A size or a cost: at least and at most; sums and products stop at 2**64 - 1."""

    least: int
    most: int

    def plus(self, other: "Range") -> "Range":
        """Return the sum."""
        return Range(min(self.least + other.least, UNBOUNDED), min(self.most + other.most, UNBOUNDED))

    def times(self, other: "Range") -> "Range":
        """Return the product."""
        return Range(min(self.least * other.least, UNBOUNDED), min(self.most * other.most, UNBOUNDED))

    def scaled(self, factor: float) -> "Range":
        """Return the product with a factor, rounded up."""
        return Range(_scaled(self.least, factor), _scaled(self.most, factor))

    def union(self, other: "Range") -> "Range":
        """Return the range that has both."""
        return Range(min(self.least, other.least), max(self.most, other.most))


def _scaled(value: int, factor: float) -> int:
    return min(math.ceil(min(value, UNBOUNDED) * factor), UNBOUNDED) if value else 0


UNKNOWN, ZERO, ONE = Range(0, UNBOUNDED), Range(0, 0), Range(1, 1)


class Node(NamedTuple):
    """An argument: where its value comes from, its type, the expression, and its size where that is seen."""

    path: list[str]
    type: Type
    expr: Expr | None
    size: Range | None


class Estimate(NamedTuple):
    """What a call costs, and how big its result is."""

    cost: Range
    size: Range | None = None


SizeAt = Callable[[list[str]], Range | None]
"""Returns the size of what is declared at a path."""
Estimator = Callable[[str, str, Node | None, list[Node], SizeAt], Estimate | None]
"""Estimates a call of a function that is not CEL's own; None when it knows nothing of it."""
