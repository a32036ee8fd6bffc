"""The expressions of PromQL, as the parser makes them.

Left out: `@`, native histograms, `bool`, set operators other than and, or, unless, and `count_values`.

Source: prometheus/promql/parser/ast.go@v3.14.0.
"""

import re
from dataclasses import dataclass

from insideout.monitoring.samples import Labels


@dataclass(frozen=True)
class Matcher:
    """A condition on one label: `operator` is =, !=, =~ or !~."""

    label: str
    operator: str
    text: str

    def holds(self, labels: Labels) -> bool:
        """Whether labels meet it; a missing label is the empty text."""
        value = labels.get(self.label, "")
        if self.operator in ("=", "!="):
            return (value == self.text) == (self.operator == "=")
        return bool(re.fullmatch(self.text, value)) == (self.operator == "=~")


@dataclass(frozen=True)
class Number:
    """A number by itself."""

    value: float


@dataclass(frozen=True)
class Selector:
    """Series by their labels, `offset_s` before; with `range_s` all samples of that long, else the latest."""

    matchers: tuple[Matcher, ...]
    range_s: float | None = None
    offset_s: float = 0.0


@dataclass(frozen=True)
class Subquery:
    """An instant expression evaluated every `step_s` over `range_s`."""

    inner: "Expression"
    range_s: float
    step_s: float
    offset_s: float = 0.0


@dataclass(frozen=True)
class Call:
    """A function with its arguments."""

    name: str
    arguments: tuple["Expression", ...]


@dataclass(frozen=True)
class Aggregation:
    """sum, max and the like; `by` says whether `labels` are kept or dropped."""

    name: str
    inner: "Expression"
    labels: tuple[str, ...] = ()
    by: bool = True
    parameter: "Expression | None" = None


@dataclass(frozen=True)
class Binary:
    """Two sides; `labels` are those matched on, or not matched on when `on` is false."""

    operator: str
    left: "Expression"
    right: "Expression"
    on: bool = False
    labels: tuple[str, ...] = ()


Expression = Number | Selector | Subquery | Call | Aggregation | Binary
