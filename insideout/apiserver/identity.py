"""Whether a write means the object that it is sent to: its namespace, name, UID and version.

Source: k8s.io/apiserver/pkg/endpoints/handlers/rest.go:checkName,
k8s.io/apiserver/pkg/registry/rest/{create,update,meta}.go,
k8s.io/apiserver/pkg/registry/generic/registry/store.go:Update@v1.36.2.
"""

import dataclasses

from insideout.apiserver import strategy
from insideout.apiserver.kinds import Kind
from insideout.apiserver.status import Cause, bad_request, conflict, invalid
from insideout.apiserver.views import Object


def match_namespace(kind: Kind, metadata: Object, namespace: str) -> None:
    """Give the object the namespace of its path; raise 400 when it names another.

    What is in no namespace loses the one that it names.
    """
    if not kind.namespaced:
        metadata.pop("namespace", None)
        return
    named = metadata.get("namespace") or ""
    if named and named != namespace:
        raise bad_request(
            "the namespace of the provided object does not match the namespace sent on the request"
        )
    metadata["namespace"] = namespace


def check_place(kind: Kind, obj: Object, namespace: str, name: str) -> None:
    """Raise 400 when an object has another namespace or name than its path."""
    metadata = obj["metadata"]
    match_namespace(kind, metadata, namespace)
    found = metadata.get("name", "")
    if not found:
        why = "was undeterminable: name must be provided"
        raise bad_request(f"the name of the object ({name} based on URL) {why}")
    if found != name:
        raise bad_request(f"the name of the object ({found}) does not match the name on the URL ({name})")


def check_version(kind: Kind, name: str, metadata: Object, old: Object, key: str) -> None:
    """Raise 409 or 422 when an update names another UID or version than the object has, at `key`."""
    uid = metadata.get("uid")
    if uid and uid != old["uid"]:
        why = (
            f"StorageError: invalid object, Code: 4, Key: {key}, ResourceVersion: 0, AdditionalErrorMsg: "
            f"Precondition failed: UID in precondition: {uid}, UID in object meta: {old['uid']}"
        )
        raise conflict(kind, name, why)
    version = metadata.get("resourceVersion", "")
    if version in ("", "0"):
        if not strategy.allows_unconditional_update(kind):
            cause = Cause(
                "FieldValueInvalid",
                "metadata.resourceVersion",
                "Invalid value: 0: must be specified for an update",
            )
            # At this place upstream names the resource where messages otherwise have the kind.
            raise invalid(dataclasses.replace(kind, kind=kind.plural), name, [cause])
    elif version != old["resourceVersion"]:
        raise conflict(kind, name)


def keep_system_metadata(metadata: Object, old: Object) -> None:
    """Give an updated object the metadata that only the server sets."""
    for field in ("uid", "creationTimestamp", "deletionTimestamp", "resourceVersion"):
        if field in old:
            metadata[field] = old[field]
    if "deletionGracePeriodSeconds" in old:
        metadata.setdefault("deletionGracePeriodSeconds", old["deletionGracePeriodSeconds"])
