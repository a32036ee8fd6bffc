"""Who owns whom, as the watches of all resources tell it.

The graph only says where to look: every decision is taken on what the API server holds at that moment.  An
owner need not have been seen for its dependents to be known, because watches of different resources run ahead
of one another.

Source: pkg/controller/garbagecollector/graph_builder.go:processGraphChanges, processTransitions@v1.36.2.
"""

from dataclasses import dataclass, field

from insideout.client import Object

KEPT = ("uid", "ownerReferences", "deletionTimestamp", "finalizers")
"""The metadata that can change and that the graph keeps."""
FOREGROUND = "foregroundDeletion"
ORPHAN = "orphan"


@dataclass
class Item:
    """One object: where it is, whom it says it belongs to, and how it is being deleted."""

    api_version: str
    kind: str
    namespace: str
    name: str
    uid: str
    owners: dict[str, Object]
    """The owner references by UID."""
    is_deleting: bool
    is_deleting_dependents: bool
    is_orphaning: bool

    @classmethod
    def of(cls, obj: Object) -> "Item":
        """Read what the graph keeps of an object."""
        metadata = obj["metadata"]
        deleting = "deletionTimestamp" in metadata
        finalizers = metadata.get("finalizers") or ()
        return cls(
            api_version=obj["apiVersion"],
            kind=obj["kind"],
            namespace=metadata.get("namespace", ""),
            name=metadata["name"],
            uid=metadata["uid"],
            owners={owner["uid"]: owner for owner in metadata.get("ownerReferences") or ()},
            is_deleting=deleting,
            is_deleting_dependents=deleting and FOREGROUND in finalizers,
            is_orphaning=deleting and ORPHAN in finalizers,
        )


@dataclass
class Look:
    """What to look at now: UIDs that may have to be deleted, and UIDs whose dependents are to be set free."""

    delete: list[str] = field(default_factory=list)
    orphan: list[str] = field(default_factory=list)
    misplaced: list[tuple[str, str]] = field(default_factory=list)
    """UIDs of objects, and of owners of theirs that are in another namespace."""


class Graph:
    """The objects seen, by UID, and for each owner its dependents in the order they were seen."""

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}
        self._dependents: dict[str, dict[str, None]] = {}

    def dependents(self, uid: str) -> list[Item]:
        """Return the objects that say they belong to `uid`."""
        return [self.items[dependent] for dependent in self._dependents.get(uid, ())]

    def blocking_dependents(self, uid: str) -> list[Item]:
        """Return the dependents that hold up the foreground deletion of `uid`."""
        return [d for d in self.dependents(uid) if d.owners[uid].get("blockOwnerDeletion")]

    def observe(self, obj: Object) -> Look:
        """Take in an object as a watch showed it."""
        item = Item.of(obj)
        before = self.items.get(item.uid)
        self.items[item.uid] = item
        look = Look()
        for uid in item.owners:
            self._dependents.setdefault(uid, {})[item.uid] = None
            if before is not None and before.owners.get(uid) == item.owners[uid]:
                continue
            if uid not in self.items:
                # The owner may be gone already: then no watch will ever tell.
                look.delete.append(item.uid)
            else:
                self._check(item, self.items[uid], look)
        if before is None:
            for dependent in self.dependents(item.uid):
                self._check(dependent, item, look)
        if before is not None:
            look.delete += self._unblocked_owners(before, item)
        if item.is_deleting_dependents and not (before and before.is_deleting_dependents):
            look.delete += [dependent.uid for dependent in self.dependents(item.uid)]
            look.delete.append(item.uid)
        if item.is_orphaning and not (before and before.is_orphaning):
            look.orphan.append(item.uid)
        return look

    @staticmethod
    def _check(dependent: Item, owner: Item, look: Look) -> None:
        """Look at a dependent whose reference has the UID of `owner`, but not its kind, name or namespace."""
        reference = dependent.owners[owner.uid]
        named = tuple(reference.get(name) for name in ("apiVersion", "kind", "name"))
        is_elsewhere = owner.namespace not in ("", dependent.namespace)
        if is_elsewhere:
            look.misplaced.append((dependent.uid, owner.uid))
        if is_elsewhere or named != (owner.api_version, owner.kind, owner.name):
            look.delete.append(dependent.uid)

    def forget(self, uid: str) -> Look:
        """Take in that an object is gone: its dependents may go too, and an owner may have waited for it."""
        look = Look([dependent.uid for dependent in self.dependents(uid)])
        item = self.items.pop(uid, None)
        for owner in item.owners if item else ():
            self._drop_dependent(owner, uid)
            if self._is_waiting(owner):
                look.delete.append(owner)
        return look

    def _unblocked_owners(self, before: Item, after: Item) -> list[str]:
        """Return owners in foreground deletion whose dependent let go of them, or no longer blocks them."""
        unblocked = []
        for uid, reference in before.owners.items():
            now = after.owners.get(uid)
            if now is None:
                self._drop_dependent(uid, after.uid)
            let_go = now is None or (
                reference.get("blockOwnerDeletion") and not now.get("blockOwnerDeletion")
            )
            if let_go and self._is_waiting(uid):
                unblocked.append(uid)
        return unblocked

    def _is_waiting(self, uid: str) -> bool:
        return uid in self.items and self.items[uid].is_deleting_dependents

    def _drop_dependent(self, owner: str, dependent: str) -> None:
        siblings = self._dependents.get(owner, {})
        siblings.pop(dependent, None)
        if not siblings:
            self._dependents.pop(owner, None)
