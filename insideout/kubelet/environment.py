"""The variables that a container finds: values as written, fields of its Pod, what other objects hold.

Left out: variables from files.

Source: pkg/kubelet/kubelet_pods.go:makeEnvironmentVariables, podFieldSelectorRuntimeValue;
pkg/fieldpath/fieldpath.go:ExtractFieldPathAsString; pkg/api/v1/resource/helpers.go
:ExtractContainerResourceValue; third_party/forked/golang/expansion/expand.go@v1.36.2.
"""

import math
import re
from collections import ChainMap
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from insideout.apimachinery import quantity
from insideout.apimachinery.goquote import go_quote
from insideout.client import Object
from insideout.kubelet.sources import Kind, SourceError, Sources

_SUBSCRIPT = re.compile(r"metadata\.(annotations|labels)\['(.*)'\]", re.DOTALL)
_REFERENCE = re.compile(r"\$(\$|\(([^)]*)\))")
_FROM: tuple[tuple[str, Kind], ...] = (("configMapRef", "configmap"), ("secretRef", "secret"))
_KEYS: tuple[tuple[str, Kind, str], ...] = (
    ("configMapKeyRef", "configmap", "ConfigMap"),
    ("secretKeyRef", "secret", "Secret"),
)


class Node(NamedTuple):
    """What variables may say of the node: its address, and what it has to give, as its status says."""

    address: str
    allocatable: Mapping[str, str]


def variables(
    container: Object,
    pod: Object,
    pod_ip: str,
    node: Node,
    sources: Sources,
    services: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, str]:
    """Return the variables of a container by name; `services` are those that no other has in its place.

    Raises SourceError when one of them comes from where nothing is.
    """
    found: dict[str, str] = {}
    for entry in container.get("envFrom") or ():
        prefix = entry.get("prefix", "")
        for field, kind in _FROM:
            if (reference := entry.get(field)) is not None:
                data = sources.data(kind, reference["name"], optional=bool(reference.get("optional")))
                found |= {f"{prefix}{key}": _text(value) for key, value in data.items()}
    for entry in container.get("env") or ():
        value = _value(entry, container, pod, pod_ip, node, sources, ChainMap(found, dict(services)))
        if value is not None:
            found[entry["name"]] = value
    return {**services, **found}


def references(text: str) -> list[str]:
    """Return the names that a text refers to as $(NAME)."""
    return [match[2] for match in _REFERENCE.finditer(text) if match[1] != "$"]


def expanded(text: str, known: Mapping[str, str]) -> str:
    """Return a text with $(NAME) filled in for the names that are known; $$ stands for one $."""

    def fill(match: re.Match[str]) -> str:
        if match[1] == "$":
            return "$"
        return known.get(match[2], match[0])

    return _REFERENCE.sub(fill, text)


def _value(
    entry: Object,
    container: Object,
    pod: Object,
    pod_ip: str,
    node: Node,
    sources: Sources,
    known: Mapping[str, str],
) -> str | None:
    """Return one variable's value, None for an optional one that comes from where nothing is."""
    if entry.get("value"):
        return expanded(str(entry["value"]), known)
    source = entry.get("valueFrom") or {}
    if "fieldRef" in source:
        return _field(source["fieldRef"]["fieldPath"], pod, pod_ip, node.address)
    if "resourceFieldRef" in source:
        return _resource(source["resourceFieldRef"], container, pod, node.allocatable)
    for field, kind, named in _KEYS:
        if field in source:
            return _key(source[field], kind, named, sources)
    return ""


def _key(reference: Object, kind: Kind, named: str, sources: Sources) -> str | None:
    name, key, optional = reference["name"], reference["key"], bool(reference.get("optional"))
    data = sources.data(kind, name, optional=optional)
    if key in data:
        return _text(data[key])
    if optional:
        return None
    raise SourceError(f"couldn't find key {key} in {named} {sources.namespace}/{name}")


def _text(value: bytes) -> str:
    return value.decode("utf-8", "surrogateescape")


def _field(path: str, pod: Object, pod_ip: str, host_ip: str) -> str:
    metadata, spec = pod["metadata"], pod["spec"]
    subscript = _SUBSCRIPT.fullmatch(path)
    if subscript is not None:
        return str((metadata.get(subscript[1]) or {}).get(subscript[2], ""))
    fields = {
        "metadata.annotations": _lines(metadata.get("annotations")),
        "metadata.labels": _lines(metadata.get("labels")),
        "metadata.name": metadata.get("name"),
        "metadata.namespace": metadata.get("namespace"),
        "metadata.uid": metadata.get("uid"),
        "spec.nodeName": spec.get("nodeName"),
        "spec.serviceAccountName": spec.get("serviceAccountName"),
        "status.hostIP": host_ip,
        "status.hostIPs": host_ip,
        "status.podIP": pod_ip,
        "status.podIPs": pod_ip,
    }
    return str(fields.get(path) or "")


def _lines(pairs: Mapping[str, str] | None) -> str:
    return "\n".join(f"{key}={go_quote(value)}" for key, value in sorted((pairs or {}).items()))


def _resource(reference: Object, container: Object, pod: Object, allocatable: Mapping[str, str]) -> str:
    """Return a request or limit in parts of the divisor, rounded up; without a limit it is the node's."""
    of = reference.get("containerName") or container["name"]
    every = (*pod["spec"]["containers"], *(pod["spec"].get("initContainers") or ()))
    chosen = next((each for each in every if each["name"] == of), None)
    if chosen is None:
        raise SourceError(f"container {of} not found")
    which, _, resource = reference["resource"].partition(".")
    amounts = (chosen.get("resources") or {}).get(which) or {}
    amount = quantity.parse(str(amounts.get(resource, "0")))
    if which == "limits" and not amount and not resource.startswith("hugepages-"):
        amount = quantity.parse(str(allocatable.get(resource, "0")))
    divisor = quantity.parse(str(reference.get("divisor") or "0")) or 1
    return str(math.ceil(amount / divisor))
