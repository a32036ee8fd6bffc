"""Components of a cluster made of learners' functions: which function decides what, and in which place.

A place of the cluster, such as "replicaset-controller", takes a factory.  Watching, queues and writing are
the package's own; the functions speak plain data and decide.  A function that is not given is the package's
own, so a place may be somebody's in part.  The functions of kubelets and of the network's policies have no
process of their own: what they raise is noted, and what they were asked waits, or is refused.

The adapters from plain data are in `insideout`, beside the components that they are for.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from insideout.client import Client, Object
from insideout.client.thrifty import ThriftyClient
from insideout.cluster import Cluster
from insideout.components import Component, Factory
from insideout.controllers.cache.operator import operator
from insideout.controllers.cache.reconcile import reconcile
from insideout.controllers.deployment import plandata as deployments
from insideout.controllers.deployment.controller import DeploymentController
from insideout.controllers.endpointslice.controller import EndpointSliceController
from insideout.controllers.endpointslice.plandata import slices_by
from insideout.controllers.nodelifecycle.controller import NodeLifecycleController
from insideout.controllers.nodelifecycle.rules import Rules
from insideout.controllers.replicaset.controller import ReplicaSetController
from insideout.controllers.statefulset import plandata as statefulsets
from insideout.controllers.statefulset.controller import StatefulSetController
from insideout.controllers.tainteviction.controller import TaintEvictionController
from insideout.explore.mishaps import Mishaps, UnluckyClient
from insideout.guard import own_lines
from insideout.kubelet.node import HollowNode
from insideout.kubelet.order import Stops
from insideout.kubelet.ranking import rank_by_name
from insideout.network import NodeProxies, PolicyEnforcer
from insideout.proxy.config import ProxyConfig
from insideout.proxy.iptables.text import text_with_nat
from insideout.proxy.proxier import KubeProxy
from insideout.raft.lasting import LastingStore
from insideout.scheduler.fed import Feeder
from insideout.scheduler.plaindata import profile_by
from insideout.scheduler.scheduler import Scheduler
from insideout.sim import Loop

Function = Callable[..., Any]
Functions = Mapping[str, Function]

PLACES: Mapping[str, tuple[str, ...]] = {
    "etcd": ("Raft",),
    "kube-scheduler": ("filters", "score"),
    "second-scheduler": ("Reflector", "WorkQueue"),
    "replicaset-controller": ("reconcile",),
    "deployment-controller": ("rolling_step",),
    "statefulset-controller": ("sts_sync",),
    "cache-operator": ("operator",),
    "endpoint-slice-controller": ("endpoint_groups", "plan"),
    "node-controller": ("unknown_at", "taints_for", "taint_qps"),
    "taint-eviction-controller": ("evict_after",),
    "kubelet": ("next_starts", "term_at", "evict_order"),
    "kube-proxy": ("nat_rules",),
    "network-policy": ("allowed",),
}
"""The places that functions can fill, and the functions by which each decides."""
SECOND = "second"
"""The `spec.schedulerName` of the pods that the second scheduler places."""
ADDED = ("second-scheduler", "cache-operator")
"""Places that a cluster has only when they are added."""
_OTHERWISE = ("etcd", "kubelet")
"""Places that no component fills: the data lies on Raft nodes, and a kubelet asks its functions."""
WHOLE = ("kube-scheduler", "second-scheduler", "endpoint-slice-controller")
"""Places whose functions work on each other's answers: they are filled by all of theirs, or by none."""


_WITHOUT_PROCESS: Mapping[str, Callable[[], Any]] = {"allowed": lambda: False, "nat_rules": lambda: None}
"""What is answered when these fail: a connection is refused; rules stay as they are."""


def whose(functions: Functions) -> dict[str, tuple[str, ...]]:
    """Return for every place the given functions that decide there; () where all is the package's."""
    there: dict[str, tuple[str, ...]] = {}
    for place, names in PLACES.items():
        given = tuple(name for name in names if name in functions)
        there[place] = () if place in WHOLE and len(given) < len(names) else given
    return there


def factory(place: str, functions: Functions) -> Factory:
    """Return the factory of a place that the functions fill; LookupError when they do not."""
    if place not in PLACES or place in _OTHERWISE:
        there = ", ".join(name for name in PLACES if name not in _OTHERWISE)
        raise LookupError(f"no place {place!r} is a learner's to fill; there are {there}")
    mine = whose(functions)[place]
    if not mine:
        raise LookupError(f"{place} needs {' and '.join(PLACES[place])}, and you have not kept them")
    return functools.partial(_MAKE[place], {name: functions[name] for name in mine})


class Installed:
    """The parts at work in a cluster: `mishaps` by place; `noted` is what functions of no process raised."""

    def __init__(self, cluster: Cluster, functions: Functions) -> None:
        self.whose = whose(functions)
        self.mishaps: dict[str, Mishaps] = {}
        self.noted: dict[str, list[str]] = {}
        self.store = cluster.store if "Raft" in functions else None
        """What the data lies on when it is somebody's Raft: the cluster was created with it."""
        self._cluster = cluster
        self._functions = functions
        for place, make in _MAKE.items():
            given = {name: functions[name] for name in self.whose[place]}
            for name in given.keys() & _WITHOUT_PROCESS.keys():
                given[name] = self._noting(name, _WITHOUT_PROCESS[name])
            self.mishaps[place] = Mishaps()
            put = cluster.add if place in ADDED else cluster.replace
            put(place, self._unlucky(place, functools.partial(make, given)))
        for node in cluster.nodes.nodes.values():
            self.equip(node)

    def equip(self, node: HollowNode) -> None:
        """Let a node's kubelet decide by the functions that were given."""
        mine = self.whose["kubelet"]
        if "next_starts" in mine:
            node.pods.order.start_by(self._noting("next_starts", lambda: ([], False)))
        if "term_at" in mine:
            node.pods.order.stop_by(self._stops())
        if "evict_order" in mine:
            node.memory.rank_by(rank_by_name(self._noting("evict_order", list)))

    def _stops(self) -> Stops:
        """Return the stop order; where it fails, sidecars are told at the end of the grace period."""

        def stops(mains: list[int], sidecars: list[int], grace_s: int) -> Any:
            at_the_end = [grace_s] * len(sidecars)
            return self._noting("term_at", lambda: at_the_end)(mains, sidecars, grace_s)

        return stops

    def errors(self) -> dict[str, list[str]]:
        """Return the reports of crashes by place, and of the functions that have no place of their own."""
        found = {place: self._cluster.errors(place) for place in PLACES}
        found |= self.noted
        if isinstance(self.store, LastingStore) and self.store.fault:
            found["etcd"] = [f"etcd was given up at {self.store.fault_s:.3f} s: {self.store.fault}"]
        return {place: reports for place, reports in found.items() if reports}

    def _unlucky(self, place: str, make: Factory) -> Factory:
        mishaps = self.mishaps[place]
        return lambda client, loop: make(UnluckyClient(client, loop, mishaps), loop)

    def _noting(self, name: str, instead: Callable[[], Any]) -> Function:
        """Return the function, which notes what it raises; then the answer is what `instead` gives."""
        function = self._functions[name]

        def noting(*arguments: Any) -> Any:
            try:
                return function(*arguments)
            except Exception as error:
                report = f"{name} failed: {own_lines(error)}"
                if report not in self.noted.setdefault(name, []):
                    self.noted[name].append(report)
                return instead()

        return noting


def _scheduler(mine: Functions, client: Client, loop: Loop) -> Component:
    if not mine:
        return Scheduler(client, loop)
    return Scheduler(client, loop, profile=profile_by(mine["filters"], mine["score"]))


def _second(mine: Functions, client: Client, loop: Loop) -> Component:
    if not mine:
        return Scheduler(client, loop, SECOND, lease="second-scheduler")
    return Feeder(client, loop, mine["Reflector"](), mine["WorkQueue"](), SECOND)


def _replicasets(mine: Functions, client: Client, loop: Loop) -> Component:
    return ReplicaSetController(client, loop, reconcile=mine.get("reconcile"))


def _deployments(mine: Functions, client: Client, loop: Loop) -> Component:
    if not mine:
        return DeploymentController(client, loop)
    return DeploymentController(client, loop, plan=deployments.plan_by(mine["rolling_step"]))


def _statefulsets(mine: Functions, client: Client, loop: Loop) -> Component:
    if not mine:
        return StatefulSetController(client, loop)
    return StatefulSetController(client, loop, plan=statefulsets.plan_by(mine["sts_sync"]))


def _operator(mine: Functions, client: Client, loop: Loop) -> Component:
    if not mine:
        return operator(reconcile)(client, loop)
    return operator(mine["operator"])(cast(Client, ThriftyClient(client, loop)), loop)


def _slices(mine: Functions, client: Client, loop: Loop) -> Component:
    if not mine:
        return EndpointSliceController(client, loop)
    return slices_by(mine["endpoint_groups"], mine["plan"])(client, loop)


def _lifecycle(mine: Functions, client: Client, loop: Loop) -> Component:
    rules = Rules(mine.get("taints_for"), mine.get("unknown_at"), mine.get("taint_qps"))
    return NodeLifecycleController(client, loop, rules=rules)


def _evictions(mine: Functions, client: Client, loop: Loop) -> Component:
    return TaintEvictionController(client, loop, evict_after=mine.get("evict_after"))


def _policies(mine: Functions, client: Client, loop: Loop) -> Component:
    return PolicyEnforcer(client, loop, allowed=mine.get("allowed"))


def _proxies(mine: Functions, client: Client, loop: Loop) -> Component:
    if not mine:
        return NodeProxies(client, loop)
    written: dict[str, str] = {}  # by node: what was written last stays in force when nothing new comes

    def write(services: Sequence[Object], slices: Sequence[Object], config: ProxyConfig) -> str:
        seen = [_listed(one) for one in slices]
        rules = [mine["nat_rules"](one, seen, config.node, config.cluster_cidr) for one in services]
        if None not in rules or config.node not in written:
            lines = [line for each in rules for line in each or ()]
            written[config.node] = text_with_nat(lines, services, slices, config)
        return written[config.node]

    def make(client: Client, loop: Loop, node: str) -> KubeProxy:
        return KubeProxy(client, loop, node, write=write)

    return NodeProxies(client, loop, make=make)


def _listed(slice_: Object) -> Object:
    """Return a slice with lists of endpoints and ports, which the API leaves null when there are none."""
    return {**slice_, "endpoints": slice_.get("endpoints") or [], "ports": slice_.get("ports") or []}


_MAKE: Mapping[str, Callable[[Functions, Client, Loop], Component]] = {
    "kube-scheduler": _scheduler,
    "second-scheduler": _second,
    "replicaset-controller": _replicasets,
    "deployment-controller": _deployments,
    "statefulset-controller": _statefulsets,
    "cache-operator": _operator,
    "endpoint-slice-controller": _slices,
    "node-controller": _lifecycle,
    "taint-eviction-controller": _evictions,
    "kube-proxy": _proxies,
    "network-policy": _policies,
}
