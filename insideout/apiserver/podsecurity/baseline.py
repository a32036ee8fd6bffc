"""The checks of the level baseline: nothing that is known to lead out of a container.

Source: k8s.io/pod-security-admission/policy/check_*.go@v1.36.2.
"""

from collections.abc import Iterator

from insideout.apimachinery.goquote import go_quote
from insideout.apiserver.podsecurity.walk import (
    Check,
    Object,
    Violation,
    blamed,
    containers,
    context,
    contexts,
    has_own_users,
    named,
    plural,
    quoted,
    uses,
)

CAPABILITIES = frozenset(
    {"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE"}
    | {"SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"}
)
_APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/"
_SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod"
_SECCOMP_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/"
_PROFILES = ("RuntimeDefault", "Localhost")
_SYSCTLS_0 = frozenset(
    {"kernel.shm_rmid_forced"}
    | {
        f"net.ipv4.{name}"
        for name in (
            "ip_local_port_range",
            "tcp_syncookies",
            "ping_group_range",
            "ip_unprivileged_port_start",
        )
    }
)
_SYSCTLS_27 = _SYSCTLS_0 | {"net.ipv4.ip_local_reserved_ports"}
_SYSCTLS_29 = _SYSCTLS_27 | {
    f"net.ipv4.tcp_{name}"
    for name in ("keepalive_time", "fin_timeout", "keepalive_intvl", "keepalive_probes")
}
_SYSCTLS_32 = _SYSCTLS_29 | {"net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"}
_SELINUX_0 = frozenset({"", "container_t", "container_init_t", "container_kvm_t"})
_SELINUX_31 = _SELINUX_0 | {"container_engine_t"}


def app_armor(metadata: Object, spec: Object) -> Violation | None:
    """No AppArmor profile but the runtime's and the node's."""

    def wrong(holder: Object) -> str | None:
        profile = holder.get("appArmorProfile")
        return None if profile is None or profile.get("type") in _PROFILES else profile.get("type", "")

    of_pod = wrong(context(spec))
    of_containers = {name: value for name, found in contexts(spec) if (value := wrong(found)) is not None}
    values = sorted({*of_containers.values(), *([] if of_pod is None else [of_pod])})
    marks = sorted(
        f"{key}={go_quote(value)}"
        for key, value in (metadata.get("annotations") or {}).items()
        if key.startswith(_APP_ARMOR)
        and not (value in ("", "runtime/default") or value.startswith("localhost/"))
    )
    who = blamed(of_pod is not None, list(of_containers))
    if marks:
        who.append(plural("annotation", len(marks)))
    if not who:
        return None
    values += marks
    reason = plural("forbidden AppArmor profile", len(values))
    return Violation(reason, f"{' and '.join(who)} must not set AppArmor profile type to {quoted(values)}")


def capabilities(metadata: Object, spec: Object) -> Violation | None:
    """No capabilities but those that containers have anyway."""
    added = {
        name: extra
        for name, found in contexts(spec)
        if (extra := set((found.get("capabilities") or {}).get("add") or ()) - CAPABILITIES)
    }
    if not added:
        return None
    what = quoted(sorted(set().union(*added.values())))
    detail = f"{named(list(added))} must not include {what} in securityContext.capabilities.add"
    return Violation("non-default capabilities", detail)


def host_namespaces(metadata: Object, spec: Object) -> Violation | None:
    """No namespaces of the host."""
    shared = [f"{field}=true" for field in ("hostNetwork", "hostPID", "hostIPC") if spec.get(field)]
    return Violation("host namespaces", ", ".join(shared)) if shared else None


def host_paths(metadata: Object, spec: Object) -> Violation | None:
    """No directories of the host."""
    names = [volume["name"] for volume in spec.get("volumes") or () if volume.get("hostPath") is not None]
    return Violation("hostPath volumes", f"{plural('volume', len(names))} {quoted(names)}") if names else None


def host_ports(metadata: Object, spec: Object) -> Violation | None:
    """No ports of the host."""
    taken = {
        container["name"]: ports
        for container in containers(spec)
        if (ports := {str(port["hostPort"]) for port in container.get("ports") or () if port.get("hostPort")})
    }
    if not taken:
        return None
    numbers = sorted(set().union(*taken.values()))
    what = f"{plural('hostPort', len(numbers))} {', '.join(numbers)}"
    return Violation("hostPort", f"{uses(list(taken))} {what}")


def host_probes(metadata: Object, spec: Object) -> Violation | None:
    """No probes and hooks that ask somebody else."""
    asked = {
        container["name"]: hosts for container in containers(spec) if (hosts := set(_hosts_asked(container)))
    }
    if not asked:
        return None
    all_hosts = sorted(set().union(*asked.values()))
    what = f"{plural('probe or lifecycle host', len(all_hosts))} {quoted(all_hosts)}"
    return Violation("probe or lifecycle host", f"{uses(sorted(asked))} {what}")


def _hosts_asked(container: Object) -> Iterator[str]:
    lifecycle = container.get("lifecycle") or {}
    handlers = [container.get(field) for field in ("livenessProbe", "readinessProbe", "startupProbe")]
    for handler in (*handlers, lifecycle.get("postStart"), lifecycle.get("preStop")):
        for action in ("httpGet", "tcpSocket"):
            if host := ((handler or {}).get(action) or {}).get("host"):
                yield host


def privileged(metadata: Object, spec: Object) -> Violation | None:
    """No privileged containers."""
    names = [name for name, found in contexts(spec) if found.get("privileged")]
    return (
        Violation("privileged", f"{named(names)} must not set securityContext.privileged=true")
        if names
        else None
    )


def proc_mount(metadata: Object, spec: Object) -> Violation | None:
    """No /proc without the usual masks."""
    values = {name: value for name, found in contexts(spec) if (value := found.get("procMount")) is not None}
    wrong = {name: value for name, value in values.items() if value != "Default"}
    if not wrong:
        return None
    what = quoted(sorted(set(wrong.values())))
    return Violation("procMount", f"{named(list(wrong))} must not set securityContext.procMount to {what}")


def _proc_mount_35(metadata: Object, spec: Object) -> Violation | None:
    return None if has_own_users(spec) else proc_mount(metadata, spec)


def _selinux(allowed: frozenset[str]) -> Check:
    def check(metadata: Object, spec: Object) -> Violation | None:
        """No SELinux type but a container's, and neither user nor role."""

        def is_wrong(options: Object) -> bool:
            return (
                options.get("type", "") not in allowed
                or bool(options.get("user"))
                or bool(options.get("role"))
            )

        of_pod = context(spec).get("seLinuxOptions") or {}
        of_containers = {name: found.get("seLinuxOptions") or {} for name, found in contexts(spec)}
        names = [name for name, options in of_containers.items() if is_wrong(options)]
        who = blamed(is_wrong(of_pod), names)
        if not who:
            return None
        all_options = (of_pod, *of_containers.values())
        types = sorted({options.get("type", "") for options in all_options} - allowed)
        said = [f"{plural('type', len(types))} {quoted(types)}"] if types else []
        for field in ("user", "role"):
            if any(options.get(field) for options in all_options):
                said.append(f"{field} may not be set")
        detail = f"{' and '.join(who)} set forbidden securityContext.seLinuxOptions: {'; '.join(said)}"
        return Violation("seLinuxOptions", detail)

    return check


def _seccomp_annotations(metadata: Object, spec: Object) -> Violation | None:
    """No seccomp profile but the runtime's and the node's, as annotations."""
    given = metadata.get("annotations") or {}
    keys = (_SECCOMP_POD, *(_SECCOMP_CONTAINER + container["name"] for container in containers(spec)))
    wrong = sorted(
        {
            f"{key}={go_quote(value)}"
            for key in keys
            if (value := given.get(key)) is not None
            and not (value in ("runtime/default", "docker/default") or value.startswith("localhost/"))
        }
    )
    if not wrong:
        return None
    return Violation("seccompProfile", f"forbidden {plural('annotation', len(wrong))} {', '.join(wrong)}")


def seccomp(metadata: Object, spec: Object) -> Violation | None:
    """No seccomp profile but the runtime's and the node's."""

    def wrong(holder: Object) -> str | None:
        profile = holder.get("seccompProfile")
        return None if profile is None or profile.get("type") in _PROFILES else profile.get("type", "")

    of_pod = wrong(context(spec))
    of_containers = {name: value for name, found in contexts(spec) if (value := wrong(found)) is not None}
    who = blamed(of_pod is not None, list(of_containers))
    if not who:
        return None
    what = quoted(sorted({*of_containers.values(), *([] if of_pod is None else [of_pod])}))
    detail = f"{' and '.join(who)} must not set securityContext.seccompProfile.type to {what}"
    return Violation("seccompProfile", detail)


def _sysctls(allowed: frozenset[str]) -> Check:
    def check(metadata: Object, spec: Object) -> Violation | None:
        """No kernel parameters that reach beyond the pod."""
        names = [each["name"] for each in context(spec).get("sysctls") or () if each["name"] not in allowed]
        return Violation("forbidden sysctls", ", ".join(names)) if names else None

    return check


def windows_host_process(metadata: Object, spec: Object) -> Violation | None:
    """No processes of a Windows host."""

    def is_wrong(holder: Object) -> bool:
        return bool((holder.get("windowsOptions") or {}).get("hostProcess"))

    who = blamed(is_wrong(context(spec)), [name for name, found in contexts(spec) if is_wrong(found)])
    if not who:
        return None
    return Violation(
        "hostProcess", f"{' and '.join(who)} must not set securityContext.windowsOptions.hostProcess=true"
    )


CHECKS: dict[str, dict[int, Check]] = {
    "appArmorProfile": {0: app_armor},
    "capabilities_baseline": {0: capabilities},
    "hostNamespaces": {0: host_namespaces},
    "hostPathVolumes": {0: host_paths},
    "hostPorts": {0: host_ports},
    "hostProbesAndHostLifecycle": {34: host_probes},
    "privileged": {0: privileged},
    "procMount": {0: proc_mount, 35: _proc_mount_35},
    "seLinuxOptions": {0: _selinux(_SELINUX_0), 31: _selinux(_SELINUX_31)},
    "seccompProfile_baseline": {0: _seccomp_annotations, 19: seccomp},
    "sysctls": {
        0: _sysctls(_SYSCTLS_0),
        27: _sysctls(_SYSCTLS_27),
        29: _sysctls(_SYSCTLS_29),
        32: _sysctls(_SYSCTLS_32),
    },
    "windowsHostProcess": {0: windows_host_process},
}
"""By name: the minor versions since which they mean what."""
