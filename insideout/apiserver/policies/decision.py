"""What one ValidatingAdmissionPolicy decides about a request.

Source: k8s.io/apiserver/pkg/admission/plugin/policy/validating/{plugin,validator}.go@v1.36.2.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeVar

from insideout.apiserver.cel.programs import Program
from insideout.apiserver.cel.reading import ParserMissingError
from insideout.apiserver.cel.types import BOOL, NULL, STRING
from insideout.apiserver.cel.values import EvaluationError
from insideout.apiserver.policies.conditions import (
    BUDGET,
    Budget,
    Compiler,
    Composed,
    ExpressionError,
    evaluated,
    matched,
)

Object = dict[str, Any]
_MESSAGE_BYTES = 5 * 1024


class Denial(NamedTuple):
    """Why a policy is against a request; `reason` is the Status's, "" for that of an error."""

    message: str
    reason: str = ""


class Result(NamedTuple):
    """What a policy has to say: denials, audit annotations, and why annotations could not be told."""

    denials: list[Denial]
    annotations: Mapping[str, str] = MappingProxyType({})
    broken: Sequence[str] = ()


@dataclass
class Policy:
    """A policy with its expressions compiled; `error` says why that was impossible."""

    spec: Object
    conditions: list[Program] = field(default_factory=list)
    variables: dict[str, Program] = field(default_factory=dict)
    validations: list[tuple[Object, Program, Program | None]] = field(default_factory=list)
    annotations: list[tuple[str, Program]] = field(default_factory=list)
    error: str = ""

    @property
    def ignores(self) -> bool:
        """Whether a request passes when the policy itself fails."""
        return self.spec.get("failurePolicy") == "Ignore"

    def decide(self, variables: Mapping[str, Any]) -> Result:
        """Ask the policy about the request that `variables` tell of."""
        if self.error:
            return self._failed(self.error)
        try:
            if not matched(self.conditions, variables):
                return Result([])
            return self._validated(variables)
        except (EvaluationError, ExpressionError) as problem:
            return self._failed(str(problem))

    def _failed(self, why: str) -> Result:
        return Result([] if self.ignores else [Denial(why)])

    def _validated(self, variables: Mapping[str, Any]) -> Result:
        composed = Composed(self.variables, variables)
        budget = Budget(BUDGET)
        values: list[Any] = []
        for _, program, _ in self.validations:
            try:
                values.append(evaluated(program, variables, budget, composed))
            except EvaluationError as problem:
                values.append(problem)
        denials: list[Denial] = []
        for (spec, _, message), value in zip(self.validations, values, strict=True):
            if isinstance(value, EvaluationError):
                denials += [] if self.ignores else [Denial(str(value))]
            elif value is not True:
                text = _message(spec, message, variables, budget, composed)
                denials.append(Denial(text, spec.get("reason") or "Invalid"))
        return self._annotated(denials, variables, composed)

    def _annotated(self, denials: list[Denial], variables: Mapping[str, Any], composed: Composed) -> Result:
        found: dict[str, str] = {}
        broken: list[str] = []
        budget = Budget(BUDGET)
        for key, program in self.annotations:
            try:
                value = evaluated(program, variables, budget, composed)
            except EvaluationError as problem:
                broken += [] if self.ignores else [str(problem)]
                continue
            if isinstance(value, str) and value.strip():
                found[key] = value.strip()
            elif value is not None and not isinstance(value, str):
                broken.append(
                    f"valueExpression '{program.text}' resulted in unsupported return type. "
                    "Return type must be either string or null."
                )
        return Result(denials, found, broken)


def _message(
    spec: Object, program: Program | None, variables: Mapping[str, Any], budget: Budget, composed: Composed
) -> str:
    said = ""
    if program is not None:
        try:
            value = evaluated(program, variables, budget, composed)
        except EvaluationError:
            value = None
        said = value.strip() if isinstance(value, str) else ""
        if len(said.encode()) > _MESSAGE_BYTES or "\n" in said:
            said = ""
    return said or (spec.get("message") or "").strip() or f"failed expression: {spec['expression'].strip()}"


def compiled(spec: Object) -> Policy:
    """Return a stored policy ready to be asked."""
    policy = Policy(spec)
    compiler = Compiler(params=spec.get("paramKind") is not None)
    try:
        policy.conditions, policy.variables = compiler.begin(spec)
        for each in spec.get("validations") or ():
            message = each.get("messageExpression")
            made = compiler.compile(message, STRING, authorizer=False) if message else None
            policy.validations.append((each, compiler.compile(each["expression"], BOOL), made))
        for each in spec.get("auditAnnotations") or ():
            program = compiler.compile(each["valueExpression"].strip(), STRING, NULL)
            policy.annotations.append((each["key"], program))
    except ExpressionError as problem:
        policy.error = f"compilation error: {problem}"
    except ParserMissingError as problem:
        policy.error = str(problem)
    return policy


_Ready = TypeVar("_Ready")


class Compiled(Generic[_Ready]):
    """Policies as they were compiled, for as long as their spec is the same object."""

    def __init__(self, compile_: Callable[[Object], _Ready]) -> None:
        self._compile = compile_
        self._found: dict[str, tuple[Object, _Ready]] = {}

    def of(self, name: str, spec: Object) -> _Ready:
        """Return a policy ready to be asked."""
        held = self._found.get(name)
        if held is None or held[0] is not spec:
            held = self._found[name] = (spec, self._compile(spec))
        return held[1]
