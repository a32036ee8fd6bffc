"""Claiming: a controller adopts orphans that its selector matches, and releases its own that it does not.

Source: pkg/controller/controller_ref_manager.go:ClaimObject@v1.36.2.
"""

from collections.abc import Callable, Iterable, Mapping

from insideout.apimachinery import owners, selectors
from insideout.client import ApiError, Client, Object


def claim(
    client: Client,
    resource: str,
    owner_resource: str,
    owner: Object,
    objects: Iterable[Object],
    finalizer: str = "",
) -> list[Object]:
    """Return those of `objects` that belong to `owner`, after adopting and releasing.

    `objects` may hold the owner's and orphans; others are passed over.  What is adopted gets the `finalizer`,
    if there is one, and what is released loses it.  An owner that is being deleted adopts nobody.  Raises
    ApiError when the owner is not the one it was.
    """
    selects = matcher(owner["spec"].get("selector"))
    uid = owner["metadata"]["uid"]
    claimed: list[Object] = []
    may_adopt: bool | None = None
    for obj in objects:
        metadata = obj["metadata"]
        controller = owners.controller_of(obj)
        if controller is not None and controller["uid"] != uid:
            continue
        matches = selects(metadata.get("labels") or {})
        if controller is not None:
            if matches:
                claimed.append(obj)
            elif "deletionTimestamp" not in owner["metadata"]:
                _release(client, resource, owner, obj, finalizer)
            continue
        if not matches or "deletionTimestamp" in owner["metadata"] or "deletionTimestamp" in metadata:
            continue
        if may_adopt is None:
            may_adopt = _is_same_and_staying(client, owner_resource, owner)
        if may_adopt and (adopted := _adopt(client, resource, owner, obj, finalizer)):
            claimed.append(adopted)
    return claimed


def matcher(selector: Object | None) -> Callable[[Mapping[str, str]], bool]:
    """Return whether labels match a selector; the usual one, of plain pairs, compares them at one go."""
    if selector and not selector.get("matchExpressions"):
        wanted = (selector.get("matchLabels") or {}).items()
        return lambda labels: wanted <= labels.items()
    read = selectors.from_object(selector)
    return lambda labels: read is not None and read.matches(labels)


def _is_same_and_staying(client: Client, owner_resource: str, owner: Object) -> bool:
    """Ask the server itself: the cache may not know yet that the owner is going."""
    live = client.get(owner_resource, owner["metadata"]["name"], owner["metadata"].get("namespace"))
    return live["metadata"]["uid"] == owner["metadata"]["uid"] and "deletionTimestamp" not in live["metadata"]


def _adopt(client: Client, resource: str, owner: Object, obj: Object, finalizer: str) -> Object | None:
    references = [*(obj["metadata"].get("ownerReferences") or ()), owners.controller_reference(owner)]
    held = obj["metadata"].get("finalizers") or []
    more = [*held, finalizer] if finalizer and finalizer not in held else None
    return _patch(client, resource, obj, references, more)


def _release(client: Client, resource: str, owner: Object, obj: Object, finalizer: str) -> None:
    references = [
        reference
        for reference in obj["metadata"].get("ownerReferences") or ()
        if reference["uid"] != owner["metadata"]["uid"]
    ]
    held = obj["metadata"].get("finalizers") or []
    fewer = [each for each in held if each != finalizer] if finalizer in held else None
    _patch(client, resource, obj, references, fewer)


def _patch(
    client: Client, resource: str, obj: Object, references: list[Object], finalizers: list[str] | None
) -> Object | None:
    """Write owner references, if the object is still the same; None when it is gone or another."""
    metadata = obj["metadata"]
    patch: Object = {"metadata": {"uid": metadata["uid"], "ownerReferences": references}}
    if finalizers is not None:
        patch["metadata"]["finalizers"] = finalizers
    try:
        return client.patch(resource, metadata["name"], patch, metadata.get("namespace"))
    except ApiError as refused:
        if refused.code in (404, 409, 422):
            return None
        raise
