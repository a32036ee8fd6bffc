"""Hours about machines: one dies, all fall silent, memory runs out, a pod's containers come and go."""

from course.checks.lifetimes import Watcher
from course.checks.lifetimes import pod as pod_of
from course.units.u17_capstone.hours.hour import Hour
from course.units.u17_capstone.stage import NODES, Object, Stage
from insideout.apimachinery import conditions
from insideout.apimachinery import pods as podutil

_PREFIX = "node.kubernetes.io/"
_TOLERANCES = {"soon": 60, "default": None, "never": 0}
"""Seconds that pods on the node tolerate its death; None says nothing, 0 is for ever."""


def death(stage: Stage) -> list[str]:
    """Cordon a node, let another one's runtime fail, and let one with pods of both apps die."""
    dead = _node_of_both(stage)
    cordoned, ill, *_ = (name for name in NODES if name != dead)
    stage.patch("nodes", cordoned, {"spec": {"unschedulable": True}})
    stage.did(f"{cordoned} is cordoned; the runtime of {ill} fails")
    stage.cluster.nodes.trouble(ill)
    stage.run(10)
    taints = [*_taints(stage, cordoned), *_taints(stage, ill)]
    stage.cluster.nodes.trouble(ill, "")
    stage.patch("nodes", cordoned, {"spec": {"unschedulable": None}})
    for name, seconds in _TOLERANCES.items():
        stage.client.create("pods", _tolerant(name, seconds, dead), "default")
    stage.run(15)
    began_s = stage.did(f"{dead} falls silent")
    stage.cluster.nodes.silence(dead)
    stage.run(420)
    unknown_s = min(
        (
            seen.time_s
            for seen in stage.nodes_seen.of(dead)
            if seen.time_s > began_s and _is_unknown(seen.object)
        ),
        default=began_s,
    )
    gone = {name: _told_to_go_s(stage, name, began_s) for name in _TOLERANCES}
    taints_of_dead = _taints(stage, dead)
    stage.did(f"{dead} is back")
    stage.cluster.nodes.revive(dead)
    stage.run(40)
    for name in _TOLERANCES:
        stage.delete(name)
    stage.run(20)
    return [
        f"taints of a cordoned node and of one whose runtime fails: {', '.join(taints)}",
        f"the dead node is Unknown after 40 to 60 s: {_yes(40 <= unknown_s - began_s <= 60)}",
        f"its taints: {', '.join(taints_of_dead)}",
        *(f"{name}: {_after(gone[name], unknown_s)}" for name in _TOLERANCES),
        f"ready pods in the end: web {len(stage.ready('web'))}, db {len(stage.ready('db'))}",
        f"taints in the end: {sum(len(_taints(stage, name)) for name in NODES)}",
    ]


def _node_of_both(stage: Stage) -> str:
    """Return a node with pods of both apps; where there is none, one of db's, or any."""
    web, db = ([str(pod["spec"].get("nodeName", "")) for pod in stage.pods(app)] for app in ("web", "db"))
    both = [node for node in db if node in web]
    return next(node for node in (*both, *db, *NODES) if node)


def silence(stage: Stage) -> list[str]:
    """Cut all nodes off from the API server for seven minutes."""
    began_s = stage.did("the API server is cut off from all nodes")
    for name in NODES:
        stage.cluster.nodes.silence(name)
    stage.run(420)
    told = {
        seen.key[1]
        for seen in stage.pods_seen.seen
        if seen.time_s >= began_s and seen.object and podutil.is_terminating(seen.object)
    }
    for name in NODES:
        stage.cluster.nodes.revive(name)
    stage.did("the nodes are back")
    stage.run(40)
    return [
        f"pods told to go: {len(told)}",
        f"ready pods in the end: web {len(stage.ready('web'))}, db {len(stage.ready('db'))}",
        f"taints in the end: {sum(len(_taints(stage, name)) for name in NODES)}",
    ]


def memory(stage: Stage) -> list[str]:
    """Let the memory of a small node run out, twice over."""
    stage.parts.equip(stage.cluster.nodes.add("small", cpu="8", memory="2000Mi"))
    for name, value in (("high", 1000), ("low", -10)):
        stage.client.create("priorityclasses.scheduling.k8s.io", {"metadata": {"name": name}, "value": value})
    began_s = stage.did("the memory of a small node runs out")
    for one in (
        _hungry("scratch", 0, 100, 0, "high"),
        _hungry("report", 300, 340, 6),
        _hungry("cache", 500, 560, 4),
        _hungry("batch", 200, 210, 0, "low"),
        _hungry("store", 900, 680, 1),
    ):
        stage.client.create("pods", one, "default")
    stage.run(140)
    evicted: list[str] = []
    for seen in stage.pods_seen.seen:
        if seen.time_s < began_s or seen.object is None or seen.key[1] in evicted:
            continue
        if seen.object["status"].get("reason") == "Evicted":
            evicted.append(seen.key[1])
    for name in ("scratch", "report", "cache", "batch", "store"):
        stage.delete(name)
    stage.run(5)
    stage.cluster.nodes.remove("small")
    stage.client.delete("nodes", "small")
    stage.run(5)
    return [f"evicted, in this order: {' '.join(evicted)}"]


def order(stage: Stage) -> list[str]:
    """Start a pod with an init container and two sidecars, and stop it again."""
    stage.did("a pod with sidecars starts")
    probe = {"startupProbe": {"tcpSocket": {"port": 80}, "periodSeconds": 1, "failureThreshold": 30}}
    sidecar = {"restartPolicy": "Always"}
    init: dict[str, Object] = {
        "proxy": {**sidecar, **probe, "runs": "unstarted; started after 3s; stop 1s"},
        "migrate": {"runs": "exit 0 after 2s"},
        "log": {**sidecar, "runs": "stop 2s"},
    }
    manifest = pod_of("ledger", init, {"app": {"runs": "stop 4s"}}, nodeName="node-0")
    manifest["spec"]["terminationGracePeriodSeconds"] = 30
    stage.client.create("pods", manifest, "default")
    watcher = Watcher(stage.cluster, "ledger", node="node-0").run(12)
    started = sorted(watcher.runs, key=lambda run: run.started_s)
    said = " ".join(f"{run.container}@{run.started_s:.0f}" for run in started)
    stage.delete("ledger")
    watcher = Watcher(stage.cluster, "ledger", node="node-0").run(14)
    told = sorted((run for run in watcher.runs if run.told_s is not None), key=lambda run: run.told_s or 0)
    stops = " ".join(f"{run.container}@{run.told_s:.0f}" for run in told)
    stage.run(1)
    return [f"containers start, at second: {said}", f"containers are told to stop, at second: {stops}"]


def _is_unknown(node: Object | None) -> bool:
    return node is not None and conditions.status_of(node, "Ready") == "Unknown"


def _taints(stage: Stage, node: str) -> list[str]:
    found = stage.client.get("nodes", node)["spec"].get("taints") or ()
    return sorted(f"{taint['key'].removeprefix(_PREFIX)}:{taint['effect']}" for taint in found)


def _tolerant(name: str, seconds: int | None, node: str) -> Object:
    tolerations: list[Object] = []
    if seconds is not None:
        wait = {"tolerationSeconds": seconds} if seconds else {}
        keys = "not-ready", "unreachable"
        tolerations = [
            {"key": _PREFIX + key, "operator": "Exists", "effect": "NoExecute", **wait} for key in keys
        ]
    containers = [{"name": "c", "image": "web:1"}]
    spec = {"nodeName": node, "containers": containers, "tolerations": tolerations}
    return {"metadata": {"name": name, "labels": {"app": "tolerant"}}, "spec": spec}


def _told_to_go_s(stage: Stage, name: str, from_s: float) -> float | None:
    for seen in stage.pods_seen.of(name):
        if seen.time_s >= from_s and (seen.object is None or podutil.is_terminating(seen.object)):
            return seen.time_s
    return None


def _after(told_s: float | None, unknown_s: float) -> str:
    """Say when a pod was told to go, in tens of seconds after its node was Unknown."""
    return "stays" if told_s is None else f"goes {round((told_s - unknown_s) / 10) * 10} s after that"


def _yes(truth: bool) -> str:
    return "yes" if truth else "no"


def _hungry(name: str, request: int, uses: int, grows: int, priority: str = "") -> Object:
    steps = [f"memory {uses + grows * second}Mi after {second}s" for second in range(1, 141) if grows]
    resources = {"requests": {"memory": f"{request}Mi"}} if request else {}
    container = {"name": "app", "image": "app:1", "resources": resources}
    annotations = {"program.course/app": "; ".join([f"memory {uses}Mi", *steps])}
    return {
        "metadata": {"name": name, "labels": {"app": "hungry"}, "annotations": annotations},
        "spec": {"nodeName": "small", "priorityClassName": priority, "containers": [container]},
    }


HOURS = (
    Hour(
        "a node dies",
        ("unknown_at", "taints_for", "taint_qps", "evict_after"),
        death,
        (
            "taints of a cordoned node and of one whose runtime fails: "
            "unschedulable:NoSchedule, not-ready:NoExecute, not-ready:NoSchedule",
            "the dead node is Unknown after 40 to 60 s: yes",
            "its taints: unreachable:NoExecute, unreachable:NoSchedule",
            "soon: goes 60 s after that",
            "default: goes 300 s after that",
            "never: stays",
            "ready pods in the end: web 4, db 3",
            "taints in the end: 0",
        ),
    ),
    Hour(
        "all nodes are cut off",
        ("taint_qps",),
        silence,
        ("pods told to go: 0", "ready pods in the end: web 4, db 3", "taints in the end: 0"),
    ),
    Hour("memory runs out", ("evict_order",), memory, ("evicted, in this order: batch report cache",)),
    Hour(
        "a pod with sidecars",
        ("next_starts", "term_at"),
        order,
        (
            "containers start, at second: proxy@0 migrate@4 log@6 app@6",
            "containers are told to stop, at second: app@0 log@4 proxy@6",
        ),
    ),
)
