"""The situation for the controllers of these tests: a Store resource with shelves and a rented room.

A Store NAME wants spec.shelves ConfigMaps, owned by it, with data.paint, and one Room in the outside world,
which nobody collects.  Its status says how many shelves there are and for which generation.  The finalizer
keeps it until the room is given back.
"""

from collections.abc import Callable

from insideout.client import Client, Object
from insideout.explore import Scenario, State, Step, Write, collector

GROUP = "example.com"
STORES, SHELVES, ROOMS = "stores.example.com", "configmaps", "rooms.outside.example.com"
FINALIZER = "example.com/room"
NAME, NS = "web", "default"


def definition(plural: str, kind: str, group: str, *, status: bool) -> Object:
    anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    schema = {"type": "object", "properties": {"spec": anything, "status": anything}}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    if status:
        version["subresources"] = {"status": {}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"plural": plural, "singular": kind.lower(), "kind": kind, "listKind": f"{kind}List"},
            "versions": [version],
        },
    }


DEFINITIONS = [
    definition("stores", "Store", GROUP, status=True),
    definition("rooms", "Room", "outside.example.com", status=False),
]


def store(name: str = NAME, shelves: int = 2, paint: str = "red") -> Object:
    return {
        "apiVersion": "example.com/v1",
        "kind": "Store",
        "metadata": {"name": name, "namespace": NS},
        "spec": {"shelves": shelves, "paint": paint},
    }


FOREIGN = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "web-9", "namespace": NS, "labels": {"store": NAME}},
    "data": {"paint": "none"},
}
"""Somebody else's, although its name and label look like a shelf's."""


def _patch(spec: Object) -> Callable[[Client], object]:
    return lambda client: client.patch(STORES, NAME, {"spec": spec}, NS)


CREATE = Step("creates the Store web with 2 red shelves", lambda client: client.create(STORES, store(), NS))
SHRINK = Step("asks for 1 shelf", _patch({"shelves": 1}))
PAINT = Step("asks for blue", _patch({"paint": "blue"}))
KIOSK = Step("creates the Store kiosk", lambda client: client.create(STORES, store("kiosk"), NS))


def _mend(client: Client) -> None:
    client.patch(SHELVES, "web-0", {"data": {"paint": "green"}}, NS)


def _recreate(client: Client) -> None:
    client.delete(STORES, NAME, NS)
    client.create(STORES, store(paint="blue"), NS)


def _add_finalizer(client: Client) -> None:
    before = client.get(STORES, NAME, NS)["metadata"].get("finalizers", [])
    client.patch(STORES, NAME, {"metadata": {"finalizers": [*before, "other/backup"]}}, NS)


MEND = Step("paints the shelf web-0 green by hand", _mend)
TAKE_SHELF = Step("deletes the shelf web-0", lambda client: client.delete(SHELVES, "web-0", NS))
RECREATE = Step("deletes the Store, and creates one of the same name in blue", _recreate)
FOREIGN_FINALIZER = Step("lets a backup tool add its finalizer", _add_finalizer)
DELETE = Step("deletes the Store", lambda client: client.delete(STORES, NAME, NS))


def owned(obj: Object, uid: str) -> bool:
    owners = obj["metadata"].get("ownerReferences") or ()
    return any(owner["uid"] == uid and owner.get("controller") for owner in owners)


def shelves_of(state: State, uid: str) -> list[Object]:
    return [each for each in state.list(SHELVES, NS) if owned(each, uid)]


def no_twin(state: State, write: Write) -> str | None:
    """Never more shelves than were ever asked for."""
    if write.resource != SHELVES or write.verb != "create":
        return None
    for each in state.list(STORES):
        found = [shelf["metadata"]["name"] for shelf in shelves_of(state, each["metadata"]["uid"])]
        if len(found) > 2:
            return f"the Store has {len(found)} shelves, {', '.join(found)}, and never asked for more than 2"
    return None


def hands_off(state: State, write: Write) -> str | None:
    """Nobody but the user touches the foreign ConfigMap."""
    if write.key == f"{SHELVES}/web-9" and write.who == "controller":
        return f"the controller does {write.verb} {write.key}, which is not its own"
    return None


def room_first(state: State, write: Write) -> str | None:
    """Say when a Store goes before its room was given back."""
    gone = write.resource == STORES and write.before is not None and write.after is None
    if gone and state.get(ROOMS, write.name, NS) is not None:
        return "the Store is gone, and its room is still rented: nobody will give it back"
    return None


def right_generation(state: State, write: Write) -> str | None:
    """Compare what the status says with the generation that it names."""
    if write.resource != STORES or write.subresource != "status" or write.after is None:
        return None
    status = write.after.get("status") or {}
    seen = state.notes.get(("spec", write.after["metadata"]["uid"], status.get("observedGeneration")))
    if seen is not None and status.get("shelves") != seen["shelves"]:
        generation = status["observedGeneration"]
        return (
            f"status says {status.get('shelves')} shelves for generation {generation}, "
            f"which asked for {seen['shelves']}"
        )
    return None


def note_specs(state: State, write: Write) -> str | None:
    """Remember the spec of every generation."""
    if write.resource == STORES and write.after is not None:
        metadata = write.after["metadata"]
        state.notes["spec", metadata["uid"], metadata["generation"]] = write.after["spec"]
    return None


def keeps_shelves(state: State, write: Write) -> str | None:
    """Say when a shelf is taken away of which there are not too many."""
    if write.resource != SHELVES or write.verb != "delete" or write.who != "controller" or not write.before:
        return None
    for owner in state.list(STORES):
        uid, wanted = owner["metadata"]["uid"], owner["spec"]["shelves"]
        left = len(shelves_of(state, uid))
        if owned(write.before, uid) and not owner["metadata"].get("deletionTimestamp") and left < wanted:
            return (
                f"it deletes {write.name}: {left} of {wanted} shelves of {owner['metadata']['name']} are left"
            )
    return None


def others_finalizer(state: State, write: Write) -> str | None:
    """Say when the finalizer of somebody else goes."""
    if write.resource != STORES or write.who != "controller" or write.before is None:
        return None
    before = write.before["metadata"].get("finalizers", [])
    after = (write.after or {"metadata": {}})["metadata"].get("finalizers", [])
    if "other/backup" in before and "other/backup" not in after:
        return "the finalizer other/backup is gone, before the backup was made"
    return None


def spec_is_users(state: State, write: Write) -> str | None:
    """Say when the controller changes what the user wants."""
    if write.resource != STORES or write.who != "controller" or not write.before or not write.after:
        return None
    before, after = write.before["spec"], write.after["spec"]
    return None if before == after else f"the controller turns the spec from {before} into {after}"


ALWAYS = {
    "the spec is the user's": spec_is_users,
    "another's finalizer stays": others_finalizer,
    "specs are noted": note_specs,
    "no shelf twice": no_twin,
    "nothing foreign is touched": hands_off,
    "the room is given back first": room_first,
    "the status is about the generation it names": right_generation,
    "no shelf goes that is wanted": keeps_shelves,
}


def goal(state: State) -> str | None:
    live = {each["metadata"]["name"]: each for each in state.list(STORES)}
    rooms = sorted(each["metadata"]["name"] for each in state.list(ROOMS))
    kept = [name for name, each in live.items() if not each["metadata"].get("deletionTimestamp")]
    if rooms != sorted(kept):
        return f"rooms: {rooms}, Stores: {sorted(live)}"
    foreign = state.get(SHELVES, "web-9", NS)
    if foreign is None or foreign["data"] != {"paint": "none"}:
        return "the foreign ConfigMap is not what it was"
    for each in live.values():
        spec, status, metadata = each["spec"], each.get("status") or {}, each["metadata"]
        if metadata.get("deletionTimestamp"):
            if metadata.get("finalizers") == ["other/backup"]:
                continue  # it is not for us to let it go
            return "the Store is still being deleted"
        paints = [shelf["data"]["paint"] for shelf in shelves_of(state, metadata["uid"])]
        if paints != [spec["paint"]] * spec["shelves"]:
            return f"shelves: {paints}, wanted: {spec['shelves']} in {spec['paint']}"
        wanted = {"shelves": spec["shelves"], "observedGeneration": metadata["generation"]}
        if {key: status.get(key) for key in wanted} != wanted:
            return f"status: {status}, wanted: {wanted}"
    others = [
        each["metadata"]["name"]
        for each in state.list(SHELVES, NS)
        if each["metadata"].get("ownerReferences")
    ]
    if not live and others:
        return f"shelves without a Store: {others}"
    return None


def scenario(*steps: Step) -> Scenario:
    return Scenario(
        objects=[*DEFINITIONS, FOREIGN],
        steps=steps or (CREATE, SHRINK, DELETE),
        always=ALWAYS,
        goal=goal,
        others={"garbage-collector": collector(STORES, SHELVES)},
    )
