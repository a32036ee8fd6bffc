"""What the operator of Caches does with one of them.

Source: the pattern of sigs.k8s.io/controller-runtime: look at what there is, take the next step, tell.
"""

from typing import Any

from insideout.apimachinery.conditions import after
from insideout.client.interface import ApiError, Object
from insideout.controllers.cache.kinds import BUCKETS, CACHES, CHILDREN, FINALIZER, is_child


def reconcile(api: Any, key: str) -> None:
    """Bring the Cache `key` one look nearer to what it asks for."""
    name = key.split("/")[1]
    cache = _find(api, CACHES, name)
    if cache is None:
        return
    finalizers = cache["metadata"].get("finalizers", [])
    if "deletionTimestamp" in cache["metadata"]:
        if FINALIZER in finalizers:
            if _find(api, BUCKETS, name) is not None:
                api.delete(BUCKETS, name)
            cache["metadata"]["finalizers"] = [each for each in finalizers if each != FINALIZER]
            api.update(CACHES, cache)
        return
    if FINALIZER not in finalizers:
        cache["metadata"]["finalizers"] = [*finalizers, FINALIZER]
        cache = api.update(CACHES, cache)
    if _find(api, BUCKETS, name) is None:
        api.create(
            BUCKETS, {"apiVersion": "storage.example.com/v1", "kind": "Bucket", "metadata": {"name": name}}
        )
    _report(api, cache, _children(api, cache))


def _children(api: Any, cache: Object) -> int:
    """Make the children what they should be; return how many there are."""
    metadata, spec = cache["metadata"], cache["spec"]
    data = {"size": str(spec["size"])}
    own = {
        each["metadata"]["name"]: each
        for each in api.list(CHILDREN)["items"]
        if is_child(each, metadata["uid"])
    }
    ready = 0
    for number in range(spec["replicas"]):
        name = f"{metadata['name']}-{number}"
        child = own.pop(name, None)
        if child is None and _find(api, CHILDREN, name) is not None:
            continue  # somebody else's
        ready += 1
        if child is None:
            owner = {"apiVersion": cache["apiVersion"], "kind": cache["kind"], "controller": True}
            owner |= {"name": metadata["name"], "uid": metadata["uid"]}
            labels = {"cache": metadata["name"]}
            made = {"name": name, "labels": labels, "ownerReferences": [owner]}
            api.create(CHILDREN, {"metadata": made, "data": data})
        elif child.get("data") != data:
            api.update(CHILDREN, {**child, "data": data})
    for child in own.values():
        api.delete(CHILDREN, child["metadata"]["name"], uid=child["metadata"]["uid"])
    return ready


def _report(api: Any, cache: Object, ready: int) -> None:
    before = cache.get("status") or {}
    replicas = cache["spec"]["replicas"]
    new = {
        "type": "Ready",
        "status": "True" if ready == replicas else "False",
        "reason": "AllReady" if ready == replicas else "NameTaken",
        "message": f"{ready} of {replicas}",
        "observedGeneration": cache["metadata"]["generation"],
    }
    _, conditions = after(before.get("conditions", []), new, api.now())
    status = {"observedGeneration": new["observedGeneration"], "ready": ready, "conditions": conditions}
    if status != before:
        api.update(CACHES, {**cache, "status": status}, subresource="status")


def _find(api: Any, resource: str, name: str) -> Any:
    try:
        return api.get(resource, name)
    except ApiError as error:
        if error.code == 404:
            return None
        raise
