"""Hours about who runs: pods are killed, a rollout, a StatefulSet's update, a crowd to be placed."""

from course.keep.components import SECOND
from course.units.u17_capstone.hours.hour import Hour
from course.units.u17_capstone.moments import cpu_of
from course.units.u17_capstone.stage import WEB, ZONE, Object, Stage, container, image, name_of, version_of
from insideout.apimachinery import pods as podutil
from insideout.explore.faults import KILL_AFTER, KILL_BEFORE, LOSE, REFUSE
from insideout.scheduler.fed import ALARM

_COST = "controller.kubernetes.io/pod-deletion-cost"


def kills(stage: Stage) -> list[str]:
    """Kill pods while the ReplicaSet controller is killed, too; then scale down."""
    began_s = stage.now_s
    stage.delete(stage.ready("web")[0])
    stage.run(1)
    soon = len([pod for pod in stage.pods("web") if podutil.is_active(pod)])
    stage.run(9)
    for faults in ((KILL_AFTER,), (KILL_BEFORE,), (REFUSE,)):
        stage.strike("replicaset-controller", *faults)
        for name in stage.rng.sample(stage.ready("web"), 2):
            stage.delete(name)
        stage.run(20)
    most = max(len([pod for pod in pods if podutil.is_active(pod)]) for _, pods in stage.seen("web", began_s))
    again = len(stage.ready("web"))
    cheap = _oldest(stage, 2)
    for name in cheap:
        stage.patch("pods", name, {"metadata": {"annotations": {_COST: "-5"}}})
    stage.scale(2)
    stage.run(10)
    left = stage.ready("web")
    stage.scale(WEB)
    stage.run(15)
    return [
        f"active pods of web a second after a kill: {soon}",
        f"ready pods of web after six more kills: {again}",
        f"active pods of web, at most: {most}",
        f"ready pods after scaling to 2: {len(left)}",
        f"of the two that are cheap to delete, left: {len(set(left) & set(cheap))}",
    ]


def _oldest(stage: Stage, number: int) -> list[str]:
    """Return the ready pods of web that would be the last to go if they cost as much as the others."""
    pods = sorted(stage.pods("web"), key=lambda pod: str(pod["metadata"]["creationTimestamp"]))
    ready = stage.ready("web")
    return [name_of(pod) for pod in pods if name_of(pod) in ready][:number]


def rollout(stage: Stage) -> list[str]:
    """Roll web out to v2 while a client calls and the Deployment controller has no luck."""
    began_s, asked = stage.now_s, len(stage.requests)
    stage.call("http://web/")
    stage.strike("deployment-controller", KILL_AFTER, LOSE)
    stage.patch("deployments", "web", image("web", "v2"))
    stage.did("web: v2")
    stage.run(60)
    stage.call("")
    counts = [
        (
            len([pod for pod in pods if podutil.is_active(pod)]),
            len([pod for pod in pods if podutil.is_active(pod) and podutil.is_ready(pod)]),
        )
        for _, pods in stage.seen("web", began_s)
    ]
    new = [pod for pod in stage.pods("web") if version_of(pod) == "v2" and podutil.is_ready(pod)]
    failed = [one for one in stage.requests[asked:] if not one.answer.ok]
    return [
        f"pods of web at v2: {len(new)} of {len(stage.pods('web'))}",
        f"requests that failed: {len(failed)}",
        f"active pods, at most: {max(active for active, _ in counts)}",
        f"ready pods, at least: {min(ready for _, ready in counts)}",
    ]


def statefulset(stage: Stage) -> list[str]:
    """Update db, then release a version that never gets ready, and revert it."""
    began_s = stage.now_s
    stage.strike("statefulset-controller", KILL_AFTER, KILL_BEFORE)
    stage.did("db: v2")
    stage.patch("statefulsets", "db", image("db", "v2"))
    stage.run(60)
    order: list[str] = []
    away = 0
    for _, pods in stage.seen("db", began_s):
        staying = [pod for pod in pods if podutil.is_active(pod)]
        away = max(away, 3 - len([pod for pod in staying if podutil.is_ready(pod)]))
        order += [name_of(p) for p in staying if version_of(p) == "v2" and name_of(p) not in order]
    stage.did("db: a version that never gets ready")
    stage.patch("statefulsets", "db", image("db", "bad", "unready"))
    stage.run(20)
    stage.did("db: reverted to v2")
    stage.patch("statefulsets", "db", image("db", "v2"))
    stage.run(20)
    stuck = [version_of(pod) for pod in stage.pods("db")]
    stage.delete("db-2")
    stage.run(20)
    return [
        f"pods of db got v2 in the order {' '.join(order) or '(none did)'}",
        f"pods of db away at once, at most: {away}",
        f"after a broken version and its revert: {' '.join(stuck)}",
        f"after db-2 is deleted by hand: {' '.join(version_of(pod) for pod in stage.pods('db'))}",
    ]


def crowd(stage: Stage) -> list[str]:
    """Let ten large pods come while a node is tainted and the scheduler's writes fail."""
    stage.patch(
        "nodes", "node-1", {"spec": {"taints": [{"key": "disk", "value": "bad", "effect": "NoSchedule"}]}}
    )
    stage.did("node-1 is tainted")
    stage.strike("kube-scheduler", LOSE, KILL_BEFORE)
    for number in range(10):
        stage.client.create("pods", _large(number), "default")
        stage.run(1)
    stage.run(15)
    over = []
    asked: dict[str, int] = {}
    for pod in stage.pods():
        node = pod["spec"].get("nodeName", "")
        if node and pod["status"].get("phase") not in ("Succeeded", "Failed"):
            asked[node] = asked.get(node, 0) + cpu_of(pod)
    over = [node for node, milli in asked.items() if milli > 4000]
    large = stage.pods("large")
    placed = [pod for pod in large if pod["spec"].get("nodeName")]
    unborne = [pod for pod in placed if pod["spec"]["nodeName"] == "node-1"]
    for pod in large:
        stage.client.delete("pods", name_of(pod), "default")
    stage.patch("nodes", "node-1", {"spec": {"taints": None}})
    stage.run(10)
    return [
        f"nodes with more asked for than they have: {len(over)}",
        f"pods on the node whose taint they do not bear: {len(unborne)}",
        f"large pods placed: {len(placed)} of {len(large)}",
    ]


def second(stage: Stage) -> list[str]:
    """Let pods come that a second scheduler is to place, while its watch breaks and its writes fail."""
    stage.did("pods come for the second scheduler")
    stage.strike("second-scheduler", KILL_BEFORE, LOSE)
    for number in range(7):
        stage.client.create("pods", _late(number), "default")
        stage.run(0.5 if number else 15)
        if number % 2:
            stage.cut("second-scheduler")
        if number > 3:  # while it thinks about the old one, or cannot see
            stage.did(f"another pod takes the name late-{number}")
            stage.client.delete("pods", f"late-{number}", "default", grace_period_s=0)
            stage.client.create("pods", _late(number), "default")
        stage.run(1.5)
    stage.run(10)
    late = stage.pods("late")
    alarms = [one for one in stage.client.list("configmaps", "default")["items"] if name_of(one) == ALARM]
    said = [one["data"]["what"] for one in alarms]
    for pod in late:
        stage.client.delete("pods", name_of(pod), "default")
    for one in alarms:
        stage.client.delete("configmaps", name_of(one), "default")
    stage.run(10)
    return [
        f"pods that the second scheduler placed: {len([p for p in late if p['spec'].get('nodeName')])} of 7",
        f"alarms: {said[0] if said else 'none'}",
    ]


def _late(number: int) -> Object:
    spec = {"schedulerName": SECOND, "containers": [container("late", "v1", "50m")]}
    return {"metadata": {"name": f"late-{number}", "labels": {"app": "late"}}, "spec": spec}


def _large(number: int) -> Object:
    spread = {
        "topologyKey": ZONE,
        "maxSkew": 1,
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": {"app": "large"}},
    }
    return {
        "metadata": {"name": f"large-{number}", "labels": {"app": "large"}},
        "spec": {"containers": [container("large", "v1", "1200m")], "topologySpreadConstraints": [spread]},
    }


HOURS = (
    Hour(
        "pods are killed",
        ("reconcile",),
        kills,
        (
            "active pods of web a second after a kill: 4",
            "ready pods of web after six more kills: 4",
            "active pods of web, at most: 4",
            "ready pods after scaling to 2: 2",
            "of the two that are cheap to delete, left: 0",
        ),
    ),
    Hour(
        "a crowd comes",
        ("filters", "score"),
        crowd,
        (
            "nodes with more asked for than they have: 0",
            "pods on the node whose taint they do not bear: 0",
            "large pods placed: 6 of 10",
        ),
    ),
    Hour(
        "web is released",
        ("rolling_step",),
        rollout,
        (
            "pods of web at v2: 4 of 4",
            "requests that failed: 0",
            "active pods, at most: 5",
            "ready pods, at least: 4",
        ),
    ),
    Hour(
        "db is released",
        ("sts_sync",),
        statefulset,
        (
            "pods of db got v2 in the order db-2 db-1 db-0",
            "pods of db away at once, at most: 1",
            "after a broken version and its revert: v2 v2 bad",
            "after db-2 is deleted by hand: v2 v2 v2",
        ),
    ),
    Hour(
        "a watch breaks",
        ("Reflector", "WorkQueue"),
        second,
        ("pods that the second scheduler placed: 7 of 7", "alarms: none"),
    ),
)
