"""Roles and their bindings: rules that allow, and whom they allow it.

What a user may grant at all is checked before (insideout.apiserver.rbac.escalation).

Source: pkg/apis/rbac/validation/validation.go, pkg/apis/rbac/v1/defaults.go@v1.36.2.
"""

from typing import Any

from insideout.apimachinery import names
from insideout.apiserver.objects import field, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.strategy import Strategy, metadata_change

Object = dict[str, Any]

GROUP = "rbac.authorization.k8s.io"
_SUBJECTS = ("ServiceAccount", "User", "Group")


def _metadata(obj: Object, namespaced: bool) -> Causes:
    return metadata.validate_kubernetes(obj["metadata"], namespaced, names.path_segment)


def _rules(role: Object, namespaced: bool) -> Causes:
    causes: Causes = []
    for index, rule in enumerate(role.get("rules") or ()):
        causes += _rule(rule, namespaced, f"rules[{index}]")
    return causes


def _rule(rule: Object, namespaced: bool, path: str) -> Causes:
    causes: Causes = []
    if not rule.get("verbs"):
        causes.append(field.required(f"{path}.verbs", "verbs must contain at least one value"))
    urls = rule.get("nonResourceURLs")
    if urls:
        at = f"{path}.nonResourceURLs"
        if namespaced:
            causes.append(field.invalid(at, urls, "namespaced rules cannot apply to non-resource URLs"))
        if any(rule.get(name) for name in ("apiGroups", "resources", "resourceNames")):
            detail = "rules cannot apply to both regular resources and non-resource URLs"
            causes.append(field.invalid(at, urls, detail))
        return causes
    if not rule.get("apiGroups"):
        detail = "resource rules must supply at least one api group"
        causes.append(field.required(f"{path}.apiGroups", detail))
    if not rule.get("resources"):
        detail = "resource rules must supply at least one resource"
        causes.append(field.required(f"{path}.resources", detail))
    return causes


def _aggregation(role: Object) -> Causes:
    aggregation = role.get("aggregationRule")
    if aggregation is None:
        return []
    path = "aggregationRule.clusterRoleSelectors"
    selectors = aggregation.get("clusterRoleSelectors")
    if not selectors:
        detail = "at least one clusterRoleSelector required if aggregationRule is non-nil"
        return [field.required(path, detail)]
    causes: Causes = []
    for index, selector in enumerate(selectors):
        causes += metadata.label_selector(selector, f"{path}[{index}]")
    return causes


def _role(role: Object) -> Causes:
    return _metadata(role, True) + _rules(role, True)


def _cluster_role(role: Object) -> Causes:
    return _metadata(role, False) + _rules(role, False) + _aggregation(role)


def _binding(binding: Object, namespaced: bool) -> Causes:
    causes, reference = _metadata(binding, namespaced), binding.get("roleRef") or {}
    kinds = ("Role", "ClusterRole") if namespaced else ("ClusterRole",)
    causes += field.one_of("roleRef.apiGroup", reference.get("apiGroup", ""), (GROUP,))
    causes += field.one_of("roleRef.kind", reference.get("kind", ""), kinds)
    name = reference.get("name", "")
    if not name:
        causes.append(field.required("roleRef.name"))
    else:
        causes += field.each("roleRef.name", name, names.path_segment(name))
    for index, subject in enumerate(binding.get("subjects") or ()):
        causes += _subject(subject, namespaced, f"subjects[{index}]")
    return causes


def _subject(subject: Object, namespaced: bool, path: str) -> Causes:
    name, kind, group = (subject.get(key, "") for key in ("name", "kind", "apiGroup"))
    causes: Causes = [] if name else [field.required(f"{path}.name")]
    if kind == "ServiceAccount":
        if name:
            causes += field.each(f"{path}.name", name, names.dns_subdomain(name))
        if group:
            causes += field.one_of(f"{path}.apiGroup", group, ("",))
        if not namespaced and not subject.get("namespace"):
            causes.append(field.required(f"{path}.namespace"))
    elif kind in _SUBJECTS:
        causes += field.one_of(f"{path}.apiGroup", group, (GROUP,))
    else:
        causes += field.one_of(f"{path}.kind", kind, _SUBJECTS)
    return causes


def _binding_change(new: Object, old: Object, namespaced: bool) -> Causes:
    causes = _binding(new, namespaced) + metadata_change(new, old)
    if new.get("roleRef") != old.get("roleRef"):
        reference = new.get("roleRef") or {}
        shown = {
            key: reference.get(key.lower().replace("apig", "apiG"), "")
            for key in ("APIGroup", "Kind", "Name")
        }
        causes.append(field.invalid("roleRef", shown, "cannot change roleRef"))
    return causes


def _binding_defaults(binding: Object) -> None:
    """Name the group of what a binding refers to; a service account without a namespace is in its own."""
    reference = binding.setdefault("roleRef", {})
    if not reference.get("apiGroup"):
        reference["apiGroup"] = GROUP
    for subject in binding.get("subjects") or ():
        if not subject.get("apiGroup") and subject.get("kind") in ("User", "Group"):
            subject["apiGroup"] = GROUP


ROLE = Strategy(validate=_role, validate_update=lambda new, old: _role(new) + metadata_change(new, old))
CLUSTER_ROLE = Strategy(
    validate=_cluster_role,
    validate_update=lambda new, old: _cluster_role(new) + metadata_change(new, old),
)
ROLE_BINDING = Strategy(
    defaults=_binding_defaults,
    validate=lambda binding: _binding(binding, True),
    validate_update=lambda new, old: _binding_change(new, old, True),
)
CLUSTER_ROLE_BINDING = Strategy(
    defaults=_binding_defaults,
    validate=lambda binding: _binding(binding, False),
    validate_update=lambda new, old: _binding_change(new, old, False),
)
