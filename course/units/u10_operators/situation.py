"""The situation of the exercise `reconcile`: what users do to a Cache, and what must hold.

What a Cache is stands in `insideout.controllers.cache.kinds`.
"""

from collections.abc import Callable, Sequence
from typing import Any

from insideout.client.interface import Client, Object
from insideout.controllers.cache.kinds import (
    BUCKETS,
    CACHES,
    CHILDREN,
    DEFINITIONS,
    FINALIZER,
    NAMESPACE,
    cache,
    is_child,
)
from insideout.explore import Scenario, State, Step, Write, collector

CONTROLLER = "operator"

Check = Callable[[State, Write], str | None]


def stranger(name: str, label: str) -> Object:
    """Return a ConfigMap that is nobody's child, although it carries a child's label."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": NAMESPACE, "labels": {"cache": label}},
        "data": {"size": "0"},
    }


# What users do; each is a word and its arguments in the cases, and a Step here.


def steps_of(name: str, done: Sequence[Sequence[Any]]) -> list[Step]:
    """Return the steps of a user from plain data, such as [["create", 2, 64], ["scale", 1], ["delete"]]."""
    return [_STEPS[word](name, *args) for word, *args in done]


def _create(name: str, replicas: int, size: int) -> Step:
    text = f"creates the Cache {name}, replicas {replicas}, size {size}"
    return Step(text, lambda client: client.create(CACHES, cache(name, replicas, size), NAMESPACE))


def _create_held(name: str, replicas: int, size: int) -> Step:
    made = cache(name, replicas, size)
    made["metadata"]["finalizers"] = ["other.org/backup"]
    text = f"creates the Cache {name}, replicas {replicas}, size {size}, with the finalizer other.org/backup"
    return Step(text, lambda client: client.create(CACHES, made, NAMESPACE))


def _spec(field: str) -> Callable[[str, int], Step]:
    def make(name: str, value: int) -> Step:
        def act(client: Client) -> object:
            return client.patch(CACHES, name, {"spec": {field: value}}, NAMESPACE)

        return Step(f"sets spec.{field} to {value}", act)

    return make


def _delete(name: str) -> Step:
    return Step(f"deletes the Cache {name}", lambda client: client.delete(CACHES, name, NAMESPACE))


def _break_child(name: str, number: int) -> Step:
    def act(client: Client) -> object:
        return client.patch(CHILDREN, f"{name}-{number}", {"data": {"size": "1"}}, NAMESPACE)

    return Step(f"writes size 1 into the ConfigMap {name}-{number}", act)


def _pad_child(name: str, number: int) -> Step:
    def act(client: Client) -> object:
        return client.patch(CHILDREN, f"{name}-{number}", {"data": {"note": "mine"}}, NAMESPACE)

    return Step(f"writes note: mine beside the size into the ConfigMap {name}-{number}", act)


def _take_child(name: str, number: int) -> Step:
    child = f"{name}-{number}"
    return Step(f"deletes the ConfigMap {child}", lambda client: client.delete(CHILDREN, child, NAMESPACE))


def _nest(name: str, number: int) -> Step:
    child = f"{name}-{number}"

    def act(client: Client) -> None:
        owner = client.create(CHILDREN, stranger(name, name), NAMESPACE)
        reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": name, "uid": owner["metadata"]["uid"]}
        made = stranger(child, name)
        made["metadata"]["ownerReferences"] = [{**reference, "controller": True}]
        client.create(CHILDREN, made, NAMESPACE)

    return Step(f"creates a ConfigMap {name}, and a ConfigMap {child} that is controlled by it", act)


def _lean(name: str, number: int) -> Step:
    child = f"{name}-{number}"

    def act(client: Client) -> None:
        uid = client.get(CACHES, name, NAMESPACE)["metadata"]["uid"]
        made = stranger(child, name)
        reference = {"apiVersion": "example.com/v1", "kind": "Cache", "name": name, "uid": uid}
        made["metadata"]["ownerReferences"] = [reference]
        client.create(CHILDREN, made, NAMESPACE)

    return Step(f"creates a ConfigMap {child} that the Cache owns without controlling it", act)


def _backup(name: str) -> Step:
    def act(client: Client) -> object:
        there = client.get(CACHES, name, NAMESPACE)["metadata"].get("finalizers", [])
        patch = {"metadata": {"finalizers": [*there, "other.org/backup"]}}
        return client.patch(CACHES, name, patch, NAMESPACE)

    return Step("lets a backup tool add its finalizer other.org/backup", act)


def _swap(name: str, number: int) -> Step:
    child = f"{name}-{number}"

    def act(client: Client) -> None:
        if any(each["metadata"]["name"] == child for each in client.list(CHILDREN, NAMESPACE)["items"]):
            client.delete(CHILDREN, child, NAMESPACE)
        client.create(CHILDREN, stranger(child, name), NAMESPACE)

    return Step(f"puts a ConfigMap of their own in the place of {child}", act)


def _doubt(name: str) -> Step:
    def act(client: Client) -> object:
        doubt = {"type": "Ready", "status": "Unknown", "reason": "Doubt", "message": ""}
        patch = {"status": {"conditions": [doubt]}}
        return client.patch(CACHES, name, patch, NAMESPACE, subresource="status")

    return Step("writes the condition Ready Unknown into the status", act)


_STEPS: dict[str, Callable[..., Step]] = {
    "create": _create,
    "create held": _create_held,
    "scale": _spec("replicas"),
    "resize": _spec("size"),
    "delete": _delete,
    "break": _break_child,
    "pad": _pad_child,
    "take": _take_child,
    "backup": _backup,
    "nest": _nest,
    "lean": _lean,
    "doubt": _doubt,
    "swap": _swap,
}


# What must hold.


def children_of(state: State, uid: str) -> list[Object]:
    """Return the children of a Cache."""
    return [each for each in state.list(CHILDREN, NAMESPACE) if is_child(each, uid)]


def no_child_twice(state: State, write: Write) -> str | None:
    """Say when a Cache has more children than it ever asked for."""
    if write.resource == CACHES and write.after is not None:
        most = state.notes.setdefault("most", {})
        uid = write.after["metadata"]["uid"]
        most[uid] = max(most.get(uid, 0), write.after["spec"]["replicas"])
    if write.resource != CHILDREN or write.verb == "delete":
        return None
    for uid, most in state.notes.get("most", {}).items():
        names = [each["metadata"]["name"] for each in children_of(state, uid)]
        if len(names) > most:
            return (
                f"there are {len(names)} children, {', '.join(names)}; never more than {most} were asked for"
            )
    return None


def nothing_foreign(state: State, write: Write) -> str | None:
    """Say when the operator writes a ConfigMap that was not its own."""
    if write.who != CONTROLLER or write.resource != CHILDREN or write.before is None:
        return None
    owners = write.before["metadata"].get("ownerReferences") or ()
    if any(owner.get("kind") == "Cache" and owner.get("controller") for owner in owners):
        return None
    return f"{write.verb} of the ConfigMap {write.name}, which is not its own"


def bucket_first(state: State, write: Write) -> str | None:
    """Say when a Cache is gone and its bucket is still rented."""
    gone = write.resource == CACHES and write.before is not None and write.after is None
    if gone and state.get(BUCKETS, write.name, NAMESPACE) is not None:
        return f"the Cache {write.name} is gone, and its bucket is still rented"
    return None


def read_generation(state: State, write: Write) -> str | None:
    """Say when a status names a generation that it does not describe."""
    if write.resource != CACHES or write.after is None:
        return None
    metadata, status = write.after["metadata"], write.after.get("status") or {}
    specs = state.notes.setdefault("specs", {})
    specs[metadata["uid"], metadata["generation"]] = write.after["spec"]
    if write.who != CONTROLLER or write.subresource != "status":
        return None
    asked = specs.get((metadata["uid"], status.get("observedGeneration")))
    if asked is not None and status.get("ready") != asked["replicas"]:
        return (
            f"status: observedGeneration {status['observedGeneration']}, ready {status.get('ready')}; "
            f"that generation asked for {asked['replicas']}"
        )
    return None


def users_spec(state: State, write: Write) -> str | None:
    """Say when the operator changes what a user wants."""
    if write.resource != CACHES or write.who != CONTROLLER or not write.before or not write.after:
        return None
    if write.before["spec"] == write.after["spec"]:
        return None
    return f"the operator turns the spec {write.before['spec']} into {write.after['spec']}"


def others_finalizer(state: State, write: Write) -> str | None:
    """Say when the operator takes somebody else's finalizer away."""
    if write.resource != CACHES or write.who != CONTROLLER or write.before is None:
        return None
    before = write.before["metadata"].get("finalizers", [])
    after = (write.after or {"metadata": {}})["metadata"].get("finalizers", [])
    lost = [each for each in before if each not in after and each != FINALIZER]
    return f"the finalizer {lost[0]} is somebody else's, and gone" if lost else None


CHECKS: dict[str, Check] = {
    "no child twice": no_child_twice,
    "nothing foreign is touched": nothing_foreign,
    "the bucket is given back before the Cache goes": bucket_first,
    "the status is about the generation that was read": read_generation,
    "the spec is the user's": users_spec,
    "another's finalizer stays": others_finalizer,
}


def wanted(state: State) -> str | None:
    """Say what is missing when all is quiet: everything of every Cache, and nothing of any that is gone."""
    caches = state.list(CACHES)
    live = [each for each in caches if not each["metadata"].get("deletionTimestamp")]
    buckets = sorted(each["metadata"]["name"] for each in state.list(BUCKETS))
    names = sorted(each["metadata"]["name"] for each in live)
    if buckets != names:
        return f"buckets: {buckets or 'none'}, Caches: {names or 'none'}"
    for each in caches:
        finalizers = each["metadata"].get("finalizers", [])
        if each not in live and FINALIZER in finalizers:
            held = ", ".join(finalizers)
            return f"the Cache {each['metadata']['name']} is still being deleted, held by {held}"
    for each in live:
        if problem := _unlike(state, each):
            return problem
    return None


def _unlike(state: State, obj: Object) -> str | None:
    metadata, spec = obj["metadata"], obj["spec"]
    found = {each["metadata"]["name"]: each.get("data") for each in children_of(state, metadata["uid"])}
    asked = {
        f"{metadata['name']}-{number}": {"size": str(spec["size"])} for number in range(spec["replicas"])
    }
    taken = [name for name in asked if name not in found and state.get(CHILDREN, name, NAMESPACE)]
    asked = {name: data for name, data in asked.items() if name not in taken}
    if found != asked:
        return f"children: {_said(found)}; wanted: {_said(asked)}"
    status = obj.get("status") or {}
    told = {"observedGeneration": metadata["generation"], "ready": len(asked)}
    if {key: status.get(key) for key in told} != told:
        shown = {key: status.get(key) for key in told}
        return f"status: {shown}; it should be {told}"
    return None


def _said(children: dict[str, Any]) -> str:
    return (
        ", ".join(f"{name} {(data or {}).get('size')}" for name, data in sorted(children.items())) or "none"
    )


def scenario_of(situation: Object, *, checks: Sequence[str] = tuple(CHECKS), goal: bool = True) -> Scenario:
    """Return the scenario of a case: `name`, `steps`, and ConfigMaps of others in `foreign`."""
    name = situation["name"]
    foreign = [stranger(each, name) for each in situation.get("foreign", ())]
    return Scenario(
        objects=[*DEFINITIONS, *foreign],
        steps=steps_of(name, situation["steps"]),
        always={rule: CHECKS[rule] for rule in checks},
        goal=wanted if goal else None,
        goal_name="in the end all is as asked",
        others={"garbage-collector": collector(CACHES, CHILDREN)},
        name=CONTROLLER,
        max_writes=40,
    )
