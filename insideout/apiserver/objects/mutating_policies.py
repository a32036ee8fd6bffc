"""MutatingAdmissionPolicies and their bindings: what they may say.

Source: pkg/apis/admissionregistration/validation/validation.go, .../v1/defaults.go,
pkg/registry/admissionregistration/mutatingadmissionpolicy{,binding}/strategy.go@v1.36.2.
"""

from typing import Any

from insideout.apimachinery import names
from insideout.apiserver.cel.types import Type
from insideout.apiserver.objects import field, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.match_conditions import compile_causes, conditions
from insideout.apiserver.objects.policy_parts import (
    count_changes,
    param_kind_causes,
    param_ref_causes,
    resource_causes,
    resource_defaults,
    variable_causes,
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


def binding_defaults(obj: Object) -> None:
    """Fill in what a binding leaves out."""
    resource_defaults(obj.setdefault("spec", {}).get("matchResources"))


def validate_policy(obj: Object) -> Causes:
    """Return what is wrong with a policy."""
    causes = metadata.validate(obj["metadata"], False, names.dns_subdomain)
    spec = obj["spec"]
    causes += field.one_of("spec.failurePolicy", spec["failurePolicy"], ("Fail", "Ignore"))
    kind = spec.get("paramKind")
    causes += param_kind_causes(kind, "spec.paramKind") if kind is not None else []
    constraints = spec.get("matchConstraints")
    if constraints is None:
        causes.append(field.required("spec.matchConstraints"))
    else:
        causes += resource_causes(constraints, "spec.matchConstraints")
        if not constraints.get("resourceRules"):
            causes.append(field.required("spec.matchConstraints.resourceRules"))
        causes += _operations(constraints, "spec.matchConstraints")
    compiler = Compiler(params=kind is not None)
    causes += conditions(spec.get("matchConditions") or (), "spec.matchConditions", compiler)
    if spec.get("variables"):
        compiler.composed = {}
    for index, each in enumerate(spec.get("variables") or ()):
        causes += variable_causes(compiler, each, f"spec.variables[{index}]")
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
    causes = metadata.validate(obj["metadata"], False, names.dns_subdomain)
    spec = obj["spec"]
    name = spec.get("policyName") or ""
    if not name:
        causes.append(field.required("spec.policyName"))
    causes += field.each("spec.policyName", name, names.dns_subdomain(name)) if name else []
    if spec.get("paramRef") is not None:
        causes += param_ref_causes(spec["paramRef"], "spec.paramRef")
    resources = spec.get("matchResources")
    if resources is not None:
        causes += resource_causes(resources, "spec.matchResources")
        causes += _operations(resources, "spec.matchResources")
    return causes


POLICY = Strategy(
    namespaced=False,
    defaults=policy_defaults,
    on_create=lambda obj: obj["metadata"].update(generation=1),
    on_update=count_changes,
    validate=validate_policy,
    validate_update=lambda new, old: validate_policy(new),
)
BINDING = Strategy(
    namespaced=False,
    defaults=binding_defaults,
    on_create=lambda obj: obj["metadata"].update(generation=1),
    on_update=count_changes,
    validate=validate_binding,
    validate_update=lambda new, old: validate_binding(new),
)
