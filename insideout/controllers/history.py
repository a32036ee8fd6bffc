"""The history of a StatefulSet or DaemonSet: one ControllerRevision for each template it has had.

A revision's name is a hash of its data.  Going back to an earlier template revives its revision under the
next number.

Source: pkg/controller/history/controller_history.go, pkg/controller/statefulset/stateful_set_utils.go
:getPatch, newRevision; stateful_set_control.go:getStatefulSetRevisions, truncateHistory@v1.36.2.
"""

import json
from collections.abc import Collection, Iterable
from typing import NamedTuple

from insideout.apimachinery import owners
from insideout.apimachinery.copies import copied
from insideout.client import ApiError, Client, Object
from insideout.controllers.hashing import canonical_json, revision_hash

HASH_LABEL = "controller.kubernetes.io/hash"
_LONGEST_PREFIX = 223


class Revisions(NamedTuple):
    """The revision Pods had, the one they are to have, and how many hashes had to be changed."""

    current: Object
    update: Object
    collision_count: int


def by_number(revisions: Iterable[Object]) -> list[Object]:
    """Sort revisions from the oldest."""
    return sorted(
        revisions,
        key=lambda r: (r["revision"], r["metadata"].get("creationTimestamp", ""), r["metadata"]["name"]),
    )


def data_of(owner: Object) -> Object:
    """Return what a revision keeps: a patch that puts the template back, in the order of its bytes in Go."""
    data = {"spec": {"template": owner["spec"]["template"] | {"$patch": "replace"}}}
    found: Object = json.loads(canonical_json(data))
    return found


def template_of(revision: Object) -> Object:
    """Return the template that a revision keeps."""
    template = copied(revision["data"]["spec"]["template"])
    template.pop("$patch", None)
    return dict(template)


def name_of(owner: Object, hash_: str) -> str:
    """Return the name of a revision."""
    return f"{owner['metadata']['name'][:_LONGEST_PREFIX]}-{hash_}"


def new_revision(owner: Object, number: int, collision_count: int, hash_label: str = HASH_LABEL) -> Object:
    """Return the revision of an owner's present template."""
    data = data_of(owner)
    hash_ = revision_hash(data, collision_count)
    labels = (owner["spec"]["template"].get("metadata") or {}).get("labels") or {}
    return {
        "apiVersion": "apps/v1",
        "kind": "ControllerRevision",
        "metadata": {
            "name": name_of(owner, hash_),
            "namespace": owner["metadata"]["namespace"],
            "labels": labels | {hash_label: hash_},
            "annotations": dict(owner["metadata"].get("annotations") or {}),
            "ownerReferences": [owners.controller_reference(owner)],
        },
        "data": data,
        "revision": number,
    }


def settle(
    client: Client, owner: Object, existing: Iterable[Object], *, hash_label: str = HASH_LABEL
) -> Revisions:
    """Return the current and the update revision, writing what is missing.

    A template that the latest revision has needs nothing; one that an earlier revision has gives that the
    next number; any other gets a new revision.
    """
    revisions = by_number(existing)
    status = owner.get("status") or {}
    collisions: int = status.get("collisionCount") or 0
    number = revisions[-1]["revision"] + 1 if revisions else 1
    wanted = new_revision(owner, number, collisions, hash_label)
    equal = [revision for revision in revisions if revision["data"] == wanted["data"]]
    if equal and equal[-1]["data"] == revisions[-1]["data"]:
        update = revisions[-1]
    elif equal:
        update = client.update("controllerrevisions", equal[-1] | {"revision": number})
    else:
        update, collisions = _create(client, owner, wanted, collisions)
    current_name = status.get("currentRevision")
    current = next((r for r in revisions if r["metadata"]["name"] == current_name), update)
    return Revisions(current, update, collisions)


def prune(client: Client, owner: Object, revisions: Iterable[Object], live: Collection[str]) -> None:
    """Delete the revisions beyond the history limit, the oldest first; those in use do not count."""
    old = [revision for revision in by_number(revisions) if revision["metadata"]["name"] not in live]
    limit = owner["spec"].get("revisionHistoryLimit", 10)
    for revision in old[: max(0, len(old) - limit)]:
        metadata = revision["metadata"]
        client.delete("controllerrevisions", metadata["name"], metadata["namespace"])


def _create(client: Client, owner: Object, revision: Object, collisions: int) -> tuple[Object, int]:
    """Create a revision, under other hashes while its name is taken by other data."""
    while True:
        name = name_of(owner, revision_hash(revision["data"], collisions))
        revision["metadata"]["name"] = name
        try:
            return client.create("controllerrevisions", revision), collisions
        except ApiError as refused:
            if refused.reason != "AlreadyExists":
                raise
        existing = client.get("controllerrevisions", name, owner["metadata"]["namespace"])
        if existing["data"] == revision["data"]:
            return existing, collisions
        collisions += 1
