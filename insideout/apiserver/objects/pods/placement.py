"""Rules for where a pod may go: node selectors, affinity, spreading, tolerations and gates.

Source: pkg/apis/core/validation/validation.go (validateAffinity, validateTopologySpreadConstraints,
ValidateTolerations)@v1.36.2.
"""

from collections.abc import Sequence
from typing import Any

from insideout.apimachinery import names
from insideout.apiserver.objects import field, metadata
from insideout.apiserver.objects.field import Causes

Object = dict[str, Any]

EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


def affinity(given: Object | None, path: str) -> Causes:
    """Return what is wrong with a pod's affinity."""
    if not given:
        return []
    causes: Causes = []
    nodes = given.get("nodeAffinity")
    if nodes:
        causes += _node_affinity(nodes, f"{path}.nodeAffinity")
    for name in ("podAffinity", "podAntiAffinity"):
        causes += _pod_affinity(given.get(name) or {}, f"{path}.{name}")
    return causes


def spread(constraints: Sequence[Object], path: str) -> Causes:
    """Return what is wrong with topologySpreadConstraints."""
    causes: Causes = []
    for index, constraint in enumerate(constraints):
        at = f"{path}[{index}]"
        key, action = constraint.get("topologyKey", ""), constraint.get("whenUnsatisfiable", "")
        skew = constraint.get("maxSkew", 0)
        if skew <= 0:
            causes.append(field.invalid(f"{at}.maxSkew", skew, "must be greater than zero"))
        if not key:
            causes.append(field.required(f"{at}.topologyKey", "can not be empty"))
        causes += field.one_of(f"{at}.whenUnsatisfiable", action, ("DoNotSchedule", "ScheduleAnyway"))
        for later in constraints[index + 1 :]:
            if (later.get("topologyKey", ""), later.get("whenUnsatisfiable", "")) == (key, action):
                causes.append(
                    field.duplicate(f"{at}.{{topologyKey, whenUnsatisfiable}}", f"{{{key}, {action}}}")
                )
                break
        causes += _min_domains(constraint.get("minDomains"), action, f"{at}.minDomains")
        for policy in ("nodeAffinityPolicy", "nodeTaintsPolicy"):
            if constraint.get(policy) is not None:
                causes += field.one_of(f"{at}.{policy}", constraint[policy], ("Honor", "Ignore"))
        causes += _label_keys(constraint, at)
        causes += metadata.label_selector(constraint.get("labelSelector"), f"{at}.labelSelector")
    return causes


def tolerations(given: Sequence[Object], path: str) -> Causes:
    """Return what is wrong with tolerations."""
    causes: Causes = []
    for index, toleration in enumerate(given):
        causes += _toleration(toleration, f"{path}[{index}]")
    return causes


def gates(given: Sequence[Object], path: str) -> Causes:
    """Return what is wrong with schedulingGates."""
    causes: Causes = []
    seen: set[str] = set()
    for index, gate in enumerate(given):
        name = gate.get("name", "")
        causes += field.each(f"{path}[{index}]", name, names.label_key(name))
        if name in seen:
            causes.append(field.duplicate(f"{path}[{index}]", name))
        seen.add(name)
    return causes


def node_selector(given: Object, path: str) -> Causes:
    """Return what is wrong with a selector of nodes."""
    terms = given.get("nodeSelectorTerms") or ()
    if not terms:
        return [field.required(f"{path}.nodeSelectorTerms", "must have at least one node selector term")]
    causes: Causes = []
    for index, term in enumerate(terms):
        causes += _term(term, f"{path}.nodeSelectorTerms[{index}]", check_values=True)
    return causes


def _node_affinity(given: Object, path: str) -> Causes:
    causes: Causes = []
    if given.get(_REQUIRED) is not None:
        causes += node_selector(given[_REQUIRED], f"{path}.{_REQUIRED}")
    for index, preferred in enumerate(given.get(_PREFERRED) or ()):
        at = f"{path}.{_PREFERRED}[{index}]"
        causes += _weight(preferred, at)
        causes += _term(preferred.get("preference") or {}, f"{at}.preference", check_values=False)
    return causes


def _weight(preferred: Object, path: str) -> Causes:
    weight = preferred.get("weight", 0)
    return (
        [] if 1 <= weight <= 100 else [field.invalid(f"{path}.weight", weight, "must be in the range 1-100")]
    )


def _term(term: Object, path: str, *, check_values: bool) -> Causes:
    causes: Causes = []
    for index, each in enumerate(term.get("matchExpressions") or ()):
        causes += _node_requirement(each, f"{path}.matchExpressions[{index}]", check_values=check_values)
    for index, each in enumerate(term.get("matchFields") or ()):
        causes += _node_field(each, f"{path}.matchFields[{index}]")
    return causes


def _node_requirement(given: Object, path: str, *, check_values: bool) -> Causes:
    causes: Causes = []
    operator, values = given.get("operator", ""), given.get("values") or ()
    match operator:
        case "In" | "NotIn":
            if not values:
                detail = "must be specified when `operator` is 'In' or 'NotIn'"
                causes.append(field.required(f"{path}.values", detail))
        case "Exists" | "DoesNotExist":
            if values:
                detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
                causes.append(field.forbidden(f"{path}.values", detail))
        case "Gt" | "Lt":
            if len(values) != 1:
                detail = "must be specified single value when `operator` is 'Lt' or 'Gt'"
                causes.append(field.required(f"{path}.values", detail))
        case _:
            causes.append(field.invalid(f"{path}.operator", operator, "not a valid selector operator"))
    causes += metadata.label_name(given.get("key", ""), f"{path}.key")
    if check_values:
        for index, value in enumerate(values):
            causes += field.each(f"{path}.values[{index}]", value, names.label_value(value))
    return causes


def _node_field(given: Object, path: str) -> Causes:
    causes: Causes = []
    operator, values, key = given.get("operator", ""), given.get("values") or (), given.get("key", "")
    if operator not in ("In", "NotIn"):
        causes.append(field.invalid(f"{path}.operator", operator, "not a valid selector operator"))
    elif len(values) != 1:
        detail = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
        causes.append(field.required(f"{path}.values", detail))
    if key != "metadata.name":
        return [*causes, field.invalid(f"{path}.key", key, "not a valid field selector key")]
    for index, value in enumerate(values):
        causes += field.each(f"{path}.values[{index}]", value, names.dns_subdomain(value))
    return causes


def _pod_affinity(given: Object, path: str) -> Causes:
    causes: Causes = []
    for index, term in enumerate(given.get(_REQUIRED) or ()):
        causes += _pod_term(term, f"{path}.{_REQUIRED}[{index}]")
    for index, weighted in enumerate(given.get(_PREFERRED) or ()):
        at = f"{path}.{_PREFERRED}[{index}]"
        causes += _weight(weighted, at) + _pod_term(
            weighted.get("podAffinityTerm") or {}, f"{at}.podAffinityTerm"
        )
    return causes


def _pod_term(term: Object, path: str) -> Causes:
    causes = metadata.label_selector(term.get("labelSelector"), f"{path}.labelSelector")
    causes += metadata.label_selector(term.get("namespaceSelector"), f"{path}.namespaceSelector")
    for name in term.get("namespaces") or ():
        causes += field.each(f"{path}.namespace", name, names.dns_label(name))
    causes += _label_keys(term, path)
    key = term.get("topologyKey", "")
    if not key:
        causes.append(field.required(f"{path}.topologyKey", "can not be empty"))
    return causes + metadata.label_name(key, f"{path}.topologyKey")


def _label_keys(given: Object, path: str) -> Causes:
    causes: Causes = []
    selector = given.get("labelSelector")
    for name in ("matchLabelKeys", "mismatchLabelKeys"):
        keys = given.get(name) or ()
        if keys and selector is None:
            detail = "must not be specified when labelSelector is not set"
            causes.append(field.forbidden(f"{path}.{name}", detail))
        elif keys:
            for index, key in enumerate(keys):
                causes += metadata.label_name(key, f"{path}.{name}[{index}]")
    matched = given.get("matchLabelKeys") or ()
    # The server merges these keys into the selector: one that is there twice was there before.
    seen = set((selector or {}).get("matchLabels") or ())
    for expression in (selector or {}).get("matchExpressions") or ():
        key = expression.get("key", "")
        if key in matched and key in seen:
            detail = "exists in both matchLabelKeys and labelSelector"
            causes.append(field.invalid(f"{path}[{matched.index(key)}]", key, detail))
        seen.add(key)
    for index, key in enumerate(matched):
        if key in (given.get("mismatchLabelKeys") or ()):
            detail = "exists in both matchLabelKeys and mismatchLabelKeys"
            causes.append(field.invalid(f"{path}.matchLabelKeys[{index}]", key, detail))
    return causes


def _min_domains(given: int | None, action: str, path: str) -> Causes:
    if given is None:
        return []
    causes = [field.invalid(path, given, "must be greater than zero")] if given <= 0 else []
    if action != "DoNotSchedule":
        detail = f"can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {action}"
        causes.append(field.invalid(path, given, detail))
    return causes


def _toleration(given: Object, path: str) -> Causes:
    causes: Causes = []
    key, operator, value = given.get("key", ""), given.get("operator", ""), given.get("value", "")
    effect = given.get("effect", "")
    if key:
        causes += metadata.label_name(key, f"{path}.key")
    elif operator != "Exists":
        detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
        causes.append(field.invalid(f"{path}.operator", operator, detail))
    if given.get("tolerationSeconds") is not None and effect != "NoExecute":
        detail = "effect must be 'NoExecute' when `tolerationSeconds` is set"
        causes.append(field.invalid(f"{path}.effect", effect, detail))
    match operator:
        case "Equal" | "":
            reasons = names.label_value(value)
            if reasons:
                causes.append(field.invalid(f"{path}.operator", value, ";".join(reasons)))
        case "Exists":
            if value:
                detail = "value must be empty when `operator` is 'Exists'"
                causes.append(field.invalid(f"{path}.operator", value, detail))
        case "Lt" | "Gt":
            # Comparing values is an alpha feature in this version; the message names it all the same.
            causes.append(field.not_supported(f"{path}.operator", operator, ("Equal", "Exists", "Lt", "Gt")))
        case _:
            causes.append(field.not_supported(f"{path}.operator", operator, ("Equal", "Exists")))
    return causes + (field.one_of(f"{path}.effect", effect, EFFECTS) if effect else [])
