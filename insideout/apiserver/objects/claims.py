"""PersistentVolumeClaims.

Source: pkg/apis/core/validation/validation.go (ValidatePersistentVolumeClaim),
pkg/registry/core/persistentvolumeclaim/strategy.go, pkg/api/persistentvolumeclaim/util.go@v1.36.2.
"""

from typing import Any

from insideout.apimachinery import amount, names
from insideout.apimachinery.volumes import BETA_CLASS
from insideout.apiserver.objects import field, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.pods import internal, requirements
from insideout.apiserver.objects.strategy import Strategy, metadata_change

Object = dict[str, Any]

_MODES = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")
_IMMUTABLE = (
    "spec is immutable after creation except resources.requests and volumeAttributesClassName "
    "for bound claims"
)


def defaults(claim: Object) -> None:
    """Fill in what a claim leaves out."""
    claim["spec"].setdefault("volumeMode", "Filesystem")
    status = claim.get("status") or {}
    claim["status"] = status if status.get("phase") else {**status, "phase": "Pending"}


def validate(claim: Object) -> Causes:
    """Return what is wrong with a new claim."""
    return metadata.validate_kubernetes(claim["metadata"], True, names.dns_subdomain) + spec_rules(
        claim["spec"], "spec"
    )


def spec_rules(spec: Object, path: str) -> Causes:
    """Return what is wrong with the spec of a claim or of a template for claims."""
    causes: Causes = []
    modes = spec.get("accessModes") or ()
    if not modes:
        causes.append(field.required(f"{path}.accessModes", "at least 1 access mode is required"))
    causes += metadata.label_selector(spec.get("selector"), f"{path}.selector") + access_modes(spec, path)
    causes += _storage(spec, f"{path}.resources[storage]")
    for name in ("storageClassName", "volumeAttributesClassName"):
        if name == "volumeAttributesClassName":
            causes += _volume_mode(spec, path) + _sources(spec, path)
        if spec.get(name):
            causes += field.each(f"{path}.{name}", spec[name], names.dns_subdomain(spec[name]))
    return causes


def access_modes(spec: Object, path: str) -> Causes:
    """Return what is wrong with the access modes of a claim or a volume."""
    modes = spec.get("accessModes") or ()
    causes = [cause for mode in modes for cause in field.one_of(f"{path}.accessModes", mode, _MODES)]
    if "ReadWriteOncePod" in modes and any(mode in _MODES[:3] for mode in modes):
        detail = "may not use ReadWriteOncePod with other access modes"
        causes.append(field.forbidden(f"{path}.accessModes", detail))
    return causes


def _storage(spec: Object, path: str) -> Causes:
    text = ((spec.get("resources") or {}).get("requests") or {}).get("storage")
    if text is None:
        return [field.required(path)]
    value = amount.parse(text)
    if value.value <= 0:
        return [field.invalid(path, value.text, "must be greater than zero")]
    return requirements.quantity("storage", value, path)


def _volume_mode(spec: Object, path: str) -> Causes:
    mode = spec.get("volumeMode")
    return [] if mode is None else field.one_of(f"{path}.volumeMode", mode, ("Block", "Filesystem"))


def _sources(spec: Object, path: str) -> Causes:
    causes: Causes = []
    for name in ("dataSource", "dataSourceRef"):
        source = spec.get(name)
        if source is None:
            continue
        at, group, kind = f"{path}.{name}", source.get("apiGroup") or "", source.get("kind", "")
        causes += [field.required(f"{at}.{part}") for part in ("name", "kind") if not source.get(part)]
        if not group and kind != "PersistentVolumeClaim":
            detail = "must be 'PersistentVolumeClaim' when referencing the default apiGroup"
            causes.append(field.invalid(at, kind, detail))
        elif group:
            causes += field.each(f"{at}.apiGroup", group, names.dns_subdomain(group))
        if source.get("namespace"):
            causes += field.each(f"{at}.namespace", source["namespace"], names.dns_label(source["namespace"]))
    one, other = spec.get("dataSource"), spec.get("dataSourceRef")
    if one is not None and other is not None:
        same = all((one.get(key) or None) == (other.get(key) or None) for key in ("apiGroup", "kind", "name"))
        if other.get("namespace"):
            detail = "may not be specified when dataSourceRef.namespace is specified"
            causes.append(field.invalid(path, f"{path}.dataSource", detail))
        elif not same:
            causes.append(field.invalid(path, f"{path}.dataSource", "must match dataSourceRef"))
    return causes


def validate_update(new: Object, old: Object) -> Causes:
    """Return what is wrong with a change of a claim: it may grow once it is bound, little else."""
    causes = metadata_change(new, old) + validate(new)
    annotations, before = (each["metadata"].get("annotations") or {} for each in (new, old))
    if annotations.get(BETA_CLASS, "") != before.get(BETA_CLASS, ""):
        shown = annotations.get(BETA_CLASS, "")
        causes.append(field.invalid(f"metadata.annotations[{BETA_CLASS}]", shown, field.IMMUTABLE))
    spec, spec_before = dict(new["spec"]), dict(old["spec"])
    if not spec_before.get("volumeName") and spec.get("volumeName"):
        spec_before["volumeName"] = spec["volumeName"]
    if spec.get("storageClassName") is not None and spec_before.get("storageClassName") is None:
        spec.pop("storageClassName")
    size, size_before = (_size(each["spec"].get("resources"), "requests") for each in (new, old))
    if (new.get("status") or {}).get("phase") == "Bound":
        requests = (spec.get("resources") or {}).get("requests")
        if requests is not None:
            kept = {**requests, "storage": size_before.text}
            spec["resources"] = {**spec["resources"], "requests": kept}
        for each in (spec, spec_before):
            each.pop("volumeAttributesClassName", None)
    if spec != spec_before:
        shown = internal.struct_diff("PersistentVolumeClaimSpec", spec_before, spec)
        causes.append(field.forbidden("spec", f"{_IMMUTABLE}\n{shown}"))
    if size.value < size_before.value and size.value <= _size(old.get("status"), "capacity").value:
        detail = "field can not be less than status.capacity"
        causes.append(field.forbidden("spec.resources.requests.storage", detail))
    return causes + field.immutable(
        "volumeMode", new["spec"].get("volumeMode"), old["spec"].get("volumeMode")
    )


def _size(holder: Object | None, name: str) -> amount.Amount:
    return amount.parse(((holder or {}).get(name) or {}).get("storage", "0"))


def _status(new: Object, old: Object) -> Causes:
    causes = metadata_change(new, old)
    for name, text in sorted(((new.get("status") or {}).get("capacity") or {}).items()):
        value = amount.parse(text)
        if value.value < 0:
            detail = "must be a valid resource quantity"
            causes.append(field.invalid(f"status.capacity[{name}]", int(value.value), detail))
    return causes


def _agree_on_source(claim: Object) -> None:
    """Let dataSource and dataSourceRef say the same, for clients that know only one."""
    spec = claim["spec"]
    one, other = spec.get("dataSource"), spec.get("dataSourceRef")
    if one is not None and other is None:
        known = ("", "PersistentVolumeClaim"), ("snapshot.storage.k8s.io", "VolumeSnapshot")
        if (one.get("apiGroup") or "", one.get("kind")) not in known:
            del spec["dataSource"]
        else:
            spec["dataSourceRef"] = dict(one)
    elif other is not None and one is None and not other.get("namespace"):
        spec["dataSource"] = {key: value for key, value in other.items() if key != "namespace"}


def _on_create(claim: Object) -> None:
    claim["status"] = {"phase": "Pending"}
    _agree_on_source(claim)


PERSISTENT_VOLUME_CLAIM = Strategy(
    defaults=defaults,
    on_create=_on_create,
    on_update=lambda new, old: _agree_on_source(new),
    validate=validate,
    validate_update=validate_update,
    validate_status=_status,
    has_status=True,
)
