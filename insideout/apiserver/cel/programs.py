"""Expressions made ready to run: read, checked, planned, and remembered.

Source: k8s.io/apiserver/pkg/cel/environment/{base,environment}.go@v1.36.2.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from insideout.apiserver.cel.checker import Checked, check
from insideout.apiserver.cel.literals import check_literals, check_patterns
from insideout.apiserver.cel.names import Declared, Fields, no_fields, no_structs
from insideout.apiserver.cel.planning import planned
from insideout.apiserver.cel.reading import parse
from insideout.apiserver.cel.steps import Run, Step
from insideout.apiserver.cel.syntax import Expr
from insideout.apiserver.cel.types import Type
from insideout.apiserver.cel.values import CostExceededError, EvaluationError

PER_CALL_LIMIT = 1_000_000
"""What one expression may cost."""


@dataclass(frozen=True)
class Program:
    """An expression that can be run; `type` is what it evaluates to."""

    text: str
    expr: Expr
    checked: Checked
    step: Step

    @property
    def type(self) -> Type:
        """The type of the value."""
        return self.checked.types[self.expr.id]

    def reads(self, variable: str) -> bool:
        """Tell whether the expression mentions a variable."""
        return variable in self.checked.variables

    def run(self, variables: Mapping[str, Any], limit: int = PER_CALL_LIMIT) -> "Outcome":
        """Evaluate, and return the value with what it cost; a value is missing when it raised.

        The outcome's `error` is an EvaluationError, or a CostExceededError when `limit` was not enough.
        """
        run = Run(variables, limit)
        try:
            return Outcome(self.step(run), None, run.cost)
        except (EvaluationError, CostExceededError) as problem:
            return Outcome(None, problem, run.cost)


@dataclass(frozen=True)
class Outcome:
    """What came of a run."""

    value: Any
    error: Exception | None
    cost: int


@dataclass
class Environment:
    """The variables that expressions may read, with their types; each text is compiled once."""

    variables: Mapping[str, Type]
    fields: Fields = no_fields
    structs: Callable[[str], bool] = no_structs
    _programs: dict[str, Program] = field(default_factory=dict)

    def compile(self, text: str) -> Program:
        """Return a program; raises CompileError, or ParserMissingError without the extra."""
        if text not in self._programs:
            expr, source = parse(text)
            checked = check(expr, source, Declared(self.variables, self.fields, self.structs))
            check_literals(expr, source, checked)
            check_patterns(expr)
            self._programs[text] = Program(text, expr, checked, planned(expr, checked))
        return self._programs[text]
