"""Objects inside custom resources: an embedded resource has an apiVersion, a kind and ordinary metadata.

Source: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta/validation.go@v1.36.2.
"""

from typing import Any

from insideout.apimachinery import names
from insideout.apiserver.crd.parts import Schema, below, parts
from insideout.apiserver.objects import field, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.go_types import Notes
from insideout.apiserver.objects.schema import struct


def coerce(schema: Schema | None, value: Any) -> list[str]:
    """Read the metadata of the embedded resources in `value` as metadata, in place.

    Returns what strict decoding says of the fields that metadata do not have.  Metadata of a wrong form stay
    as they are: the rules refuse them.
    """
    said: list[str] = []
    for described, part, at in parts(schema, value):
        if isinstance(part, dict) and described.get("x-kubernetes-embedded-resource"):
            notes = Notes()
            read = struct("V1ObjectMeta").read(
                part.get("metadata"), below(at, "metadata"), "ObjectMeta", notes
            )
            if read is not None and not notes.wrong_type:
                part["metadata"] = read
                said += notes.strict
    return said


def causes_of(schema: Schema | None, value: Any, path: str = "") -> Causes:
    """Return what is wrong with the embedded resources in `value`; `schema` says where they are."""
    causes: Causes = []
    for described, part, at in parts(schema, value, path):
        if isinstance(part, dict) and described.get("x-kubernetes-embedded-resource"):
            causes += _resource_causes(part, at)
    return causes


def _resource_causes(value: dict[str, Any], path: str) -> Causes:
    causes: Causes = []
    for name in ("apiVersion", "kind"):
        said, at = value.get(name), below(path, name)
        if name not in value:
            causes.append(field.required(at))
        elif not isinstance(said, str):
            causes.append(field.invalid(at, said, "must be a string"))
        elif not said:
            causes.append(field.invalid(at, said, "must not be empty"))
        elif name == "kind" and (reasons := names.dns_1035_label(said.lower())):
            detail = f"may have mixed case, but should otherwise match: {','.join(reasons)}"
            causes.append(field.invalid(at, said, detail))
        elif name == "apiVersion" and said.count("/") > 1:
            causes.append(field.invalid(at, said, f"unexpected GroupVersion string: {said}"))
    meta = value.get("metadata")
    if isinstance(meta, dict):
        named = {**meta, "name": meta.get("name") or "fakename"}
        namespaced = bool(meta.get("namespace"))
        causes += metadata.validate(named, namespaced, names.path_segment, below(path, "metadata"))
    return causes
