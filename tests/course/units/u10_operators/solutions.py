"""Solutions of unit 10: right ones in different styles, and wrong ones, each with the belief behind it."""

from typing import NamedTuple


class Wrong(NamedTuple):
    """A wrong solution: its belief, its exercise, its code, and the test cells that take points."""

    belief: str
    exercise: str
    code: str
    caught_by: tuple[str, ...]


SET_BY_PARTS = """
def set_condition(conds, new, now):
    fields = ["status", "reason", "message", "observedGeneration"]
    for place, old in enumerate(conds):
        if old["type"] == new["type"]:
            same = all((old.get(f) or None) == (new.get(f) or None) for f in fields)
            if same:
                return False
            made = {"type": old["type"], **{f: new[f] for f in fields if f in new}}
            if old["status"] == new["status"]:
                if "lastTransitionTime" in old:
                    made["lastTransitionTime"] = old["lastTransitionTime"]
            else:
                made["lastTransitionTime"] = new.get("lastTransitionTime", now)
            conds[place] = made
            return True
    made = dict(new)
    made.setdefault("lastTransitionTime", now)
    conds.append(made)
    return True
"""

SET_AS_IN_GO = """
def set_condition(conds, new, now):
    time = new.get("lastTransitionTime") or now
    existing = None
    for one in conds:
        if one["type"] == new["type"]:
            existing = one
            break
    if existing is None:
        added = dict(new)
        added["lastTransitionTime"] = time
        conds += [added]
        return True
    changed = False
    if existing["status"] != new["status"]:
        existing["status"] = new["status"]
        existing["lastTransitionTime"] = time
        changed = True
    for field, zero in (("reason", ""), ("message", ""), ("observedGeneration", 0)):
        if existing.get(field, zero) != new.get(field, zero):
            existing[field] = new.get(field, zero)
            changed = True
    return changed
"""

BASE = """
CACHE, MAP, BUCKET = "caches.example.com", "configmaps", "buckets.storage.example.com"
HOLD = "example.com/bucket"


def find(api, resource, name):
    try:
        return api.get(resource, name)
    except ApiError as error:
        if error.code == 404:
            return None
        raise


def is_mine(one, cache):
    uid = cache["metadata"]["uid"]
    owners = one["metadata"].get("ownerReferences", [])
    return any(owner.get("uid") == uid and owner.get("controller") for owner in owners)


def give_back(api, name):
    if find(api, BUCKET, name):
        api.delete(BUCKET, name)


def let_go(api, cache):
    held = cache["metadata"].get("finalizers", [])
    if HOLD in held:
        cache["metadata"]["finalizers"] = [one for one in held if one != HOLD]
        api.update(CACHE, cache)


def finish(api, cache):
    give_back(api, cache["metadata"]["name"])
    let_go(api, cache)


def hold(api, cache):
    held = cache["metadata"].get("finalizers", [])
    if HOLD not in held:
        cache["metadata"]["finalizers"] = held + [HOLD]
        return api.update(CACHE, cache)
    return cache


def rent(api, cache):
    name = cache["metadata"]["name"]
    if find(api, BUCKET, name) is None:
        made = {"apiVersion": "storage.example.com/v1", "kind": "Bucket", "metadata": {"name": name}}
        api.create(BUCKET, made)


def body(cache, name):
    metadata = cache["metadata"]
    owner = {"apiVersion": cache["apiVersion"], "kind": "Cache"}
    owner |= {"name": metadata["name"], "uid": metadata["uid"]}
    return {
        "metadata": {
            "name": name,
            "labels": {"cache": metadata["name"]},
            "ownerReferences": [{**owner, "controller": True}],
        },
        "data": {"size": str(cache["spec"]["size"])},
    }


def children(api, cache):
    name, spec = cache["metadata"]["name"], cache["spec"]
    wanted = [f"{name}-{number}" for number in range(spec["replicas"])]
    everything = {one["metadata"]["name"]: one for one in api.list(MAP)["items"]}
    ready = 0
    for child in wanted:
        found = everything.get(child)
        if found is None:
            api.create(MAP, body(cache, child))
        elif not is_mine(found, cache):
            continue
        elif found.get("data") != {"size": str(spec["size"])}:
            found["data"] = {"size": str(spec["size"])}
            api.update(MAP, found)
        ready += 1
    for child, found in everything.items():
        if child not in wanted and is_mine(found, cache):
            api.delete(MAP, child, uid=found["metadata"]["uid"])
    return ready


def report(api, cache, ready):
    before = cache.get("status") or {}
    conditions = [dict(one) for one in before.get("conditions", [])]
    generation = cache["metadata"]["generation"]
    full = ready == cache["spec"]["replicas"]
    new = {"type": "Ready", "status": "True" if full else "False", "reason": "R", "message": "m"}
    set_condition(conditions, {**new, "observedGeneration": generation}, api.now())
    status = {"observedGeneration": generation, "ready": ready, "conditions": conditions}
    if status != before:
        cache["status"] = status
        api.update(CACHE, cache, subresource="status")


def reconcile(api, key):
    cache = find(api, CACHE, key.partition("/")[2])
    if cache is None:
        return
    if cache["metadata"].get("deletionTimestamp"):
        finish(api, cache)
        return
    cache = hold(api, cache)
    rent(api, cache)
    report(api, cache, children(api, cache))
"""

PATCHING = (
    BASE
    + """

def let_go(api, cache):
    held = cache["metadata"].get("finalizers", [])
    if HOLD in held:
        version = cache["metadata"]["resourceVersion"]
        rest = [one for one in held if one != HOLD]
        patch = {"metadata": {"finalizers": rest, "resourceVersion": version}}
        api.patch(CACHE, cache["metadata"]["name"], patch)


def hold(api, cache):
    held = cache["metadata"].get("finalizers", [])
    if HOLD in held:
        return cache
    version = cache["metadata"]["resourceVersion"]
    patch = {"metadata": {"finalizers": held + [HOLD], "resourceVersion": version}}
    return api.patch(CACHE, cache["metadata"]["name"], patch)


def give_back(api, name):
    try:
        api.delete(BUCKET, name)
    except ApiError as error:
        if error.code != 404:
            raise


def rent(api, cache):
    name = cache["metadata"]["name"]
    try:
        made = {"apiVersion": "storage.example.com/v1", "kind": "Bucket", "metadata": {"name": name}}
        api.create(BUCKET, made)
    except ApiError as error:
        if error.code != 409:
            raise


old_rent = rent


def rent(api, cache):
    if find(api, BUCKET, cache["metadata"]["name"]) is None:
        old_rent(api, cache)


def report(api, cache, ready):
    before = cache.get("status") or {}
    generation = cache["metadata"]["generation"]
    full = ready == cache["spec"]["replicas"]
    conditions = [dict(one) for one in before.get("conditions", [])]
    new = {"type": "Ready", "status": str(full), "reason": "Counted"}
    changed = set_condition(conditions, new, api.now())
    if changed or before.get("ready") != ready or before.get("observedGeneration") != generation:
        status = {"observedGeneration": generation, "ready": ready, "conditions": conditions}
        api.patch(CACHE, cache["metadata"]["name"], {"status": status}, subresource="status")
"""
)

ONE_STEP = (
    BASE
    + """

class Operator:
    def __init__(self, api):
        self.api = api

    def __call__(self, key):
        cache = find(self.api, CACHE, key.split("/")[-1])
        if not cache:
            return
        steps = [self.ending] if "deletionTimestamp" in cache["metadata"] else [self.holding, self.living]
        for step in steps:
            cache = step(cache)

    def ending(self, cache):
        finish(self.api, cache)

    def holding(self, cache):
        return hold(self.api, cache)

    def living(self, cache):
        rent(self.api, cache)
        report(self.api, cache, children(self.api, cache))


def reconcile(api, key):
    Operator(api)(key)
"""
)

RIGHT = {
    "small functions": {"set-condition": SET_BY_PARTS, "reconcile": BASE},
    "patches, and errors as answers": {"set-condition": SET_AS_IN_GO, "reconcile": PATCHING},
    "a class": {"reconcile": ONE_STEP},
}
"""By how they are written, and then by exercise."""


def _but(code: str) -> str:
    """Return the base with one of its functions defined again."""
    return f"{BASE}\n\n{code}\n"


BOTH = ("set-condition-rules", "set-condition-unseen")
CHILDREN, BUCKET = "reconcile-children", "reconcile-bucket"
FAULTS, UNSEEN, AT_WORK = "reconcile-faults", "reconcile-unseen", "reconcile-at-work"

_WRONG_RECONCILE: dict[str, tuple[str, tuple[str, ...]]] = {
    "generated names, noted afterwards": (
        """
def children(api, cache):
    names = (cache.get("status") or {}).get("names", [])
    while len(names) < cache["spec"]["replicas"]:
        made = body(cache, "")
        del made["metadata"]["name"]
        made["metadata"]["generateName"] = cache["metadata"]["name"] + "-"
        names = names + [api.create(MAP, made)["metadata"]["name"]]
    cache["status"] = {**(cache.get("status") or {}), "names": names}
    return len(names)
""",
        (
            CHILDREN,
            BUCKET,
            FAULTS,
            UNSEEN,
            AT_WORK,
        ),
    ),
    "a conflict is met with the new version on the old object": (
        """
def hold(api, cache):
    held = cache["metadata"].get("finalizers", [])
    if HOLD in held:
        return cache
    cache["metadata"]["finalizers"] = held + [HOLD]
    try:
        return api.update(CACHE, cache)
    except ApiError as error:
        if error.code != 409:
            raise
        new = api.get(CACHE, cache["metadata"]["name"])
        cache["metadata"]["resourceVersion"] = new["metadata"]["resourceVersion"]
        return api.update(CACHE, cache)
""",
        (
            FAULTS,
            UNSEEN,
        ),
    ),
    "a name says whose it is": (
        """
old_children = children


def children(api, cache):
    class ByName:
        def __getattr__(self, verb):
            return getattr(api, verb)

        def delete(self, resource, name, uid=""):
            return api.delete(resource, name)

    return old_children(ByName(), cache)
""",
        (FAULTS,),
    ),
    "what cannot be read is not there": (
        """
def find(api, resource, name):
    try:
        return api.get(resource, name)
    except ApiError:
        return None
""",
        (FAULTS,),
    ),
    "where the number is right, the condition is": (
        """
old_report = report


def report(api, cache, ready):
    before = cache.get("status") or {}
    told = (before.get("observedGeneration"), before.get("ready"))
    if told != (cache["metadata"]["generation"], ready):
        old_report(api, cache, ready)
""",
        (CHILDREN,),
    ),
    "the generation is that of the moment of writing": (
        """
old_report = report


def report(api, cache, ready):
    new = find(api, CACHE, cache["metadata"]["name"])
    if new is None:
        return
    replicas = cache["spec"]["replicas"]
    full = ready == replicas
    before = new.get("status") or {}
    conditions = [dict(one) for one in before.get("conditions", [])]
    set_condition(conditions, {"type": "Ready", "status": str(full), "reason": "R"}, api.now())
    status = {"observedGeneration": new["metadata"]["generation"], "ready": ready, "conditions": conditions}
    if status != before:
        new["status"] = status
        api.update(CACHE, new, subresource="status")
""",
        (FAULTS,),
    ),
    "the finalizer goes first, then the bucket": (
        """
def finish(api, cache):
    if HOLD in cache["metadata"].get("finalizers", []):
        let_go(api, cache)
        give_back(api, cache["metadata"]["name"])
""",
        (
            FAULTS,
            UNSEEN,
        ),
    ),
    "the bucket first, then the finalizer": (
        """
def reconcile(api, key):
    cache = find(api, CACHE, key.partition("/")[2])
    if cache is None:
        return
    if cache["metadata"].get("deletionTimestamp"):
        finish(api, cache)
        return
    rent(api, cache)
    cache = hold(api, cache)
    report(api, cache, children(api, cache))
""",
        (
            FAULTS,
            UNSEEN,
        ),
    ),
    "what has the label is mine": (
        """
def is_mine(one, cache):
    return one["metadata"].get("labels", {}).get("cache") == cache["metadata"]["name"]
""",
        (
            CHILDREN,
            FAULTS,
        ),
    ),
    "what has the name is mine": (
        """
def is_mine(one, cache):
    return one["metadata"]["name"].startswith(cache["metadata"]["name"] + "-")
""",
        (
            CHILDREN,
            FAULTS,
        ),
    ),
    "what some Cache of that name owns is mine": (
        """
def is_mine(one, cache):
    owners = one["metadata"].get("ownerReferences", [])
    return any(owner.get("name") == cache["metadata"]["name"] for owner in owners)
""",
        (CHILDREN,),
    ),
    "a label is for people": (
        """
old_body = body


def body(cache, name):
    made = old_body(cache, name)
    del made["metadata"]["labels"]
    return made
""",
        (CHILDREN, FAULTS, UNSEEN, AT_WORK),
    ),
    "what it owns is mine, controlled or not": (
        """
def is_mine(one, cache):
    owners = one["metadata"].get("ownerReferences", [])
    return any(owner["uid"] == cache["metadata"]["uid"] for owner in owners)
""",
        (CHILDREN,),
    ),
    "the status counts the looks": (
        """
old_report = report


def report(api, cache, ready):
    looks = (cache.get("status") or {}).get("looks", 0) + 1
    status = {"observedGeneration": cache["metadata"]["generation"], "ready": ready, "looks": looks}
    status["conditions"] = [{"type": "Ready", "status": str(ready == cache["spec"]["replicas"])}]
    api.patch(CACHE, cache["metadata"]["name"], {"status": status}, subresource="status")
""",
        (
            CHILDREN,
            BUCKET,
            FAULTS,
            UNSEEN,
            AT_WORK,
        ),
    ),
    "a status is written on every look": (
        """
looks = {"n": 0}
old_report = report


def report(api, cache, ready):
    looks["n"] += 1
    cache["status"] = {**(cache.get("status") or {}), "looks": looks["n"]}
    old_report(api, cache, ready)
""",
        (FAULTS,),
    ),
    "a condition's time is the time of the look": (
        """
def report(api, cache, ready):
    generation = cache["metadata"]["generation"]
    full = str(ready == cache["spec"]["replicas"])
    ready_condition = {"type": "Ready", "status": full, "lastTransitionTime": api.now(), "reason": "R"}
    cache["status"] = {"observedGeneration": generation, "ready": ready, "conditions": [ready_condition]}
    api.patch(CACHE, cache["metadata"]["name"], {"metadata": {"annotations": {"seen": api.now()}}})
    api.patch(CACHE, cache["metadata"]["name"], {"status": cache["status"]}, subresource="status")
""",
        (FAULTS,),
    ),
    "what is deleted must have been there": (
        """
def give_back(api, name):
    api.delete(BUCKET, name)
""",
        (
            FAULTS,
            UNSEEN,
        ),
    ),
    "what is created cannot be there": (
        """
def rent(api, cache):
    if HOLD not in cache["metadata"].get("finalizers", []) or not cache.get("status"):
        name = cache["metadata"]["name"]
        made = {"apiVersion": "storage.example.com/v1", "kind": "Bucket", "metadata": {"name": name}}
        api.create(BUCKET, made)
""",
        (
            FAULTS,
            UNSEEN,
        ),
    ),
    "an error is somebody else's business": (
        """
right_reconcile = reconcile


def reconcile(api, key):
    try:
        right_reconcile(api, key)
    except ApiError:
        pass
""",
        (
            FAULTS,
            UNSEEN,
        ),
    ),
    "the finalizers are mine": (
        """
def hold(api, cache):
    if HOLD in cache["metadata"].get("finalizers", []):
        return cache
    return api.patch(CACHE, cache["metadata"]["name"], {"metadata": {"finalizers": [HOLD]}})


def let_go(api, cache):
    api.patch(CACHE, cache["metadata"]["name"], {"metadata": {"finalizers": None}})
""",
        (BUCKET, FAULTS),
    ),
    "memory says what was done": (
        """
rented = set()


def rent(api, cache):
    name = cache["metadata"]["name"]
    if name not in rented:
        rented.add(name)
        if find(api, BUCKET, name) is None:
            made = {"apiVersion": "storage.example.com/v1", "kind": "Bucket", "metadata": {"name": name}}
            api.create(BUCKET, made)
""",
        (
            BUCKET,
            FAULTS,
            UNSEEN,
            AT_WORK,
        ),
    ),
    "the status says that it is done": (
        """
right_reconcile = reconcile


def reconcile(api, key):
    cache = find(api, CACHE, key.partition("/")[2])
    if cache is None:
        return
    if cache["metadata"].get("deletionTimestamp"):
        return finish(api, cache)
    if (cache.get("status") or {}).get("observedGeneration") == cache["metadata"]["generation"]:
        return
    cache = hold(api, cache)
    report(api, cache, cache["spec"]["replicas"])
    rent(api, cache)
    children(api, cache)
""",
        (
            CHILDREN,
            FAULTS,
            UNSEEN,
            AT_WORK,
        ),
    ),
    "only creation matters": (
        """
def children(api, cache):
    for number in range(cache["spec"]["replicas"]):
        child = f"{cache['metadata']['name']}-{number}"
        if find(api, MAP, child) is None:
            api.create(MAP, body(cache, child))
    return cache["spec"]["replicas"]
""",
        (
            CHILDREN,
            FAULTS,
            UNSEEN,
            AT_WORK,
        ),
    ),
    "ready is what is asked for": (
        """
old_children = children


def children(api, cache):
    old_children(api, cache)
    return cache["spec"]["replicas"]
""",
        (
            CHILDREN,
            FAULTS,
        ),
    ),
    "a deletion is the garbage collector's work": (
        """
def finish(api, cache):
    let_go(api, cache)
""",
        (
            BUCKET,
            FAULTS,
            UNSEEN,
            AT_WORK,
        ),
    ),
    "a finalizer is not needed": (
        """
def hold(api, cache):
    return cache
""",
        (
            BUCKET,
            FAULTS,
            UNSEEN,
            AT_WORK,
        ),
    ),
    "the bucket has an owner like any child": (
        """
def rent(api, cache):
    name = cache["metadata"]["name"]
    if find(api, BUCKET, name) is None:
        made = body(cache, name)
        del made["data"]
        api.create(BUCKET, {"apiVersion": "storage.example.com/v1", "kind": "Bucket", **made})
""",
        (BUCKET, FAULTS, UNSEEN, AT_WORK),
    ),
    "what stands beside the size may stay": (
        """
old_children = children


def children(api, cache):
    hidden = {}
    for one in api.list(MAP)["items"]:
        hidden[one["metadata"]["name"]] = one
    for name, one in hidden.items():
        wanted = body(cache, name)["data"]
        if is_mine(one, cache) and wanted.items() <= one.get("data", {}).items():
            one["data"] = wanted

    class Api:
        def __getattr__(self, name):
            return getattr(api, name)

        def list(self, resource):
            return {"items": list(hidden.values())}

        def get(self, resource, name):
            return hidden[name] if resource == MAP and name in hidden else api.get(resource, name)

    return old_children(Api(), cache)
""",
        (CHILDREN,),
    ),
    "a child that could not be made will come some time": (
        """
old_children = children


def children(api, cache):
    class Api:
        def __getattr__(self, name):
            return getattr(api, name)

        def create(self, resource, obj):
            try:
                return api.create(resource, obj)
            except ApiError:
                return obj

    return old_children(Api(), cache)
""",
        (FAULTS,),
    ),
    "the bucket has an owner and goes by itself": (
        """
def rent(api, cache):
    name = cache["metadata"]["name"]
    if find(api, BUCKET, name) is None:
        made = body(cache, name)
        del made["data"]
        api.create(BUCKET, {"apiVersion": "storage.example.com/v1", "kind": "Bucket", **made})


def finish(api, cache):
    let_go(api, cache)
""",
        (
            BUCKET,
            FAULTS,
            UNSEEN,
            AT_WORK,
        ),
    ),
}

_WRONG_SET: dict[str, tuple[str, str]] = {
    "the time moves with every change": (
        "    return changed",
        "    if changed:\n        existing['lastTransitionTime'] = time\n    return changed",
    ),
    "every call is a change": (
        "    return changed",
        "    return True",
    ),
    "the time of a new condition is that of the call": (
        'time = new.get("lastTransitionTime") or now',
        "time = now",
    ),
    "the generation is not compared": (
        ', ("observedGeneration", 0)',
        "",
    ),
    "what is left out stays as it was": (
        "existing[field] = new.get(field, zero)\n            changed = True",
        "if field in new:\n                existing[field] = new[field]\n                changed = True",
    ),
    "a field that is missing differs from an empty one": (
        "if existing.get(field, zero) != new.get(field, zero):",
        "if existing.get(field) != new.get(field):",
    ),
    "a new condition comes first": (
        "conds += [added]",
        "conds.insert(0, added)",
    ),
    "a change is only one of status": (
        "            changed = True\n    return",
        "            pass\n    return",
    ),
    "a condition is replaced at the end": (
        "    if existing is None:",
        "    if existing is not None:\n        conds.remove(existing)\n    if True:",
    ),
    "the list is made anew": (
        "    existing = None",
        "    conds = [dict(one) for one in conds]\n    existing = None",
    ),
}


def _changed(old: str, new: str) -> str:
    assert old in SET_AS_IN_GO
    return SET_AS_IN_GO.replace(old, new)


WRONG = [
    *(Wrong(belief, "set-condition", _changed(old, new), BOTH) for belief, (old, new) in _WRONG_SET.items()),
    *(
        Wrong(belief, "reconcile", _but(code), caught_by)
        for belief, (code, caught_by) in _WRONG_RECONCILE.items()
    ),
]
