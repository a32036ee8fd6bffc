"""Rules for environment variables: written out, or taken from the pod, a ConfigMap, a Secret or a file.

Source: pkg/apis/core/validation/validation.go (ValidateEnv, ValidateEnvFrom),
pkg/apis/core/pods/helpers.go (ConvertDownwardAPIFieldLabel)@v1.36.2.
"""

import re
from collections.abc import Sequence
from typing import Any

from insideout.apimachinery import amount, names
from insideout.apiserver.objects import field
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.pods import paths

Object = dict[str, Any]

_ENV_FIELDS = (
    "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
    "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
)  # fmt: skip
VOLUME_FIELDS = (
    "metadata.annotations",
    "metadata.labels",
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
)
"""What a volume can show of its pod; whole maps only there."""
_CONVERTIBLE = (
    *_ENV_FIELDS, "metadata.annotations", "metadata.labels", "spec.restartPolicy", "spec.schedulerName",
    "status.phase",
)  # fmt: skip
_RESOURCES = (
    "limits.cpu", "limits.ephemeral-storage", "limits.memory",
    "requests.cpu", "requests.ephemeral-storage", "requests.memory",
)  # fmt: skip
_HUGE_PAGES = ("limits.hugepages-", "requests.hugepages-")
_SIZES = "1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei"
_SUBSCRIPT = re.compile(r"(.+?)\['(.*)'\]", re.DOTALL)


def variables(given: Sequence[Object], path: str) -> Causes:
    """Return what is wrong with a container's `env`."""
    causes: Causes = []
    for index, variable in enumerate(given):
        at, name = f"{path}[{index}]", variable.get("name", "")
        if name:
            causes += field.each(f"{at}.name", name, names.environment_name(name))
        else:
            causes.append(field.required(f"{at}.name"))
        if variable.get("valueFrom") is not None:
            causes += _value_from(variable, f"{at}.valueFrom")
    return causes


def sources(given: Sequence[Object], path: str) -> Causes:
    """Return what is wrong with a container's `envFrom`."""
    causes: Causes = []
    for index, source in enumerate(given):
        at, prefix = f"{path}[{index}]", source.get("prefix", "")
        if prefix:
            causes += field.each(f"{at}.prefix", prefix, names.environment_name(prefix))
        found = [name for name in ("configMapRef", "secretRef") if source.get(name) is not None]
        for name in found:
            causes += _reference(source[name], f"{at}.{name}")
        if not found:
            causes.append(field.invalid(path, "", "must specify one of: `configMapRef` or `secretRef`"))
        elif len(found) > 1:
            causes.append(field.invalid(path, "", "may not have more than one field specified at a time"))
    return causes


def object_field(selector: Object, supported: Sequence[str], path: str) -> Causes:
    """Return what is wrong with a reference to a field of the pod."""
    version, label = selector.get("apiVersion", ""), selector.get("fieldPath", "")
    if not version:
        return [field.required(f"{path}.apiVersion")]
    if not label:
        return [field.required(f"{path}.fieldPath")]
    converted, problem = _convert(version, label)
    if problem:
        return [field.invalid(f"{path}.fieldPath", label, f"error converting fieldPath: {problem}")]
    match = _SUBSCRIPT.fullmatch(converted)
    if match and match[1] in ("metadata.annotations", "metadata.labels"):
        key = match[2].lower() if match[1] == "metadata.annotations" else match[2]
        return field.each(path, key, names.label_key(key))
    if match:
        return [field.invalid(path, match[1], "does not support subscript")]
    return field.one_of(f"{path}.fieldPath", converted, sorted(supported))


def resource_field(selector: Object, path: str, *, in_volume: bool) -> Causes:
    """Return what is wrong with a reference to a container's request or limit."""
    causes: Causes = []
    name = selector.get("resource", "")
    if in_volume and not selector.get("containerName"):
        causes.append(field.required(f"{path}.containerName"))
    elif not name:
        causes.append(field.required(f"{path}.resource"))
    elif not name.startswith(_HUGE_PAGES):
        causes += field.one_of(f"{path}.resource", name, _RESOURCES)
    return causes + _divisor(name, selector.get("divisor", "0"), f"{path}.divisor")


def _value_from(variable: Object, path: str) -> Causes:
    given = variable["valueFrom"]
    causes: Causes = []
    count = 0
    for name in ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"):
        source, at = given.get(name), f"{path}.{name}"
        if source is None:
            continue
        count += 1
        match name:
            case "fieldRef":
                causes += object_field(source, _ENV_FIELDS, at)
            case "resourceFieldRef":
                causes += resource_field(source, at, in_volume=False)
            case "fileKeyRef":
                causes += _file_key(source, at)
            case _:
                causes += _key(source, at)
    if not count:
        kinds = "`fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"
        causes.append(field.invalid(path, "", f"must specify one of: {kinds}"))
    elif variable.get("value"):
        causes.append(field.invalid(path, "", "may not be specified when `value` is not empty"))
    elif count > 1:
        causes.append(field.invalid(path, "", "may not have more than one field specified at a time"))
    return causes


def _reference(source: Object, path: str) -> Causes:
    name = source.get("name", "")
    if not name:
        return [field.required(f"{path}.name")]
    return field.each(f"{path}.name", name, names.dns_subdomain(names.as_prefix(name)))


def _key(source: Object, path: str) -> Causes:
    name, key = source.get("name", ""), source.get("key", "")
    causes = field.each(f"{path}.name", name, names.dns_subdomain(name))
    if not key:
        return [*causes, field.required(f"{path}.key")]
    return causes + field.each(f"{path}.key", key, names.config_key(key))


def _file_key(source: Object, path: str) -> Causes:
    causes: Causes = []
    key, volume, file = source.get("key", ""), source.get("volumeName", ""), source.get("path", "")
    causes += (
        field.each(f"{path}.key", key, names.environment_name(key))
        if key
        else [field.required(f"{path}.key")]
    )
    at = f"{path}.volumeName"
    causes += field.each(at, volume, names.dns_label(volume)) if volume else [field.required(at)]
    return causes + (paths.no_backsteps(file, f"{path}.path") if file else [field.required(f"{path}.path")])


def _convert(version: str, label: str) -> tuple[str, str]:
    """Return the field's name as today's version has it, or else what is wrong."""
    if version != "v1":
        return "", f"unsupported pod version: {version}"
    match = _SUBSCRIPT.fullmatch(label)
    if match:
        known = match[1] in ("metadata.annotations", "metadata.labels")
        return (label, "") if known else ("", f"field label does not support subscript: {label}")
    if label == "spec.host":
        return "spec.nodeName", ""
    return (label, "") if label in _CONVERTIBLE else ("", f"field label not supported: {label}")


def _divisor(name: str, divisor: str, path: str) -> Causes:
    if amount.parse(divisor).value == 0:
        return []
    if name in ("limits.cpu", "requests.cpu"):
        if divisor in ("1m", "1"):
            return []
        return [
            field.invalid(path, name, "only divisor's values 1m and 1 are supported with the cpu resource")
        ]
    kinds = {"memory": "memory", "ephemeral-storage": "local ephemeral storage"}
    of = "hugepages" if name.startswith(_HUGE_PAGES) else kinds.get(name.partition(".")[2])
    if of is None or divisor in _SIZES.split(", "):
        return []
    return [field.invalid(path, name, f"only divisor's values {_SIZES} are supported with the {of} resource")]
