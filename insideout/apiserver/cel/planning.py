"""Making a tree ready to run: each node becomes a step once, and what is constant is computed once.

Source: github.com/google/cel-go/interpreter/{planner,decorators}.go.
"""

from typing import Any

from insideout.apiserver.cel.checker import Checked
from insideout.apiserver.cel.functions import FUNCTIONS
from insideout.apiserver.cel.steps import (
    Run,
    Step,
    alternative,
    conditional,
    field_of,
    free,
    function,
    indexed,
    logic,
    make_list,
    make_map,
    make_struct,
    member,
    not_strictly_false,
    optional_field_of,
    presence,
    value_or_error,
    variable,
)
from insideout.apiserver.cel.syntax import (
    Call,
    Comprehension,
    Expr,
    Ident,
    ListExpr,
    Literal,
    MapExpr,
    Select,
    StructExpr,
)
from insideout.apiserver.cel.values import LISTS, MAPS, EvaluationError, TypeValue, no_such_overload

_CONVERSIONS = ("bool", "bytes", "double", "duration", "dyn", "int", "string", "timestamp", "uint")


def planned(expr: Expr, checked: Checked) -> Step:
    """Return a function that evaluates a checked expression; it raises EvaluationError for no value."""
    return _Planner(checked).plan(expr)


class _Planner:
    def __init__(self, checked: Checked) -> None:
        self._checked = checked
        self._constants: dict[int, Any] = {}
        """The values of nodes that are the same in every run; they cost nothing."""

    def plan(self, expr: Expr) -> Step:
        """Return the function of one node."""
        if expr.id in self._checked.constants:
            return self._constant(expr, TypeValue(self._checked.constants[expr.id]))
        match expr:
            case Literal():
                return self._constant(expr, expr.value)
            case Ident():
                return variable(expr.name)
            case Select():
                operand = self.plan(expr.operand)
                return presence(operand, expr.field) if expr.test else field_of(operand, expr.field)
            case Call():
                return self._call(expr)
            case ListExpr():
                return self._list(expr)
            case MapExpr():
                return self._map(expr)
            case StructExpr():
                entries = [(str(each.key), self.plan(each.value), each.optional) for each in expr.entries]
                return make_struct(expr.name.removeprefix("."), entries)
            case Comprehension():
                return self._fold(expr)
        raise TypeError(f"{type(expr).__name__} cannot be evaluated")

    def _constant(self, expr: Expr, value: Any) -> Step:
        self._constants[expr.id] = value
        return lambda run: value

    def _are_constant(self, exprs: list[Expr]) -> bool:
        return all(each.id in self._constants for each in exprs)

    def _list(self, expr: ListExpr) -> Step:
        elements = [self.plan(each) for each in expr.elements]
        if self._are_constant(expr.elements) and not expr.optional:
            return self._constant(expr, [self._constants[each.id] for each in expr.elements])
        return make_list(elements, expr.optional)

    def _map(self, expr: MapExpr) -> Step:
        entries = [(self.plan(each.key), self.plan(each.value), each.optional) for each in expr.entries]
        parts = [part for each in expr.entries for part in (each.key, each.value)]
        if self._are_constant(parts) and not any(each.optional for each in expr.entries):
            pairs = [(self._constants[each.key.id], self._constants[each.value.id]) for each in expr.entries]
            if len(dict(pairs)) == len(pairs):  # a key that is there twice is a mistake of the run
                return self._constant(expr, dict(pairs))
        return make_map(entries)

    def _converted(self, expr: Call) -> Step | None:
        """Return what a conversion of a constant comes to, computed once; None for any other call."""
        if expr.function not in _CONVERSIONS or expr.target is not None or not self._are_constant(expr.args):
            return None
        try:
            return self._constant(expr, FUNCTIONS[expr.function](self._constants[expr.args[0].id]))
        except EvaluationError:
            return None

    def _branch(self, expr: Expr) -> Step:
        """Return the step of a conditional's side or of an index, where a name by itself costs nothing."""
        step = self.plan(expr)
        return free(step) if isinstance(expr, Ident) and expr.id not in self._checked.constants else step

    def _call(self, expr: Call) -> Step:
        given = [*([expr.target] if expr.target is not None else []), *expr.args]
        args = [self.plan(each) for each in given]
        converted = self._converted(expr)
        if converted is not None:
            return converted
        match expr.function:
            case "_&&_":
                return logic(args, decided_by=False)
            case "_||_":
                return logic(args, decided_by=True)
            case "_?_:_":
                return conditional(args[0], self._branch(expr.args[1]), self._branch(expr.args[2]))
            case "@not_strictly_false":
                return not_strictly_false(args[0])
            case "_[_]":
                return indexed(args[0], self._branch(expr.args[1]))
            case "or" | "orValue":
                return alternative(*args, whole=expr.function == "or")
            case "_?._":
                return optional_field_of(args[0], expr.args[1])
            case "@in" if isinstance(self._constants.get(expr.args[1].id), list):
                return member(*args)
        overloads = self._checked.overloads.get(expr.id) or [""]
        return function(expr.function, overloads[0], args)

    def _fold(self, expr: Comprehension) -> Step:
        over, init, condition, step, result = (
            self.plan(each) for each in (expr.range, expr.init, expr.condition, expr.step, expr.result)
        )
        var, var2, accu = expr.var, expr.var2, expr.accu

        def fold(run: Run) -> Any:
            values = over(run)
            if not isinstance(values, (*LISTS, *MAPS)):
                raise no_such_overload()
            outer = {name: run.variables[name] for name in (var, var2, accu) if name in run.variables}
            run.variables[accu] = init(run)
            entries = enumerate(values) if isinstance(values, LISTS) else ((key, key) for key in values)
            try:
                for key, value in entries:
                    if var2:
                        run.variables[var] = key
                        run.variables[var2] = value if isinstance(values, LISTS) else values[key]
                    else:
                        run.variables[var] = value
                    if condition(run) is not True:
                        break
                    run.variables[accu] = value_or_error(step, run)
                return result(run)
            finally:
                for name in (var, var2, accu):
                    run.variables.pop(name, None)
                run.variables.update(outer)

        return fold
