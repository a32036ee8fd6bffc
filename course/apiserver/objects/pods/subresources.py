"""Changes of a pod through its own doors: adding ephemeral containers, and resizing in place.

Left out: whether the node can resize.

Source: pkg/registry/core/pod/strategy.go (podEphemeralContainersStrategy, podResizeStrategy),
pkg/apis/core/validation/validation.go (ValidatePodEphemeralContainersUpdate, ValidatePodResize)@v1.36.2.
"""

from collections.abc import Sequence
from typing import Any

from course.apimachinery.goquote import go_quote
from course.apimachinery.qos import qos_class
from course.apiserver.objects import field, metadata
from course.apiserver.objects.field import Causes
from course.apiserver.objects.pods import annotations, internal
from course.apiserver.objects.pods.rules import metadata_and_spec
from course.apiserver.objects.strategy import Strategy

Object = dict[str, Any]

_KEPT = ("labels", "annotations", "finalizers", "ownerReferences", "deletionTimestamp")
_ONLY_COMPUTE = "only cpu and memory resources are mutable"


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
    causes = metadata.validate_update(new["metadata"], old["metadata"]) + metadata_and_spec(new)
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
    if new["spec"].get("resources") is not None:
        spec["resources"] = new["spec"]["resources"]
    new["spec"] = spec
    keep_metadata(new, old)


def _resized(given: Sequence[Object], before: Sequence[Object]) -> list[Object]:
    if [each.get("name") for each in given] != [each.get("name") for each in before]:
        return list(given)
    merged = []
    for container, one in zip(given, before, strict=True):
        taken: Object = {key: container[key] for key in ("resources", "resizePolicy") if key in container}
        merged.append({**one, **taken})
    return merged


def _resize_rules(new: Object, old: Object) -> Causes:
    causes = metadata.validate_update(new["metadata"], old["metadata"]) + metadata_and_spec(new)
    if (old.get("status") or {}).get("qosClass", qos_class(old)) != qos_class(new):
        shown = (new.get("status") or {}).get("qosClass", "")
        detail = "Pod QOS Class may not change as a result of resizing"
        causes.append(field.invalid("spec", shown, detail))
    for name in ("containers", "initContainers"):
        given, before = new["spec"].get(name) or [], old["spec"].get(name) or []
        if len(given) != len(before):
            detail = "containers may not be added or removed on resize"
            return [*causes, field.forbidden(f"spec.{name}", detail)]
        for index, (container, one) in enumerate(zip(given, before, strict=True)):
            causes += _container_rules(container, one, f"spec.{name}[{index}].resources")
    return causes


def _container_rules(container: Object, before: Object, path: str) -> Causes:
    causes: Causes = []
    given, known = container.get("resources") or {}, before.get("resources") or {}
    for part in ("requests", "limits"):
        if set(known.get(part) or ()) - set(given.get(part) or ()):
            causes.append(field.forbidden(f"{path}.{part}", f"resource {part} cannot be removed"))
    others = (_without_compute(each) for each in (container, before))
    if len({repr(each) for each in others}) > 1:
        causes.append(field.forbidden("spec", _ONLY_COMPUTE))
    return causes


def _without_compute(container: Object) -> list[tuple[str, Any]]:
    """Return what a resize may not change, in an order that does not depend on the client."""
    parts = {key: value for key, value in container.items() if key != "resources"}
    for name in ("requests", "limits"):
        amounts = (container.get("resources") or {}).get(name) or {}
        parts[name] = sorted((key, value) for key, value in amounts.items() if key not in ("cpu", "memory"))
    return sorted(parts.items())


EPHEMERAL_CONTAINERS = Strategy(
    on_update=_add_ephemeral, validate_update=_ephemeral_rules, counts_generation=True, has_status=True
)
RESIZE = Strategy(on_update=_resize, validate_update=_resize_rules, counts_generation=True, has_status=True)
