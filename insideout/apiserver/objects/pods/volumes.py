"""Rules for the volumes of a pod.

Left out: details of cloud providers' own volumes beyond the fields they cannot do without, claims in
ephemeral volumes beyond their metadata, cluster trust bundles and pod certificates.

Source: pkg/apis/core/validation/validation.go (ValidateVolumes, validateVolumeSource)@v1.36.2.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from insideout.apimachinery import amount, names
from insideout.apiserver.objects import field
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.pods import environment, paths

Object = dict[str, Any]

_ORDER = (
    "emptyDir", "hostPath", "gitRepo", "gcePersistentDisk", "awsElasticBlockStore", "secret", "nfs", "iscsi",
    "glusterfs", "flocker", "persistentVolumeClaim", "rbd", "cinder", "cephfs", "quobyte", "downwardAPI",
    "fc", "flexVolume", "configMap", "azureFile", "vsphereVolume", "photonPersistentDisk", "portworxVolume",
    "azureDisk", "storageos", "projected", "scaleIO", "csi", "ephemeral", "image",
)  # fmt: skip
"""The sources of a volume in the order in which they are looked at: the first one counts."""
_SECOND = {"cephfs": "cephFS", "downwardAPI": "downwarAPI"}
"""Upstream's spelling where a second source is refused."""
REQUIRED = {
    "gcePersistentDisk": ("pdName",),
    "awsElasticBlockStore": ("volumeID",),
    "iscsi": ("targetPortal", "iqn"),
    "glusterfs": ("endpoints", "path"),
    "persistentVolumeClaim": ("claimName",),
    "rbd": ("monitors", "image"),
    "cinder": ("volumeID",),
    "cephfs": ("monitors",),
    "flexVolume": ("driver",),
    "azureFile": ("secretName", "shareName"),
    "vsphereVolume": ("volumePath",),
    "photonPersistentDisk": ("pdID",),
    "portworxVolume": ("volumeID",),
    "azureDisk": ("diskName", "diskURI"),
    "scaleIO": ("gateway", "system", "volumeName"),
}
"""The fields that a source cannot do without."""
_HOST_PATH_TYPES = (
    "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket",
)  # fmt: skip


def volumes(given: Sequence[Object], pod_name: str, path: str) -> tuple[dict[str, Object], Causes]:
    """Return the volumes that are right, by name, and what is wrong with the others."""
    created = {f"{pod_name}-{each.get('name', '')}" for each in given if pod_name and each.get("ephemeral")}
    right: dict[str, Object] = {}
    causes: Causes = []
    for index, volume in enumerate(given):
        at, name = f"{path}[{index}]", volume.get("name", "")
        wrong = _source(volume, name, pod_name, at)
        wrong += (
            field.each(f"{at}.name", name, names.dns_label(name)) if name else [field.required(f"{at}.name")]
        )
        if name in right:
            wrong.append(field.duplicate(f"{at}.name", name))
        if not wrong:
            right[name] = volume
        causes += wrong
        claim = (volume.get("persistentVolumeClaim") or {}).get("claimName", "")
        if claim in created:
            detail = "must not reference a PVC that gets created for an ephemeral volume"
            causes.append(field.invalid(f"{at}.persistentVolumeClaim.claimName", claim, detail))
    return right, causes


def _source(volume: Object, name: str, pod_name: str, path: str) -> Causes:
    found = [source for source in _ORDER if volume.get(source) is not None]
    if not found:
        return [field.required(path, "must specify a volume type")]
    first = found[0]
    at = f"{path}.{'persistentDisk' if first == 'gcePersistentDisk' else first}"
    source: Object = volume[first]
    causes = [field.required(f"{at}.{part}") for part in REQUIRED.get(first, ()) if not source.get(part)]
    if first in _RULES:
        causes += _RULES[first](source, at)
    if first == "ephemeral" and pod_name and name:
        claim = f"{pod_name}-{name}"
        for why in names.dns_subdomain(claim):
            causes.append(field.invalid(f"{path}.name", name, f'PVC name "{claim}": {why}'))
    detail = "may not specify more than 1 volume type"
    return causes + [field.forbidden(f"{path}.{_SECOND.get(each, each)}", detail) for each in found[1:]]


def _empty_dir(source: Object, path: str) -> Causes:
    if amount.parse(source.get("sizeLimit", "0")).value >= 0:
        return []
    return [field.forbidden(f"{path}.sizeLimit", "SizeLimit field must be a valid resource quantity")]


def host_path(source: Object, path: str) -> Causes:
    """Return what is wrong with a path of the host."""
    causes = [] if source.get("path") else [field.required(f"{path}.path")]
    causes += paths.no_backsteps(source.get("path", ""), f"{path}.path")
    kind = source.get("type")
    return causes + (field.one_of(f"{path}.type", kind, _HOST_PATH_TYPES) if kind is not None else [])


def _git_repo(source: Object, path: str) -> Causes:
    causes = [] if source.get("repository") else [field.required(f"{path}.repository")]
    return causes + paths.descending(source.get("directory", ""), f"{path}.directory")


def nfs(source: Object, path: str) -> Causes:
    """Return what is wrong with a share."""
    causes = [field.required(f"{path}.{part}") for part in ("server", "path") if not source.get(part)]
    if not source.get("path", "").startswith("/"):
        causes.append(field.invalid(f"{path}.path", source.get("path", ""), "must be an absolute path"))
    return causes


def _secret(source: Object, path: str) -> Causes:
    return _keyed(source, "secretName", path)


def _config_map(source: Object, path: str) -> Causes:
    return _keyed(source, "name", path)


def _keyed(source: Object, name: str, path: str) -> Causes:
    causes = [] if source.get(name) else [field.required(f"{path}.{name}")]
    causes += paths.file_mode(source.get("defaultMode"), f"{path}.defaultMode")
    for index, item in enumerate(source.get("items") or ()):
        causes += _item(item, f"{path}.items[{index}]")
    return causes


def _item(item: Object, path: str) -> Causes:
    causes = [field.required(f"{path}.{part}") for part in ("key", "path") if not item.get(part)]
    causes += paths.not_reserved(item.get("path", ""), f"{path}.path")
    return causes + paths.file_mode(item.get("mode"), f"{path}.mode")


def _downward(source: Object, path: str) -> Causes:
    causes = paths.file_mode(source.get("defaultMode"), f"{path}.defaultMode")
    for item in source.get("items") or ():
        causes += _downward_file(item, path)
    return causes


def _downward_file(item: Object, path: str) -> Causes:
    causes = [] if item.get("path") else [field.required(f"{path}.path")]
    causes += paths.not_reserved(item.get("path", ""), f"{path}.path")
    of_field, of_resource = item.get("fieldRef"), item.get("resourceFieldRef")
    if of_field is not None:
        causes += environment.object_field(of_field, environment.VOLUME_FIELDS, f"{path}.fieldRef")
        if of_resource is not None:
            detail = "fieldRef and resourceFieldRef can not be specified simultaneously"
            causes.append(field.invalid(path, "resource", detail))
    elif of_resource is not None:
        causes += environment.resource_field(of_resource, f"{path}.resourceFieldRef", in_volume=True)
    else:
        causes.append(field.required(path, "one of fieldRef and resourceFieldRef is required"))
    return causes + paths.file_mode(item.get("mode"), f"{path}.mode")


def _projected(source: Object, path: str) -> Causes:
    causes = paths.file_mode(source.get("defaultMode"), f"{path}.defaultMode")
    taken: set[str] = set()
    for index, part in enumerate(source.get("sources") or ()):
        at = f"{path}.sources[{index}]"
        for name in ("secret", "configMap"):
            if part.get(name) is not None:
                causes += _projected_keys(part[name], f"{at}.{name}", path, taken)
        for item in (part.get("downwardAPI") or {}).get("items") or ():
            causes += _downward_file(item, f"{at}.downwardAPI")
            causes += _take(item.get("path", ""), item.get("path", ""), path, taken)
        if part.get("serviceAccountToken") is not None:
            causes += _token(part["serviceAccountToken"], f"{at}.serviceAccountToken", path)
        if len(part) > 1:
            causes.append(field.forbidden(at, "may not specify more than 1 volume type per source"))
    return causes


def _projected_keys(part: Object, at: str, path: str, taken: set[str]) -> Causes:
    causes = [] if part.get("name") else [field.required(f"{at}.name")]
    for index, item in enumerate(part.get("items") or ()):
        causes += _item(item, f"{at}.items[{index}]")
        causes += _take(item.get("path", ""), part.get("name", ""), path, taken)
    return causes


def _take(file: str, shown: str, path: str, taken: set[str]) -> Causes:
    again = file in taken
    taken.update({file} - {""})
    return [field.invalid(path, shown, "conflicting duplicate paths")] if again else []


def _token(token: Object, at: str, path: str) -> Causes:
    causes: Causes = []
    seconds = token.get("expirationSeconds", 0)
    if seconds < 600:
        detail = "may not specify a duration less than 10 minutes"
        causes.append(field.invalid(f"{at}.expirationSeconds", seconds, detail))
    if seconds > 2**32:
        detail = "may not specify a duration larger than 2^32 seconds"
        causes.append(field.invalid(f"{at}.expirationSeconds", seconds, detail))
    if not token.get("path"):
        return [*causes, field.required(f"{path}.path")]
    return causes + paths.not_reserved(token["path"], f"{path}.path")


def _ephemeral(source: Object, path: str) -> Causes:
    if source.get("volumeClaimTemplate") is None:
        return [field.required(f"{path}.volumeClaimTemplate")]
    return []


def _image(source: Object, path: str) -> Causes:
    reference = source.get("reference", "")
    causes = [] if reference else [field.required(f"{path}.reference")]
    return causes + field.one_of(
        f"{path}.pullPolicy", source.get("pullPolicy", ""), ("Always", "IfNotPresent", "Never")
    )


_RULES: Mapping[str, Callable[[Object, str], Causes]] = {
    "emptyDir": _empty_dir,
    "hostPath": host_path,
    "gitRepo": _git_repo,
    "nfs": nfs,
    "secret": _secret,
    "configMap": _config_map,
    "downwardAPI": _downward,
    "projected": _projected,
    "ephemeral": _ephemeral,
    "image": _image,
}
