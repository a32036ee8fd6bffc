"""Rules for containers: main ones, init containers and sidecars, ephemeral ones.

Source: pkg/apis/core/validation/validation.go (validateContainers, validateInitContainers,
validateEphemeralContainers)@v1.36.2.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from insideout.apimachinery import names, resources
from insideout.apiserver.objects import field
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.pods import environment, mounts, probes, requirements, security

Object = dict[str, Any]

_PROTOCOLS = ("SCTP", "TCP", "UDP")
_ONLY_SIDECARS = "may not be set for init containers without restartPolicy=Always"
_EPHEMERAL_FIELDS = {
    "name", "image", "command", "args", "workingDir", "envFrom", "env", "volumeMounts", "volumeDevices",
    "terminationMessagePath", "terminationMessagePolicy", "imagePullPolicy", "securityContext", "stdin",
    "stdinOnce", "tty", "targetContainerName",
}  # fmt: skip


@dataclass(frozen=True)
class Surroundings:
    """What rules for a container need to know of its pod."""

    spec: Object
    volumes: Mapping[str, Object]

    @property
    def grace_s(self) -> int | None:
        """How long the pod may take to stop."""
        value = self.spec.get("terminationGracePeriodSeconds")
        return None if value is None else int(value)

    @property
    def os_name(self) -> str | None:
        """The operating system that the pod says it is for."""
        given = self.spec.get("os")
        return None if given is None else str(given.get("name", ""))

    @property
    def claim_names(self) -> list[str]:
        """The names of the pod's resource claims."""
        return [each.get("name", "") for each in self.spec.get("resourceClaims") or ()]


def main(around: Surroundings, path: str) -> Causes:
    """Return what is wrong with the main containers."""
    given = around.spec.get("containers") or ()
    if not given:
        return [field.required(path)]
    causes: Causes = []
    seen: set[str] = set()
    for index, container in enumerate(given):
        at, name = f"{path}[{index}]", container.get("name", "")
        causes += _common(container, around, at)
        if name in seen:
            causes.append(field.duplicate(f"{at}.name", name))
        seen.add(name)
        causes += _hooks_and_probes(container, around, at)
        causes += _restart_policy(container, at)
    return causes + _host_ports(given, path)


def init(around: Surroundings, path: str) -> Causes:
    """Return what is wrong with init containers and sidecars."""
    causes: Causes = []
    seen = {each.get("name", "") for each in around.spec.get("containers") or ()}
    for index, container in enumerate(around.spec.get("initContainers") or ()):
        at, name = f"{path}[{index}]", container.get("name", "")
        causes += _common(container, around, at)
        causes += _restart_policy(container, at, init=True)
        if name in seen:
            causes.append(field.duplicate(f"{at}.name", name))
        elif name:
            seen.add(name)
        causes += _host_ports([container], path)
        if resources.is_sidecar(container):
            causes += _hooks_and_probes(container, around, at)
        else:
            for hook in ("lifecycle", "livenessProbe", "readinessProbe", "startupProbe"):
                if container.get(hook) is not None:
                    causes.append(field.forbidden(f"{at}.{hook}", _ONLY_SIDECARS))
            for place, policy in enumerate(container.get("resizePolicy") or ()):
                if policy.get("restartPolicy") == "RestartContainer":
                    detail = "must not be set to 'RestartContainer' for non-sidecar initContainers"
                    where = f"{at}.resizePolicy[{place}].restartPolicy"
                    causes.append(field.invalid(where, "RestartContainer", detail))
    return causes


def ephemeral(around: Surroundings, path: str) -> Causes:
    """Return what is wrong with ephemeral containers."""
    causes: Causes = []
    spec = around.spec
    others = {
        each.get("name", "") for key in ("containers", "initContainers") for each in spec.get(key) or ()
    }
    seen = set(others)
    for index, container in enumerate(spec.get("ephemeralContainers") or ()):
        at, name = f"{path}[{index}]", container.get("name", "")
        causes += _common(container, around, at) + image_spaces(container, at)
        if name in seen:
            causes.append(field.duplicate(f"{at}.name", name))
        seen.add(name)
        target = container.get("targetContainerName", "")
        if target and target not in others:
            causes.append(field.not_found(f"{at}.targetContainerName", target))
        for key in container:
            if key not in _EPHEMERAL_FIELDS and container[key]:
                causes.append(field.forbidden(f"{at}.{key}", "cannot be set for an Ephemeral Container"))
        for place, mount in enumerate(container.get("volumeMounts") or ()):
            for key in ("subPath", "subPathExpr"):
                if mount.get(key):
                    where = f"{at}.volumeMounts[{place}].{key}"
                    causes.append(field.forbidden(where, "cannot be set for an Ephemeral Container"))
    return causes


def image_spaces(container: Object, path: str) -> Causes:
    """Refuse spaces around an image: only pods do, templates keep what old clients stored."""
    image = container.get("image", "")
    if image == image.strip():
        return []
    return [field.invalid(f"{path}.image", image, "must not have leading or trailing whitespace")]


def _common(container: Object, around: Surroundings, path: str) -> Causes:
    name, policy = container.get("name", ""), container.get("terminationMessagePolicy", "")
    causes = (
        field.each(f"{path}.name", name, names.dns_label(name)) if name else [field.required(f"{path}.name")]
    )
    if not container.get("image"):
        causes.append(field.required(f"{path}.image"))
    if not policy:
        causes.append(field.required(f"{path}.terminationMessagePolicy"))
    elif policy not in ("File", "FallbackToLogsOnError"):
        supported = ("File", "FallbackToLogsOnError")
        causes.append(field.not_supported(f"{path}.terminationMessagePolicy", policy, supported))
    if container.get("ports"):
        causes += _ports(container["ports"], f"{path}.ports")
    if container.get("env"):
        causes += environment.variables(container["env"], f"{path}.env")
    if container.get("envFrom"):
        causes += environment.sources(container["envFrom"], f"{path}.envFrom")
    if container.get("volumeMounts") or container.get("volumeDevices"):
        causes += mounts.mounts_and_devices(container, around.volumes, path)
    pull = container.get("imagePullPolicy", "")
    if not pull:
        causes.append(field.required(f"{path}.imagePullPolicy"))
    elif pull not in ("Always", "IfNotPresent", "Never"):
        causes += field.one_of(f"{path}.imagePullPolicy", pull, ("Always", "IfNotPresent", "Never"))
    causes += requirements.container_requirements(
        container.get("resources") or {}, f"{path}.resources", around.claim_names
    )
    if container.get("resizePolicy"):
        causes += _resize_policies(container["resizePolicy"], around.spec, f"{path}.resizePolicy")
    host_users = around.spec.get("hostUsers") is not False
    context = container.get("securityContext")
    return causes + security.container_context(context, f"{path}.securityContext", host_users=host_users)


def _hooks_and_probes(container: Object, around: Surroundings, path: str) -> Causes:
    causes: Causes = []
    if container.get("lifecycle") is not None:
        causes += probes.lifecycle(
            container["lifecycle"], around.grace_s, around.os_name, f"{path}.lifecycle"
        )
    return causes + probes.container_probes(container, around.grace_s, path)


def _ports(given: Sequence[Object], path: str) -> Causes:
    causes: Causes = []
    seen: set[str] = set()
    for index, port in enumerate(given):
        at, name, number = f"{path}[{index}]", port.get("name", ""), port.get("containerPort", 0)
        if name:
            wrong = field.each(f"{at}.name", name, names.port_name(name))
            if name in seen:
                wrong.append(field.duplicate(f"{at}.name", name))
            elif not wrong:
                seen.add(name)
            causes += wrong
        if number:
            causes += field.each(f"{at}.containerPort", number, names.port_number(number))
        else:
            causes.append(field.required(f"{at}.containerPort"))
        if port.get("hostPort"):
            causes += field.each(f"{at}.hostPort", port["hostPort"], names.port_number(port["hostPort"]))
        if port.get("protocol"):
            causes += field.one_of(f"{at}.protocol", port["protocol"], _PROTOCOLS)
        else:
            causes.append(field.required(f"{at}.protocol"))
    return causes


def _host_ports(given: Sequence[Object], path: str) -> Causes:
    causes: Causes = []
    seen: set[str] = set()
    for index, container in enumerate(given):
        for place, port in enumerate(container.get("ports") or ()):
            if port.get("hostPort"):
                shown = f"{port.get('protocol', '')}/{port.get('hostIP', '')}/{port['hostPort']}"
                if shown in seen:
                    causes.append(field.duplicate(f"{path}[{index}].ports[{place}].hostPort", shown))
                seen.add(shown)
    return causes


def _restart_policy(container: Object, path: str, *, init: bool = False) -> Causes:
    policy, rules = container.get("restartPolicy"), container.get("restartPolicyRules") or ()
    causes: Causes = []
    if policy is None:
        if rules:
            detail = "must specify restartPolicy when restart rules are used"
            causes.append(field.required(f"{path}.restartPolicy", detail))
        if init:
            return causes
    elif policy not in ("Always", "Never", "OnFailure"):
        causes += field.one_of(f"{path}.restartPolicy", policy, ("Always", "Never", "OnFailure"))
    if len(rules) > 20:
        causes.append(field.too_many(f"{path}.restartPolicyRules", len(rules), 20))
    for index, rule in enumerate(rules):
        at, codes = f"{path}.restartPolicyRules[{index}]", rule.get("exitCodes")
        causes += field.one_of(f"{at}.action", rule.get("action", ""), ("Restart", "RestartAllContainers"))
        if codes is None:
            causes.append(field.required(f"{at}.exitCodes", "must be specified"))
            continue
        causes += field.one_of(f"{at}.exitCodes.operator", codes.get("operator", ""), ("In", "NotIn"))
        if len(codes.get("values") or ()) > 255:
            causes.append(field.too_many(f"{at}.exitCodes.values", len(codes["values"]), 255))
    return causes


def _resize_policies(given: Sequence[Object], spec: Object, path: str) -> Causes:
    causes: Causes = []
    seen: set[str] = set()
    for index, policy in enumerate(given):
        name, restart = policy.get("resourceName", ""), policy.get("restartPolicy", "")
        if name in seen:
            causes.append(field.duplicate(f"{path}[{index}]", name))
        seen.add(name)
        causes += field.one_of(path, name, ("cpu", "memory")) if name else [field.required(path)]
        known = ("NotRequired", "RestartContainer")
        causes += field.one_of(path, restart, known) if restart else [field.required(path)]
        if spec.get("restartPolicy") == "Never" and restart != "NotRequired":
            detail = "must be 'NotRequired' when pod `restartPolicy` is 'Never'"
            causes.append(field.invalid(path, restart, detail))
    return causes
