"""Rules of a schema applied to an object: what is refused, in which words, and when evaluation stops.

All rules of a request share one budget.  A rule that fails on a part of an object that has not changed is a
warning, not a refusal (ratcheting), unless it is a transition rule.

Source: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go,
k8s.io/apiserver/pkg/cel/common/equality.go@v1.36.2.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from insideout.apimachinery.goquote import go_quote
from insideout.apiserver.cel.declared import with_meta
from insideout.apiserver.cel.objects import value_of
from insideout.apiserver.cel.programs import Program
from insideout.apiserver.cel.values import NONE, CostExceededError, EvaluationError, some
from insideout.apiserver.crd.parts import Schema, below
from insideout.apiserver.crd.rules import Compiled, Rules
from insideout.apiserver.objects import field
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.status import Cause
from insideout.apiserver.warning import warn

BUDGET = 10_000_000
"""What all rules of a request may cost together."""
_MESSAGE_BYTES = 5 * 1024
_OUT_OF_BUDGET = (
    "validation failed due to running out of cost budget, no further validation rules will be run"
)
_ABSENT: Any = object()


class _StoppedError(Exception):
    """No further rule is run."""


def rule_causes(rules: Rules, new: Any, old: Any = None) -> Causes:
    """Return what rules have against an object; `old` is None for a new one."""
    evaluation = _Evaluation()
    with suppress(_StoppedError):
        evaluation.visit(rules, new, old, "", _Before(_ABSENT if old is None else old, root=True))
    return evaluation.causes


@dataclass(frozen=True)
class _Before:
    """What ratcheting compares with: the value before, or whether something around it has changed."""

    old: Any = _ABSENT
    parent_same: bool = False
    root: bool = False

    def same(self, value: Any) -> bool:
        """Tell whether this part is as it was."""
        return self.parent_same if self.old is _ABSENT else bool(self.old == value)

    def key(self, value: Any, name: str) -> "_Before":
        """Return the same for a field of `value`."""
        if self.old is _ABSENT:
            return self
        if self.root and name in ("apiVersion", "kind"):
            return _Before()
        old = self.old.get(name, _ABSENT) if isinstance(self.old, dict) else _ABSENT
        return _Before(old, self.old == value)

    def index(self, value: Any, old: Any) -> "_Before":
        """Return the same for an element of `value`, which was `old`."""
        if self.old is _ABSENT:
            return self
        return _Before(_ABSENT if old is None else old, self.old == value)


class _Evaluation:
    def __init__(self) -> None:
        self.causes: Causes = []
        self._budget = BUDGET

    def visit(self, rules: Rules, value: Any, old: Any, path: str, before: _Before) -> None:
        """Apply rules to a value and to all in it."""
        if value is None:
            return
        if rules.compiled:
            self._expressions(rules, value, old, path, before)
        for each in rules.all_of:
            self.visit(each, value, old, path, _Before(parent_same=before.parent_same))
        if isinstance(value, list) and rules.items is not None:
            earlier = _by_key(rules.schema, old)
            for at, item in enumerate(value):
                was = earlier.get(_key(rules.schema, item)) if earlier else None
                self.visit(rules.items, item, was, f"{path}[{at}]", before.index(value, was))
        elif isinstance(value, dict):
            was_here = old if isinstance(old, dict) else {}
            for name in sorted(value):
                inner = rules.properties.get(name)
                if rules.others is not None:
                    here = f"{path}[{name}]"
                    self.visit(rules.others, value[name], was_here.get(name), here, before.key(value, name))
                if inner is not None:
                    here = below(path, name)
                    self.visit(inner, value[name], was_here.get(name), here, before.key(value, name))

    def _expressions(self, rules: Rules, value: Any, old: Any, path: str, before: _Before) -> None:
        schema = with_meta(rules.schema) if rules.root else rules.schema
        if self._budget <= 0:
            self._stop(path, schema, _OUT_OF_BUDGET)
        for each in rules.compiled:
            if each.error:
                self._refuse(path, schema, f"rule compile error: {each.error}")
                continue
            if each.program is None or (each.uses_old and old is None and not each.optional_old):
                continue
            try:
                variables = _variables(each, schema, value, old)
            except EvaluationError as problem:
                self._refuse(path, schema, f"{problem} evaluating rule: {_name(each)}")
                continue
            if self._holds(each, each.program, schema, path, variables):
                continue
            cause = self._failure(each, schema, value, path, variables)
            if not each.uses_old and before.same(value):
                warn(f"{cause.field}: {cause.message}")
            else:
                self.causes.append(cause)

    def _holds(
        self, rule: Compiled, program: Program, schema: Schema, path: str, variables: dict[str, Any]
    ) -> bool:
        """Run a rule; return whether nothing more is to be said."""
        outcome = program.run(variables)
        if outcome.cost > self._budget:
            self._stop(path, schema, _OUT_OF_BUDGET)
        self._budget -= outcome.cost
        name = _name(rule)
        if isinstance(outcome.error, CostExceededError):
            more = "no further validation rules will be run due to call cost exceeds limit for rule"
            self._stop(path, schema, f"'{outcome.error}': {more}: {name}")
        if outcome.error is None:
            return outcome.value is True
        if str(outcome.error).startswith("no such overload"):
            more = "call arguments did not match a supported operator, function or macro signature for rule"
            self._refuse(path, schema, f"'{outcome.error}': {more}: {name}")
        else:
            self._refuse(path, schema, f"{outcome.error} evaluating rule: {name}")
        return True

    def _failure(
        self, rule: Compiled, schema: Schema, value: Any, path: str, variables: dict[str, Any]
    ) -> Cause:
        at = below(path, rule.field_path) if rule.field_path else path or "<nil>"
        detail = self._message(rule, at, schema, variables)
        if detail is None:
            text = (rule.rule.get("message") or "").strip()
            detail = text or f"failed rule: {(rule.rule.get('rule') or '').strip()}"
        hidden = schema.get("type") in ("object", "array")
        match rule.rule.get("reason"):
            case "FieldValueForbidden":
                return field.forbidden(at, detail)
            case "FieldValueRequired":
                return field.required(at, detail)
            case "FieldValueDuplicate":
                return field.duplicate_hidden(at) if hidden else field.duplicate(at, value)
        return field.invalid_hidden(at, detail) if hidden else field.invalid(at, value, detail)

    def _message(self, rule: Compiled, at: str, schema: Schema, variables: dict[str, Any]) -> str | None:
        """Return what the messageExpression comes to, None when it does not do."""
        if rule.message is None:
            return None
        outcome = rule.message.run(variables)
        if outcome.cost > self._budget:
            out = "running out of cost budget, no further validation rules will be run"
            self._stop(at, schema, f"messageExpression evaluation failed due to {out}")
        if isinstance(outcome.error, CostExceededError):
            more = (
                "no further validation rules will be run due to call cost exceeds limit for messageExpression"
            )
            self._stop(at, schema, f"{more}: {go_quote(rule.message.text)}")
        self._budget -= outcome.cost
        if not isinstance(outcome.value, str):
            return None
        text = outcome.value.strip()
        if not text or "\n" in text or len(text.encode()) > _MESSAGE_BYTES:
            return None
        return text

    def _refuse(self, path: str, schema: Schema, detail: str) -> None:
        self.causes.append(field.invalid(path or "<nil>", schema.get("type") or "", detail))

    def _stop(self, path: str, schema: Schema, detail: str) -> None:
        self._refuse(path, schema, detail)
        raise _StoppedError


def _variables(rule: Compiled, schema: Schema, value: Any, old: Any) -> dict[str, Any]:
    variables = {"self": value_of(value, schema)}
    if rule.optional_old:
        variables["oldSelf"] = NONE if old is None else some(value_of(old, schema))
    elif rule.uses_old and old is not None:
        variables["oldSelf"] = value_of(old, schema)
    return variables


def _name(rule: Compiled) -> str:
    return (rule.rule.get("message") or rule.rule.get("rule") or "").strip()


def _by_key(schema: Schema, old: Any) -> dict[Any, Any]:
    """Return the elements that a map list had, by their keys; only of such lists they can be recognised."""
    if schema.get("x-kubernetes-list-type") != "map" or not isinstance(old, list):
        return {}
    return {_key(schema, each): each for each in old}


def _key(schema: Schema, item: Any) -> Any:
    keys = schema.get("x-kubernetes-list-map-keys") or ()
    return tuple(repr(item.get(key)) for key in keys) if isinstance(item, dict) else None
