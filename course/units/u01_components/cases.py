"""The visible cases of the lesson on components: each rule is a contrast, no constant answer holds."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from course.checks.report import Case, Raises, as_yaml, kept, with_keeping

Object = dict[str, Any]

COMPONENTS = ("apiserver", "etcd", "kcm", "kube-proxy", "kubelet", "runtime", "scheduler")

NEEDS: dict[str, frozenset[str]] = {
    "create_pod_object": frozenset({"apiserver", "etcd"}),
    "place_pod": frozenset({"apiserver", "etcd", "scheduler"}),
    "start_placed_pod": frozenset({"apiserver", "etcd", "kubelet", "runtime"}),
    "restart_crashed_container": frozenset({"kubelet", "runtime"}),
    "start_static_pod": frozenset({"kubelet", "runtime"}),
    "replace_deleted_replica": frozenset({"apiserver", "etcd", "kcm"}),
    "mark_node_unknown": frozenset({"apiserver", "etcd", "kcm"}),
    "update_endpoints": frozenset({"apiserver", "etcd", "kcm", "kubelet", "kube-proxy"}),
    "existing_service_traffic": frozenset(),
}
"""What must be up for an action to succeed."""


_WORKS_RULES = {
    "existing_service_traffic": "existing_service_traffic goes on when create_pod_object does not",
}


@kept
def works_cases() -> Iterator[Case]:
    """Yield every set of at most three components down, with every action, and an unknown action."""
    for action, needed in NEEDS.items():
        for count in range(4):
            for down in combinations(COMPONENTS, count):
                yield Case(
                    _WORKS_RULES.get(action, f"{action}: what it needs"),
                    (set(down), action),
                    not needed & set(down),
                )
    # What nothing stops would hold of a function that always says yes.
    yield Case(_WORKS_RULES["existing_service_traffic"], ({"apiserver"}, "create_pod_object"), False)
    yield Case("an unknown action raises KeyError", (set(), "make_coffee"), Raises("KeyError"))
    yield Case("an unknown action raises KeyError", (set(COMPONENTS), "create_pod_object"), False)


@kept
def bind_cases() -> Iterator[Case]:
    """Yield the examples for `bind(pod, node, uid=None)`; a rule looks only at what it is about."""
    pod = _stored()
    bound = _bound(pod, "n1")
    for node in ("n1", "n2"):
        rule = "the pod gets its node and PodScheduled=True"
        yield Case(rule, (pod, node), _ordered(_bound(pod, node)), part=_ordered, keeps=True)
    for phase in ("Pending", "Running", "Failed"):
        before = {**pod, "status": {**pod["status"], "phase": phase}}
        rule = "the phase is neither looked at nor changed"
        yield Case(rule, (before, "n1"), _ordered(_bound(before, "n1")), part=_ordered, keeps=True)
    rule = "the condition PodScheduled is put there anew: reason and message go, a missing one comes"
    for before in (_unschedulable(pod), _ready_false(pod), _without_conditions(pod)):
        yield Case(rule, (before, "n1"), _told(_bound(before, "n1")), part=_told, keeps=True)
    for rule, arguments, expected in (
        ("the node need not exist", (pod, "no-such-node"), "no-such-node"),
        ("the node need not exist", (pod, "ghost"), "ghost"),
        ("a pod that has a node is refused, even for the same node", (bound, "n1"), Raises("Conflict")),
        ("a pod that has a node is refused, even for the same node", (bound, "n2"), Raises("Conflict")),
        ("a pod that has a node is refused, even for the same node", (pod, "n1"), "n1"),
        ("a uid, when given, must be the pod's", (pod, "n1", "u-2"), Raises("Conflict")),
        ("a uid, when given, must be the pod's", (pod, "n1", "u-1"), "n1"),
        ("a pod that is being deleted is refused", (_deleting(pod), "n1"), Raises("Conflict")),
        ("a pod that is being deleted is refused", (pod, "n1", None), "n1"),
        (
            "a gated pod is refused; an empty list of gates is none",
            (_gated(pod, "q"), "n1"),
            Raises("Conflict"),
        ),
        ("a gated pod is refused; an empty list of gates is none", (_gated(pod), "n1"), "n1"),
    ):
        yield Case(rule, arguments, expected, part=_node_name, keeps=True)
    for before in (_nominated(pod), _ready_false(pod)):
        rule = "a nominated node is cleared, other conditions stay"
        yield Case(rule, (before, "n1"), _told(_bound(before, "n1")), part=_told, keeps=True)


def _node_name(answer: Any) -> Any:
    return answer.get("spec", {}).get("nodeName") if isinstance(answer, dict) else answer


def _told(answer: Any) -> Any:
    """Return of a pod's status what a binding touches."""
    if not isinstance(answer, dict):
        return answer
    status = _ordered(answer).get("status", {})
    return {key: status[key] for key in ("nominatedNodeName", "conditions") if key in status}


def _ordered(answer: Any) -> Any:
    """Return a pod with its conditions in the alphabet's order: their places in the list mean nothing."""
    conditions = sorted(answer["status"].get("conditions", []), key=lambda one: str(one["type"]))
    return {**answer, "status": {**answer["status"], "conditions": conditions}}


def _stored() -> Object:
    return {
        "metadata": {"name": "web", "namespace": "default", "uid": "u-1"},
        "spec": {"containers": [{"name": "app", "image": "nginx:1.27"}]},
        "status": {"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False"}]},
    }


def _bound(pod: Object, node: str) -> Object:
    status = {key: value for key, value in pod["status"].items() if key != "nominatedNodeName"}
    scheduled = {"type": "PodScheduled", "status": "True"}
    conditions = [
        scheduled if condition["type"] == "PodScheduled" else condition
        for condition in status.get("conditions", [])
    ]
    conditions += [] if scheduled in conditions else [scheduled]
    return {**pod, "spec": {**pod["spec"], "nodeName": node}, "status": {**status, "conditions": conditions}}


def _unschedulable(pod: Object) -> Object:
    why = {"reason": "Unschedulable", "message": "0/3 nodes are available"}
    conditions = [{**pod["status"]["conditions"][0], **why}]
    return {**pod, "status": {**pod["status"], "conditions": conditions}}


def _without_conditions(pod: Object) -> Object:
    return {**pod, "status": {"phase": "Pending"}}


def _deleting(pod: Object) -> Object:
    return {**pod, "metadata": {**pod["metadata"], "deletionTimestamp": "2026-01-01T00:00:30Z"}}


def _gated(pod: Object, *gates: str) -> Object:
    return {**pod, "spec": {**pod["spec"], "schedulingGates": [{"name": gate} for gate in gates]}}


def _nominated(pod: Object) -> Object:
    return {**pod, "status": {**pod["status"], "nominatedNodeName": "n7"}}


def _ready_false(pod: Object) -> Object:
    conditions = [{"type": "Ready", "status": "False"}, *pod["status"]["conditions"]]
    return {**pod, "status": {**pod["status"], "conditions": conditions}}


def replica(name: str, **facts: Any) -> Object:
    """Return a pod of a ReplicaSet; by default it runs, is ready, has a node of its own and no restarts.

    `facts`: node, phase, ready, cost, restarts, age_s, deleting, started; `each` are its other container's
    restarts.
    """
    created_s = 100_000 - facts.get("age_s", 64)
    metadata: Object = {"name": name, "creationTimestamp": _time(created_s)}
    if "cost" in facts:
        metadata["annotations"] = {"controller.kubernetes.io/pod-deletion-cost": str(facts["cost"])}
    if facts.get("deleting"):
        metadata["deletionTimestamp"] = _time(100_000)
    phase, node = facts.get("phase", "Running"), facts.get("node", f"node-of-{name}")
    ready = facts.get("ready", phase == "Running")
    restarts = facts.get("restarts", 0)
    beside = facts.get("each", min(restarts, 1))
    statuses = [{"name": "side", "restartCount": beside}, {"name": "app", "restartCount": restarts}]
    return {
        "metadata": metadata,
        "spec": {"nodeName": node} if node else {},
        "status": {
            "phase": phase,
            "conditions": [
                {"type": "PodScheduled", "status": "True" if node else "False"},
                {"type": "Ready", "status": str(ready)},
            ],
            "containerStatuses": statuses if node and facts.get("started", True) else [],
        },
    }


def _time(seconds: int) -> str:
    """Return a timestamp of one January: seconds since its first midnight."""
    day, rest = divmod(seconds, 86_400)
    return f"2026-01-{day + 1:02}T{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}Z"


@kept
def reconcile_cases() -> Iterator[Case]:
    """Yield the examples for `reconcile(n, pods)`, each with its pods in both orders: the list has none."""
    yield from with_keeping(
        Case(rule, (wanted, order), expected)
        for rule, table in _RECONCILE.items()
        for wanted, pods, expected in table
        for order in ([pods, pods[::-1]] if 1 < len(pods) < 10 else [pods])
    )


_MANY = [replica(f"p{number:03}", age_s=2**14 + number) for number in range(3)]

_NEW: Object = {
    "metadata": {"name": "new", "creationTimestamp": _time(99_999)},
    "spec": {},
    "status": {"phase": "Pending"},
}
_CROWD = [replica(f"c{number:03}", cost=number) for number in range(501)]

_RECONCILE: dict[str, list[tuple[int, list[Object], tuple[int, list[str]]]]] = {
    "create what is missing, delete what is too much, leave what is enough": [
        (2, [], (2, [])),
        (1, [replica("a")], (0, [])),
        (0, [replica("a")], (0, ["a"])),
    ],
    "a new pod has no node, conditions, statuses or annotations yet": [
        (1, [_NEW], (0, [])),
        (1, [_NEW, replica("old")], (0, ["new"])),
    ],
    "pods that are Succeeded or Failed do not count": [
        (1, [replica("a", phase="Failed", ready=False)], (1, [])),
        (1, [replica("a", phase="Succeeded", ready=False), replica("b")], (0, [])),
    ],
    "pods that are being deleted do not count": [
        (1, [replica("a", deleting=True)], (1, [])),
        (1, [replica("a", deleting=True), replica("b")], (0, [])),
    ],
    "a pod without a node goes before one that has a node": [
        (1, [replica("a", phase="Pending"), replica("b", phase="Pending", node="")], (0, ["b"])),
        (1, [replica("a", phase="Pending", node=""), replica("b", cost=-5)], (0, ["a"])),
    ],
    "Pending goes before Unknown, Unknown before Running": [
        (1, [replica("a", phase="Unknown"), replica("b", phase="Pending")], (0, ["b"])),
        (1, [replica("a", phase="Unknown"), replica("b", ready=False)], (0, ["a"])),
        (1, [replica("a", phase="Unknown", ready=True), replica("b", ready=False)], (0, ["a"])),
    ],
    "a pod that is not ready goes before one that is": [
        (1, [replica("a", cost=-9), replica("b", ready=False, cost=9)], (0, ["b"])),
        (1, [replica("a", ready=False), replica("b", restarts=5)], (0, ["a"])),
        (1, [replica("a", ready="Unknown"), replica("b", restarts=5)], (0, ["a"])),
    ],
    "the lower deletion cost goes first; without the annotation it is 0": [
        (1, [replica("a", cost=1), replica("b", cost=-1)], (0, ["b"])),
        (1, [replica("a"), replica("b", cost=3)], (0, ["a"])),
        (1, [replica("a", cost=10), replica("b", cost=9)], (0, ["b"])),
        (2, [replica("a", node="x"), replica("b", node="x"), replica("c", cost=-1)], (0, ["c"])),
    ],
    "the pod with more active siblings on its node goes first": [
        (
            2,
            [replica("a", node="x", age_s=8), replica("b", node="y"), replica("c", node="y", age_s=512)],
            (0, ["b"]),
        ),
        (
            2,
            [
                replica("a", node="x"),
                replica("b", node="y", age_s=5),
                replica("c", node="y", deleting=True),
                replica("d", node="x", age_s=9),
            ],
            (0, ["d"]),
        ),
        (
            2,
            [replica("a", node="x", age_s=9), replica("b", node="x", age_s=700), replica("c", restarts=9)],
            (0, ["a"]),
        ),
    ],
    "the pod with more restarts of a container goes first": [
        (1, [replica("a", age_s=8), replica("b", restarts=3)], (0, ["b"])),
        (1, [replica("a", restarts=2), replica("b", restarts=4)], (0, ["b"])),
        (1, [replica("a", restarts=4), replica("b", restarts=2)], (0, ["a"])),
        (1, [replica("a", restarts=3, each=3), replica("b", restarts=4)], (0, ["b"])),
        (
            1,
            [
                replica("a", phase="Pending", age_s=9, started=False),
                replica("b", phase="Pending", age_s=700, restarts=1),
            ],
            (0, ["b"]),
        ),
    ],
    "otherwise the newer pod goes first": [
        (1, [replica("a", age_s=4000), replica("b", age_s=10)], (0, ["b"])),
        (1, [replica("a", age_s=10), replica("b", age_s=4000), replica("c", age_s=300)], (0, ["a", "c"])),
        (
            1,
            [
                replica("a", phase="Pending", age_s=9, started=False),
                replica("b", phase="Pending", age_s=700),
            ],
            (0, ["a"]),
        ),
        (
            1,
            [
                replica("a", phase="Pending", age_s=700, started=False),
                replica("b", phase="Pending", age_s=9),
            ],
            (0, ["b"]),
        ),
    ],
    "at most 500 pods are created or deleted at once": [
        (499, [], (499, [])),
        (500, [], (500, [])),
        (2000, _MANY, (500, [])),
        (503, [*_MANY, replica("x", phase="Failed")], (500, [])),
        (0, _CROWD, (0, [pod["metadata"]["name"] for pod in _CROWD[:500]])),
    ],
}


@kept
def three_way_cases() -> Iterator[Case]:
    """Yield the examples for `three_way(last, live, new)`."""
    for rule, table in _THREE_WAY.items():
        for last, live, new, expected in table:
            yield Case(rule, (last, live, new), expected, keeps=True)


Map = dict[str, str]

_THREE_WAY: dict[str, list[tuple[Map, Map, Map, Map]]] = {
    "what the new configuration has is set": [
        ({}, {}, {"a": "1"}, {"a": "1"}),
        ({"a": "1"}, {"a": "1"}, {"a": "2"}, {"a": "2"}),
        ({"a": "1"}, {"a": "1"}, {"a": ""}, {"a": ""}),
    ],
    "drift of what the configuration has is repaired": [
        ({"a": "1"}, {"a": "drift"}, {"a": "1"}, {"a": "1"}),
        ({"a": "1", "b": "1"}, {"b": "1"}, {"a": "1", "b": "1"}, {"a": "1", "b": "1"}),
    ],
    "what was in the last configuration and is not in the new one is removed": [
        ({"a": "1", "b": "2"}, {"a": "1", "b": "2"}, {"a": "1"}, {"a": "1"}),
        ({"b": "2"}, {"b": "drift"}, {}, {}),
        ({"b": ""}, {"b": "2"}, {}, {}),
    ],
    "what only the live object has belongs to someone else and stays": [
        ({}, {"c": "live"}, {"a": "1"}, {"a": "1", "c": "live"}),
        ({}, {"c": ""}, {}, {"c": ""}),
        ({"a": "1"}, {"a": "1", "c": "live"}, {}, {"c": "live"}),
    ],
    "what is removed and already gone is no error": [
        ({"a": "1"}, {}, {}, {}),
        ({"a": "1"}, {"c": "live"}, {"b": "2"}, {"b": "2", "c": "live"}),
    ],
}


def show_down(down: set[str], action: str) -> str:
    """Write which components are down, in a settled order, and what is tried."""
    return f"down:   {', '.join(sorted(down)) or 'nothing'}\naction: {action}"


def show_pods(wanted: int, pods: list[Object]) -> str:
    """Write what decides about each pod, a pod a line."""
    return "\n".join([f"n = {wanted}", *(_pod_line(pod) for pod in pods)])


def _pod_line(pod: Object) -> str:
    status, metadata = pod["status"], pod["metadata"]
    cost = metadata.get("annotations", {}).get("controller.kubernetes.io/pod-deletion-cost")
    restarts = [each["restartCount"] for each in status.get("containerStatuses", [])]
    ready = [each["status"] for each in status.get("conditions", []) if each["type"] == "Ready"]
    words = [
        f"{metadata['name']}: {status['phase']}",
        {"True": "ready", "Unknown": "Ready=Unknown"}.get("".join(ready), "not ready"),
        f"node {pod['spec'].get('nodeName', 'none')}",
        f"restarts {restarts}",
        f"created {metadata['creationTimestamp']}",
    ]
    words += [f"deletion cost {cost}"] * (cost is not None) + ["being deleted"] * (
        "deletionTimestamp" in metadata
    )
    return ", ".join(words)


def show_maps(last: Map, live: Map, new: Map) -> str:
    """Write the three maps with their names."""
    return as_yaml({"last": last, "live": live, "new": new})
