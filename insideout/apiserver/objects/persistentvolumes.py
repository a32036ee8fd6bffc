"""PersistentVolumes: storage that exists, whoever uses it.

Left out: details of cloud providers' own volumes beyond the fields they cannot do without.

Source: pkg/apis/core/validation/validation.go (ValidatePersistentVolumeSpec, ValidatePersistentVolumeUpdate),
pkg/volume/validation/pv_validation.go, pkg/registry/core/persistentvolume/strategy.go@v1.36.2.
"""

import posixpath
from collections.abc import Callable, Mapping
from typing import Any

from insideout.apimachinery import amount, names
from insideout.apiserver.objects import claims, field, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.pods import internal, paths, placement, volumes
from insideout.apiserver.objects.strategy import Strategy, metadata_change

Object = dict[str, Any]

_SPELLINGS = {
    "hostPath": "hostPath", "gcePersistentDisk": "persistentDisk", "awsElasticBlockStore": "",
    "glusterfs": "", "flocker": "", "nfs": "", "rbd": "", "quobyte": "", "cephfs": "", "iscsi": "",
    "cinder": "", "fc": "", "flexVolume": "", "azureFile": "", "vsphereVolume": "",
    "photonPersistentDisk": "", "portworxVolume": "", "azureDisk": "", "scaleIO": "", "local": "",
    "storageos": "", "csi": "",
}  # fmt: skip
"""The sources of a volume in the order in which they are looked at, and how messages write the first one."""
_SECOND = {"cephfs": "cephFS"}
_MOUNT_OPTIONS = "volume.beta.kubernetes.io/mount-options"
_WITH_OPTIONS = (
    "gcePersistentDisk", "awsElasticBlockStore", "glusterfs", "nfs", "rbd", "quobyte", "iscsi", "cinder",
    "cephfs", "azureFile", "vsphereVolume", "azureDisk", "photonPersistentDisk",
)  # fmt: skip
_POLICIES = ("Delete", "Recycle", "Retain")
_SECRETS = (
    "controllerPublishSecretRef",
    "controllerExpandSecretRef",
    "nodePublishSecretRef",
    "nodeExpandSecretRef",
)


def defaults(volume: Object) -> None:
    """Fill in what a volume leaves out."""
    spec = volume["spec"]
    spec.setdefault("persistentVolumeReclaimPolicy", "Retain")
    spec.setdefault("volumeMode", "Filesystem")
    if spec.get("hostPath") is not None:
        spec["hostPath"].setdefault("type", "")
    status = volume.get("status") or {}
    volume["status"] = status if status.get("phase") else {**status, "phase": "Pending"}


def validate(volume: Object) -> Causes:
    """Return what is wrong with a volume."""
    return _rules(volume) + _mount_options(volume)


def _rules(volume: Object) -> Causes:
    causes = metadata.validate_kubernetes(volume["metadata"], False, names.dns_subdomain)
    return causes + spec_rules(volume["spec"], "spec")


def spec_rules(spec: Object, path: str, *, inline: bool = False) -> Causes:
    """Return what is wrong with the spec of a volume, or of an `inline` one that stands in an attachment."""
    causes = _not_inline(spec, path) if inline else []
    causes += [] if spec.get("accessModes") else [field.required(f"{path}.accessModes")]
    causes += claims.access_modes(spec, path)
    if not inline:
        causes += _capacity(spec.get("capacity") or {}, f"{path}.capacity")
    policy = spec.get("persistentVolumeReclaimPolicy")
    if policy:
        causes += field.one_of(f"{path}.persistentVolumeReclaimPolicy", policy, _POLICIES)
    affinity = spec.get("nodeAffinity")
    if affinity is not None and affinity.get("required") is None:
        causes.append(
            field.required(f"{path}.nodeAffinity.required", "must specify required node constraints")
        )
    elif affinity is not None:
        causes += placement.node_selector(affinity["required"], f"{path}.nodeAffinity.required")
    causes += _source(spec, path)
    if policy == "Recycle" and posixpath.normpath((spec.get("hostPath") or {}).get("path") or ".") == "/":
        detail = "may not be 'recycle' for a hostPath mount of '/'"
        causes.append(field.forbidden(f"{path}.persistentVolumeReclaimPolicy", detail))
    if spec.get("storageClassName"):
        name = spec["storageClassName"]
        causes += field.each(f"{path}.storageClassName", name, names.dns_subdomain(name))
    mode = spec.get("volumeMode")
    causes += [] if mode is None else field.one_of(f"{path}.volumeMode", mode, ("Block", "Filesystem"))
    return causes + _attributes_class(spec, path)


def _not_inline(spec: Object, path: str) -> Causes:
    context = "in the context of inline volumes"
    names_ = ("claimRef", "capacity", "nodeAffinity", "storageClassName")
    causes = [
        field.forbidden(f"{path}.{name}", f"may not be specified {context}")
        for name in names_
        if spec.get(name)
    ]
    if spec.get("csi") is None:
        causes.append(field.required(f"{path}.csi", f"has to be specified {context}"))
    return causes


def _capacity(capacity: Mapping[str, str], path: str) -> Causes:
    causes = [] if capacity else [field.required(path)]
    if set(capacity) != {"storage"}:
        causes.append(field.not_supported(path, dict(capacity), ("storage",)))
    for name, text in sorted(capacity.items()):
        value = amount.parse(text)
        if value.value < 0:
            detail = "must be a valid resource quantity"
            causes.append(field.invalid(f"{path}[{name}]", int(value.value), detail))
        if value.value <= 0:
            causes.append(field.invalid(f"{path}[{name}]", value.text, "must be greater than zero"))
    return causes


def _attributes_class(spec: Object, path: str) -> Causes:
    name, at = spec.get("volumeAttributesClassName"), f"{path}.volumeAttributesClassName"
    if name is None:
        return []
    causes = field.each(at, name, names.dns_subdomain(name))
    if not name:
        causes = [field.required(at, "an empty string is disallowed")]
    if spec.get("csi") is None:
        detail = "has to be specified when using volumeAttributesClassName"
        causes.append(field.required(f"{path}.csi", detail))
    return causes


def _source(spec: Object, path: str) -> Causes:
    found = [source for source in _SPELLINGS if spec.get(source) is not None]
    if not found:
        return [field.required(path, "must specify a volume type")]
    first = found[0]
    at, source = f"{path}.{_SPELLINGS[first] or first}", spec[first]
    causes: Causes = []
    if first in _RULES:
        causes += _RULES[first](source, at)
    else:
        required = volumes.REQUIRED.get(first, ())
        causes += [field.required(f"{at}.{part}") for part in required if not source.get(part)]
    if first == "local" and spec.get("nodeAffinity") is None:
        causes.append(field.required(f"{path}.nodeAffinity", "Local volume requires node affinity"))
    detail = "may not specify more than 1 volume type"
    return causes + [field.forbidden(f"{path}.{_SECOND.get(each, each)}", detail) for each in found[1:]]


def _host_path(source: Object, path: str) -> Causes:
    return volumes.host_path(source, path) if source.get("path") else [field.required(f"{path}.path")]


def _local(source: Object, path: str) -> Causes:
    given = source.get("path", "")
    return paths.no_backsteps(given, f"{path}.path") if given else [field.required(f"{path}.path")]


def _csi(source: Object, path: str) -> Causes:
    causes = driver_name(source.get("driver", ""), f"{path}.driver")
    if not source.get("volumeHandle"):
        causes.append(field.required(f"{path}.volumeHandle"))
    for name in _SECRETS:
        if source.get(name) is not None:
            causes += _secret(source[name], f"{path}.{name}")
    return causes


def _secret(given: Object, path: str) -> Causes:
    causes: Causes = []
    for part, rule in (("name", names.dns_subdomain), ("namespace", names.dns_label)):
        value, at = given.get(part, ""), f"{path}.{part}"
        causes += field.each(at, value, rule(value)) if value else [field.required(at)]
    return causes


def driver_name(name: str, path: str) -> Causes:
    """Return what is wrong with the name of a CSI driver."""
    if not name:
        return [field.required(path)]
    causes = [field.too_long(path, 63)] if len(name) > 63 else []
    return causes + field.each(path, name, names.dns_subdomain(name.lower()))


_RULES: Mapping[str, Callable[[Object, str], Causes]] = {
    "hostPath": _host_path,
    "nfs": volumes.nfs,
    "local": _local,
    "csi": _csi,
}


def _mount_options(volume: Object) -> Causes:
    options = (volume["metadata"].get("annotations") or {}).get(_MOUNT_OPTIONS)
    if options is None or any(volume["spec"].get(each) is not None for each in _WITH_OPTIONS):
        return []
    detail = "may not specify mount options for this volume type"
    return [field.forbidden(f"metadata.annotations.{_MOUNT_OPTIONS}", detail)]


def _update(new: Object, old: Object) -> Causes:
    causes = validate(new) + _rules(new)
    before, after = ({name: each["spec"].get(name) for name in _SPELLINGS} for each in (old, new))
    old_csi, csi = before["csi"], after["csi"]
    if old_csi and csi and "controllerExpandSecretRef" not in old_csi:
        after["csi"] = {key: each for key, each in csi.items() if key != "controllerExpandSecretRef"}
    if before != after:
        shown = internal.struct_diff("PersistentVolumeSource", before, after)
        detail = f"spec.persistentvolumesource is immutable after creation\n{shown}"
        causes.append(field.forbidden("spec.persistentvolumesource", detail))
    spec, old_spec = new["spec"], old["spec"]
    causes += field.immutable("volumeMode", spec.get("volumeMode"), old_spec.get("volumeMode"))
    affinity = old_spec.get("nodeAffinity")
    if affinity is not None and spec.get("nodeAffinity") != affinity:
        detail = f"{field.IMMUTABLE}, except for updating from beta label to GA"
        causes.append(field.invalid("nodeAffinity", spec.get("nodeAffinity"), detail))
    if old_spec.get("volumeAttributesClassName") is not None and "volumeAttributesClassName" not in spec:
        detail = "update from non-nil value to nil is forbidden"
        causes.append(field.forbidden("spec.volumeAttributesClassName", detail))
    return causes


PERSISTENT_VOLUME = Strategy(
    defaults=defaults,
    on_create=lambda volume: volume["status"].update(phase="Pending"),
    validate=validate,
    validate_update=_update,
    validate_status=metadata_change,
    has_status=True,
)
