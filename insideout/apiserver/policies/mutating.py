"""The admission plugin that lets MutatingAdmissionPolicies change objects, through their bindings.

Each mutation sees what those before it made of the object.

Left out: changes of what a subresource with a kind of its own shows, such as a scale.

Source: k8s.io/apiserver/pkg/admission/plugin/policy/mutating/dispatcher.go,
.../generic/policy_dispatcher.go@v1.36.2.
"""

from typing import Any, NamedTuple

from insideout.apiserver import strategy
from insideout.apiserver.cel.values import EvaluationError
from insideout.apiserver.kinds import Kind
from insideout.apiserver.policies.bound import Bound, Invocation, Misconfigured
from insideout.apiserver.policies.conditions import ExpressionError, matched
from insideout.apiserver.policies.decision import Compiled
from insideout.apiserver.policies.mutation import MutationError, Mutator, compiled_mutator
from insideout.apiserver.policies.request import Decides, variables_of
from insideout.apiserver.registry import Registry
from insideout.apiserver.reinvocation import Rounds
from insideout.apiserver.status import Cause, StatusError, forbidden
from insideout.apiserver.webhooks.review import versioned
from insideout.apiserver.webhooks.rules import Attributes
from insideout.store import Store

Object = dict[str, Any]


class _Failure(NamedTuple):
    """What went wrong, and the reason that the Status gives for it."""

    message: str
    reason: str


class MutatingPolicies:
    """The mutating policies of a cluster, as the store has them."""

    def __init__(self, store: Store, registry: Registry, decides: Decides) -> None:
        self._bound = Bound(store, registry, "mutating")
        self._compiled = Compiled(compiled_mutator)
        self._decides = decides

    @property
    def any(self) -> bool:
        """Whether any policy is bound at all."""
        return self._bound.any

    def mutate(self, asked: Attributes, rounds: Rounds) -> Object | None:
        """Return the object as the policies want it; raise 403 for the first one that fails and must not."""
        if not self.any or asked.operation == "DELETE" or asked.shown is not None:
            return asked.obj
        turns, failures = rounds.policies, list[_Failure]()
        only = turns.begin(asked.obj) if rounds.second else None
        for met in list(self._bound.met_by(asked)):
            mutator = self._compiled.of(met.policy["metadata"]["name"], met.policy["spec"])
            if isinstance(met, Misconfigured):
                if not mutator.ignores:
                    failures.append(_failed(met, met.why, "Forbidden"))
                continue
            identity = _identity(met)
            try:
                takes_part = self._matches(mutator, met, asked)
            except MutationError as problem:
                failures += [] if mutator.ignores else [_failed(met, str(problem), "Invalid")]
                continue
            if not takes_part or (only is not None and identity not in only):
                continue
            made, wrong = self._mutated(mutator, met, asked)
            failures += [] if mutator.ignores else [_failed(met, text, "Invalid") for text in wrong]
            if made != asked.obj:
                turns.require()
                rounds.changed = True
                asked = asked.about(made)
            if met.policy["spec"]["reinvocationPolicy"] == "IfNeeded":
                turns.asked(identity)
        turns.end(asked.obj)
        if failures:
            raise _refused(asked, failures)
        return asked.obj

    def _variables(self, met: Invocation, asked: Attributes) -> Object:
        namespace = self._bound.namespace_of(asked)
        return {**variables_of(asked, met.kind, namespace, self._decides), "params": met.param}

    def _matches(self, mutator: Mutator, met: Invocation, asked: Attributes) -> bool:
        if mutator.error:
            raise MutationError(mutator.error)
        try:
            return matched(mutator.conditions, self._variables(met, asked))
        except (EvaluationError, ExpressionError) as problem:
            raise MutationError(str(problem)) from None

    def _mutated(
        self, mutator: Mutator, met: Invocation, asked: Attributes
    ) -> tuple[Object | None, list[str]]:
        """Return the object after a policy's mutations, and what is wrong with those that failed."""
        wrong: list[str] = []
        composed = mutator.composed(self._variables(met, asked))
        for number in range(len(mutator.mutations)):
            shown = versioned(asked.obj, met.kind)
            if shown is None:
                continue
            try:
                made = mutator.made(number, met.kind, shown, self._variables(met, asked), composed)
                asked = asked.about(_decoded(asked.kind, made))
            except MutationError as problem:
                wrong.append(str(problem))
        return asked.obj, wrong


def _decoded(kind: Kind, made: Object) -> Object:
    """Return a changed object with its defaults."""
    try:
        obj, _ = strategy.decode(
            kind, {**made, "apiVersion": kind.api_version, "kind": kind.kind}, "", "Ignore"
        )
    except StatusError as problem:
        raise MutationError(str(problem)) from None
    return obj


def _identity(met: Invocation) -> tuple[str, ...]:
    param = (met.param or {}).get("metadata") or {}
    names = (met.policy["metadata"]["name"], met.binding["metadata"]["name"])
    return (*names, param.get("namespace", ""), param.get("name", ""))


def _failed(met: Invocation | Misconfigured, why: str, reason: str) -> _Failure:
    name = met.policy["metadata"]["name"]
    binding = met.binding if isinstance(met, Misconfigured) else met.binding["metadata"]["name"]
    who = f"policy '{name}' with binding '{binding}'" if binding else f'policy "{name}"'
    return _Failure(f"{who} denied request: {why}", reason)


def _refused(asked: Attributes, failures: list[_Failure]) -> StatusError:
    causes = [Cause("", "", each.message) for each in failures]
    problem = forbidden(asked.kind, asked.name, "", causes)
    problem.status["message"] = failures[0].message
    problem.reason = problem.status["reason"] = failures[0].reason
    return problem
