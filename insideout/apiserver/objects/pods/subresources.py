"""Changes of a pod through its own doors: adding ephemeral containers, and resizing in place.

Left out: whether the node can resize.

Source: pkg/registry/core/pod/strategy.go (podEphemeralContainersStrategy, podResizeStrategy),
pkg/apis/core/validation/validation.go (ValidatePodEphemeralContainersUpdate, ValidatePodResize)@v1.36.2.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from insideout.apimachinery.goquote import go_quote
from insideout.apimachinery.qos import qos_class
from insideout.apimachinery.resources import is_sidecar
from insideout.apiserver.objects import field, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.pods import annotations, internal
from insideout.apiserver.objects.pods.rules import metadata_and_spec
from insideout.apiserver.objects.strategy import Strategy

Object = dict[str, Any]

_KEPT = ("labels", "annotations", "finalizers", "ownerReferences", "deletionTimestamp")
_ONLY_COMPUTE = "only cpu and memory resources are mutable"
_INIT_COMPUTE = "only cpu and memory resources for init or sidecar containers"
_RESTARTED = "non-sidecar init containers with a resize policy of RestartContainer"


def keep_metadata(new: Object, old: Object) -> None:
    """Undo changes of the metadata that only the main resource may make."""
    for name in _KEPT:
        new["metadata"].pop(name, None)
        if name in old["metadata"]:
            new["metadata"][name] = old["metadata"][name]


def _add_ephemeral(new: Object, old: Object) -> None:
    added = new["spec"].get("ephemeralContainers")
    new["spec"] = {key: value for key, value in old["spec"].items() if key != "ephemeralContainers"}
    if added:
        new["spec"]["ephemeralContainers"] = added
    keep_metadata(new, old)


def _ephemeral_rules(new: Object, old: Object) -> Causes:
    causes = metadata.validate_kubernetes_update(new["metadata"], old["metadata"]) + metadata_and_spec(new)
    causes += annotations.validate_update(new, old, "metadata.annotations")
    given = {each.get("name"): each for each in new["spec"].get("ephemeralContainers") or ()}
    for before in old["spec"].get("ephemeralContainers") or ():
        name = before.get("name", "")
        shown = f"existing ephemeral containers {go_quote(name)}"
        if name not in given:
            causes.append(field.forbidden("spec.ephemeralContainers", f"{shown} may not be removed\n"))
        elif given[name] != before:
            difference = internal.struct_diff("EphemeralContainer", before, given[name])
            detail = f"{shown} may not be changed\n{difference}"
            causes.append(field.forbidden("spec.ephemeralContainers", detail))
    return causes


def _resize(new: Object, old: Object) -> None:
    """Take over nothing but resources; a pod with other containers is left for the rules to refuse."""
    spec = dict(old["spec"])
    for name in ("containers", "initContainers"):
        given, before = new["spec"].get(name) or [], old["spec"].get(name) or []
        if len(given) != len(before):
            return
        if given:
            spec[name] = _resized(given, before)
    new["spec"] = _taking(spec, new["spec"], "resources")
    keep_metadata(new, old)


def _resized(given: Sequence[Object], before: Sequence[Object]) -> list[Object]:
    if [each.get("name") for each in given] != [each.get("name") for each in before]:
        return list(given)
    return [
        _taking(one, container, "resources", "resizePolicy")
        for container, one in zip(given, before, strict=True)
    ]


def _taking(old: Object, new: Object, *keys: str) -> Object:
    """Return `old` with the fields `keys` as `new` has them, or has them not."""
    kept = {key: value for key, value in old.items() if key not in keys}
    return kept | {key: new[key] for key in keys if key in new}


def _resize_rules(new: Object, old: Object) -> Causes:
    causes = metadata.validate_kubernetes_update(new["metadata"], old["metadata"]) + metadata_and_spec(new)
    if (old.get("status") or {}).get("qosClass", qos_class(old)) != qos_class(new):
        shown = (new.get("status") or {}).get("qosClass", "")
        detail = "Pod QOS Class may not change as a result of resizing"
        causes.append(field.invalid("spec", shown, detail))
    causes += _pod_rules(new["spec"].get("resources"), old["spec"].get("resources"))
    moved = _order("containers", new, old) + _order("initContainers", new, old)
    if moved:
        return causes + moved
    init = list(_pairs("initContainers", new, old))
    usual = list(_pairs("containers", new, old))
    for path, container, before in (*init, *usual):
        given, known = container.get("resources"), before.get("resources")
        causes += _removed(given, known, f"{path}.resources", "resource")
    for _, container, before in usual:
        if _changes_more(container, before):
            causes.append(field.forbidden("spec", _ONLY_COMPUTE))
    for path, container, before in init:
        if _changes_more(container, before):
            causes.append(field.forbidden(path, f"{_INIT_COMPUTE} are mutable"))
        policies = {each.get("restartPolicy") for each in container.get("resizePolicy") or ()}
        if container != before and not is_sidecar(container) and "RestartContainer" in policies:
            causes.append(field.forbidden(path, f"{_RESTARTED} cannot be resized"))
    return causes


def _pod_rules(new: Object | None, old: Object | None) -> Causes:
    """Find what is wrong with a change of the pod's own resources."""
    if old and new is None:
        return [field.forbidden("spec.resources", "pod-level resources cannot be removed")]
    causes = _removed(new, old, "spec.resources", "pod-level resource")
    if _changes_more({"resources": new}, {"resources": old}):
        causes.append(field.forbidden("spec", f"{_ONLY_COMPUTE} at pod-level"))
    return causes


def _order(name: str, new: Object, old: Object) -> Causes:
    if len(new["spec"].get(name) or ()) != len(old["spec"].get(name) or ()):
        return [field.forbidden(f"spec.{name}", f"{name} may not be added or removed on resize")]
    detail = f"{name} may not be renamed or reordered on resize"
    return [
        field.forbidden(f"{path}.name", detail)
        for path, container, before in _pairs(name, new, old)
        if container.get("name") != before.get("name")
    ]


def _pairs(name: str, new: Object, old: Object) -> Iterator[tuple[str, Object, Object]]:
    both = zip(new["spec"].get(name) or (), old["spec"].get(name) or (), strict=True)
    for index, (container, before) in enumerate(both):
        yield f"spec.{name}[{index}]", container, before


def _removed(new: Object | None, old: Object | None, path: str, what: str) -> Causes:
    return [
        field.forbidden(f"{path}.{part}", f"{what} {part} cannot be removed")
        for part in ("requests", "limits")
        if set((old or {}).get(part) or ()) - set((new or {}).get(part) or ())
    ]


def _changes_more(new: Object, old: Object) -> bool:
    return _without_compute(new) != _without_compute(old)


def _without_compute(container: Object) -> Object:
    """Return what a resize may not change."""
    parts = {key: value for key, value in container.items() if key != "resources"}
    for name in ("requests", "limits"):
        amounts = (container.get("resources") or {}).get(name) or {}
        parts[name] = {key: value for key, value in amounts.items() if key not in ("cpu", "memory")}
    return parts


EPHEMERAL_CONTAINERS = Strategy(
    on_update=_add_ephemeral, validate_update=_ephemeral_rules, counts_generation=True, has_status=True
)
RESIZE = Strategy(on_update=_resize, validate_update=_resize_rules, counts_generation=True, has_status=True)
