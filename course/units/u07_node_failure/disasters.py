"""Disasters: nodes of one or two zones fall silent, and what becomes of them and their pods is written down.

The node lifecycle controller and the taint eviction controller of the cluster decide by the rules given, or
by their own.  Every node has the same pods.  The controller looks every five seconds exactly, as the
exercises have it: its looks take no time here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from course.units.u07_node_failure.objects import PREFIX, tolerates
from insideout.apimachinery import conditions
from insideout.apimachinery.pods import is_terminating
from insideout.client.history import History
from insideout.client.interface import Object
from insideout.cluster import Cluster
from insideout.components import default_places
from insideout.controllers.nodelifecycle.controller import NodeLifecycleController
from insideout.controllers.nodelifecycle.rules import Rules
from insideout.controllers.nodelifecycle.settings import Settings
from insideout.controllers.tainteviction.controller import TaintEvictionController

NODES, EVICTION = NodeLifecycleController.name, TaintEvictionController.name
SETTINGS = Settings(pass_s=0.0)
QUIET_S = 20.0
"""How long a cluster runs before the disaster begins."""

SIXTY: Sequence[Object] = [tolerates(key, 60) for key in ("not-ready", "unreachable")]


@dataclass(frozen=True)
class Disaster:
    """What befalls whom: `silent` and `trouble` are nodes by the second from which they are so."""

    zones: Mapping[str, int]
    silent: Mapping[int, tuple[str, ...]]
    trouble: Mapping[int, tuple[str, ...]]
    pods: Mapping[str, Sequence[Object]] = field(default_factory=lambda: {"pod": SIXTY})
    """The tolerations of the pods on every node, by the end of their names."""
    seconds: int = 200


THREE: Mapping[str, Disaster] = {
    "part of zone a": Disaster({"a": 5, "b": 3}, {0: ("a0", "a1", "a2")}, {}),
    "all of zone a": Disaster({"a": 3, "b": 3}, {0: ("a0", "a1", "a2")}, {}),
    "the whole cluster": Disaster({"a": 3, "b": 3}, {0: ("a0",), 30: ("a1", "a2", "b0", "b1", "b2")}, {}),
}
"""The disasters of the lesson."""


class LearnersRules(NamedTuple):
    """The four functions of the unit; None leaves a decision to the cluster's own controller."""

    taints_for: Callable[..., Any] | None = None
    unknown_at: Callable[..., Any] | None = None
    evict_after: Callable[..., Any] | None = None
    taint_qps: Callable[..., Any] | None = None


class Moment(NamedTuple):
    """From when on a node was how: its condition Ready, and its taints as "not-ready:NoExecute"."""

    time_s: float
    ready: str
    taints: tuple[str, ...]


class Story(NamedTuple):
    """What became of each node, and when pods were deleted, by name; `errors` are crashes of the rules."""

    nodes: dict[str, list[Moment]]
    deleted_s: dict[str, float]
    seconds: float
    errors: list[str]


def install(cluster: Cluster, rules: LearnersRules) -> None:
    """Let both controllers of a cluster decide by these rules."""
    mine = Rules(rules.taints_for, rules.unknown_at, rules.taint_qps)
    cluster.replace(
        NODES,
        lambda client, loop: NodeLifecycleController(client, loop, settings=SETTINGS, rules=mine),
    )
    cluster.replace(
        EVICTION,
        lambda client, loop: TaintEvictionController(client, loop, evict_after=rules.evict_after),
    )


def unwritten(rules: LearnersRules) -> list[str]:
    """Return the names of the functions that nobody has written yet."""
    tries: dict[str, tuple[Any, ...]] = {
        "taints_for": ([], False),
        "unknown_at": ([0.0],),
        "evict_after": ([], []),
        "taint_qps": ({},),
    }
    return [name for name, arguments in tries.items() if _is_unwritten(getattr(rules, name), arguments)]


def _is_unwritten(function: Callable[..., Any] | None, arguments: tuple[Any, ...]) -> bool:
    try:
        if function is not None:
            function(*arguments)
    except NotImplementedError:
        return True
    except Exception:  # it is written; what is wrong with it is for the checks to say
        return False
    return False


def play(disaster: Disaster, rules: LearnersRules | None = None) -> Story:
    """Let a disaster happen; return what became of the nodes, in seconds from its beginning."""
    own = default_places()
    places = {name: own[name] for name in (NODES, EVICTION, "kubelet")}
    with Cluster.create(nodes=0, places=places, realtime=False) as cluster:
        install(cluster, rules or LearnersRules())
        client = cluster.client("disaster")
        for name, zone in _names(disaster):
            cluster.nodes.add(name, labels={"topology.kubernetes.io/zone": zone}, first_renewal_s=5.0)
            for variant, tolerations in disaster.pods.items():
                client.create("pods", _pod(name, variant, tolerations))
        cluster.run(seconds=QUIET_S)
        nodes, pods = History(client, cluster.loop, "nodes", ""), History(client, cluster.loop, "pods")
        _schedule(cluster, disaster)
        began_s = cluster.loop.now_s
        cluster.run(seconds=disaster.seconds)
        errors = [error for place in (NODES, EVICTION) for error in cluster.errors(place)]
        return Story(_moments(nodes, began_s), _deletions(pods, began_s), disaster.seconds, errors)


def evicting(cluster: Cluster) -> set[str]:
    """Return the names of the nodes whose pods go, when their tolerations say: those tainted NoExecute."""
    return {
        node["metadata"]["name"]
        for node in cluster.client("view").list("nodes")["items"]
        if any(taint["effect"] == "NoExecute" for taint in node["spec"].get("taints") or ())
    }


def _names(disaster: Disaster) -> list[tuple[str, str]]:
    return [(f"{zone}{number}", zone) for zone, count in disaster.zones.items() for number in range(count)]


def _schedule(cluster: Cluster, disaster: Disaster) -> None:
    for what, nodes_at in (cluster.nodes.silence, disaster.silent), (cluster.nodes.trouble, disaster.trouble):
        for second, names in nodes_at.items():
            for name in names:
                cluster.loop.call_later(second, what, name)


def _pod(node: str, variant: str, tolerations: Sequence[Object]) -> Object:
    containers = [{"name": "c", "image": "web:1"}]
    spec = {"nodeName": node, "containers": containers, "tolerations": list(tolerations)}
    return {"metadata": {"name": f"{node}-{variant}", "namespace": "default"}, "spec": spec}


def _moments(history: History, began_s: float) -> dict[str, list[Moment]]:
    """Return how each node was, from when on, without moments that are as the one before."""
    found: dict[str, list[Moment]] = {}
    for seen in history.seen:
        if seen.object is None:
            continue
        taints = seen.object["spec"].get("taints") or ()
        shown = sorted(f"{taint['key'].removeprefix(PREFIX)}:{taint['effect']}" for taint in taints)
        moment = Moment(seen.time_s - began_s, conditions.status_of(seen.object, "Ready"), tuple(shown))
        moments = found.setdefault(seen.key[1], [])
        if not moments or moments[-1][1:] != moment[1:]:
            moments.append(moment)
    return found


def _deletions(history: History, began_s: float) -> dict[str, float]:
    found: dict[str, float] = {}
    for seen in history.seen:
        if seen.object is None or is_terminating(seen.object):
            found.setdefault(seen.key[1], seen.time_s - began_s)
    return found
