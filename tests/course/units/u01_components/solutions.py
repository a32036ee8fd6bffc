"""Solutions of lesson 01 as learners write them: wrong ones, each with its misconception, and right ones.

Each is the text that goes into a cell of an exercise.  A wrong one names the test cells that must take
points; no other test of its exercise may.
"""

from tests.course.units.graded import Wrong

_WORKS = """
def works(down, action):
    api, node = {{"apiserver", "etcd"}}, {{"kubelet", "runtime"}}
    needs = {{
        "create_pod_object": {create},
        "place_pod": api | {{"scheduler"}},
        "start_placed_pod": api | node,
        "restart_crashed_container": {restart},
        "start_static_pod": {static},
        "replace_deleted_replica": {replace},
        "mark_node_unknown": {unknown_node},
        "update_endpoints": {endpoints},
        "existing_service_traffic": {traffic},
    }}
    return {answer}
"""

_RIGHT_WORKS = {
    "create": "api",
    "restart": "node",
    "static": "node",
    "replace": 'api | {"kcm"}',
    "unknown_node": 'api | {"kcm"}',
    "endpoints": 'api | {"kcm", "kubelet", "kube-proxy"}',
    "traffic": "set()",
    "answer": "not needs[action] & down",
}


def _works(**parts: str) -> str:
    return _WORKS.format(**{**_RIGHT_WORKS, **parts})


_BIND = """
import copy

class Conflict(Exception):
    pass

def bind(pod, node, uid=None):
    metadata, spec = pod["metadata"], pod["spec"]
    if {uid}:
        raise Conflict("uid")
    if {deleting}:
        raise Conflict("deleting")
    if {bound}:
        raise Conflict("bound")
    if {gates}:
        raise Conflict("gates")
    {more}
    pod = {copied}
    pod["spec"]["nodeName"] = node
    status = pod["status"]
    {nominated}
    {condition}
    {phase}
    return pod
"""

_RIGHT_BIND = {
    "uid": 'uid and metadata["uid"] != uid',
    "deleting": 'metadata.get("deletionTimestamp")',
    "bound": 'spec.get("nodeName")',
    "gates": 'spec.get("schedulingGates")',
    "more": "",
    "copied": "copy.deepcopy(pod)",
    "nominated": 'status.pop("nominatedNodeName", None)',
    "condition": """old = status.get("conditions", [])
    new = {"type": "PodScheduled", "status": "True"}
    status["conditions"] = [new if c["type"] == "PodScheduled" else c for c in old]
    if new not in status["conditions"]:
        status["conditions"].append(new)""",
    "phase": "",
}


def _bind(**parts: str) -> str:
    return _BIND.format(**{**_RIGHT_BIND, **parts})


_RECONCILE = """
def reconcile(n, pods):
    active = [p for p in pods if {phases} and {alive}]
    missing = n - len(active)
    if missing > 0:
        return {cap_create}, []
    count_of = {{}}
    for p in {crowd}:
        count_of[p["spec"].get("nodeName")] = count_of.get(p["spec"].get("nodeName"), 0) + 1

    def key(p):
        status = p["status"]
        ready = [c["status"] for c in {conditions} if c["type"] == "Ready"] == ["True"]
        cost = p["metadata"].get("annotations", {{}}).get("controller.kubernetes.io/pod-deletion-cost", "0")
        restarts = [c["restartCount"] for c in status.get("containerStatuses", [])]
        return ({node}, {order}, {ready}, {cost}, {siblings}, -{restarts})

    active.sort(key=lambda p: p["metadata"]["creationTimestamp"], reverse={newest})
    active.sort(key=key)
    return 0, [p["metadata"]["name"] for p in active[:-missing]]{cap_delete} if missing else []
"""

_RIGHT_RECONCILE = {
    "phases": 'p["status"]["phase"] not in ("Succeeded", "Failed")',
    "alive": 'not p["metadata"].get("deletionTimestamp")',
    "conditions": 'status.get("conditions", [])',
    "cap_create": "min(missing, 500)",
    "cap_delete": "[:500]",
    "crowd": "active",
    "node": 'p["spec"].get("nodeName") is not None',
    "order": '("Pending", "Unknown", "Running").index(status["phase"])',
    "ready": "ready",
    "cost": "int(cost)",
    "siblings": '-count_of[p["spec"].get("nodeName")]',
    "restarts": "max(restarts, default=0)",
    "newest": "True",
}


def _reconcile(**parts: str) -> str:
    return _RECONCILE.format(**{**_RIGHT_RECONCILE, **parts})


_THREE_WAY = "def three_way(last, live, new):\n    {}\n"

WRONG = [
    Wrong(
        "works",
        "restarting a container needs the API server",
        ("works-examples",),
        _works(restart="api | node"),
    ),
    Wrong(
        "works", "the controller manager restarts containers", ("works-examples",), _works(restart='{"kcm"}')
    ),
    Wrong(
        "works",
        "a static pod needs the scheduler",
        ("works-examples",),
        _works(static='node | {"scheduler"}'),
    ),
    Wrong("works", "the API server works without etcd", ("works-examples",), _works(create='{"apiserver"}')),
    Wrong(
        "works",
        "a dead kube-proxy stops existing traffic",
        ("works-examples",),
        _works(traffic='{"kube-proxy"}'),
    ),
    Wrong(
        "works",
        "an unknown action works",
        ("works-examples",),
        _works(answer="not needs.get(action, set()) & down"),
    ),
    Wrong(
        "works",
        "an unknown action does not work",
        ("works-examples",),
        _works(answer="action in needs and not needs[action] & down"),
    ),
    Wrong(
        "works",
        "a replica's object is made only when it can run",
        ("works-examples",),
        _works(replace='api | node | {"kcm", "scheduler"}'),
    ),
    Wrong(
        "works",
        "the kubelet itself reports that its node is gone",
        ("works-examples",),
        _works(unknown_node='api | {"kubelet"}'),
    ),
    Wrong(
        "works",
        "endpoints need nobody to report readiness",
        ("works-examples",),
        _works(endpoints='api | {"kcm", "kube-proxy"}'),
    ),
    Wrong(
        "works",
        "an action fails only when all that it needs is down",
        ("works-examples",),
        _works(answer="not needs[action] or not needs[action] <= down"),
    ),
    Wrong(
        "bind",
        "binding again to the same node succeeds",
        ("bind-examples",),
        _bind(bound='spec.get("nodeName") and spec["nodeName"] != node'),
    ),
    Wrong("bind", "a binding overwrites the node", ("bind-examples",), _bind(bound="False")),
    Wrong(
        "bind",
        "the node must exist",
        ("bind-examples",),
        _bind(more='if node not in ("n1", "n2"): raise Conflict("no such node")'),
    ),
    Wrong("bind", "a bound pod runs", ("bind-examples",), _bind(phase='status["phase"] = "Running"')),
    Wrong("bind", "gates are only for the scheduler", ("bind-examples",), _bind(gates="False")),
    Wrong(
        "bind",
        "an empty list of gates is a gate",
        ("bind-examples",),
        _bind(gates='"schedulingGates" in spec'),
    ),
    Wrong("bind", "the stored pod may be changed", ("bind-examples",), _bind(copied="pod")),
    Wrong("bind", "a shallow copy is a copy", ("bind-examples",), _bind(copied="dict(pod)")),
    Wrong("bind", "the uid does not matter", ("bind-examples",), _bind(uid="False")),
    Wrong("bind", "a pod that is being deleted can be bound", ("bind-examples",), _bind(deleting="False")),
    Wrong("bind", "a nominated node stays", ("bind-examples",), _bind(nominated="pass")),
    Wrong(
        "bind",
        "PodScheduled is added as one more condition",
        ("bind-examples",),
        _bind(condition='status["conditions"].append({"type": "PodScheduled", "status": "True"})'),
    ),
    Wrong(
        "bind",
        "the condition keeps its reason and message",
        ("bind-examples",),
        _bind(
            condition='''for c in status.setdefault("conditions", [{"type": "PodScheduled"}]):
        if c["type"] == "PodScheduled":
            c["status"] = "True"'''
        ),
    ),
    Wrong(
        "bind",
        "only a pending pod can be bound",
        ("bind-examples",),
        _bind(more='if pod["status"]["phase"] != "Pending": raise Conflict("phase")'),
    ),
    Wrong(
        "bind",
        "PodScheduled is the first condition",
        ("bind-examples",),
        _bind(
            condition="""rest = status.get("conditions", [])[1:]
    status["conditions"] = [{"type": "PodScheduled", "status": "True"}, *rest]"""
        ),
    ),
    Wrong(
        "reconcile",
        "a pod of which nobody knows whether it is ready is ready",
        ("reconcile-examples",),
        _reconcile(ready="ready or 'Unknown' in [c['status'] for c in status.get('conditions', [])]"),
    ),
    Wrong(
        "reconcile",
        "pods that are being deleted count",
        ("reconcile-examples", "reconcile-unseen"),
        _reconcile(alive="True"),
    ),
    Wrong(
        "reconcile",
        "failed pods count",
        ("reconcile-examples", "reconcile-unseen"),
        _reconcile(
            phases='p["status"]["phase"] != "Succeeded"',
            order='("Pending", "Unknown", "Failed", "Running").index(status["phase"])',
        ),
    ),
    Wrong(
        "reconcile",
        "the oldest pod goes first",
        ("reconcile-examples", "reconcile-unseen"),
        _reconcile(newest="False"),
    ),
    Wrong(
        "reconcile",
        "the deletion cost does not matter",
        ("reconcile-examples", "reconcile-unseen"),
        _reconcile(cost="0"),
    ),
    Wrong(
        "reconcile",
        "costs compare as text",
        ("reconcile-examples", "reconcile-unseen"),
        _reconcile(cost="cost"),
    ),
    Wrong(
        "reconcile",
        "there is no limit to what is created at once",
        ("reconcile-examples",),
        _reconcile(cap_create="missing"),
    ),
    Wrong(
        "reconcile",
        "the limit of 500 is for creations",
        ("reconcile-examples",),
        _reconcile(cap_delete=""),
    ),
    Wrong(
        "reconcile",
        "every pod has conditions",
        ("reconcile-examples",),
        _reconcile(conditions='status["conditions"]'),
    ),
    Wrong(
        "reconcile",
        "restarts of all containers add up",
        ("reconcile-examples",),
        _reconcile(restarts="sum(restarts)"),
    ),
    Wrong(
        "reconcile",
        "a pod that cannot be placed is kept like any other",
        ("reconcile-examples", "reconcile-unseen"),
        _reconcile(node="0"),
    ),
    Wrong(
        "reconcile",
        "the phase does not matter",
        ("reconcile-examples", "reconcile-unseen"),
        _reconcile(order="0"),
    ),
    Wrong(
        "reconcile",
        "readiness does not matter",
        ("reconcile-examples", "reconcile-unseen"),
        _reconcile(ready="0"),
    ),
    Wrong(
        "reconcile", "where siblings run does not matter", ("reconcile-examples",), _reconcile(siblings="0")
    ),
    Wrong(
        "reconcile",
        "siblings on their way out take room too",
        ("reconcile-examples",),
        _reconcile(crowd="pods"),
    ),
    Wrong(
        "reconcile",
        "the first container's restarts count",
        ("reconcile-examples", "reconcile-unseen"),
        _reconcile(restarts="(restarts or [0])[0]"),
    ),
    Wrong(
        "three-way",
        "keys that only the live object has are dropped",
        ("three-way-examples", "three-way-unseen"),
        _THREE_WAY.format("return dict(new)"),
    ),
    Wrong(
        "three-way",
        "keys that the new configuration lacks are kept",
        ("three-way-examples", "three-way-unseen"),
        _THREE_WAY.format("return {**live, **new}"),
    ),
    Wrong(
        "three-way",
        "what is live wins over what is new",
        ("three-way-examples", "three-way-unseen"),
        _THREE_WAY.format("return {k: v for k, v in {**new, **live}.items() if k in new or k not in last}"),
    ),
    Wrong(
        "three-way",
        "only what changed since the last apply is written",
        ("three-way-examples", "three-way-unseen"),
        _THREE_WAY.format(
            "return {**{k: v for k, v in live.items() if k in new or k not in last},"
            " **{k: v for k, v in new.items() if last.get(k) != v}}"
        ),
    ),
    Wrong(
        "three-way",
        "what is removed must be there",
        ("three-way-examples", "three-way-unseen"),
        _THREE_WAY.format(
            "live = dict(live)\n    for k in last.keys() - new: del live[k]\n    return {**live, **new}"
        ),
    ),
    Wrong(
        "three-way",
        "the live object is changed in place",
        ("three-way-examples", "three-way-unseen"),
        _THREE_WAY.format(
            "for k in last.keys() - new.keys(): live.pop(k, None)\n    live.update(new)\n    return live"
        ),
    ),
]

RIGHT = {
    "by parts": {
        "works": _works(),
        "bind": _bind(),
        "reconcile": _reconcile(),
        "three-way": _THREE_WAY.format(
            "return {k: new.get(k, live.get(k)) for k in [*live, *new] if k in new or k not in last}"
        ),
    },
    "with if and sorted": {
        "works": """
def works(down, action):
    match action:
        case "create_pod_object": needed = ["apiserver", "etcd"]
        case "place_pod": needed = ["apiserver", "etcd", "scheduler"]
        case "start_placed_pod": needed = ["apiserver", "etcd", "kubelet", "runtime"]
        case "restart_crashed_container" | "start_static_pod": needed = ["kubelet", "runtime"]
        case "replace_deleted_replica" | "mark_node_unknown": needed = ["apiserver", "etcd", "kcm"]
        case "update_endpoints": needed = ["apiserver", "etcd", "kcm", "kubelet", "kube-proxy"]
        case "existing_service_traffic": needed = []
        case _: raise KeyError(action)
    for one in needed:
        if one in down:
            return False
    return True
""",
        "bind": """
class Conflict(Exception):
    pass

def bind(pod, node, uid=None):
    if uid not in (None, pod["metadata"]["uid"]) or "deletionTimestamp" in pod["metadata"]:
        raise Conflict()
    if pod["spec"].get("nodeName") or pod["spec"].get("schedulingGates", []) != []:
        raise Conflict()
    others = [c for c in pod["status"].get("conditions", []) if c["type"] != "PodScheduled"]
    conditions = [{"type": "PodScheduled", "status": "True"}, *others]
    status = {k: v for k, v in pod["status"].items() if k != "nominatedNodeName"}
    return {**pod, "spec": {**pod["spec"], "nodeName": node}, "status": {**status, "conditions": conditions}}
""",
        "reconcile": """
from datetime import datetime

def reconcile(n, pods):
    pods = [p for p in pods if "deletionTimestamp" not in p["metadata"]]
    pods = [p for p in pods if p["status"]["phase"] in ("Pending", "Running", "Unknown")]
    if len(pods) <= n:
        return (min(500, n - len(pods)), [])

    def rank(p):
        node, status = p["spec"].get("nodeName", ""), p["status"]
        ready = {c["type"]: c["status"] for c in status.get("conditions") or []}.get("Ready") == "True"
        notes = p["metadata"].get("annotations") or {}
        born = datetime.fromisoformat(p["metadata"]["creationTimestamp"].replace("Z", "+00:00"))
        return [
            1 if node else 0,
            {"Pending": 0, "Unknown": 1, "Running": 2}[status["phase"]],
            1 if ready else 0,
            int(notes.get("controller.kubernetes.io/pod-deletion-cost", 0)),
            -sum(1 for q in pods if q["spec"].get("nodeName", "") == node),
            -max([c["restartCount"] for c in status.get("containerStatuses") or []] or [0]),
            -born.timestamp(),
        ]

    ordered = sorted(pods, key=rank)
    return (0, [p["metadata"]["name"] for p in ordered][: min(500, len(pods) - n)])
""",
        "three-way": """
def three_way(last, live, new):
    result = dict(live)
    for key in last:
        if key not in new:
            result.pop(key, None)
    result.update(new)
    return result
""",
    },
    "with comparison and recursion": {
        "works": """
API = frozenset(["apiserver", "etcd"])

def works(down, action):
    table = [
        ("create_pod_object", API), ("place_pod", API | {"scheduler"}),
        ("start_placed_pod", API | {"kubelet", "runtime"}),
        ("restart_crashed_container", {"kubelet", "runtime"}), ("start_static_pod", {"kubelet", "runtime"}),
        ("replace_deleted_replica", API | {"kcm"}), ("mark_node_unknown", API | {"kcm"}),
        ("update_endpoints", API | {"kcm", "kubelet", "kube-proxy"}), ("existing_service_traffic", set()),
    ]
    up = {"apiserver", "etcd", "scheduler", "kcm", "kubelet", "runtime", "kube-proxy"} - down
    return dict(table)[action] <= up
""",
        "bind": """
import json

class Conflict(RuntimeError):
    pass

def bind(pod, node, uid=None):
    mine = json.loads(json.dumps(pod))
    problems = [
        uid is not None and uid != mine["metadata"]["uid"],
        "deletionTimestamp" in mine["metadata"],
        "nodeName" in mine["spec"],
        len(mine["spec"].get("schedulingGates", [])) > 0,
    ]
    if any(problems):
        raise Conflict(problems)
    mine["spec"]["nodeName"] = node
    if "nominatedNodeName" in mine["status"]:
        del mine["status"]["nominatedNodeName"]
    by_type = {c["type"]: c for c in mine["status"].get("conditions") or []}
    by_type["PodScheduled"] = {"type": "PodScheduled", "status": "True"}
    mine["status"]["conditions"] = list(by_type.values())
    return mine
""",
        "reconcile": """
import functools

def reconcile(n, pods):
    def active(p):
        ended = p["status"]["phase"] in ["Succeeded", "Failed"]
        return not ended and "deletionTimestamp" not in p["metadata"]

    alive = list(filter(active, pods))

    def node(p):
        return p["spec"].get("nodeName", "")

    def ready(p):
        return any(c["type"] == "Ready" and c["status"] == "True" for c in p["status"].get("conditions", []))

    def cost(p):
        notes = p["metadata"].get("annotations", {})
        return int(notes.get("controller.kubernetes.io/pod-deletion-cost", "0"))

    def crowd(p):
        return len([q for q in alive if node(q) == node(p)])

    def restarts(p):
        return max([0] + [c["restartCount"] for c in p["status"].get("containerStatuses", [])])

    def before(a, b):
        for left, right in [
            (bool(node(a)), bool(node(b))),
            ("PUR".index(a["status"]["phase"][0]), "PUR".index(b["status"]["phase"][0])),
            (ready(a), ready(b)),
            (cost(a), cost(b)),
            (crowd(b), crowd(a)),
            (restarts(b), restarts(a)),
            (b["metadata"]["creationTimestamp"], a["metadata"]["creationTimestamp"]),
        ]:
            if left != right:
                return -1 if left < right else 1
        return 0

    surplus = len(alive) - n
    if surplus <= 0:
        return [min(-surplus, 500), []]
    ordered = sorted(alive, key=functools.cmp_to_key(before))
    return [0, [p["metadata"]["name"] for p in ordered[:surplus][:500]]]
""",
        "three-way": """
def three_way(last, live, new):
    result = {}
    for key in sorted(set(last) | set(live) | set(new)):
        if key in new:
            result[key] = new[key]
        elif key in live and key not in last:
            result[key] = live[key]
    return result
""",
    },
}
"""Right solutions by the way in which they are written, each a text for each exercise."""
