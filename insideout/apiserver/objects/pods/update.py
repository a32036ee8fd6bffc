"""What may change in a pod: images, deadlines, tolerations that are added, gates that are removed.

Source: pkg/apis/core/validation/validation.go (ValidatePodUpdate, ValidatePodStatusUpdate)@v1.36.2.
"""

from collections.abc import Sequence
from typing import Any

from insideout.apimachinery import names
from insideout.apiserver.objects import field
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.pods import containers, internal, placement

Object = dict[str, Any]

_UPDATABLE = (
    "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
    "`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)
_MOST_INT32 = 2**31 - 1


def validate(new: Object, old: Object, path: str = "spec") -> Causes:
    """Return what is wrong with the change of a spec; the new spec by itself is checked elsewhere."""
    causes: Causes = []
    for name in ("containers", "initContainers"):
        given, before = new.get(name) or (), old.get(name) or ()
        if len(given) != len(before):
            causes.append(field.forbidden(f"{path}.{name}", "pod updates may not add or remove containers"))
            return causes
        for index, container in enumerate(given):
            if not container.get("image"):
                causes.append(field.required(f"{path}.{name}[{index}].image"))
            causes += containers.image_spaces(container, f"{path}.{name}[{index}]")
    causes += _deadline(new.get("activeDeadlineSeconds"), old.get("activeDeadlineSeconds"), path)
    causes += _tolerations(new.get("tolerations") or (), old.get("tolerations") or (), f"{path}.tolerations")
    causes += _gates(
        new.get("schedulingGates") or (), old.get("schedulingGates") or (), f"{path}.schedulingGates"
    )
    if new == old:
        return causes
    munged = _without_allowed_changes(new, old)
    if old.get("schedulingGates"):
        causes += _gated(munged, old, path)
    before, after = internal.dump("PodSpec", old, old), internal.dump("PodSpec", munged, munged)
    if before != after:
        shown = internal.spec_diff(old, munged)
        detail = f"pod updates may not change fields other than {_UPDATABLE}\n{shown}"
        causes.append(field.forbidden(path, detail))
    return causes


def _without_allowed_changes(new: Object, old: Object) -> Object:
    munged = dict(new)
    for name in ("containers", "initContainers"):
        if new.get(name):
            munged[name] = [
                {**given, "image": before.get("image", "")}
                for given, before in zip(new[name], old[name], strict=True)
            ]
    for name in ("activeDeadlineSeconds", "schedulingGates", "tolerations"):
        munged[name] = old.get(name)
    grace_s = old.get("terminationGracePeriodSeconds")
    if grace_s is not None and grace_s < 0 and new.get("terminationGracePeriodSeconds") == 1:
        munged["terminationGracePeriodSeconds"] = grace_s
    return munged


def _deadline(new_s: int | None, old_s: int | None, path: str) -> Causes:
    at = f"{path}.activeDeadlineSeconds"
    if new_s is None:
        detail = "must not update from a positive integer to nil value"
        return [] if old_s is None else [field.invalid(at, None, detail)]
    if not 0 <= new_s <= _MOST_INT32:
        return [field.invalid(at, new_s, names.between(0, _MOST_INT32))]
    if old_s is not None and old_s < new_s:
        return [field.invalid(at, new_s, "must be less than or equal to previous value")]
    return []


def _tolerations(new: Sequence[Object], old: Sequence[Object], path: str) -> Causes:
    def unlimited(toleration: Object) -> Object:
        return {key: value for key, value in toleration.items() if key != "tolerationSeconds"}

    kept = [unlimited(each) for each in new]
    detail = "existing toleration can not be modified except its tolerationSeconds"
    causes = [field.forbidden(path, detail) for each in old if unlimited(each) not in kept][:1]
    return causes or placement.tolerations(new, path)


def _gates(new: Sequence[Object], old: Sequence[Object], path: str) -> Causes:
    before = {gate.get("name") for gate in old}
    return [
        field.forbidden(
            f"{path}[{index}].name",
            f"only deletion is allowed, but found new scheduling gate '{gate.get('name')}'",
        )
        for index, gate in enumerate(new)
        if gate.get("name") not in before
    ]


def _gated(munged: Object, old: Object, path: str) -> Causes:
    """Before it is scheduled, a gated pod may still narrow where it may go."""
    causes: Causes = []
    given, before = munged.get("nodeSelector") or {}, old.get("nodeSelector") or {}
    if given != before:
        detail = "only additions to spec.nodeSelector are allowed (no mutations or deletions)"
        shown = field.ordered(given or None)
        changed = [key for key in before if given.get(key) != before[key]]
        causes += [field.invalid(f"{path}.nodeSelector", shown, detail) for _ in changed]
        munged["nodeSelector"] = old.get("nodeSelector")
    affinity, affinity_before = dict(munged.get("affinity") or {}), old.get("affinity") or {}
    nodes, nodes_before = affinity.pop("nodeAffinity", None), affinity_before.get("nodeAffinity")
    if nodes != nodes_before:
        causes += _narrowed(nodes or {}, nodes_before or {}, f"{path}.affinity.nodeAffinity")
        if nodes_before is not None:
            affinity["nodeAffinity"] = nodes_before
        munged["affinity"] = affinity or old.get("affinity")
    return causes


def _narrowed(new: Object, old: Object, path: str) -> Causes:
    key = "requiredDuringSchedulingIgnoredDuringExecution"
    before = (old.get(key) or {}).get("nodeSelectorTerms") or []
    given = (new.get(key) or {}).get("nodeSelectorTerms") or []
    if not before:
        return []
    at = f"{path}.{key}.nodeSelectorTerms"
    if len(given) != len(before):
        shown = [internal.dump("NodeSelectorTerm", term) for term in given] or None
        detail = "no additions/deletions to non-empty NodeSelectorTerms list are allowed"
        return [field.invalid(at, shown, detail)]
    detail = "only additions are allowed (no mutations or deletions)"
    return [
        field.invalid(f"{at}[{index}]", internal.dump("NodeSelectorTerm", term), detail)
        for index, (term, term_before) in enumerate(zip(given, before, strict=True))
        if not _only_adds(term, term_before)
    ]


def _only_adds(term: Object, before: Object) -> bool:
    if not any(before.values()):
        return not any(term.values())  # an empty term matches nothing: adding to it would widen
    parts = ("matchExpressions", "matchFields")
    return all(
        (term.get(part) or [])[: len(before.get(part) or [])] == (before.get(part) or []) for part in parts
    )
