"""The admission plugin that asks ValidatingAdmissionPolicies through their bindings.

A policy does nothing by itself: a binding says where it holds, with which parameters, and whether a request
that it is against is refused (Deny), warned of (Warn) or written down (Audit).

Left out: audit annotations, since there is no audit log: they are evaluated, and those that cannot be are
heard of.

Source: k8s.io/apiserver/pkg/admission/plugin/policy/validating/dispatcher.go@v1.36.2.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from insideout.apiserver import warning
from insideout.apiserver.cel.values import EvaluationError
from insideout.apiserver.kinds import Kind
from insideout.apiserver.policies.bound import Bound, Invocation, Misconfigured
from insideout.apiserver.policies.conditions import ExpressionError, matched
from insideout.apiserver.policies.decision import Compiled, Denial, compiled
from insideout.apiserver.policies.request import Decides, variables_of
from insideout.apiserver.registry import Registry
from insideout.apiserver.status import Cause, StatusError, forbidden
from insideout.apiserver.webhooks.rules import Attributes, Hook
from insideout.store import Store

Object = dict[str, Any]
_CODES = {"Unauthorized": 401, "Forbidden": 403, "RequestEntityTooLarge": 413}


class _Refusal(NamedTuple):
    """A denial, with who said it."""

    policy: str
    binding: str
    denial: Denial

    def __str__(self) -> str:
        bound = f" with binding '{self.binding}'" if self.binding else ""
        return f"ValidatingAdmissionPolicy '{self.policy}'{bound} denied request: {self.denial.message}"


class Policies:
    """The policies of a cluster, as the store has them."""

    def __init__(self, store: Store, registry: Registry) -> None:
        self.decides: Decides = lambda user, question: (True, "")
        """What the variable `authorizer` asks."""
        self._bound = Bound(store, registry, "validating")
        self._compiled = Compiled(compiled)
        self._hooks = Compiled(compiled)

    @property
    def any(self) -> bool:
        """Whether any policy is bound at all."""
        return self._bound.any

    def validate(self, asked: Attributes) -> None:
        """Raise what the first policy says that is against a request and denies it; give all warnings."""
        if not self.any:
            return
        refusals = [each for met in self._bound.met_by(asked) for each in self._ask(met, asked)]
        if refusals:
            raise _refused(asked, refusals[0])

    def matches(self, hook: Hook, asked: Attributes, kind: Kind) -> bool:
        """Tell whether the match conditions of a webhook hold; raise 403 when that cannot be told."""
        ready = self._hooks.of(hook.identity, hook.spec)
        try:
            if ready.error:
                raise ExpressionError(ready.error)
            return matched(ready.conditions, variables_of(asked, kind, None, self.decides))
        except (EvaluationError, ExpressionError) as problem:
            if ready.ignores:
                return False
            raise forbidden(asked.kind, asked.name, str(problem)) from None

    def _ask(self, met: Invocation | Misconfigured, asked: Attributes) -> list[_Refusal]:
        name = met.policy["metadata"]["name"]
        ready = self._compiled.of(name, met.policy["spec"])
        if isinstance(met, Misconfigured):
            return [] if ready.ignores else [_Refusal(name, met.binding, Denial(met.why))]
        variables = variables_of(asked, met.kind, self._bound.namespace_of(asked), self.decides)
        result = ready.decide({**variables, "params": met.param})
        bound = met.binding["metadata"]["name"]
        broken = [_Refusal(name, bound, Denial(text)) for text in result.broken]
        return [*self._acted(name, met.binding, result.denials), *broken]

    @staticmethod
    def _acted(policy: str, binding: Object, denials: Iterable[Denial]) -> list[_Refusal]:
        """Warn of denials or return them, as the binding wants it."""
        bound, actions = binding["metadata"]["name"], binding["spec"].get("validationActions") or ()
        refusals = []
        for denial in denials:
            if "Deny" in actions:
                refusals.append(_Refusal(policy, bound, denial))
            if "Warn" in actions:
                whose = f"ValidatingAdmissionPolicy '{policy}' with binding '{bound}'"
                warning.warn(f"Validation failed for {whose}: {denial.message}")
        return refusals


def _refused(asked: Attributes, refusal: _Refusal) -> StatusError:
    problem = forbidden(asked.kind, asked.name, str(refusal), [Cause("", "", str(refusal))])
    reason = refusal.denial.reason or "Invalid"
    problem.reason = problem.status["reason"] = reason
    problem.code = problem.status["code"] = _CODES.get(reason, 422)
    return problem
