"""MutatingAdmissionPolicies and their bindings: what they may say.

Source: pkg/apis/admissionregistration/validation/validation.go, .../v1/defaults.go,
pkg/registry/admissionregistration/mutatingadmissionpolicy{,binding}/strategy.go@v1.36.2.
"""

from collections.abc import Callable
from typing import Any

from insideout.apiserver.cel.types import Type
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
from insideout.apiserver.policies.conditions import APPLY_CONFIGURATION, JSON_PATCHES, Compiler

Object = dict[str, Any]

_OPERATIONS = ("CREATE", "UPDATE")
"""Nothing else has an object that could be changed."""
_PATCHES: dict[str, tuple[str, Type]] = {
    "ApplyConfiguration": ("applyConfiguration", APPLY_CONFIGURATION),
    "JSONPatch": ("jsonPatch", JSON_PATCHES),
}


def policy_defaults(obj: Object) -> None:
    """Fill in what a policy leaves out."""
    spec = obj.setdefault("spec", {})
    spec.setdefault("failurePolicy", "Fail")
    resource_defaults(spec.get("matchConstraints"))


def validate_policy(obj: Object) -> Causes:
    """Return what is wrong with a policy."""
    spec = obj["spec"]
    causes = policy_causes(obj)
    causes += _operations(spec.get("matchConstraints") or {}, "spec.matchConstraints")
    compiler = Compiler(params=spec.get("paramKind") is not None)
    causes += common_causes(compiler, spec)
    if not spec.get("mutations"):
        causes.append(field.required("spec.mutations", "mutations must contain at least one item"))
    for index, each in enumerate(spec.get("mutations") or ()):
        causes += _mutation(compiler, each, f"spec.mutations[{index}]")
    again = spec.get("reinvocationPolicy")
    if not again:
        return [*causes, field.required("spec.reinvocationPolicy")]
    return causes + field.one_of("spec.reinvocationPolicy", again, ("IfNeeded", "Never"))


def _operations(resources: Object, path: str) -> Causes:
    return [
        field.not_supported(f"{path}.resourceRules.operations", operation, _OPERATIONS)
        for rule in resources.get("resourceRules") or ()
        for operation in rule.get("operations") or ()
        if operation not in _OPERATIONS
    ]


def _mutation(compiler: Compiler, mutation: Object, path: str) -> Causes:
    chosen = mutation.get("patchType")
    if not chosen:
        return [field.required(f"{path}.patchType")]
    if chosen not in _PATCHES:
        return [field.not_supported(f"{path}.patchType", chosen, tuple(sorted(_PATCHES)))]
    causes: Causes = []
    name, returns = _PATCHES[chosen]
    at = f"{path}.{name}.expression"
    given = mutation.get(name)
    if given is None:
        causes.append(field.required(f"{path}.{name}", f"must be specified when patchType is {chosen}"))
    elif text := (given.get("expression") or "").strip():
        causes += compile_causes(compiler, text, at, returns, patches=True)
    else:
        causes.append(field.required(at))
    for other, _ in _PATCHES.values():
        if other != name and mutation.get(other) is not None:
            detail = f"must not be specified when patchType is {chosen}"
            causes.append(field.invalid(f"{path}.{other}", f"{{{other}}}", detail))
    return causes


def validate_binding(obj: Object) -> Causes:
    """Return what is wrong with a binding."""
    return binding_causes(obj) + _operations(obj["spec"].get("matchResources") or {}, "spec.matchResources")


def _strategy(defaults: Callable[[Object], None], validate: Callable[[Object], Causes]) -> Strategy:
    return Strategy(
        namespaced=False,
        defaults=defaults,
        on_create=lambda obj: obj["metadata"].update(generation=1),
        on_update=count_changes,
        validate=validate,
        validate_update=lambda new, old: validate(new),
    )


POLICY = _strategy(policy_defaults, validate_policy)
BINDING = _strategy(binding_defaults, validate_binding)
