"""What becomes of an object, given what its owners are: kept, cut loose from some, or deleted.

Source: pkg/controller/garbagecollector/garbagecollector.go:classifyReferences, attemptToDeleteItem@v1.36.2.
"""

from collections.abc import Callable
from typing import NamedTuple

from insideout.client import Object
from insideout.controllers.garbagecollector.graph import FOREGROUND, ORPHAN


class Owners(NamedTuple):
    """An object's owners: there to stay, gone, or in foreground deletion and waiting for this object."""

    solid: list[str]
    dangling: list[str]
    waiting: list[str]


class Action(NamedTuple):
    """`verb` is "keep", "drop-owners" (of these UIDs) or "delete" (with this propagation policy)."""

    verb: str
    owners: tuple[str, ...] = ()
    policy: str = ""
    unblock: bool = False
    """Before it is deleted, let it no longer block its owners: there is a cycle."""


def classify(references: list[Object], live: Callable[[Object], Object | None]) -> Owners:
    """Sort owner references by what `live`, the API server, holds under their names.

    A name that now belongs to another object, with another UID, is as gone as one that is not there.
    """
    owners = Owners([], [], [])
    for reference in references:
        owner = live(reference)
        if owner is None or owner["metadata"]["uid"] != reference["uid"]:
            owners.dangling.append(reference["uid"])
        elif "deletionTimestamp" in owner["metadata"] and FOREGROUND in finalizers(owner):
            owners.waiting.append(reference["uid"])
        else:
            owners.solid.append(reference["uid"])
    return owners


def decide(obj: Object, owners: Owners, *, dependents: int, dependents_waiting: bool) -> Action:
    """Return what becomes of `obj`, which has so many dependents, some of them perhaps waiting for theirs.

    One owner that is there to stay keeps it.  Otherwise it goes: in the foreground if an owner waits and it
    has dependents of its own, else as its own finalizers say.
    """
    if not (owners.solid or owners.dangling or owners.waiting):
        return Action("keep")
    if owners.solid:
        gone = (*owners.dangling, *owners.waiting)
        return Action("drop-owners", gone) if gone else Action("keep")
    if owners.waiting and dependents:
        return Action("delete", policy="Foreground", unblock=dependents_waiting)
    if ORPHAN in finalizers(obj):
        return Action("delete", policy="Orphan")
    return Action("delete", policy="Foreground" if FOREGROUND in finalizers(obj) else "Background")


def finalizers(obj: Object) -> list[str]:
    """Return an object's finalizers."""
    return list(obj["metadata"].get("finalizers") or ())
