"""The steps of a run: what each kind of node does, and what it costs.

Costs are cel-go's: a name and a field cost 1, a list 10, a map 30, an object 40, a function what `costs`
says.

Source: github.com/google/cel-go/interpreter/{interpretable,attributes,runtimecost}.go.
"""

from collections.abc import Callable, Mapping
from typing import Any

from insideout.apiserver.cel.costs import call_cost
from insideout.apiserver.cel.functions import FUNCTIONS
from insideout.apiserver.cel.functions.operators import index, look_up
from insideout.apiserver.cel.functions.optionals import optional_field, optional_index
from insideout.apiserver.cel.syntax import Expr, Literal
from insideout.apiserver.cel.values import (
    MAPS,
    CostExceededError,
    EvaluationError,
    Made,
    Optional,
    equal,
    no_such_overload,
)

_LIST_COST, _MAP_COST, _STRUCT_COST = 10, 30, 40


class Run:
    """One evaluation: the variables, and what it has cost so far."""

    __slots__ = ("cost", "limit", "variables")

    def __init__(self, variables: Mapping[str, Any], limit: int) -> None:
        self.variables: dict[str, Any] = dict(variables)
        self.limit = limit
        self.cost = 0

    def charge(self, cost: int) -> None:
        """Add to the cost; raise CostExceededError above the limit."""
        self.cost += cost
        if self.cost > self.limit:
            raise CostExceededError


Step = Callable[[Run], Any]


def value_or_error(step: Step, run: Run) -> Any:
    """Return what a step gives, its error as a value: a later step may absorb it."""
    try:
        return step(run)
    except EvaluationError as problem:
        return problem


def free(step: Step) -> Step:
    """Return a step whose cost is not counted."""

    def free(run: Run) -> Any:
        before = run.cost
        value = step(run)
        run.cost = before
        return value

    return free


def variable(name: str) -> Step:
    """Return a step that reads a variable."""

    def variable(run: Run) -> Any:
        run.charge(1)
        if name not in run.variables:
            raise EvaluationError(f"no such attribute(s): {name}")
        value = run.variables[name]
        if isinstance(value, EvaluationError):
            raise value
        return value

    return variable


def field_of(operand: Step, name: str) -> Step:
    """Return a step that reads operand.name."""

    def read(run: Run) -> Any:
        target = operand(run)
        run.charge(1)
        if isinstance(target, Optional):
            return optional_field(target, name)
        if not isinstance(target, MAPS):
            raise no_such_overload()
        found, value = look_up(target, name)
        if not found:
            raise EvaluationError(f"no such key: {name}")
        return value

    return read


def presence(operand: Step, name: str) -> Step:
    """Return a step for has(operand.name)."""

    def presence(run: Run) -> bool:
        target = operand(run)
        if isinstance(target, Optional):
            return optional_field(target, name).present
        if not isinstance(target, MAPS):
            raise no_such_overload()
        return look_up(target, name)[0]

    return presence


def make_list(elements: list[Step], optional: frozenset[int]) -> Step:
    """Return a step that makes a list."""

    def make(run: Run) -> list[Any]:
        made = []
        for at, element in enumerate(elements):
            value = element(run)
            if at not in optional:
                made.append(value)
            elif value.present:
                made.append(value.value)
        run.charge(_LIST_COST)
        return made

    return make


def make_map(entries: list[tuple[Step, Step, bool]]) -> Step:
    """Return a step that makes a map."""

    def make(run: Run) -> dict[Any, Any]:
        made: dict[Any, Any] = {}
        for key, value, optional in entries:
            name, given = key(run), value(run)
            if name in made:
                raise EvaluationError(f"Failed with repeated key: {name}")
            if not optional:
                made[name] = given
            elif given.present:
                made[name] = given.value
        run.charge(_MAP_COST)
        return made

    return make


def make_struct(name: str, entries: list[tuple[str, Step, bool]]) -> Step:
    """Return a step that makes an object of the type `name`."""

    def make(run: Run) -> Made:
        given = [(field, value(run), optional) for field, value, optional in entries]
        run.charge(_STRUCT_COST)
        kept = ((field, value, optional) for field, value, optional in given if not optional or value.present)
        return Made(name, {field: value.value if optional else value for field, value, optional in kept})

    return make


def logic(terms: list[Step], *, decided_by: bool) -> Step:
    """Return && or ||: one side alone may decide, whatever becomes of the other."""

    def logic(run: Run) -> bool:
        failure: EvaluationError | None = None
        for term in terms:
            value = value_or_error(term, run)
            if value is decided_by:
                return bool(value)
            if not isinstance(value, bool):
                failure = failure or (value if isinstance(value, EvaluationError) else no_such_overload())
        if failure is not None:
            raise failure
        return not decided_by

    return logic


def conditional(test: Step, if_true: Step, if_false: Step) -> Step:
    """Return a step for test ? if_true : if_false."""

    def conditional(run: Run) -> Any:
        found = test(run)
        if not isinstance(found, bool):
            raise no_such_overload()
        return if_true(run) if found else if_false(run)

    return conditional


def not_strictly_false(term: Step) -> Step:
    """Return a step that takes an error for true: a macro goes on after it."""

    def lenient(run: Run) -> bool:
        run.charge(1)
        return value_or_error(term, run) is not False

    return lenient


def optional_field_of(operand: Step, name: Expr) -> Step:
    """Return a step for operand.?name."""
    field = name.value if isinstance(name, Literal) else ""

    def optional(run: Run) -> Optional:
        found = optional_field(operand(run), field)
        run.charge(int(found.present))
        return found

    return optional


def member(value: Step, values: Step) -> Step:
    """Return `value in [literals]`, which is a look-up in a set and costs nothing."""

    def found_in(run: Run) -> bool:
        found = value(run)
        return any(equal(each, found) for each in values(run))

    return found_in


def indexed(container: Step, key: Step) -> Step:
    """Return a step for container[key]."""

    def indexed(run: Run) -> Any:
        values, at = container(run), key(run)
        run.charge(1)
        return optional_index(values, at) if isinstance(values, Optional) else index(values, at)

    return indexed


def alternative(given: Step, other: Step, *, whole: bool) -> Step:
    """Return optional.or() or orValue(), which look at the alternative only when they need it."""

    def alternative(run: Run) -> Any:
        value = given(run)
        if not isinstance(value, Optional):
            raise no_such_overload()
        if value.present:
            return value if whole else value.value
        return other(run)

    return alternative


def function(name: str, overload: str, args: list[Step]) -> Step:
    """Return a step that calls a function."""
    work = FUNCTIONS[name]

    def call(run: Run) -> Any:
        try:
            values = [each(run) for each in args]
        except EvaluationError:
            run.charge(1)  # a call costs, even if there is nothing to call it with
            raise
        try:
            result = work(*values)
        except (TypeError, AttributeError):
            raise no_such_overload() from None
        run.charge(call_cost(name, overload, values, result))
        return result

    return call
