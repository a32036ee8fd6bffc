"""Rules for what a container mounts.

Source: pkg/apis/core/validation/validation.go (ValidateVolumeMounts, ValidateVolumeDevices)@v1.36.2.
"""

from collections.abc import Mapping
from typing import Any

from insideout.apiserver.objects import field
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.pods import paths

Object = dict[str, Any]


def mounts_and_devices(container: Object, volumes: Mapping[str, Object], path: str) -> Causes:
    """Return what is wrong with a container's volumeMounts and volumeDevices."""
    mounts, devices = container.get("volumeMounts") or (), container.get("volumeDevices") or ()
    mounted = {each.get("name", ""): each.get("mountPath", "") for each in mounts}
    attached = {each.get("name", ""): each.get("devicePath", "") for each in devices}
    causes: Causes = []
    seen: set[str] = set()
    for index, mount in enumerate(mounts):
        at = f"{path}.volumeMounts[{index}]"
        causes += _mount(mount, at, volumes, attached, seen)
        causes += _mount_options(mount, container, f"{path}.volumeMounts", at)
    return causes + _devices(container, volumes, mounted, f"{path}.volumeDevices")


def _mount(
    mount: Object, path: str, volumes: Mapping[str, Object], attached: Mapping[str, str], seen: set[str]
) -> Causes:
    causes: Causes = []
    name, where = mount.get("name", ""), mount.get("mountPath", "")
    if not name:
        causes.append(field.required(f"{path}.name"))
    if name not in volumes:
        causes.append(field.not_found(f"{path}.name", name))
    if not where:
        causes.append(field.required(f"{path}.mountPath"))
    if where in seen:
        causes.append(field.invalid(f"{path}.mountPath", where, "must be unique"))
    seen.add(where)
    if name in attached:
        causes.append(field.invalid(f"{path}.name", name, "must not already exist in volumeDevices"))
    if where in attached.values():
        detail = "must not already exist as a path in volumeDevices"
        causes.append(field.invalid(f"{path}.mountPath", where, detail))
    return causes


def _mount_options(mount: Object, container: Object, mounts_path: str, path: str) -> Causes:
    # Upstream reports some of these on the list, without the index of the mount.
    causes: Causes = []
    sub_path, expression = mount.get("subPath"), mount.get("subPathExpr")
    if sub_path:
        causes += paths.descending(sub_path, f"{mounts_path}.subPath")
    if expression:
        if sub_path:
            detail = "subPathExpr and subPath are mutually exclusive"
            causes.append(field.invalid(f"{path}.subPathExpr", expression, detail))
        causes += paths.descending(expression, f"{mounts_path}.subPathExpr")
    if mount.get("mountPropagation") is not None:
        causes += _propagation(mount["mountPropagation"], container, f"{mounts_path}.mountPropagation")
    return causes + _recursive_read_only(mount, f"{mounts_path}.recursiveReadOnly")


def _propagation(mode: str, container: Object, path: str) -> Causes:
    causes = field.one_of(path, mode, ("Bidirectional", "HostToContainer", "None"))
    if mode == "Bidirectional" and not (container.get("securityContext") or {}).get("privileged"):
        detail = "Bidirectional mount propagation is available only to privileged containers"
        causes.append(field.forbidden(path, detail))
    return causes


def _recursive_read_only(mount: Object, path: str) -> Causes:
    mode = mount.get("recursiveReadOnly")
    if mode in (None, "Disabled"):
        return []
    if mode not in ("Enabled", "IfPossible"):
        return field.one_of(path, mode, ("Disabled", "Enabled", "IfPossible"))
    causes: Causes = []
    if not mount.get("readOnly"):
        causes.append(field.forbidden(path, "may only be specified when readOnly is true"))
    if mount.get("mountPropagation") not in (None, "None"):
        detail = "may only be specified when mountPropagation is None or not specified"
        causes.append(field.forbidden(path, detail))
    return causes


def _devices(
    container: Object, volumes: Mapping[str, Object], mounted: Mapping[str, str], path: str
) -> Causes:
    causes: Causes = []
    device_names: set[str] = set()
    device_paths: set[str] = set()
    for index, device in enumerate(container.get("volumeDevices") or ()):
        at, name, where = f"{path}[{index}]", device.get("name", ""), device.get("devicePath", "")
        if not name:
            causes.append(field.required(f"{at}.name"))
        if name in device_names:
            causes.append(field.invalid(f"{at}.name", name, "must be unique"))
        volume = volumes.get(name)
        if volume is None:
            causes.append(field.not_found(f"{at}.name", name))
        elif volume.get("persistentVolumeClaim") is None and volume.get("ephemeral") is None:
            detail = "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode"
            causes.append(field.invalid(f"{at}.name", name, detail))
        if not where:
            causes.append(field.required(f"{at}.devicePath"))
        if where in device_paths:
            causes.append(field.invalid(f"{at}.devicePath", where, "must be unique"))
        if paths.no_backsteps(where, ""):
            causes.append(field.invalid(f"{at}.devicePath", where, "can not contain backsteps ('..')"))
        else:
            device_paths.add(where)
        if name in mounted:
            causes.append(field.invalid(f"{at}.name", name, "must not already exist in volumeMounts"))
        if where in mounted.values():
            detail = "must not already exist as a path in volumeMounts"
            causes.append(field.invalid(f"{at}.devicePath", where, detail))
        device_names.update({name} - {""})
    return causes
