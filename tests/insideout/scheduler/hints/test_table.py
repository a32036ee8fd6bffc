import pytest

from insideout.client import Object
from insideout.scheduler.events import CLAIM, NODE, POD, Action, ClusterEvent, node_changes, pod_changes
from insideout.scheduler.hints.table import HINTS, worth_a_try
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.profile import DEFAULT_FILTERS
from tests.insideout.scheduler.builders import ZONE, container, node, pod, required, spread, term


def come(info: PodInfo) -> ClusterEvent:
    """Return the event of a pod that has come to a node."""
    return ClusterEvent(POD, Action.ADD, None, info.pod)


def gone(info: PodInfo) -> ClusterEvent:
    """Return the event of a pod that has gone."""
    return ClusterEvent(POD, Action.DELETE, info.pod)


def new_node(**options: object) -> ClusterEvent:
    """Return the event of a new node."""
    return ClusterEvent(NODE, Action.ADD, None, node("n", **options))  # type: ignore[arg-type]


def changed(old: Object, new: Object) -> ClusterEvent:
    """Return the event of a node that changed in one way."""
    (event,) = node_changes(old, new)
    return event


def placed(name: str = "other", labels: dict[str, str] | None = None, **options: object) -> PodInfo:
    """Return a pod on a node."""
    return pod(name, labels, nodeName="n", **options)  # type: ignore[arg-type]


def using(port: int) -> list[Object]:
    """Return containers that want a port of the host."""
    return [container(ports=[{"containerPort": 80, "hostPort": port}])]


X = {"app": "x"}
NEAR = {"podAffinity": required(term(ZONE, app="x"))}
APART = {"podAntiAffinity": required(term(ZONE, app="x"))}
SPREAD = pod(labels=X, topologySpreadConstraints=[spread(ZONE)])
CORDONED = {"unschedulable": True}
TAINT = {"taints": [("k", "", "NoSchedule")]}
CLAIMING = pod(volumes=[{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}])


def claim(name: str) -> ClusterEvent:
    """Return the event of a new claim."""
    return ClusterEvent(CLAIM, Action.ADD, None, {"metadata": {"name": name, "namespace": "default"}})


TABLE: dict[str, tuple[str, PodInfo, ClusterEvent, bool]] = {
    "fit: a pod goes": ("NodeResourcesFit", pod(cpu="1"), gone(placed()), True),
    "fit: a pod without a node goes": ("NodeResourcesFit", pod(cpu="1"), gone(pod("other")), False),
    "fit: a pod comes": ("NodeResourcesFit", pod(cpu="1"), come(placed()), False),
    "fit: a large node comes": ("NodeResourcesFit", pod(cpu="8"), new_node(), True),
    "fit: a small node comes": ("NodeResourcesFit", pod(cpu="9"), new_node(), False),
    "fit: a node grows": (
        "NodeResourcesFit",
        pod(cpu="5"),
        changed(node("n", cpu="4"), node("n", cpu="8")),
        True,
    ),
    "fit: a node grows in what is not wanted": (
        "NodeResourcesFit",
        pod(cpu="5"),
        changed(node("n", memory="4Gi"), node("n", memory="8Gi")),
        False,
    ),
    "fit: labels change": ("NodeResourcesFit", pod(), changed(node("n"), node("n", {"a": "b"})), False),
    "cordon: lifted": ("NodeUnschedulable", pod(), changed(node("n", **CORDONED), node("n")), True),
    "cordon: another cordoned node": ("NodeUnschedulable", pod(), new_node(**CORDONED), False),
    "cordon: a node comes": ("NodeUnschedulable", pod(), new_node(), True),
    "taint: taken away": ("TaintToleration", pod(), changed(node("n", **TAINT), node("n")), True),
    "taint: put on": ("TaintToleration", pod(), changed(node("n"), node("n", **TAINT)), False),
    "taint: a tainted node comes": ("TaintToleration", pod(), new_node(**TAINT), False),
    "affinity to nodes: now matches": (
        "NodeAffinity",
        pod(nodeSelector={"disk": "ssd"}),
        changed(node("n"), node("n", {"disk": "ssd"})),
        True,
    ),
    "affinity to nodes: matched before": (
        "NodeAffinity",
        pod(nodeSelector={"disk": "ssd"}),
        changed(node("n", {"disk": "ssd"}), node("n", {"disk": "ssd", "a": "b"})),
        False,
    ),
    "ports: the holder goes": (
        "NodePorts",
        pod(containers=using(80)),
        gone(placed(containers=using(80))),
        True,
    ),
    "ports: the holder of another goes": (
        "NodePorts",
        pod(containers=using(80)),
        gone(placed(containers=using(81))),
        False,
    ),
    "spread: a counted pod comes": ("PodTopologySpread", SPREAD, come(placed(labels=X)), True),
    "spread: a counted pod goes": ("PodTopologySpread", SPREAD, gone(placed(labels=X)), True),
    "spread: another pod comes": ("PodTopologySpread", SPREAD, come(placed()), False),
    "spread: elsewhere": ("PodTopologySpread", SPREAD, come(placed(labels=X, namespace="prod")), False),
    "spread: a domain comes": ("PodTopologySpread", SPREAD, new_node(labels={ZONE: "z"}), True),
    "spread: a node without the label comes": ("PodTopologySpread", SPREAD, new_node(), False),
    "spread: a domain goes": (
        "PodTopologySpread",
        SPREAD,
        ClusterEvent(NODE, Action.DELETE, node("n", {ZONE: "z"})),
        True,
    ),
    "affinity: a wanted pod comes": ("InterPodAffinity", pod(affinity=NEAR), come(placed(labels=X)), True),
    "affinity: another pod comes": ("InterPodAffinity", pod(affinity=NEAR), come(placed()), False),
    "affinity: an unwanted pod goes": ("InterPodAffinity", pod(affinity=APART), gone(placed(labels=X)), True),
    "affinity: a pod goes that repelled it": (
        "InterPodAffinity",
        pod(labels=X),
        gone(placed(affinity=APART)),
        True,
    ),
    "affinity: another pod goes": ("InterPodAffinity", pod(affinity=APART), gone(placed()), False),
    "affinity: a node joins a domain": (
        "InterPodAffinity",
        pod(affinity=NEAR),
        changed(node("n"), node("n", {ZONE: "z"})),
        True,
    ),
    "affinity: a node comes for who keeps apart": ("InterPodAffinity", pod(affinity=APART), new_node(), True),
    "claims: its claim comes": ("VolumeBinding", CLAIMING, claim("data"), True),
    "claims: another claim comes": ("VolumeBinding", CLAIMING, claim("other"), False),
    "claims: a volume comes": (
        "VolumeBinding",
        CLAIMING,
        ClusterEvent("persistentvolumes", Action.ADD),
        True,
    ),
    "claims: a class comes": ("VolumeBinding", CLAIMING, ClusterEvent("storageclasses", Action.ADD), True),
    "claims: a class changes something else": (
        "VolumeBinding",
        CLAIMING,
        ClusterEvent("storageclasses", Action.UPDATE, {"metadata": {"a": 1}}, {"metadata": {}}),
        False,
    ),
    "claims: a class serves other nodes": (
        "VolumeBinding",
        CLAIMING,
        ClusterEvent("storageclasses", Action.UPDATE, {"metadata": {}}, {"allowedTopologies": [{}]}),
        True,
    ),
    "claims: a sharer goes": (
        "VolumeRestrictions",
        CLAIMING,
        gone(placed(volumes=CLAIMING.pod["spec"]["volumes"])),
        True,
    ),
    "a plugin of one's own is helped by anything": ("Mine", pod(), come(placed()), True),
}


@pytest.mark.parametrize("case", TABLE)
def test_only_events_that_may_help_wake_a_pod(case: str) -> None:
    """By the plugin that turned the pod down."""
    plugin, waiting, event, helps = TABLE[case]
    assert worth_a_try(waiting, frozenset({plugin}), event) is helps


def test_one_plugin_of_several_is_enough() -> None:
    """The pod is tried when any of its reasons may have gone."""
    plugins = frozenset({"NodeAffinity", "NodeResourcesFit"})
    assert worth_a_try(pod(cpu="1"), plugins, gone(placed()))


def test_a_heartbeat_wakes_nobody() -> None:
    """Conditions that change in time only are no event."""
    beat = node("n")
    beat["status"]["conditions"] = [{"type": "Ready", "status": "True", "lastHeartbeatTime": "1"}]
    later = node("n")
    later["status"]["conditions"] = [{"type": "Ready", "status": "True", "lastHeartbeatTime": "2"}]
    assert node_changes(beat, later) == []


def test_a_pods_changes_are_told_apart() -> None:
    """Labels, tolerations, gates and requests; anything else is a plain update."""
    old = pod(labels={"a": "b"}, cpu="2", schedulingGates=[{"name": "g"}]).pod
    new = pod(cpu="1", tolerations=[{"operator": "Exists"}]).pod
    assert [event.action for event in pod_changes(old, new)] == [
        Action.UPDATE_POD_LABEL,
        Action.UPDATE_POD_SCALE_DOWN,
        Action.UPDATE_POD_GATES_GONE,
        Action.UPDATE_POD_TOLERATION,
    ]
    assert [event.action for event in pod_changes(old, old)] == [Action.UPDATE]


def test_every_default_filter_says_what_helps() -> None:
    """A filter without hints would be woken by everything."""
    assert [each.NAME for each in DEFAULT_FILTERS if each.NAME not in HINTS] == []
