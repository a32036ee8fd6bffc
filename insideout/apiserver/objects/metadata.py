"""metadata, which every object has: its rules at creation and at update.

Source: k8s.io/apimachinery/pkg/api/validation/objectmeta.go,
k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go, pkg/apis/core/validation/validation.go
(ValidateObjectMeta)@v1.36.2.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from insideout.apimachinery import names
from insideout.apimachinery.goquote import go_quote
from insideout.apiserver.objects import field, go_order
from insideout.apiserver.objects.field import Causes

Object = dict[str, Any]
NameRule = Callable[[str], list[str]]

MOST_ANNOTATION_BYTES = 256 * 1024
_NAMING = ("name", "namespace", "uid")
_SET_ONCE = (*_NAMING, "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds")
_ORPHAN, _FOREGROUND = "orphan", "foregroundDeletion"
_STANDARD_FINALIZERS = ("kubernetes", _ORPHAN, _FOREGROUND)
_MOST_MANAGER_BYTES = 128
_MOST_SUBRESOURCE_BYTES = 256


def validate(meta: Object, namespaced: bool, name_rule: NameRule, path: str = "metadata") -> Causes:
    """Return what is wrong with the metadata of a new object; `name_rule` is its kind's."""
    causes: Causes = []
    name, prefix, namespace = meta.get("name"), meta.get("generateName"), meta.get("namespace")
    if prefix:
        causes += field.each(f"{path}.generateName", prefix, name_rule(_as_name(prefix, name_rule)))
    if not name:
        causes.append(field.required(f"{path}.name", "name or generateName is required"))
    else:
        causes += field.each(f"{path}.name", name, name_rule(name))
    if namespaced and not namespace:
        causes.append(field.required(f"{path}.namespace"))
    elif namespaced:
        causes += field.each(f"{path}.namespace", namespace, names.dns_label(namespace or ""))
    elif namespace:
        causes.append(field.forbidden(f"{path}.namespace", "not allowed on this type"))
    causes += field.not_negative(f"{path}.generation", meta.get("generation"))
    causes += _marks(meta, path)
    causes += finalizers(meta.get("finalizers") or (), f"{path}.finalizers")
    return causes + _managed_fields(meta.get("managedFields") or (), f"{path}.managedFields")


def validate_update(new: Object, old: Object, path: str = "metadata") -> Causes:
    """Return what is wrong with a change of metadata."""
    causes: Causes = []
    if old.get("deletionTimestamp"):
        causes += _no_new_finalizers(new, old, f"{path}.finalizers")
    if not new.get("resourceVersion"):
        causes.append(field.invalid(f"{path}.resourceVersion", "", "must be specified for an update"))
    if new.get("generation", 0) < old.get("generation", 0):
        causes.append(
            field.invalid(f"{path}.generation", new.get("generation", 0), "must not be decremented")
        )
    for name in _SET_ONCE:
        if new.get(name) != old.get(name):
            unset = "" if name in _NAMING else None
            causes += field.immutable(f"{path}.{name}", new.get(name, unset), old.get(name, unset))
    causes += _marks(new, path)
    return causes + _managed_fields(new.get("managedFields") or (), f"{path}.managedFields")


def labels(given: Mapping[str, str] | None, path: str) -> Causes:
    """Return what is wrong with labels."""
    causes: Causes = []
    if not given or all(map(_is_label, given, given.values())):
        return causes
    for key in sorted(given):
        causes += field.each(path, key, names.label_key(key))
        causes += field.each(path, given[key], names.label_value(given[key]))
    return causes


# Remembered because the labels of one template are looked at again at every write of each of its objects.
@lru_cache(maxsize=4096)
def _is_label(key: str, value: str) -> bool:
    return not names.label_key(key) and not names.label_value(value)


def annotations(given: Mapping[str, str] | None, path: str) -> Causes:
    """Return what is wrong with annotations."""
    if not given:
        return []
    causes: Causes = []
    for key in sorted(given):
        causes += field.each(path, key, names.label_key(key.lower()))
    if sum(len(key.encode()) + len(value.encode("utf-8", "replace")) for key, value in given.items()) > (
        MOST_ANNOTATION_BYTES
    ):
        causes.append(field.too_long(path, MOST_ANNOTATION_BYTES))
    return causes


def validate_kubernetes(meta: Object, namespaced: bool, name_rule: NameRule) -> Causes:
    """Return what is wrong with the metadata of a new object of one of Kubernetes' own kinds."""
    return validate(meta, namespaced, name_rule) + _unqualified_finalizers(meta)


def validate_kubernetes_update(new: Object, old: Object) -> Causes:
    """Return what is wrong with a change of the metadata of one of Kubernetes' own kinds."""
    return validate_update(new, old) + _unqualified_finalizers(new)


def unqualified(finalizer: str, path: str) -> Causes:
    """Return what is wrong with a finalizer that names no domain and is not Kubernetes' own."""
    if "/" in finalizer or finalizer in _STANDARD_FINALIZERS:
        return []
    detail = "name is neither a standard finalizer name nor is it fully qualified"
    return [field.invalid(path, finalizer, detail)]


def _unqualified_finalizers(meta: Object) -> Causes:
    causes: Causes = []
    for index, finalizer in enumerate(meta.get("finalizers") or ()):
        causes += unqualified(finalizer, f"metadata.finalizers[{index}]")
    return causes


def finalizers(given: Sequence[str], path: str) -> Causes:
    """Return what is wrong with finalizers."""
    causes: Causes = []
    for finalizer in given:
        causes += field.each(path, finalizer, names.label_key(finalizer))
    if _ORPHAN in given and _FOREGROUND in given:
        detail = f"finalizer {_ORPHAN} and {_FOREGROUND} cannot be both set"
        causes.append(field.invalid(path, list(given), detail))
    return causes


def label_selector(selector: Object | None, path: str) -> Causes:
    """Return what is wrong with a label selector."""
    if not selector:
        return []
    causes = labels(selector.get("matchLabels"), f"{path}.matchLabels")
    for index, requirement in enumerate(selector.get("matchExpressions") or ()):
        causes += _requirement(requirement, f"{path}.matchExpressions[{index}]")
    return causes


def label_name(name: str, path: str) -> Causes:
    """Return what is wrong with a key of a label."""
    return field.each(path, name, names.label_key(name))


def condition(given: Object, path: str) -> Causes:
    """Return what is wrong with a metav1.Condition."""
    causes = label_name(given.get("type", ""), f"{path}.type")
    causes += field.one_of(f"{path}.status", given.get("status", ""), ("False", "True", "Unknown"))
    if (given.get("observedGeneration") or 0) < 0:
        detail = "must be greater than or equal to zero"
        causes.append(field.invalid(f"{path}.observedGeneration", given["observedGeneration"], detail))
    if not given.get("lastTransitionTime"):
        causes.append(field.required(f"{path}.lastTransitionTime", "must be set"))
    if not given.get("reason"):
        causes.append(field.required(f"{path}.reason", "must be set"))
    return causes


def _marks(meta: Object, path: str) -> Causes:
    causes = labels(meta.get("labels"), f"{path}.labels")
    causes += annotations(meta.get("annotations"), f"{path}.annotations")
    return causes + _owners(meta.get("ownerReferences") or (), f"{path}.ownerReferences")


def _owners(owners: Sequence[Object], path: str) -> Causes:
    causes: Causes = []
    controller = ""
    for owner in owners:
        api_version = owner.get("apiVersion", "")
        version = api_version.rpartition("/")[2]
        if not version:
            causes.append(field.invalid(f"{path}.apiVersion", api_version, "version must not be empty"))
        for name in ("kind", "name", "uid"):
            if not owner.get(name):
                causes.append(field.invalid(f"{path}.{name}", "", "must not be empty"))
        if (api_version, owner.get("kind")) == ("v1", "Event"):
            detail = "/v1, Kind=Event is disallowed from being an owner"
            causes.append(field.invalid(path, _shown_owner(owner), detail))
        if owner.get("controller"):
            shown = f"{owner.get('kind', '')}/{owner.get('name', '')}"
            if controller:
                detail = (
                    'Only one reference can have Controller set to true. Found "true" in references for '
                    f"{controller} and {shown}"
                )
                causes.append(field.invalid(path, [_shown_owner(each) for each in owners], detail))
            controller = controller or shown
    return causes


def _shown_owner(owner: Object) -> Object:
    """Return an owner reference as messages show it: all that Go keeps by value is there."""
    required = {name: owner.get(name, "") for name in ("apiVersion", "kind", "name", "uid")}
    return go_order.struct("meta.v1.OwnerReference", {**owner, **required})


def _managed_fields(entries: Sequence[Object], path: str) -> Causes:
    causes: Causes = []
    for index, entry in enumerate(entries):
        at = f"{path}[{index}]"
        if entry.get("operation") not in ("Apply", "Update"):
            detail = "must be `Apply` or `Update`"
            causes.append(field.invalid(f"{at}.operation", entry.get("operation", ""), detail))
        if entry.get("fieldsType", "FieldsV1") != "FieldsV1":
            causes.append(field.invalid(f"{at}.fieldsType", entry["fieldsType"], "must be `FieldsV1`"))
        if len(entry.get("manager", "").encode("utf-8", "replace")) > _MOST_MANAGER_BYTES:
            causes.append(field.too_long(f"{at}.manager", _MOST_MANAGER_BYTES))
        if len(entry.get("subresource", "")) > _MOST_SUBRESOURCE_BYTES:
            causes.append(field.too_long(f"{at}.subresource", _MOST_SUBRESOURCE_BYTES))
    return causes


def _no_new_finalizers(new: Object, old: Object, path: str) -> Causes:
    extra = sorted(set(new.get("finalizers") or ()) - set(old.get("finalizers") or ()))
    if not extra:
        return []
    shown = f"[]string{{{', '.join(map(go_quote, extra))}}}"
    detail = f"no new finalizers can be added if the object is being deleted, found new finalizers {shown}"
    return [field.forbidden(path, detail)]


def _requirement(requirement: Object, path: str) -> Causes:
    causes: Causes = []
    operator, values = requirement.get("operator", ""), requirement.get("values") or ()
    if operator in ("In", "NotIn"):
        if not values:
            detail = "must be specified when `operator` is 'In' or 'NotIn'"
            causes.append(field.required(f"{path}.values", detail))
    elif operator in ("Exists", "DoesNotExist"):
        if values:
            detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
            causes.append(field.forbidden(f"{path}.values", detail))
    else:
        causes.append(field.invalid(f"{path}.operator", operator, "not a valid selector operator"))
    causes += label_name(requirement.get("key", ""), f"{path}.key")
    for index, value in enumerate(values):
        causes += field.each(f"{path}.values[{index}]", value, names.label_value(value))
    return causes


def _as_name(prefix: str, rule: NameRule) -> str:
    return prefix if rule is names.path_segment else names.as_prefix(prefix)


def shown_selector(selector: Object | None) -> Object | None:
    """Return a label selector as messages show it: fields in Go's order, labels sorted."""
    if selector is None:
        return None
    shown: Object = {}
    if selector.get("matchLabels"):
        shown["matchLabels"] = field.ordered(selector["matchLabels"])
    if selector.get("matchExpressions"):
        order = ("key", "operator", "values")
        shown["matchExpressions"] = [
            {key: each[key] for key in order if key in each} for each in selector["matchExpressions"]
        ]
    return shown
