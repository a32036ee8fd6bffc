"""Which fields of a kind a field selector may name, and how each reads.

Source: pkg/apis/*/v1/conversion.go (names), pkg/registry/*/strategy.go (values),
k8s.io/apimachinery/pkg/runtime/conversion.go (kinds without fields of their own)@v1.36.2.
"""

from functools import lru_cache
from typing import Any

from insideout.apimachinery import fields
from insideout.apimachinery.goquote import go_quote
from insideout.apiserver.kinds import Kind
from insideout.apiserver.status import bad_request

_METADATA = ("metadata.name", "metadata.namespace")

_FIELDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("", "Pod"): (
        *_METADATA,
        "spec.nodeName",
        "spec.restartPolicy",
        "spec.schedulerName",
        "spec.serviceAccountName",
        "spec.hostNetwork",
        "status.phase",
        "status.podIP",
        "status.podIPs",
        "status.nominatedNodeName",
    ),
    ("", "Node"): ("metadata.name", "spec.unschedulable"),
    ("", "Namespace"): ("metadata.name", "status.phase"),
    ("", "Secret"): (*_METADATA, "type"),
    ("", "Service"): (*_METADATA, "spec.clusterIP", "spec.type"),
    ("", "Event"): (
        *_METADATA,
        "involvedObject.kind",
        "involvedObject.namespace",
        "involvedObject.name",
        "involvedObject.uid",
        "involvedObject.apiVersion",
        "involvedObject.resourceVersion",
        "involvedObject.fieldPath",
        "reason",
        "reportingComponent",
        "source",
        "type",
    ),
    ("", "PersistentVolume"): ("metadata.name", "name"),
    ("", "PersistentVolumeClaim"): (*_METADATA, "name"),
    ("", "ReplicationController"): (*_METADATA, "status.replicas"),
    ("certificates.k8s.io", "CertificateSigningRequest"): ("metadata.name", "spec.signerName"),
    ("networking.k8s.io", "IPAddress"): ("metadata.name", "spec.parentRef.name"),
    ("resource.k8s.io", "ResourceSlice"): ("metadata.name", "spec.nodeName", "spec.driver"),
    ("batch", "Job"): (*_METADATA, "status.successful"),
}
_ALIASES = {("", "Pod"): {"spec.host": "spec.nodeName"}}
_ZERO = {
    "spec.hostNetwork": "false",
    "spec.unschedulable": "false",
    "status.replicas": "0",
    "status.successful": "0",
}


def selector(kind: Kind, text: str) -> fields.FieldSelector:
    """Return the field selector `text` for objects of `kind`; raise 400 when it cannot be read or served."""
    try:
        parsed = fields.parse(text)
    except ValueError as problem:
        raise bad_request(str(problem)) from None
    aliases = _ALIASES.get((kind.group, kind.kind), {})
    terms = tuple((aliases.get(field, field), equal, value) for field, equal, value in parsed.terms)
    for field, _, _ in terms:
        _check(kind, field)
    return fields.FieldSelector(terms)


def _check(kind: Kind, field: str) -> None:
    known = _FIELDS.get((kind.group, kind.kind))
    if kind.definition is not None:
        own = kind.definition.get("selectableFields") or []
        known = ("metadata.name", *(_METADATA[1:] if kind.namespaced else ()))
        if field in known or any(each.get("jsonPath") == f".{field}" for each in own):
            return
        raise bad_request(f"field label not supported: {field}")
    if known is None:
        if field not in _METADATA:
            quoted = " ".join(["known field selector: only", ", ".join(map(go_quote, _METADATA))])
            raise bad_request(f"{go_quote(field)} is not a {quoted}")
    elif field not in known:
        if kind.kind == "Job":
            raise bad_request(f"field label {go_quote(field)} not supported for Job")
        raise bad_request(f"field label not supported: {field}")


def value_of(obj: dict[str, Any], field: str) -> str:
    """Return how `field` of `obj` reads in a field selector: "" when it is not there."""
    if field == "status.podIPs":
        return ",".join(each.get("ip", "") for each in obj.get("status", {}).get("podIPs") or [])
    if field == "name":
        return str(obj["metadata"].get("name", ""))
    if field == "source":
        source = obj.get("source") or {}
        return str(source.get("component") or obj.get("reportingComponent") or "")
    found: Any = obj
    for step in _steps(field):
        found = found.get(step) if isinstance(found, dict) else None
    if found is None:
        return _ZERO.get(field, "")
    return str(found).lower() if isinstance(found, bool) else str(found)


@lru_cache(maxsize=256)
def _steps(field: str) -> tuple[str, ...]:
    return tuple(field.split("."))
