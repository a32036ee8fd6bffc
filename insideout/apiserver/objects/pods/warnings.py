"""What is accepted in pods and templates, but is deprecated, has no effect, or hardly means what it says.

Source: pkg/api/pod/warnings.go, pkg/api/node/util.go@v1.36.2.
"""

from collections.abc import Iterator
from typing import Any

from insideout.apimachinery import amount, names
from insideout.apimachinery.goquote import go_quote
from insideout.apiserver.objects import addresses
from insideout.apiserver.objects.pods import volume_warnings

Object = dict[str, Any]
Warnings = Iterator[str]

_NODE_LABELS = {
    "beta.kubernetes.io/arch": 'deprecated since v1.14; use "kubernetes.io/arch" instead',
    "beta.kubernetes.io/os": 'deprecated since v1.14; use "kubernetes.io/os" instead',
    "failure-domain.beta.kubernetes.io/region": (
        'deprecated since v1.17; use "topology.kubernetes.io/region" instead'
    ),
    "failure-domain.beta.kubernetes.io/zone": (
        'deprecated since v1.17; use "topology.kubernetes.io/zone" instead'
    ),
    "beta.kubernetes.io/instance-type": (
        'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead'
    ),
    "app.kubernetes.io/created-by": "deprecated since v1.9",
    "scheduler.alpha.kubernetes.io/preferAvoidPods": (
        "deprecated since v1.22; use Taints and Tolerations instead"
    ),
    "node-role.kubernetes.io/master": 'use "node-role.kubernetes.io/control-plane" instead',
}
_ANNOTATIONS = {
    "scheduler.alpha.kubernetes.io/critical-pod": (
        'non-functional in v1.16+; use the "priorityClassName" field instead'
    ),
    "security.alpha.kubernetes.io/sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
    "security.alpha.kubernetes.io/unsafe-sysctls": (
        'non-functional in v1.11+; use the "sysctls" field instead'
    ),
}
_SECCOMP = 'non-functional in v1.27+; use the "seccompProfile" field instead'
_BYTES = ("memory", "ephemeral-storage")
_CONTAINERS = ("initContainers", "containers", "ephemeralContainers")


def template(obj: Object, path: str) -> Warnings:
    """Yield the warnings about a pod (`path` "") or a template (such as "spec.template")."""
    spec, metadata = obj.get("spec") or {}, obj.get("metadata") or {}
    at = f"{path}.spec" if path else "spec"
    annotated = f"{path}.metadata.annotations" if path else "metadata.annotations"
    annotations: Object = metadata.get("annotations") or {}
    yield from _places(spec, at)
    for key, message in _ANNOTATIONS.items():
        if key in annotations:
            yield f"{annotated}[{key}]: {message}"
    yield from volume_warnings.volumes(spec.get("volumes") or (), f"{at}.volumes")
    yield from _repeated(spec.get("hostAliases"), "ip", f"{at}.hostAliases")
    yield from _repeated(spec.get("imagePullSecrets"), "name", f"{at}.imagePullSecrets")
    for index, secret in enumerate(spec.get("imagePullSecrets") or ()):
        if not secret.get("name"):
            yield f'{at}.imagePullSecrets[{index}].name: invalid empty name ""'
    yield from fractions(spec.get("overhead"), f"{at}.overhead")
    if not (spec.get("securityContext") or {}).get("seccompProfile"):
        key = "seccomp.security.alpha.kubernetes.io/pod"
        if key in annotations:
            yield f"{annotated}[{key}]: {_SECCOMP}"
    for container, where in _containers(spec, at):
        yield from _container(container, where, annotations, annotated, is_template=bool(path))
    yield from _ports(spec, at)
    if (spec.get("terminationGracePeriodSeconds") or 0) < 0:
        yield (
            f"{at}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be "
            "treated as 1"
        )
    yield from _pod_affinity(spec.get("affinity") or {}, f"{at}.affinity")
    for index, server in enumerate((spec.get("dnsConfig") or {}).get("nameservers") or ()):
        yield from addresses.ip_warnings(server, f"{at}.dnsConfig.nameservers[{index}]")
    for index, alias in enumerate(spec.get("hostAliases") or ()):
        yield from addresses.ip_warnings(alias.get("ip", ""), f"{at}.hostAliases[{index}].ip")


def node_selector_term(term: Object, path: str, *, check_values: bool = False) -> Warnings:
    """Yield the warnings about a term of node affinity."""
    for index, expression in enumerate(term.get("matchExpressions") or ()):
        at, key = f"{path}.matchExpressions[{index}]", expression.get("key", "")
        if key in _NODE_LABELS:
            yield f"{at}.key: {key} is {_NODE_LABELS[key]}"
        for position, value in enumerate(expression.get("values") or () if check_values else ()):
            for reason in names.label_value(value):
                yield f"{at}.values[{position}]: {value} is invalid, {reason}"


def node_labels(selector: Object | None, path: str) -> Warnings:
    """Yield the warnings about the labels that a node selector names."""
    for key in selector or ():
        if key in _NODE_LABELS:
            yield f"{path}[{key}]: {_NODE_LABELS[key]}"


def node_label(key: str) -> str:
    """Return what is wrong with a label of nodes, "" when nothing is."""
    return _NODE_LABELS.get(key, "")


def fractions(amounts: Object | None, path: str, resources: tuple[str, ...] = _BYTES) -> Warnings:
    """Yield a warning for each amount of bytes that is no whole number."""
    for name in resources:
        text = (amounts or {}).get(name)
        if text is not None and amount.parse(text).value % 1:
            yield f"{path}[{name}]: fractional byte value {go_quote(text)} is invalid, must be an integer"


def _places(spec: Object, at: str) -> Warnings:
    yield from node_labels(spec.get("nodeSelector"), f"{at}.nodeSelector")
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    hard, soft = (f"{kind}DuringSchedulingIgnoredDuringExecution" for kind in ("required", "preferred"))
    for index, term in enumerate((affinity.get(hard) or {}).get("nodeSelectorTerms") or ()):
        yield from node_selector_term(term, f"{at}.affinity.nodeAffinity.{hard}.nodeSelectorTerms[{index}]")
    for index, term in enumerate(affinity.get(soft) or ()):
        path = f"{at}.affinity.nodeAffinity.{soft}[{index}].preference"
        yield from node_selector_term(term.get("preference") or {}, path, check_values=True)
    for index, constraint in enumerate(spec.get("topologySpreadConstraints") or ()):
        path, key = f"{at}.topologySpreadConstraints[{index}]", constraint.get("topologyKey", "")
        if key in _NODE_LABELS:
            yield f"{path}.topologyKey: {key} is {_NODE_LABELS[key]}"
        if constraint.get("labelSelector") is None:
            yield _selects_nothing(path)


def _pod_affinity(affinity: Object, at: str) -> Warnings:
    for name in ("podAffinity", "podAntiAffinity"):
        rules, path = affinity.get(name) or {}, f"{at}.{name}"
        hard, soft = (f"{kind}DuringSchedulingIgnoredDuringExecution" for kind in ("required", "preferred"))
        for index, term in enumerate(rules.get(hard) or ()):
            if term.get("labelSelector") is None:
                yield _selects_nothing(f"{path}.{hard}[{index}]")
        for index, term in enumerate(rules.get(soft) or ()):
            if (term.get("podAffinityTerm") or {}).get("labelSelector") is None:
                yield _selects_nothing(f"{path}.{soft}[{index}].podAffinityTerm")


def _selects_nothing(path: str) -> str:
    return f"{path}.labelSelector: a null labelSelector results in matching no pod"


def _repeated(items: list[Object] | None, key: str, path: str) -> Warnings:
    seen: set[str] = set()
    for index, item in enumerate(items or ()):
        value = item.get(key, "")
        if value in seen:
            yield f"{path}[{index}].{key}: duplicate {key} {go_quote(value)}"
        seen.add(value)


def _containers(spec: Object, at: str) -> Iterator[tuple[Object, str]]:
    for name in _CONTAINERS:
        for index, container in enumerate(spec.get(name) or ()):
            yield container, f"{at}.{name}[{index}]"


def _container(
    container: Object, at: str, annotations: Object, annotated: str, *, is_template: bool
) -> Warnings:
    security: Object = container.get("securityContext") or {}
    seccomp = f"container.seccomp.security.alpha.kubernetes.io/{container.get('name', '')}"
    if not security.get("seccompProfile") and seccomp in annotations:
        yield f"{annotated}[{seccomp}]: {_SECCOMP}"
    armor = f"container.apparmor.security.beta.kubernetes.io/{container.get('name', '')}"
    if is_template and not security.get("appArmorProfile") and armor in annotations:
        yield f'{annotated}[{armor}]: deprecated since v1.30; use the "appArmorProfile" field instead'
    for resource in _BYTES:
        for name in ("limits", "requests"):
            amounts = (container.get("resources") or {}).get(name)
            yield from fractions(amounts, f"{at}.resources.{name}", (resource,))
    yield from _environment(container.get("env") or (), f"{at}.env")


def _environment(variables: Any, path: str) -> Warnings:
    """Yield a warning for each variable that hides an earlier one without building on it."""
    seen: set[str] = set()
    for index, variable in enumerate(variables):
        name, value = variable.get("name", ""), variable.get("value", "")
        if name in seen:
            reference = f"$({name})"
            builds = variable.get("valueFrom") is None and reference in value and value != reference
            if not builds:
                hidden = f"hides previous definition of {go_quote(name)}"
                yield f"{path}[{index}]: {hidden}, which may be dropped when using apply"
        seen.add(name)


def _ports(spec: Object, at: str) -> Warnings:
    seen: dict[tuple[int, str], list[tuple[str, Object]]] = {}
    for container, where in _containers(spec, at):
        for index, port in enumerate(container.get("ports") or ()):
            path = f"{where}.ports[{index}]"
            if port.get("hostIP") and not port.get("hostPort"):
                yield f"{path}: hostIP set without hostPort: {_go_port(port)}"
            others = seen.setdefault((port.get("containerPort", 0), port.get("protocol", "")), [])
            for other_path, other in others:
                if clash := _clash(port, other):
                    yield f"{path}: {clash} port definition with {other_path}"
            others.append((path, port))
    named: dict[str, str] = {}
    for container, where in _containers(spec, at):
        for index, port in enumerate(container.get("ports") or ()):
            path, name = f"{where}.ports[{index}]", port.get("name")
            if name and name in named:
                yield (
                    f"{path}: duplicate port name {go_quote(name)} with {named[name]}, services and probes "
                    f"that select ports by name will use {named[name]}"
                )
            elif name:
                named[name] = path


def _clash(port: Object, other: Object) -> str:
    """Return how two definitions of one port of one protocol get into each other's way."""
    (ip, host), (other_ip, other_host) = (
        (each.get("hostIP", ""), each.get("hostPort", 0)) for each in (port, other)
    )
    if (ip, host) == (other_ip, other_host):
        return "duplicate"
    if not host or not other_host:
        return "overlapping"
    return "dangerously ambiguous" if host == other_host and bool(ip) != bool(other_ip) else ""


def _go_port(port: Object) -> str:
    names_and_zeros = {"name": "", "hostPort": 0, "containerPort": 0, "protocol": "", "hostIP": ""}
    shown = (f"{key[0].upper()}{key[1:]}:{port.get(key, zero)}" for key, zero in names_and_zeros.items())
    return f"{{{' '.join(shown)}}}"
