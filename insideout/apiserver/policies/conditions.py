"""Expressions about a request: which variables they may read, and what comes of running several of them.

`object` and `oldObject` are dyn: the server does not know which kind a policy will meet.  Who checks a policy
against one kind gives the types of the variables.

Source: k8s.io/apiserver/pkg/admission/plugin/cel/{compile,condition,activation,composition}.go,
.../plugin/webhook/matchconditions/matcher.go@v1.36.2.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from insideout.apiserver.cel import types
from insideout.apiserver.cel.declared import Declared, field_type, structs_of
from insideout.apiserver.cel.names import no_structs
from insideout.apiserver.cel.programs import Environment, Outcome, Program
from insideout.apiserver.cel.reading import CompileError
from insideout.apiserver.cel.types import Type, list_of, map_of, struct
from insideout.apiserver.cel.values import CostExceededError, EvaluationError, TypedMap

Object = dict[str, Any]

BUDGET, MATCH_BUDGET = 10_000_000, 2_500_000
"""What all validations of a policy, and all its match conditions, may cost."""
OUT_OF_BUDGET = "validation failed due to running out of cost budget, no further validation rules will be run"
VARIABLES = "kubernetes.variables"
APPLY_CONFIGURATION, JSON_PATCHES = struct("Object"), list_of(struct("JSONPatch"))
"""What expressions of mutations give: `Object{...}`, or a list of `JSONPatch{...}`."""

_TEXT, _TEXTS = types.STRING, list_of(types.STRING)
_FIELDS: dict[str, dict[str, Type]] = {
    "kubernetes.GroupVersionKind": dict.fromkeys(("group", "version", "kind"), _TEXT),
    "kubernetes.GroupVersionResource": dict.fromkeys(("group", "version", "resource"), _TEXT),
    "kubernetes.UserInfo": {
        "username": _TEXT,
        "uid": _TEXT,
        "groups": _TEXTS,
        "extra": map_of(_TEXT, _TEXTS),
    },
    "kubernetes.AdmissionRequest": {
        **dict.fromkeys(("kind", "requestKind"), struct("kubernetes.GroupVersionKind")),
        **dict.fromkeys(("resource", "requestResource"), struct("kubernetes.GroupVersionResource")),
        **dict.fromkeys(("subResource", "requestSubResource", "name", "namespace", "operation"), _TEXT),
        "userInfo": struct("kubernetes.UserInfo"),
        "dryRun": types.BOOL,
        "options": types.DYN,
    },
    "kubernetes.Namespace": {
        "metadata": struct("kubernetes.NamespaceMetadata"),
        "spec": struct("kubernetes.NamespaceSpec"),
        "status": struct("kubernetes.NamespaceStatus"),
    },
    "kubernetes.NamespaceSpec": {"finalizers": _TEXTS},
    "kubernetes.NamespaceStatus": {
        "phase": _TEXT,
        "conditions": list_of(struct("kubernetes.NamespaceCondition")),
    },
    "kubernetes.NamespaceCondition": {
        **dict.fromkeys(("status", "type", "message", "reason"), _TEXT),
        "lastTransitionTime": types.TIMESTAMP,
    },
    "kubernetes.NamespaceMetadata": {
        **dict.fromkeys(("name", "generateName", "namespace", "UID", "resourceVersion"), _TEXT),
        **dict.fromkeys(("labels", "annotations"), map_of(_TEXT, _TEXT)),
        **dict.fromkeys(("creationTimestamp", "deletionTimestamp"), types.TIMESTAMP),
        **dict.fromkeys(("deletionGracePeriodSeconds", "generation"), types.INT),
        "finalizers": _TEXTS,
    },
}
_ALWAYS = {
    "object": types.DYN,
    "oldObject": types.DYN,
    "namespaceObject": struct("kubernetes.Namespace"),
    "request": struct("kubernetes.AdmissionRequest"),
}
_AUTHORIZER = {
    "authorizer": struct("kubernetes.authorization.Authorizer"),
    "authorizer.requestResource": struct("kubernetes.authorization.ResourceCheck"),
}


_PATCH_FIELDS = {**dict.fromkeys(("op", "path", "from"), _TEXT), "value": types.DYN}


def _is_patch(name: str) -> bool:
    """Tell whether mutations may write an object of this name down; a field's name follows its owner's."""
    return name in ("Object", "JSONPatch") or name.startswith("Object.")


class ExpressionError(Exception):
    """An expression that a policy may not have; its text says why."""


@dataclass
class Compiler:
    """Compiles the expressions of one policy; variables that were added may be read by those that follow."""

    params: bool = False
    composed: dict[str, Type] | None = None
    """The variables of the policy; None where expressions may not read any."""
    typed: Mapping[str, Declared] = field(default_factory=dict)
    """Variables that are known better than as dyn."""
    _environments: dict[tuple[bool, bool, int], Environment] = field(default_factory=dict)

    def compile(self, text: str, *returns: Type, authorizer: bool = True, patches: bool = False) -> Program:
        """Return a program that gives one of the types `returns` (any for none); raise ExpressionError.

        `patches`: the expression may write down what a mutation changes.
        """
        try:
            program = self._environment(authorizer, patches).compile(text)
        except CompileError as problem:
            raise ExpressionError(f"compilation failed: {problem}") from None
        if returns and program.type not in returns:
            wanted = _NAMES(returns[0]) if len(returns) == 1 else f"one of [{' '.join(map(_NAMES, returns))}]"
            raise ExpressionError(f"must evaluate to {wanted} but got {_NAMES(program.type)}")
        return program

    def begin(self, spec: Object) -> tuple[list[Program], dict[str, Program]]:
        """Return a stored policy's match conditions and variables; what follows may read the variables."""
        conditions = [
            self.compile(each["expression"].strip(), types.BOOL) for each in spec.get("matchConditions") or ()
        ]
        if spec.get("variables"):
            self.composed = {}
        variables = {}
        for each in spec.get("variables") or ():
            variables[each["name"]] = self.compile(each["expression"])
            self.add(each["name"], variables[each["name"]].type)
        return conditions, variables

    def add(self, name: str, type_: Type) -> None:
        """Let the expressions that follow read a variable."""
        if self.composed is not None:
            self.composed[name] = type_

    def _environment(self, authorizer: bool, patches: bool) -> Environment:
        key = (authorizer, patches, len(self.composed or ()))
        if key not in self._environments:
            known = dict(self.composed or {})
            variables = {
                **_ALWAYS,
                **({"params": types.DYN} if self.params else {}),
                **(_AUTHORIZER if authorizer else {}),
                **({"variables": struct(VARIABLES)} if self.composed is not None else {}),
                **{name: each.type for name, each in self.typed.items()},
            }
            objects = {
                name: each for typed in self.typed.values() for name, each in structs_of(typed).items()
            }

            def fields(owner: str, name: str) -> Type | None:
                if _is_patch(owner):
                    return _PATCH_FIELDS.get(name) if owner == "JSONPatch" else types.DYN
                if owner in objects:
                    return field_type(objects, owner, name)
                return known.get(name) if owner == VARIABLES else _FIELDS.get(owner, {}).get(name)

            self._environments[key] = Environment(variables, fields, _is_patch if patches else no_structs)
        return self._environments[key]


def _NAMES(type_: Type) -> str:  # noqa: N802  # a table with one exception
    return "null_type" if type_ == types.NULL else str(type_)


class Budget:
    """What a group of expressions may still cost."""

    def __init__(self, left: int) -> None:
        self.left = left

    def spend(self, cost: int) -> None:
        """Take a cost; raise ExpressionError when it is more than there is."""
        if cost > self.left:
            raise ExpressionError(OUT_OF_BUDGET)
        self.left -= cost


class Composed(TypedMap):
    """The variables of a policy, each evaluated when it is first read, once for a request."""

    def __init__(self, programs: Mapping[str, Program], variables: Mapping[str, Any]) -> None:
        super().__init__({})
        self._programs = programs
        self._variables = variables
        self._found: dict[str, Outcome] = {}
        self.cost = 0

    def find(self, key: Any) -> tuple[bool, Any]:
        """Return a variable's value; raises EvaluationError when it has none."""
        if key not in self._programs:
            return False, None
        if key not in self._found:
            self._found[key] = self._programs[key].run({**self._variables, "variables": self})
            self.cost += self._found[key].cost
        outcome = self._found[key]
        if outcome.error is not None:
            raise EvaluationError(f'composited variable "{key}" fails to evaluate: {outcome.error}')
        return True, outcome.value

    def names(self) -> list[str]:
        """Return their names."""
        return list(self._programs)

    def spent(self) -> int:
        """Return what evaluations have cost since this was last asked."""
        cost, self.cost = self.cost, 0
        return cost


def evaluated(
    program: Program, variables: Mapping[str, Any], budget: Budget, composed: Composed | None = None
) -> Any:
    """Return the value of an expression; raises EvaluationError, or ExpressionError without a budget."""
    bound = variables if composed is None else {**variables, "variables": composed}
    outcome = program.run(bound)
    if composed is not None:
        budget.spend(composed.spent())
    budget.spend(outcome.cost)
    if isinstance(outcome.error, EvaluationError | CostExceededError):
        raise EvaluationError(f"expression '{program.text}' resulted in error: {outcome.error}")
    return outcome.value


def matched(conditions: Sequence[Program], variables: Mapping[str, Any]) -> bool:
    """Tell whether all match conditions hold; one that does not decides, whatever becomes of the others.

    Raises EvaluationError with all their errors otherwise, ExpressionError without a budget.
    """
    budget, errors = Budget(MATCH_BUDGET), list[str]()
    found = []
    for program in conditions:
        try:
            found.append(evaluated(program, variables, budget))
        except EvaluationError as problem:
            errors.append(str(problem))
    if False in found:
        return False
    if errors:
        different = list(dict.fromkeys(errors))
        raise EvaluationError(different[0] if len(different) == 1 else f"[{', '.join(different)}]")
    return True
