"""From the bytes of a request to an object of the right kind, or to a 400 that says what is wrong with them.

What comes out is what the API server would write back before any default: unknown fields dropped, zero values
dropped or written as Go's structs say, amounts and times in their canonical form.  Objects of a kind that a
CustomResourceDefinition defines keep everything but wrong metadata: their schema is checked elsewhere.

Left out: protobuf and CBOR; conversion between versions.

Source: k8s.io/apimachinery/pkg/runtime/serializer/json/{json,meta}.go,
k8s.io/apiserver/pkg/endpoints/handlers/{create,rest}.go@v1.36.2.
"""

from typing import Any

from insideout.apimachinery.goquote import go_quote
from insideout.apiserver import kinds
from insideout.apiserver.kinds import Kind
from insideout.apiserver.objects import go_json, go_yaml, quick
from insideout.apiserver.objects.go_types import Notes, describe, plain
from insideout.apiserver.objects.schema import has_model, struct
from insideout.apiserver.status import StatusError, bad_request, unsupported_media_type

Object = dict[str, Any]

ACCEPTED = ("application/json", "application/yaml", "application/vnd.kubernetes.protobuf")
"""The types that the real server names in a 415; of them, protobuf is not read here."""

_TYPE_META = (
    'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'
)
_OLDER = {
    "apps": ("v1beta1", "v1beta2"),
    "autoscaling": ("v1", "v2"),
    "coordination.k8s.io": ("v1beta1",),
    "discovery.k8s.io": ("v1beta1",),
    "policy": ("v1beta1",),
    "scheduling.k8s.io": ("v1beta1",),
}
"""Versions that the server can still read, though not where another is asked for."""


def decode(
    kind: Kind, body: bytes, content_type: str = "application/json", field_validation: str = "Warn"
) -> tuple[Object, list[str]]:
    """Return the object that `body` writes, and warnings.

    `field_validation` says what happens to unknown and repeated fields: "Ignore" drops them, "Warn" (also "")
    drops them with a warning each, "Strict" refuses the request.
    Raises StatusError: 400 for a body that is not such an object, 415 for a content type that is not read.
    """
    media_type = content_type.partition(";")[0].strip().lower() or ACCEPTED[0]
    if media_type not in ACCEPTED[:2]:
        raise unsupported_media_type(ACCEPTED)
    is_yaml = media_type == ACCEPTED[1]
    try:
        value = go_yaml.loads(body) if is_yaml else go_json.loads(body)
        said = _type_meta(value)
    except ValueError as reason:
        why = str(reason) if is_yaml else f"couldn't get version/kind; json parse error: {reason}"
        raise _unrecognized(kind, why, body) from None
    repeated = go_yaml.duplicates(value) if is_yaml else []
    return _typed(kind, value or {}, said, field_validation, repeated, body)


def normalize(
    kind: Kind, obj: Object, field_validation: str = "Ignore", settled: Object | None = None
) -> tuple[Object, list[str]]:
    """Do to an object that is already in memory, such as a patched one, what `decode` does to bytes.

    `settled` is the stored object where all but the status will stay as it is stored.  A spec that is the
    stored one itself, and not merely equal, was read before, and is taken over as it is.
    Raises StatusError 400 as `decode` does.
    """
    try:
        said = _type_meta(obj)
    except ValueError as reason:
        raise _unrecognized(kind, f"couldn't get version/kind; json parse error: {reason}", b"") from None
    return _typed(kind, obj, said, field_validation, [], b"", settled)


def _typed(
    kind: Kind,
    value: Object,
    said: tuple[str, str],
    field_validation: str,
    repeated: list[str],
    body: bytes,
    settled: Object | None = None,
) -> tuple[Object, list[str]]:
    api_version, name = said
    if kind.definition is not None and not name:
        text = body.decode("utf-8", "replace")
        raise _unrecognized(kind, f"Object 'Kind' is missing in '{text}'", body)
    name = name or kind.kind
    group, _, version = api_version.rpartition("/")
    if not version and kind.definition is None:  # of an object without a model nothing is filled in
        group, version = kind.group, kind.version
    try:
        obj, strict = _read(kind, value, group, version, name, settled)
    except ValueError as reason:
        raise _cannot(kind, name, version, str(reason)) from None
    except RecursionError:
        raise _cannot(kind, name, version, "exceeded max depth") from None
    if repeated:
        lines = "\n  ".join(repeated)
        strict = [f"yaml: unmarshal errors:\n  {lines}", *strict]
    if strict and field_validation == "Strict":
        raise _cannot(kind, name, version, f"strict decoding error: {', '.join(strict)}")
    if (group, version) != (kind.group, kind.version):
        said_version = f"{group}/{version}" if group else version
        raise bad_request(
            f"the API version in the data ({said_version}) does not match "
            f"the expected API version ({kind.api_version})"
        )
    return obj, [] if field_validation == "Ignore" else strict


def _read(
    kind: Kind, value: Object, group: str, version: str, name: str, settled: Object | None
) -> tuple[Object, list[str]]:
    notes = Notes()
    if kind.definition is not None:
        obj = _custom(value, notes)
    else:
        model = _check_kind(kind, group, version, name)
        try:
            spec: Object | None = (settled or {}).get("spec")
            same = value.get("spec") is spec
            if same and spec is not None:
                obj = _read_around(model, value, spec)
            else:
                obj = quick.reader(model)(value)
        except quick.GIVES_UP:
            obj = struct(model).read(value, "", "", notes) or {}
    if notes.wrong_type:
        raise ValueError(notes.wrong_type)
    return {**obj, "kind": name, "apiVersion": f"{group}/{version}" if group else version}, list(notes.strict)


def _read_around(model: str, value: Object, spec: Object) -> Object:
    """Read all of an object but its spec; the fields stay in their order."""
    read = quick.reader(model)({name: each for name, each in value.items() if name != "spec"})
    read["spec"] = spec
    return {**{name: read[name] for name in value if name in read}, **read}


def _custom(value: Object, notes: Notes) -> Object:
    """Read an object without a model: only its metadata has a known form."""
    obj = plain(value)
    metadata = struct("V1ObjectMeta").read(value.get("metadata"), "metadata", "ObjectMeta", notes)
    return {**obj, "metadata": metadata or {}}


def _check_kind(kind: Kind, group: str, version: str, name: str) -> str:
    """Return the model to read with.  Raises ValueError when the data say another kind than the request."""
    versions = (kind.version, *_OLDER.get(kind.group, ()))
    if name == kind.kind and group == kind.group and version in versions:
        return kind.model
    served = {
        (each.group, each.kind) for each in (*kinds.BUILT_IN, kinds.SCALE, kinds.EVICTION, kinds.BINDING)
    }
    model = f"{version.capitalize()}{name.removesuffix('List')}"
    elsewhere = any(each == name for _, each in served) and (group, name) not in served
    if "." not in name and has_model(model) and not elsewhere:
        into = kind.group.partition(".")[0] or "core"
        raise ValueError(f"converting ({version}.{name}) to ({into}.{kind.kind}): unknown conversion")
    said = f"{group}/{version}" if group else version
    scheme = "pkg/api/legacyscheme/scheme.go:30"
    if kind.group == "apiextensions.k8s.io":
        scheme = "k8s.io/apiextensions-apiserver/pkg/apiserver/apiserver.go:55"
    raise ValueError(
        f"no kind {go_quote(name)} is registered for version {go_quote(said)} in scheme {go_quote(scheme)}"
    )


def _type_meta(value: Any) -> tuple[str, str]:
    """Return what the data say they are, as (apiVersion, kind); "" where they do not."""
    if value is None:
        return "", ""
    if not isinstance(value, dict):
        raise ValueError(f"json: cannot unmarshal {describe(value)} into Go value of type {_TYPE_META}")
    for name in ("apiVersion", "kind"):
        said = value.get(name)
        if said is not None and not isinstance(said, str):
            raise ValueError(
                f"json: cannot unmarshal {describe(said)} into Go struct field .{name} of type string"
            )
    api_version, kind = value.get("apiVersion") or "", value.get("kind") or ""
    if api_version.count("/") > 1:
        raise ValueError(f"unexpected GroupVersion string: {api_version}")
    return api_version, kind


def _unrecognized(kind: Kind, why: str, body: bytes) -> StatusError:
    return bad_request(
        f"the object provided is unrecognized (must be of type {kind.kind}): {why} ({_summary(body)})"
    )


def _summary(body: bytes) -> str:
    if not body:
        return "<empty>"
    text = body[:30].decode("utf-8", "replace") if body[:1] == b"{" else body[:30].hex()
    return f"{text} ..." if len(body) > 30 else text


def _cannot(kind: Kind, name: str, version: str, why: str) -> StatusError:
    return bad_request(f"{name} in version {go_quote(version)} cannot be handled as a {kind.kind}: {why}")
