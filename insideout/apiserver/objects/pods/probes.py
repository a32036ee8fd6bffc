"""Rules for probes and lifecycle hooks: what a kubelet runs, asks or waits for.

Source: pkg/apis/core/validation/validation.go (validateProbe, validateHandler, validateLifecycle)@v1.36.2.
"""

from typing import Any

from insideout.apimachinery import names
from insideout.apiserver.objects import field
from insideout.apiserver.objects.field import Causes

Object = dict[str, Any]

_COUNTS = ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")
_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc", "sleep")


def container_probes(container: Object, grace_s: int | None, path: str) -> Causes:
    """Return what is wrong with a container's three probes."""
    causes: Causes = []
    for name in ("livenessProbe", "readinessProbe", "startupProbe"):
        probe = container.get(name)
        if probe is not None:
            causes += _probe(name, probe, grace_s, f"{path}.{name}")
    return causes


def lifecycle(given: Object, grace_s: int | None, os_name: str | None, path: str) -> Causes:
    """Return what is wrong with the hooks around a container's life."""
    causes: Causes = []
    for name in ("postStart", "preStop"):
        if given.get(name) is not None:
            causes += handler(given[name], grace_s, f"{path}.{name}")
    if given.get("stopSignal") is not None:
        causes += _stop_signal(given["stopSignal"], os_name, f"{path}.stopSignal")
    return causes


def handler(given: Object, grace_s: int | None, path: str) -> Causes:
    """Return what is wrong with what a probe or hook does; it does exactly one thing."""
    causes: Causes = []
    found = [name for name in _HANDLERS if given.get(name) is not None]
    for name in found[:1]:
        causes += _action(name, given[name], grace_s, f"{path}.{name}")
    causes += [
        field.forbidden(f"{path}.{name}", "may not specify more than 1 handler type") for name in found[1:]
    ]
    return causes if found else [field.required(path, "must specify a handler type")]


def port(given: int | str | None, path: str) -> Causes:
    """Return what is wrong with a port, given by number or name."""
    if isinstance(given, str):
        return field.each(path, given, names.port_name(given))
    return field.each(path, given or 0, names.port_number(given or 0))


def _probe(name: str, probe: Object, grace_s: int | None, path: str) -> Causes:
    causes = handler(probe, grace_s, path)
    for count in _COUNTS:
        causes += field.not_negative(f"{path}.{count}", probe.get(count))
    own_grace_s = probe.get("terminationGracePeriodSeconds")
    at = f"{path}.terminationGracePeriodSeconds"
    if own_grace_s is not None and own_grace_s <= 0:
        causes.append(field.invalid(at, own_grace_s, "must be greater than 0"))
    if name == "readinessProbe":
        if own_grace_s is not None:
            causes.append(field.invalid(at, own_grace_s, "must not be set for readinessProbes"))
    elif probe.get("successThreshold") != 1:
        causes.append(
            field.invalid(f"{path}.successThreshold", probe.get("successThreshold", 0), "must be 1")
        )
    return causes


def _action(name: str, action: Object, grace_s: int | None, path: str) -> Causes:
    match name:
        case "exec":
            return [] if action.get("command") else [field.required(f"{path}.command")]
        case "httpGet":
            return _http_get(action, path)
        case "sleep":
            return _sleep(action.get("seconds", 0), grace_s, path)
    return port(action.get("port"), f"{path}.port")


def _http_get(action: Object, path: str) -> Causes:
    causes = [] if action.get("path") else [field.required(f"{path}.path")]
    causes += port(action.get("port"), f"{path}.port")
    causes += field.one_of(f"{path}.scheme", action.get("scheme", ""), ("HTTP", "HTTPS"))
    for header in action.get("httpHeaders") or ():
        name = header.get("name", "")
        causes += field.each(f"{path}.httpHeaders", name, names.http_header(name))
    return causes


def _sleep(seconds: int, grace_s: int | None, path: str) -> Causes:
    if grace_s is None or 0 <= seconds <= grace_s:
        return []
    detail = f"must be non-negative and less than terminationGracePeriodSeconds ({grace_s})"
    return [field.invalid(path, seconds, detail)]


_SIGNALS = (
    "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE",
    "POLL", "PROF", "PWR", "QUIT", "RTMAX", *(f"RTMAX-{n}" for n in range(1, 15)), "RTMIN",
    *(f"RTMIN+{n}" for n in range(1, 16)), "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN",
    "TTOU", "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ",
)  # fmt: skip


def _stop_signal(signal: str, os_name: str | None, path: str) -> Causes:
    if os_name is None:
        return [field.forbidden(path, "may not be set for containers with empty `spec.os.name`")]
    known = ("KILL", "TERM") if os_name == "windows" else _SIGNALS
    return field.one_of(path, signal, sorted(f"SIG{name}" for name in known))
