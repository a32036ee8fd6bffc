"""Rules for security contexts, of pods and of containers.

Left out: users and credentials of Windows containers.

Source: pkg/apis/core/validation/validation.go (validatePodSpecSecurityContext,
ValidateSecurityContext)@v1.36.2.
"""

import re
from typing import Any

from insideout.apimachinery import names
from insideout.apiserver.objects import field
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.pods import internal, paths

Object = dict[str, Any]

_MOST_ID = 2**31 - 1
_SYSCTL = r"^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$"
_IPC_SYSCTLS = ("kernel.shm", "kernel.msg", "kernel.sem", "fs.mqueue.")
_MOST_PROFILE_BYTES = 4095


def pod_context(spec: Object, path: str) -> Causes:
    """Return what is wrong with a pod's securityContext and the namespaces it shares."""
    context: Object = spec.get("securityContext") or {}
    causes: Causes = []
    if context:
        for name in ("fsGroup", "runAsUser", "runAsGroup"):
            causes += _id(context.get(name), f"{path}.{name}")
        for index, group in enumerate(context.get("supplementalGroups") or ()):
            causes += _id(group, f"{path}.supplementalGroups[{index}]")
    if spec.get("shareProcessNamespace") and spec.get("hostPID"):
        detail = "ShareProcessNamespace and HostPID cannot both be enabled"
        causes.append(field.invalid(f"{path}.shareProcessNamespace", True, detail))
    if not context:
        return causes
    causes += _sysctls(context, spec, f"{path}.sysctls")
    causes += _optional(context, "fsGroupChangePolicy", ("Always", "OnRootMismatch"), path)
    causes += _seccomp(context.get("seccompProfile"), f"{path}.seccompProfile")
    causes += _app_armor(context.get("appArmorProfile"), f"{path}.appArmorProfile")
    causes += _optional(context, "supplementalGroupsPolicy", ("Merge", "Strict"), path)
    return causes + _optional(context, "seLinuxChangePolicy", ("MountOption", "Recursive"), path)


def container_context(context: Object | None, path: str, *, host_users: bool) -> Causes:
    """Return what is wrong with a container's securityContext."""
    if not context:
        return []
    causes = _id(context.get("runAsUser"), f"{path}.runAsUser")
    causes += _id(context.get("runAsGroup"), f"{path}.runAsGroup")
    mount = context.get("procMount")
    if mount is not None:
        causes += field.one_of(f"{path}.procMount", mount, ("Default", "Unmasked"))
        if host_users and mount == "Unmasked":
            detail = "`hostUsers` must be false to use `Unmasked`"
            causes.append(field.invalid(f"{path}.procMount", mount, detail))
    causes += _seccomp(context.get("seccompProfile"), f"{path}.seccompProfile")
    if context.get("allowPrivilegeEscalation") is False:
        if context.get("privileged"):
            detail = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"
            causes.append(field.invalid(path, internal.dump("SecurityContext", context), detail))
        if "CAP_SYS_ADMIN" in ((context.get("capabilities") or {}).get("add") or ()):
            detail = "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN"
            causes.append(field.invalid(path, internal.dump("SecurityContext", context), detail))
    return causes + _app_armor(context.get("appArmorProfile"), f"{path}.appArmorProfile")


def _id(given: int | None, path: str) -> Causes:
    if given is None or 0 <= given <= _MOST_ID:
        return []
    return [field.invalid(path, given, names.between(0, _MOST_ID))]


def _optional(context: Object, name: str, supported: tuple[str, ...], path: str) -> Causes:
    given = context.get(name)
    return [] if given is None else field.one_of(f"{path}.{name}", given, supported)


def _sysctls(context: Object, spec: Object, path: str) -> Causes:
    causes: Causes = []
    seen: set[str] = set()
    for index, sysctl in enumerate(context.get("sysctls") or ()):
        at, name = f"{path}[{index}].name", sysctl.get("name", "")
        if not name:
            causes.append(field.required(at))
        elif len(name) > 253 or not re.match(_SYSCTL, name):
            detail = f"must have at most 253 characters and match regex {_SYSCTL}"
            causes.append(field.invalid(at, name, detail))
        elif name in seen:
            causes.append(field.duplicate(at, name))
        dotted = name.replace("/", ".")
        if spec.get("hostNetwork") and dotted.startswith("net."):
            causes.append(field.invalid(at, name, "may not be specified when 'hostNetwork' is true"))
        elif spec.get("hostIPC") and dotted.startswith(_IPC_SYSCTLS):
            causes.append(field.invalid(at, name, "may not be specified when 'hostIPC' is true"))
        seen.add(name)
    return causes


def _seccomp(profile: Object | None, path: str) -> Causes:
    if profile is None:
        return []
    kind, local = profile.get("type", ""), profile.get("localhostProfile")
    causes: Causes = []
    if not kind:
        causes.append(field.required(f"{path}.type", "type is required when seccompProfile is set"))
    else:
        causes += field.one_of(f"{path}.type", kind, ("Localhost", "RuntimeDefault", "Unconfined"))
    if kind == "Localhost":
        if local is None:
            detail = "must be set when seccomp type is Localhost"
            return [*causes, field.required(f"{path}.localhostProfile", detail)]
        return causes + paths.descending(local, f"{path}.localhostProfile")
    if local is not None:
        shown = internal.dump("SeccompProfile", profile)
        detail = "can only be set when seccomp type is Localhost"
        causes.append(field.invalid(f"{path}.localhostProfile", shown, detail))
    return causes


def _app_armor(profile: Object | None, path: str) -> Causes:
    if profile is None:
        return []
    kind, local, at = profile.get("type", ""), profile.get("localhostProfile"), f"{path}.localhostProfile"
    if kind == "Localhost":
        if local is None or not local.strip():
            return [field.required(at, "must be set when AppArmor type is Localhost")]
        causes = (
            [field.invalid(at, local, "must not be padded with whitespace")] if local != local.strip() else []
        )
        too_long = len(local.encode()) > _MOST_PROFILE_BYTES
        return causes + ([field.too_long(at, _MOST_PROFILE_BYTES)] if too_long else [])
    if kind in ("RuntimeDefault", "Unconfined"):
        detail = "can only be set when AppArmor type is Localhost"
        return [] if local is None else [field.invalid(at, local, detail)]
    if not kind:
        return [field.required(f"{path}.type", "type is required when appArmorProfile is set")]
    return field.one_of(f"{path}.type", kind, ("Localhost", "RuntimeDefault", "Unconfined"))
