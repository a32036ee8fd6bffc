"""ValidatingAdmissionPolicies and their bindings: what they may say, above all in their expressions.

Source: pkg/apis/admissionregistration/validation/validation.go, .../v1/defaults.go,
pkg/registry/admissionregistration/validatingadmissionpolicy{,binding}/strategy.go@v1.36.2.
"""

import re
from collections.abc import Sequence
from typing import Any

from insideout.apimachinery import names
from insideout.apiserver.cel.types import BOOL, NULL, STRING
from insideout.apiserver.objects import field
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.match_conditions import compile_causes
from insideout.apiserver.objects.policy_parts import (
    binding_causes,
    binding_defaults,
    common_causes,
    count_changes,
    policy_causes,
    resource_defaults,
)
from insideout.apiserver.objects.strategy import Strategy
from insideout.apiserver.policies.conditions import Compiler

Object = dict[str, Any]

_REASONS = ("Forbidden", "Invalid", "RequestEntityTooLarge", "Unauthorized")
_ACTIONS = ("Audit", "Deny", "Warn")
_MOST_ANNOTATIONS, _LONGEST_VALUE_BYTES = 20, 5 * 1024


def policy_defaults(obj: Object) -> None:
    """Fill in what a policy leaves out."""
    spec = obj.setdefault("spec", {})
    spec.setdefault("failurePolicy", "Fail")
    resource_defaults(spec.get("matchConstraints"))
    obj.setdefault("status", {})


def validate_policy(obj: Object) -> Causes:
    """Return what is wrong with a policy."""
    spec = obj["spec"]
    compiler = Compiler(params=spec.get("paramKind") is not None)
    return policy_causes(obj) + _Expressions(compiler).causes_of(obj["metadata"], spec)


class _Expressions:
    """The expressions of one policy; a variable may be read by those that come after it."""

    def __init__(self, compiler: Compiler) -> None:
        self._compiler = compiler

    def causes_of(self, meta: Object, spec: Object) -> Causes:
        """Return what is wrong with the expressions of a policy and what is around them."""
        causes = common_causes(self._compiler, spec)
        validations, annotations = spec.get("validations") or (), spec.get("auditAnnotations") or ()
        if not validations and not annotations:
            detail = "validations or auditAnnotations must contain at least one item"
            causes += [field.required(f"spec.{name}", detail) for name in ("validations", "auditAnnotations")]
        for index, each in enumerate(validations):
            causes += self._validation(each, f"spec.validations[{index}]")
        return causes + self._annotations(meta, annotations, "spec.auditAnnotations")

    def _validation(self, validation: Object, path: str) -> Causes:
        text = validation.get("expression") or ""
        if not text.strip():
            causes = [field.required(f"{path}.expression", "expression is not specified")]
        else:
            causes = compile_causes(self._compiler, text, f"{path}.expression", BOOL)
        expression, message = validation.get("messageExpression") or "", validation.get("message") or ""
        if expression and not expression.strip():
            detail = "must be non-empty if specified"
            causes.append(field.invalid(f"{path}.messageExpression", expression, detail))
        elif expression:
            at = f"{path}.messageExpression"
            causes += compile_causes(self._compiler, expression, at, STRING, authorizer=False)
        if message and not message.strip():
            causes.append(field.invalid(f"{path}.message", message, "must be non-empty if specified"))
        elif re.search(r"[\n\r]", message.strip()):
            causes.append(field.invalid(f"{path}.message", message, "must not contain line breaks"))
        if validation.get("reason") is not None:
            causes += field.one_of(f"{path}.reason", validation["reason"], _REASONS)
        return causes

    def _annotations(self, meta: Object, annotations: Sequence[Object], path: str) -> Causes:
        causes: Causes = []
        if len(annotations) > _MOST_ANNOTATIONS:
            detail = f"must not have more than {_MOST_ANNOTATIONS} auditAnnotations"
            causes.append(field.invalid(path, list(annotations), detail))
        seen: set[str] = set()
        for index, each in enumerate(annotations):
            at, key, text = f"{path}[{index}]", each.get("key") or "", each.get("valueExpression") or ""
            full = f"{meta.get('name') or ''}/{key}"
            causes += field.each(f"{at}.key", full, names.label_key(full))
            if not text.strip():
                causes.append(field.required(f"{at}.valueExpression", "valueExpression is not specified"))
            elif len(text.strip().encode()) > _LONGEST_VALUE_BYTES:
                detail = f"must not exceed {_LONGEST_VALUE_BYTES} bytes in length"
                causes.append(field.required(f"{at}.valueExpression", detail))
            else:
                path_ = f"{at}.valueExpression"
                causes += compile_causes(self._compiler, text.strip(), path_, STRING, NULL, shown=text)
            if key in seen:
                causes.append(field.duplicate(f"{at}.key", key))
            seen.add(key)
        return causes


def validate_binding(obj: Object) -> Causes:
    """Return what is wrong with a binding."""
    actions = obj["spec"].get("validationActions") or []
    return binding_causes(obj) + _actions(actions, "spec.validationActions")


def _actions(actions: Sequence[str], path: str) -> Causes:
    causes: Causes = []
    for index, action in enumerate(actions):
        causes += field.one_of(f"{path}[{index}]", action, _ACTIONS)
        if action in actions[:index]:
            causes.append(field.duplicate(f"{path}[{index}]", action))
    if "Deny" in actions and "Warn" in actions:
        detail = (
            "must not contain both Deny and Warn (repeating the same validation failure information "
            "in the API response and headers serves no purpose)"
        )
        causes.append(field.invalid(path, list(actions), detail))
    if not actions:
        causes.append(field.required(path, "at least one validation action is required"))
    return causes


def _without_status(obj: Object) -> None:
    obj["status"] = {}


POLICY = Strategy(
    namespaced=False,
    defaults=policy_defaults,
    on_create=_without_status,
    validate=validate_policy,
    validate_update=lambda new, old: validate_policy(new),
    counts_generation=True,
    has_status=True,
)
BINDING = Strategy(
    namespaced=False,
    defaults=binding_defaults,
    on_create=lambda obj: obj["metadata"].update(generation=1),
    on_update=count_changes,
    validate=validate_binding,
    validate_update=lambda new, old: validate_binding(new),
)
