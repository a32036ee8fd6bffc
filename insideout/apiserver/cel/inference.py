"""What types come to as an expression is checked: parameters that get a meaning, overloads that fit.

Source: github.com/google/cel-go/checker/checker.go:resolveOverload, newTypeVar, isAssignable.
"""

from collections.abc import Iterator, Sequence

from insideout.apiserver.cel import unification
from insideout.apiserver.cel.signatures import Overload
from insideout.apiserver.cel.types import DYN, Type


class Inference:
    """What type parameters have come to mean so far."""

    def __init__(self) -> None:
        self._mapping: unification.Mapping = {}
        self._fresh = 0

    def known(self, type_: Type, *, free_to_dyn: bool = False) -> Type:
        """Return a type with what is known of its parameters; others become dyn if asked for."""
        return unification.substitute(self._mapping, type_, free_to_dyn=free_to_dyn)

    def assignable(self, one: Sequence[Type], other: Sequence[Type]) -> bool:
        """Tell whether the types agree, and remember what parameters have to mean for that."""
        found = unification.assignable(self._mapping, one, other)
        if found is not None:
            self._mapping = found
        return found is not None

    def type_variable(self) -> Type:
        """Return a parameter of which nothing is known yet."""
        self._fresh += 1
        return Type("param", f"_var{self._fresh}")

    def joined(self, previous: Type | None, current: Type) -> Type:
        """Return the type of a list's elements after one more."""
        if previous is None:
            return current
        if self.assignable([previous], [current]):
            return unification.most_general(previous, current)
        return DYN  # `literals` says what is mixed where it must not be

    def resolve(
        self, overloads: Sequence[Overload], arguments: Sequence[Type], *, member: bool
    ) -> tuple[Type | None, list[str]]:
        """Return what a call gives and the overloads that it may mean; no type where there is none."""
        result: Type | None = None
        matching: list[str] = []
        for overload in overloads:
            if overload.member != member:
                continue
            wanted, gives = self._instance(overload)
            if not self.assignable(arguments, wanted):
                continue
            matching.append(overload.id)
            returned = self.known(gives)
            if result is None:
                result = returned
            elif result != DYN and returned != result:
                result = DYN
        return result, matching

    def _instance(self, overload: Overload) -> tuple[list[Type], Type]:
        """Return an overload's types with parameters of this call's own."""
        names = dict.fromkeys(each for type_ in (*overload.args, overload.result) for each in _params(type_))
        fresh = {each: self.type_variable() for each in names}
        args = [unification.substitute(fresh, each) for each in overload.args]
        return args, unification.substitute(fresh, overload.result)


def _params(type_: Type) -> Iterator[Type]:
    if type_.kind == "param":
        yield type_
    for inner in type_.params:
        yield from _params(inner)
