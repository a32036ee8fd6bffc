"""Parts of a cluster that believe something false, by the part and the belief.

Each defines `wrong`, and may call `right`, the part of the solution.
"""

from collections.abc import Mapping
from typing import Any

Parts = Mapping[str, Any]

WRONG = {
    ("reconcile", "a pod that leaves is a replica until it is gone"): r"""
def wrong(n, pods):
    def back(pod):
        return {**pod, "metadata": {k: v for k, v in pod["metadata"].items() if k != "deletionTimestamp"}}
    return right(n, [back(pod) for pod in pods])
""",
    ("reconcile", "now and then one more does no harm"): r"""
made = []
def wrong(n, pods):
    count, names = right(n, pods)
    made.append(1)
    return count + (len(made) % 7 == 0), names
""",
    ("reconcile", "what it costs to delete a pod means nothing"): r"""
def wrong(n, pods):
    def plain(pod):
        return {**pod, "metadata": {k: v for k, v in pod["metadata"].items() if k != "annotations"}}
    return right(n, [plain(pod) for pod in pods])
""",
    ("reconcile", "it divides by zero"): r"""
def wrong(n, pods):
    return 1 / 0
""",
    ("Reflector", "a watch goes on where the list ended"): r"""
class wrong(right):
    def on_event(self, type, obj):
        version = self.version
        changes = super().on_event(type, obj)
        if type != "ERROR":
            self.version = version
        return changes
""",
    ("Reflector", "what changed is told once"): r"""
class wrong(right):
    told = set()
    def on_event(self, type, obj):
        changes = [one for one in super().on_event(type, obj) if one[1] not in self.told]
        self.told.update(name for _, name in changes)
        return changes
""",
    ("WorkQueue", "what is worked on need not wait again"): r"""
class wrong(right):
    def add(self, key):
        if key not in self.at_work:
            super().add(key)
""",
    ("WorkQueue", "what changes again is worked on at once"): r"""
class wrong(right):
    def add(self, key):
        if key not in self.waiting:
            self.waiting.append(key)
""",
    ("Raft", "what was voted need not be kept"): r"""
class wrong(right):
    def save(self):
        return None
""",
    ("Raft", "a log in memory is enough"): r"""
class wrong(right):
    def save(self):
        saved = super().save()
        return saved and {**saved, "log": saved["log"][:1]}
""",
    ("Raft", "the leader need not ask"): r"""
class wrong(right):
    def advance_commit(self):
        self.commit = self.last["index"]
""",
    ("Raft", "one election is enough"): r"""
class wrong(right):
    def on_tick(self):
        if self.term < 1 or self.role == "leader":
            super().on_tick()
""",
    ("Raft", "now and then something else is kept"): r"""
class wrong(right):
    def on_propose(self, command):
        super().on_propose("lost" if self.last["index"] == 5 else command)
""",
    ("Raft", "it divides by zero"): r"""
class wrong(right):
    def on_append_entries(self, message):
        return 1 / 0
""",
    ("Raft", "more messages are safer"): r"""
class wrong(right):
    def on_tick(self):
        super().on_tick()
        for peer in self.peers * 2000:
            self.send(peer, "append_entries_reply", success=False, index=0)
""",
    ("operator", "it creates without end"): r"""
def wrong(api, key):
    right(api, key)
    cache = api.get("caches.example.com", key.split("/")[1])
    owner = {k: cache[k] for k in ("apiVersion", "kind")} | {"controller": True}
    owner |= {k: cache["metadata"][k] for k in ("name", "uid")}
    more = {"generateName": "more-", "labels": {"cache": "sessions"}, "ownerReferences": [owner]}
    api.create("configmaps", {"metadata": more})
""",
    ("operator", "whatever has a child's name is a child"): r"""
def wrong(api, key):
    right(api, key)
    name = key.split("/")[1]
    for one in api.list("configmaps")["items"]:
        metadata = one["metadata"]
        if metadata.get("labels", {}).get("cache") == name and "ownerReferences" not in metadata:
            api.update("configmaps", {**one, "data": {"size": "64"}})
""",
    ("operator", "the garbage collector takes the bucket, too"): r"""
class Lazy:
    def __init__(self, api):
        self.api = api
    def __getattr__(self, name):
        return getattr(self.api, name)
    def delete(self, resource, name, **more):
        if not resource.startswith("buckets"):
            return self.api.delete(resource, name, **more)
def wrong(api, key):
    right(Lazy(api), key)
""",
    ("operator", "who is there is well"): r"""
class Blind:
    def __init__(self, api):
        self.api = api
    def __getattr__(self, name):
        return getattr(self.api, name)
    def list(self, resource):
        items = self.api.list(resource)["items"]
        return {"items": [{**one, "data": {"size": "64"}} for one in items]}
def wrong(api, key):
    right(Blind(api), key)
""",
    ("operator", "what is too many does no harm"): r"""
class Kind:
    def __init__(self, api):
        self.api = api
    def __getattr__(self, name):
        return getattr(self.api, name)
    def delete(self, resource, name, **more):
        if resource.startswith("buckets"):
            return self.api.delete(resource, name, **more)
def wrong(api, key):
    right(Kind(api), key)
""",
    ("operator", "it divides by zero"): r"""
def wrong(api, key):
    return 1 / 0
""",
    ("filters", "any node will do"): r"""
def wrong(pod, nodes):
    return {node["name"]: [] for node in nodes}
""",
    ("filters", "taints are advice"): r"""
def wrong(pod, nodes):
    return right(pod, [{**node, "taints": []} for node in nodes])
""",
    ("rolling_step", "all at once"): r"""
def wrong(n, surge, unavailable, rss):
    return [rs | {"spec": n if rs["is_new"] else 0} for rs in rss]
""",
    ("rolling_step", "one may always be missing"): r"""
def wrong(n, surge, unavailable, rss):
    return right(n, surge, unavailable + 1, rss)
""",
    ("sts_sync", "from the bottom"): r"""
def wrong(sts, pods, now):
    def old(pod):
        return pod["metadata"]["labels"]["controller-revision-hash"] != sts["status"]["updateRevision"]
    numbers = sorted(int(pod["metadata"]["name"][-1]) for pod in pods if old(pod))
    actions = right(sts, pods, now)
    return [("delete", numbers[0]) if one[0] == "delete" and numbers else one for one in actions]
""",
    ("sts_sync", "a revert heals"): r"""
def wrong(sts, pods, now):
    def stuck(pod):
        metadata, conditions = pod["metadata"], pod["status"]["conditions"]
        old = metadata["labels"]["controller-revision-hash"] != sts["status"]["updateRevision"]
        ready = any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)
        return old and not ready and "deletionTimestamp" not in metadata
    found = [pod["metadata"]["name"] for pod in pods if stuck(pod)]
    return right(sts, pods, now) or [("delete", int(name[-1])) for name in found[:1]]
""",
    ("unknown_at", "after two missed renewals"): r"""
def wrong(renewals, period=5, grace=50):
    return right(renewals, period, 20)
""",
    ("unknown_at", "never"): r"""
def wrong(renewals, period=5, grace=50):
    return 1e9
""",
    ("taints_for", "a node that is not ready says so in its conditions only"): r"""
def wrong(conditions, unschedulable):
    return set()
""",
    ("taint_qps", "always the same"): r"""
def wrong(zones):
    return dict.fromkeys(zones, 0.1)
""",
    ("taint_qps", "never"): r"""
def wrong(zones):
    return dict.fromkeys(zones, 0)
""",
    ("evict_after", "at once"): r"""
def wrong(taints, tolerations):
    return 0 if taints else None
""",
    ("evict_after", "never"): r"""
def wrong(taints, tolerations):
    return None
""",
    ("evict_order", "those without requests first"): r"""
def wrong(pods):
    return [pod["name"] for pod in sorted(pods, key=lambda pod: (pod["request"], -(pod["usage"] or 0)))]
""",
    ("evict_order", "the largest first"): r"""
def wrong(pods):
    return [pod["name"] for pod in sorted(pods, key=lambda pod: -(pod["usage"] or 0))]
""",
    ("next_starts", "main containers wait for nobody"): r"""
def wrong(kinds, status, main_running):
    return right(kinds, status, main_running)[0], True
""",
    ("term_at", "all at once"): r"""
def wrong(mains, sidecars, grace):
    return [0] * len(sidecars)
""",
    ("endpoint_groups", "whoever runs is ready"): r"""
def wrong(service, pods, nodes, family):
    def ready(end):
        return {**end, "conditions": {**end["conditions"], "ready": True}}
    groups = right(service, pods, nodes, family)
    return groups and {ports: [ready(end) for end in ends] for ports, ends in groups.items()}
""",
    ("endpoint_groups", "one label is enough"): r"""
def wrong(service, pods, nodes, family):
    selector = dict(list((service["spec"].get("selector") or {}).items())[:1])
    return right({**service, "spec": {**service["spec"], "selector": selector}}, pods, nodes, family)
""",
    ("plan", "what is listed stays as it is"): r"""
def wrong(slices, desired, limit=100):
    return right(slices, desired, limit)[0], {}, []
""",
    ("nat_rules", "each of n rules has the probability 1/n"): r"""
import re
def wrong(*arguments):
    same = "--probability 0.2500000000"
    return [re.sub(r"--probability [0-9.]+", same, line) for line in right(*arguments)]
""",
    ("nat_rules", "the policy Local means nothing"): r"""
def wrong(service, *others):
    return right({**service, "spec": {**service["spec"], "internalTrafficPolicy": "Cluster"}}, *others)
""",
    ("allowed", "policies are advice"): r"""
def wrong(*arguments):
    return True
""",
    ("allowed", "a policy closes everything"): r"""
def wrong(policies, *others):
    return not policies
""",
}


def wrong(name: str, belief: str, parts: Parts) -> Parts:
    """Return parts of which the one called `name` believes something."""
    names: dict[str, Any] = {"right": parts[name]}
    exec(WRONG[name, belief], names)
    return {**parts, name: names["wrong"]}
