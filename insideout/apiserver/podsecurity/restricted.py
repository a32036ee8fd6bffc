"""The checks of the level restricted: what a pod must say to have no more rights than it needs.

Source: k8s.io/pod-security-admission/policy/check_*.go@v1.36.2.
"""

from insideout.apiserver.podsecurity import baseline
from insideout.apiserver.podsecurity.walk import (
    Check,
    Object,
    Violation,
    blamed,
    context,
    contexts,
    has_own_users,
    is_windows,
    named,
    plural,
    quoted,
)

_ALLOWED_VOLUMES = frozenset(
    {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim"}
    | {"projected", "secret"}
)
_OTHER_VOLUMES = (
    *("hostPath", "gcePersistentDisk", "awsElasticBlockStore", "gitRepo", "nfs", "iscsi", "glusterfs", "rbd"),
    *(
        "flexVolume",
        "cinder",
        "cephfs",
        "flocker",
        "fc",
        "azureFile",
        "vsphereVolume",
        "quobyte",
        "azureDisk",
    ),
    *("photonPersistentDisk", "portworxVolume", "scaleIO", "storageos"),
)


def escalation(metadata: Object, spec: Object) -> Violation | None:
    """No process gets more rights than its parent."""
    names = [name for name, found in contexts(spec) if found.get("allowPrivilegeEscalation") is not False]
    if not names:
        return None
    detail = f"{named(names)} must set securityContext.allowPrivilegeEscalation=false"
    return Violation("allowPrivilegeEscalation != false", detail)


def capabilities(metadata: Object, spec: Object) -> Violation | None:
    """No capabilities but the one for low ports."""
    given = {name: found.get("capabilities") or {} for name, found in contexts(spec)}
    missing = [name for name, found in given.items() if "ALL" not in (found.get("drop") or ())]
    added = {
        name: extra
        for name, found in given.items()
        if (extra := set(found.get("add") or ()) - {"NET_BIND_SERVICE"})
    }
    said = []
    if missing:
        said.append(f'{named(missing)} must set securityContext.capabilities.drop=["ALL"]')
    if added:
        what = quoted(sorted(set().union(*added.values())))
        said.append(f"{named(list(added))} must not include {what} in securityContext.capabilities.add")
    return Violation("unrestricted capabilities", "; ".join(said)) if said else None


def volumes(metadata: Object, spec: Object) -> Violation | None:
    """No volumes but those that the cluster itself manages."""
    wrong = [volume for volume in spec.get("volumes") or () if not _ALLOWED_VOLUMES & volume.keys()]
    if not wrong:
        return None
    types = sorted({next((name for name in _OTHER_VOLUMES if name in each), "unknown") for each in wrong})
    names = f"{plural('volume', len(wrong))} {quoted(volume['name'] for volume in wrong)}"
    what = f"{plural('restricted volume type', len(types))} {quoted(types)}"
    return Violation("restricted volume types", f"{names} {'uses' if len(wrong) == 1 else 'use'} {what}")


def non_root(metadata: Object, spec: Object) -> Violation | None:
    """Nobody runs as root."""
    of_pod = context(spec).get("runAsNonRoot")
    given = {name: found.get("runAsNonRoot") for name, found in contexts(spec)}
    who = blamed(of_pod is False, [name for name, value in given.items() if value is False])
    if who:
        detail = f"{' and '.join(who)} must not set securityContext.runAsNonRoot=false"
        return Violation("runAsNonRoot != true", detail)
    silent = [name for name, value in given.items() if value is None and not of_pod]
    if not silent:
        return None
    return Violation(
        "runAsNonRoot != true", f"pod or {named(silent)} must set securityContext.runAsNonRoot=true"
    )


def user(metadata: Object, spec: Object) -> Violation | None:
    """Nobody asks to run as root."""
    names = [name for name, found in contexts(spec) if found.get("runAsUser") == 0]
    who = blamed(context(spec).get("runAsUser") == 0, names)
    return Violation("runAsUser=0", f"{' and '.join(who)} must not set runAsUser=0") if who else None


def seccomp(metadata: Object, spec: Object) -> Violation | None:
    """Everybody has the seccomp profile of the runtime or one of the node's."""
    if found := baseline.seccomp(metadata, spec):
        return found
    if context(spec).get("seccompProfile") is not None:
        return None
    silent = [name for name, found in contexts(spec) if found.get("seccompProfile") is None]
    if not silent:
        return None
    what = 'must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"'
    return Violation("seccompProfile", f"pod or {named(silent)} {what}")


def _not_on_windows(check: Check) -> Check:
    return lambda metadata, spec: None if is_windows(spec) else check(metadata, spec)


def _not_with_own_users(check: Check) -> Check:
    return lambda metadata, spec: None if has_own_users(spec) else check(metadata, spec)


CHECKS: dict[str, dict[int, Check]] = {
    "allowPrivilegeEscalation": {8: escalation, 25: _not_on_windows(escalation)},
    "capabilities_restricted": {22: capabilities, 25: _not_on_windows(capabilities)},
    "procMount_restricted": {35: baseline.proc_mount},
    "restrictedVolumes": {0: volumes},
    "runAsNonRoot": {0: non_root, 35: _not_with_own_users(non_root)},
    "runAsUser": {23: user, 35: _not_with_own_users(user)},
    "seccompProfile_restricted": {19: seccomp, 25: _not_on_windows(seccomp)},
}
"""By name: the minor versions since which they mean what."""

OVERRIDES = {
    "capabilities_restricted": "capabilities_baseline",
    "procMount_restricted": "procMount",
    "restrictedVolumes": "hostPathVolumes",
    "seccompProfile_restricted": "seccompProfile_baseline",
}
"""The checks of baseline that these take the place of."""
