"""What validating and mutating admission policies have in common: parameters, variables, what they are about.

Source: pkg/apis/admissionregistration/validation/validation.go, .../v1/defaults.go@v1.36.2.
"""

import re
from typing import Any

from insideout.apimachinery import names
from insideout.apiserver.cel.escaping import is_reserved
from insideout.apiserver.cel.reading import ParserMissingError
from insideout.apiserver.cel.types import DYN
from insideout.apiserver.objects import field, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.match_conditions import conditions
from insideout.apiserver.objects.webhooks import rule_causes
from insideout.apiserver.policies.conditions import Compiler, ExpressionError
from insideout.apiserver.warning import warn

Object = dict[str, Any]

_IDENTIFIER = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*", re.ASCII)


def resource_defaults(resources: Object | None) -> None:
    """Fill in what a policy or binding leaves out of the requests that it is about."""
    if resources is None:
        return
    resources.setdefault("matchPolicy", "Equivalent")
    resources.setdefault("namespaceSelector", {})
    resources.setdefault("objectSelector", {})
    for rule in (*(resources.get("resourceRules") or ()), *(resources.get("excludeResourceRules") or ())):
        rule.setdefault("scope", "*")


def binding_defaults(obj: Object) -> None:
    """Fill in what a binding leaves out."""
    resource_defaults(obj.setdefault("spec", {}).get("matchResources"))


def policy_causes(obj: Object) -> Causes:
    """Return what is wrong with a policy, but for its expressions."""
    causes = metadata.validate(obj["metadata"], False, names.dns_subdomain)
    spec = obj["spec"]
    causes += field.one_of("spec.failurePolicy", spec["failurePolicy"], ("Fail", "Ignore"))
    if spec.get("paramKind") is not None:
        causes += param_kind_causes(spec["paramKind"], "spec.paramKind")
    constraints = spec.get("matchConstraints")
    if constraints is None:
        return [*causes, field.required("spec.matchConstraints")]
    causes += resource_causes(constraints, "spec.matchConstraints")
    if not constraints.get("resourceRules"):
        causes.append(field.required("spec.matchConstraints.resourceRules"))
    return causes


def binding_causes(obj: Object) -> Causes:
    """Return what is wrong with a binding, but for what its policy is to do."""
    causes = metadata.validate(obj["metadata"], False, names.dns_subdomain)
    spec = obj["spec"]
    name = spec.get("policyName") or ""
    causes += field.each("spec.policyName", name, names.dns_subdomain(name)) if name else []
    if not name:
        causes.append(field.required("spec.policyName"))
    if spec.get("paramRef") is not None:
        causes += param_ref_causes(spec["paramRef"], "spec.paramRef")
    if spec.get("matchResources") is not None:
        causes += resource_causes(spec["matchResources"], "spec.matchResources")
    return causes


def common_causes(compiler: Compiler, spec: Object) -> Causes:
    """Return what is wrong with match conditions and variables; what follows may read the variables."""
    causes = conditions(spec.get("matchConditions") or (), "spec.matchConditions", compiler)
    if spec.get("variables"):
        compiler.composed = {}
    for index, each in enumerate(spec.get("variables") or ()):
        causes += variable_causes(compiler, each, f"spec.variables[{index}]")
    return causes


def variable_causes(compiler: Compiler, variable: Object, path: str) -> Causes:
    """Return what is wrong with a variable; the expressions that follow may read it."""
    causes: Causes = []
    name, text = variable.get("name") or "", variable.get("expression") or ""
    if not name.strip():
        causes.append(field.required(f"{path}.name", "name is not specified"))
    elif not _IDENTIFIER.fullmatch(name) or is_reserved(name):
        causes.append(field.invalid(f"{path}.name", name, "must be a valid CEL identifier"))
    if not text.strip():
        return [*causes, field.required(f"{path}.expression", "expression is not specified")]
    try:
        type_ = compiler.compile(text).type
    except ExpressionError as problem:
        type_ = DYN
        causes.append(field.invalid(f"{path}.expression", text, str(problem)))
    except ParserMissingError as problem:
        type_ = DYN
        warn(str(problem))
    compiler.add(name, type_)
    return causes


def param_kind_causes(kind: Object, path: str) -> Causes:
    """Return what is wrong with the kind of a policy's parameters."""
    causes: Causes = []
    given, name = kind.get("apiVersion") or "", kind.get("kind") or ""
    group, slash, version = given.partition("/")
    group, version = (group, version) if slash else ("", group)
    if not given:
        causes.append(field.required(f"{path}.apiVersion"))
    elif given.count("/") > 1:
        causes.append(field.invalid(f"{path}.apiVersion", given, f"unexpected GroupVersion string: {given}"))
    else:
        if group and (reasons := names.dns_subdomain(group)):
            causes.append(field.invalid(f"{path}.apiVersion", group, ",".join(reasons)))
        if not version:
            causes.append(field.invalid(f"{path}.apiVersion", given, "version must be specified"))
        elif reasons := names.dns_1035_label(version):
            causes.append(field.invalid(f"{path}.apiVersion", version, ",".join(reasons)))
    if not name:
        causes.append(field.required(f"{path}.kind"))
    elif reasons := names.dns_1035_label(name.lower()):
        detail = f"may have mixed case, but should otherwise match: {','.join(reasons)}"
        causes.append(field.invalid(f"{path}.kind", name, detail))
    return causes


def resource_causes(resources: Object, path: str) -> Causes:
    """Return what is wrong with the requests that a policy or binding is about."""
    causes = field.one_of(f"{path}.matchPolicy", resources["matchPolicy"], ("Equivalent", "Exact"))
    for name in ("namespaceSelector", "objectSelector"):
        causes += metadata.label_selector(resources.get(name), f"{path}.{name}")
    for name in ("resourceRules", "excludeResourceRules"):
        for index, rule in enumerate(resources.get(name) or ()):
            at = f"{path}.{name}[{index}]"
            seen: set[str] = set()
            for number, each in enumerate(rule.get("resourceNames") or ()):
                causes += field.each(f"{at}.resourceNames[{number}]", each, names.path_segment(each))
                if each in seen:
                    causes.append(field.duplicate(f"{at}.resourceNames[{number}]", each))
                seen.add(each)
            causes += rule_causes(rule, at)
    return causes


def param_ref_causes(ref: Object, path: str) -> Causes:
    """Return what is wrong with how a binding names parameters."""
    causes: Causes = []
    name, selector = ref.get("name") or "", ref.get("selector")
    both = "name and selector are mutually exclusive"
    if name:
        causes += field.each(f"{path}.name", name, names.path_segment(name))
        causes += [field.forbidden(f"{path}.name", both)] if selector is not None else []
    if selector is not None:
        causes += metadata.label_selector(selector, f"{path}.selector")
        causes += [field.forbidden(f"{path}.selector", both)] if name else []
    if not name and selector is None:
        causes.append(field.required(path, "one of name or selector must be specified"))
    action = ref.get("parameterNotFoundAction")
    if not action:
        return [*causes, field.required(f"{path}.parameterNotFoundAction")]
    if action not in ("Deny", "Allow"):
        causes.append(field.not_supported(f"{path}.parameterNotFoundAction", action, ("Deny", "Allow")))
    return causes


def count_changes(new: Object, old: Object) -> None:
    """Count changes of the spec as generations; a binding has no strategy that counts them for it."""
    if new.get("spec") != old.get("spec"):
        new["metadata"]["generation"] = (old["metadata"].get("generation") or 0) + 1
