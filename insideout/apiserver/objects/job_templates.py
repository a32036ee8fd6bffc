"""What may change of a Job's template: while it is suspended, where its pods go and how big they are.

Source: pkg/apis/batch/validation/validation.go (validatePodTemplateUpdate),
pkg/registry/batch/job/strategy.go (shouldAllowMutablePodTemplate)@v1.36.2.
"""

from typing import Any

from insideout.apiserver.objects import field
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.pods import internal
from insideout.apiserver.status import Cause

Object = dict[str, Any]


def change(new: Object, old: Object) -> Causes:
    """Refuse what may not change."""
    given, before = new["spec"]["template"], old["spec"]["template"]
    suspended, mutable = bool(old["spec"].get("suspend")), _is_mutable(old)
    if mutable:
        before = _placed_as(before, given)
    if not (suspended and mutable):
        return [] if given == before else [_immutable("spec.template", "PodTemplateSpec", given)]
    same = given["spec"] == _sized_as(before["spec"], given["spec"])
    return [] if same else [_immutable("spec.template.spec", "PodSpec", given["spec"])]


def _is_mutable(job: Object) -> bool:
    """Tell whether no pod knows the template: a suspended Job has not started, or has stopped again."""
    status = job.get("status") or {}
    stopped = any(
        each.get("type") == "Suspended" and each.get("status") == "True"
        for each in status.get("conditions") or ()
    )
    started = status.get("startTime") is not None
    return bool(job["spec"].get("suspend")) and (not started or stopped) and not status.get("active")


def _placed_as(template: Object, other: Object) -> Object:
    """Return a template with the labels, annotations and scheduling of another."""
    metadata = _with(template.get("metadata") or {}, other.get("metadata") or {}, ("labels", "annotations"))
    spec = _with(template["spec"], other["spec"], ("nodeSelector", "tolerations", "schedulingGates"))
    affinity = _with(spec.get("affinity") or {}, other["spec"].get("affinity") or {}, ("nodeAffinity",))
    if affinity or (spec.get("affinity") is not None and other["spec"].get("affinity") is not None):
        spec["affinity"] = affinity
    else:
        spec.pop("affinity", None)
    return {**template, "spec": spec, **({"metadata": metadata} if metadata else {})}


def _sized_as(spec: Object, other: Object) -> Object:
    """Return a pod spec whose containers ask for what those of the same name ask for in another."""
    result = {**spec}
    for name in ("containers", "initContainers"):
        mine, theirs = spec.get(name) or [], other.get(name) or []
        if mine and len(mine) == len(theirs):
            pairs = zip(mine, theirs, strict=True)
            result[name] = [
                _with(one, two, ("resources",)) if one["name"] == two["name"] else one for one, two in pairs
            ]
    return result


def _with(value: Object, other: Object, names: tuple[str, ...]) -> Object:
    """Return an object with some fields of another."""
    kept = {key: each for key, each in value.items() if key not in names}
    return {**kept, **{name: other[name] for name in names if name in other}}


def _immutable(path: str, struct: str, value: Object) -> Cause:
    return field.invalid(path, internal.dump(struct, value), field.IMMUTABLE)
