"""Solutions of unit 09 as learners write them: wrong ones, each with its misconception, and right ones.

Each is the text that goes into a cell of an exercise.  A wrong one names the test cells that must take
points; no other test of its exercise may.
"""

from tests.course.units.graded import Wrong

_SYNC = """
def sts_sync(sts, pods, now):
    spec = sts["spec"]
    if %(deleting)s:
        return []
    parallel = spec.get("podManagementPolicy") == "Parallel"
    strategy = spec["updateStrategy"]
    first = spec.get("ordinals", {}).get("start", 0)
    count = spec["replicas"]
    part = (strategy.get("rollingUpdate") or {}).get("partition", 0)
    at = {int(p["metadata"]["name"].split("-")[-1]): p for p in pods}
    new = sts["status"]["updateRevision"]
    out = []

    def ok(p):
        if p is None or p["status"]["phase"] != "Running":
            return False
        for c in p["status"]["conditions"]:
            if c["type"] == "Ready":
                age = datetime.fromisoformat(now) - datetime.fromisoformat(c["lastTransitionTime"])
                return c["status"] == "True" and age.total_seconds() >= %(min_ready)s
        return False

    def gone(p):
        return p is not None and "deletionTimestamp" in p["metadata"]

    def other(p):
        return p["metadata"]["labels"]["controller-revision-hash"] != new

    for index in range(count):
        o, p = first + index, at.get(first + index)
        if p is None:
            keep = strategy["type"] == "RollingUpdate" and %(below)s
            out.append(("create", o, "current" if keep else "update"))
        elif p["status"]["phase"] in %(ended)s:
            if not gone(p):
                out.append(("delete", o))
        elif ok(p) and not gone(p):
            continue
        %(stuck)s
        if not parallel:
            return out
    extra = [o for o in sorted(at) if not first <= o < first + count]
    for o in %(down)s:
        if gone(at[o]):
            if not parallel:
                return out
            continue
        if not parallel and not ok(at[o]) and %(blocked)s:
            return out
        out.append(("delete", o))
        if not parallel:
            return out
    if %(on_delete)s:
        return out
    touched = [a[1] for a in out]
    %(update)s
"""
_DOWNWARDS = """for index in range(count - 1, part - 1, -1):
        p, o = at.get(first + index), first + index
        if p is None or o in touched:
            return out
        if other(p) and not gone(p):
            out.append(("delete", o))
            return out
        if not ok(p) or gone(p):
            return out
    return out"""
_PARTS = {
    "deleting": '"deletionTimestamp" in sts["metadata"]',
    "min_ready": 'spec.get("minReadySeconds", 0)',
    "below": "index < part",
    "ended": '("Failed", "Succeeded")',
    "stuck": "",
    "down": "extra[::-1]",
    "blocked": "any(not ok(at[e]) or gone(at[e]) for e in extra if e < o)",
    "on_delete": 'strategy["type"] == "OnDelete"',
    "update": _DOWNWARDS,
}


def _sync(**parts: str) -> str:
    return _SYNC % {**_PARTS, **parts}


_FILL, _DOWN, _UP = "sts-sync-fill", "sts-sync-scale-down", "sts-sync-update"
_UNSEEN, _WORK = "sts-sync-unseen", "sts-sync-at-work"
_OWNER = ("pvc-owner-examples",)
_ASCENDING = _DOWNWARDS.replace("range(count - 1, part - 1, -1)", "range(part, count)")
_ALL = """for index in range(count - 1, part - 1, -1):
        p, o = at.get(first + index), first + index
        if p is not None and o not in touched and other(p) and not gone(p):
            out.append(("delete", o))
        elif not parallel and (p is None or not ok(p) or gone(p)):
            return out
        if out and not parallel:
            return out
    return out"""
_UNAVAILABLE = """most = (strategy.get("rollingUpdate") or {}).get("maxUnavailable", 1)
    away = 0
    for index in range(count - 1, part - 1, -1):
        p, o = at.get(first + index), first + index
        if p is None or o in touched or not ok(p) or gone(p):
            away += 1
            if p is not None and other(p) and not gone(p):
                out.append(("delete", o))
        elif other(p) and away < most:
            out.append(("delete", o))
            away += 1
        if away >= most:
            return out
    return out"""

WRONG = [
    Wrong("sts-sync", "updates go up from 0", (_UP, _UNSEEN, _WORK), _sync(update=_ASCENDING)),
    Wrong("sts-sync", "a Parallel set is updated all at once", (_UP, _UNSEEN, _WORK), _sync(update=_ALL)),
    Wrong(
        "sts-sync",
        "the partition is compared with the ordinal",
        (_FILL, _UP, _UNSEEN),
        _sync(below="o < part", update=_DOWNWARDS.replace("part - 1, -1", "max(0, part - first) - 1, -1")),
    ),
    Wrong("sts-sync", "Ready is enough", (_FILL, _DOWN, _UP, _UNSEEN), _sync(min_ready="0")),
    Wrong(
        "sts-sync",
        "a revert heals a stuck set",
        (_UP, _UNSEEN, _WORK),
        _sync(stuck='if p is not None and not ok(p) and not gone(p) and other(p): return [("delete", o)]'),
    ),
    Wrong("sts-sync", "maxUnavailable is honoured", (_UP,), _sync(update=_UNAVAILABLE)),
    Wrong(
        "sts-sync",
        "a pod below the partition comes back at the new revision",
        (_FILL, _UNSEEN),
        _sync(below="False"),
    ),
    Wrong("sts-sync", "a set that is being deleted goes on", (_FILL,), _sync(deleting="False")),
    Wrong(
        "sts-sync",
        "what stands behind the first dash is the ordinal",
        (_FILL,),
        _sync().replace('split("-")[-1]', 'split("-")[1]'),
    ),
    Wrong(
        "sts-sync",
        "an ordinal has one digit",
        (_FILL, _UNSEEN),
        _sync().replace('["name"].split("-")[-1]', '["name"][-1]'),
    ),
    Wrong("sts-sync", "a pod that Succeeded is left alone", (_FILL,), _sync(ended='("Failed",)')),
    Wrong("sts-sync", "scaling down begins at the bottom", (_DOWN, _UNSEEN, _WORK), _sync(down="extra")),
    Wrong("sts-sync", "broken pods never block a scale-down", (_DOWN, _UNSEEN), _sync(blocked="False")),
    Wrong("sts-sync", "a broken pod always blocks a scale-down", (_DOWN, _UNSEEN), _sync(blocked="True")),
    Wrong("sts-sync", "OnDelete replaces pods too", (_UP, _UNSEEN, _WORK), _sync(on_delete="False")),
    Wrong(
        "sts-sync",
        "running is enough",
        (_FILL, _DOWN, _UP, _UNSEEN, _WORK),
        _sync().replace('c["status"] == "True" and age', "age"),
    ),
    Wrong(
        "pvc-owner",
        "claims go with their pod whenever it is made anew",
        _OWNER,
        """
def pvc_owner(policy, in_range):
    if policy.get("whenScaled") == "Delete":
        return "pod"
    return "set" if policy.get("whenDeleted") == "Delete" else None
""",
    ),
    Wrong(
        "pvc-owner",
        "the set comes first",
        _OWNER,
        """
def pvc_owner(policy, in_range):
    if policy.get("whenDeleted") == "Delete":
        return "set"
    return "pod" if policy.get("whenScaled") == "Delete" and not in_range else None
""",
    ),
    Wrong(
        "pvc-owner",
        "Delete is the default",
        _OWNER,
        """
def pvc_owner(policy, in_range):
    if policy.get("whenScaled", "Delete") == "Delete" and not in_range:
        return "pod"
    return "set" if policy.get("whenDeleted", "Delete") == "Delete" else None
""",
    ),
    Wrong("pvc-owner", "claims are always the set's", _OWNER, 'pvc_owner = lambda policy, in_range: "set"'),
    Wrong("owner-cases", "no example at all", ("owner-cases-judged",), "owner_examples = []"),
    Wrong(
        "owner-cases",
        "nothing about pods that are still wanted",
        ("owner-cases-judged",),
        'owner_examples = [({"whenScaled": "Delete"}, False, "pod"), ({}, False, None)]',
    ),
]

RIGHT = {
    "index by index": {
        "sts-sync": _sync(),
        "pvc-owner": """
def pvc_owner(policy, in_range):
    scaled, deleted = policy.get("whenScaled", "Retain"), policy.get("whenDeleted", "Retain")
    if not in_range and scaled != "Retain":
        return "pod"
    if deleted != "Retain":
        return "set"
""",
    },
    "with a class": {
        "sts-sync": """
class Sync:
    def __init__(self, sts, pods, now):
        self.spec, self.status, self.now = sts["spec"], sts["status"], datetime.fromisoformat(now)
        self.pods = {self.ordinal(p): p for p in pods}
        self.start = self.spec.get("ordinals", {}).get("start", 0)
        self.end = self.start + self.spec["replicas"]
        self.ordered = self.spec.get("podManagementPolicy", "OrderedReady") == "OrderedReady"
        self.strategy = self.spec["updateStrategy"]
        self.partition = self.strategy.get("rollingUpdate", {}).get("partition", 0)
        self.actions = []

    @staticmethod
    def ordinal(pod):
        return int(pod["metadata"]["name"].rsplit("-", 1)[1])

    def healthy(self, pod):
        ready = [c for c in pod["status"]["conditions"] if c["type"] == "Ready" and c["status"] == "True"]
        if pod["status"]["phase"] != "Running" or not ready:
            return False
        since = datetime.fromisoformat(ready[0]["lastTransitionTime"])
        return since + timedelta(seconds=self.spec.get("minReadySeconds", 0)) <= self.now

    def terminating(self, pod):
        return pod["metadata"].get("deletionTimestamp") is not None

    def well(self, pod):
        return self.healthy(pod) and not self.terminating(pod)

    def fill(self):
        for n in range(self.start, self.end):
            done = self.one(n)
            if self.ordered and not done:
                return False
        return True

    def one(self, n):
        if n not in self.pods:
            rolling = self.strategy["type"] == "RollingUpdate"
            old = rolling and n - self.start < self.partition
            self.actions.append(("create", n, "current" if old else "update"))
            return False
        pod = self.pods[n]
        if pod["status"]["phase"] in {"Failed", "Succeeded"}:
            if not self.terminating(pod):
                self.actions.append(("delete", n))
            return False
        return self.well(pod)

    def shrink(self):
        condemned = sorted((n for n in self.pods if n < self.start or n >= self.end), reverse=True)
        sick = [n for n in condemned if not self.well(self.pods[n])]
        for n in condemned:
            pod = self.pods[n]
            if not self.terminating(pod):
                if self.ordered and not self.healthy(pod) and sick and sick[-1] != n:
                    return False
                self.actions.append(("delete", n))
            if self.ordered:
                return False
        return True

    def roll(self):
        written = {a[1] for a in self.actions}
        n = self.end - 1
        while n >= self.start + self.partition:
            if n not in self.pods or n in written:
                return
            pod = self.pods[n]
            revision = pod["metadata"]["labels"]["controller-revision-hash"]
            if revision != self.status["updateRevision"] and not self.terminating(pod):
                self.actions.append(("delete", n))
                return
            if not self.well(pod):
                return
            n -= 1

def sts_sync(sts, pods, now):
    if sts["metadata"].get("deletionTimestamp"):
        return []
    sync = Sync(sts, pods, now)
    if sync.fill() and sync.shrink() and sync.strategy["type"] != "OnDelete":
        sync.roll()
    return sync.actions
""",
        "pvc-owner": """
OWNERS = {("Retain", False): None, ("Delete", False): "set"}
def pvc_owner(policy, in_range):
    with_pod = policy.get("whenScaled") == "Delete" and in_range is False
    return "pod" if with_pod else OWNERS[policy.get("whenDeleted", "Retain"), with_pod]
""",
    },
    "in a littered namespace, noisy": {
        "sts-sync": "course = records = checks = points = grade = None\nimport warnings\n"
        + _sync().replace(
            "    out = []\n", "    out = []\n    warnings.warn('syncing')\n    print(len(pods))\n"
        ),
        "pvc-owner": """
pvc_owner = lambda policy, in_range: (
    "pod" if not in_range and policy.get("whenScaled") == "Delete"
    else "set" if policy.get("whenDeleted") == "Delete" else None)
_ = __ = Out = In = 'spoilt'
""",
    },
}
