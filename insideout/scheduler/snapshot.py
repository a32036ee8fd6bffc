"""What the scheduler knows of the cluster: its nodes, the pods placed on them, and counts of both.

Upstream keeps a cache that watches change and, for each cycle, a snapshot brought up to date from it.  Here
everything runs on one event loop, nothing changes during a cycle, and one structure is both; a pod's cycle
costs what it looks at, not what the cluster holds.

Source: pkg/scheduler/backend/cache/cache.go and snapshot.go@v1.36.2.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar, cast

from insideout.apimachinery import volumes
from insideout.client import Object
from insideout.scheduler.nodeaffinity import Labels
from insideout.scheduler.nodeinfo import NodeInfo
from insideout.scheduler.nodetree import NodeTree
from insideout.scheduler.podinfo import AffinityTerm, PodInfo, WeightedTerm
from insideout.scheduler.tally import Tally
from insideout.scheduler.workloads import Workloads

K = TypeVar("K")

REQUIRED_AFFINITY_WEIGHT = 1
"""How much a pod's required affinity attracts a pod that it means (hardPodAffinityWeight)."""
MAX_TALLIES = 256
"""Rules counted at once; the one unused for longest makes room, and is counted anew when asked for again."""
MAX_MEMOS = 64
"""Likewise for memos, each of up to one number a node."""


class Snapshot:
    """The scheduler's view; `nodes` is in the order in which cycles look at them."""

    def __init__(self) -> None:
        self.namespaces: dict[str, Labels] = {}
        self.claims: dict[str, Object] = {}
        self.volumes: dict[str, Object] = {}
        self.storage_classes: dict[str, Object] = {}
        self.workloads = Workloads()
        self.image_nodes: Counter[str] = Counter()
        self.labelled_nodes: Counter[str] = Counter()
        """How many nodes have a label with each key."""
        self.cordoned_nodes = 0
        self.tainted_nodes = 0
        self.repelling: dict[AffinityTerm, Counter[str]] = {}
        self.attracting: dict[WeightedTerm, Counter[str]] = {}
        self._infos: dict[str, NodeInfo] = {}
        self._placed: dict[str, str] = {}
        self._tree = NodeTree()
        self._order: list[NodeInfo] | None = None
        self._tallies: dict[Hashable, Tally] = {}
        self._memos: dict[Hashable, dict[str, int]] = {}
        self._claim_users: Counter[str] = Counter()

    # --- nodes ---

    @property
    def nodes(self) -> list[NodeInfo]:
        """Return every known node, one of each zone in turn."""
        if self._order is None:
            self._order = [self._infos[name] for name in self._tree.names()]
        return self._order

    def node(self, name: str) -> NodeInfo | None:
        """Return the node, or None when it is not known."""
        info = self._infos.get(name)
        return info if info is not None and info.node is not None else None

    def set_node(self, node: Object) -> NodeInfo:
        """Take in a new node or a node's new state."""
        name = node["metadata"]["name"]
        info = self._infos.setdefault(name, NodeInfo(name))
        self._change(info, node)
        if self._tree.put(name, info.labels):
            self._order = None
        return info

    def remove_node(self, name: str) -> None:
        """Forget the node; pods still on it are remembered until they go."""
        info = self._infos.get(name)
        if info is None or info.node is None:
            return
        self._change(info, None)
        self._tree.remove(name)
        self._order = None
        if not info.pods:
            del self._infos[name]

    def _change(self, info: NodeInfo, node: Object | None) -> None:
        old_labels, old_taints, was_known = info.labels, info.hard_taints, info.node is not None
        self._count_node(info, -1)
        info.set_node(node)
        self._count_node(info, 1)
        self._forget_memos(info.name)
        moved = old_labels != info.labels
        if moved:
            for pod in info.pods.values():
                self._count_terms(pod, old_labels, -1)
                self._count_terms(pod, info.labels, 1)
        if moved or old_taints != info.hard_taints or was_known != (node is not None):
            for tally in self._tallies.values():
                tally.place(info)

    def _count_node(self, info: NodeInfo, sign: int) -> None:
        self.cordoned_nodes += sign * info.unschedulable
        self.tainted_nodes += sign * bool(info.hard_taints)
        for image in info.images:
            self.image_nodes[image] += sign
        for key in info.labels:
            self.labelled_nodes[key] += sign

    # --- pods ---

    def placed_on(self, uid: str) -> str | None:
        """Return the name of the node that the pod counts on, or None."""
        return self._placed.get(uid)

    def placed(self, uid: str) -> PodInfo | None:
        """Return the pod as it counts on its node, or None when it counts on none."""
        node_name = self._placed.get(uid)
        return self._infos[node_name].pods[uid] if node_name is not None else None

    def add_pod(self, pod: PodInfo, node_name: str) -> None:
        """Count the pod on the node, known or not; a pod counted before moves."""
        if pod.uid in self._placed:
            self.remove_pod(pod.uid)
        info = self._infos.get(node_name)
        if info is None:
            info = self._infos[node_name] = NodeInfo(node_name)
        info.add_pod(pod)
        self._placed[pod.uid] = node_name
        self._count_pod(pod, info, 1)

    def confirm(self, pod: PodInfo) -> None:
        """Take over the state of a pod that names its node; cheap when nothing that counts has changed."""
        placed = self._placed.get(pod.uid)
        if placed is not None and placed == pod.node_name:
            info = self._infos[placed]
            if info.pods[pod.uid].counts_like(pod):
                info.pods[pod.uid] = pod
                return
        self.add_pod(pod, pod.node_name)

    def remove_pod(self, uid: str) -> PodInfo | None:
        """Stop counting the pod and return it; None when it was not counted."""
        node_name = self._placed.pop(uid, None)
        if node_name is None:
            return None
        info = self._infos[node_name]
        pod = info.remove_pod(uid)
        self._count_pod(pod, info, -1)
        if info.node is None and not info.pods:
            del self._infos[node_name]
        return pod

    @contextmanager
    def also(self, pods: list[PodInfo], node: NodeInfo) -> Iterator[None]:
        """Count `pods` on `node` within the block, as if they had been placed already."""
        for pod in pods:
            self.add_pod(pod, node.name)
        try:
            yield
        finally:
            for pod in pods:
                self.remove_pod(pod.uid)

    def users_of(self, claim: str) -> int:
        """Return how many placed pods use the volume claim "namespace/name"."""
        return self._claim_users[claim]

    # --- volumes ---

    def volumes_of_class(self, name: str) -> list[Object]:
        """Return the volumes of a storage class."""
        return [each for each in self.volumes.values() if volumes.class_of(each) == name]

    def assume_volume(self, volume: Object) -> None:
        """Count a volume as reserved although nobody has confirmed it; the watch's next word replaces it."""
        self.volumes[volume["metadata"]["name"]] = volume

    def assume_claim(self, claim: Object) -> None:
        """Count a claim as told its node."""
        self.claims["/".join((claim["metadata"]["namespace"], claim["metadata"]["name"]))] = claim

    def restore_volume(self, volume: Object) -> None:
        """Take an assumption back, unless the watch has said something newer."""
        _restore(self.volumes, volume["metadata"]["name"], volume)

    def restore_claim(self, claim: Object) -> None:
        """Take an assumption back, unless the watch has said something newer."""
        metadata = claim["metadata"]
        _restore(self.claims, f"{metadata['namespace']}/{metadata['name']}", claim)

    def _count_pod(self, pod: PodInfo, info: NodeInfo, sign: int) -> None:
        self._forget_memos(info.name)
        for tally in self._tallies.values():
            tally.add(pod, info.name, sign)
        if pod.has_affinity:
            self._count_terms(pod, info.labels, sign)
        for claim in pod.claims:
            self._claim_users[claim] += sign

    def _count_terms(self, pod: PodInfo, labels: Mapping[str, str], sign: int) -> None:
        """Count what the pod's own affinity says about others, by the domain it stands in."""
        for term in pod.required_anti_affinity:
            _count(self.repelling, term, labels.get(term.topology_key), sign)
        for term in pod.required_affinity:
            weighted = WeightedTerm(term, REQUIRED_AFFINITY_WEIGHT)
            _count(self.attracting, weighted, labels.get(term.topology_key), sign)
        for weighted in pod.preferred_terms:
            _count(self.attracting, weighted, labels.get(weighted.term.topology_key), sign)

    # --- counts ---

    def tally(
        self,
        rule: Hashable,
        key: str,
        counts: Callable[[PodInfo], bool],
        covers: Callable[[NodeInfo], bool],
    ) -> Tally:
        """Return the running count for `rule`, which stands for the other three arguments."""
        tally = self._tallies.pop(rule, None)
        if tally is None:
            tally = Tally(key, counts, covers)
            for info in self._infos.values():
                tally.place(info)
                for pod in info.pods.values():
                    tally.add(pod, info.name)
            if len(self._tallies) >= MAX_TALLIES:
                del self._tallies[next(iter(self._tallies))]
        self._tallies[rule] = tally
        return tally

    def remembered(
        self, rule: Hashable, nodes: Sequence[NodeInfo], number_of: Callable[[NodeInfo], int]
    ) -> list[int]:
        """Return the number of each node, worked out anew only for those that have changed.

        `rule` stands for everything else that the numbers depend on, such as a plugin and a pod's requests.
        From one pod to the next one node changes, so that all but one number of a sample stand already.
        """
        memo = self._memo(rule)
        known = [memo.get(node.name) for node in nodes]
        numbers: list[int] = []
        if None not in known:
            return cast(list[int], known)
        for node, number in zip(nodes, known, strict=True):
            if number is None:
                number = memo[node.name] = number_of(node)
            numbers.append(number)
        return numbers

    def _memo(self, rule: Hashable) -> dict[str, int]:
        memo = self._memos.pop(rule, None)
        if memo is None:
            memo = {}
            if len(self._memos) >= MAX_MEMOS:
                del self._memos[next(iter(self._memos))]
        self._memos[rule] = memo
        return memo

    def _forget_memos(self, node_name: str) -> None:
        for memo in self._memos.values():
            memo.pop(node_name, None)


def _restore(known: dict[str, Object], key: str, before: Object) -> None:
    found = known.get(key)
    if found is not None and found["metadata"]["resourceVersion"] == before["metadata"]["resourceVersion"]:
        known[key] = before


def _count(counts: dict[K, Counter[str]], key: K, value: str | None, sign: int) -> None:
    if value is None:
        return
    domain = counts.setdefault(key, Counter())
    domain[value] += sign
    if not domain[value]:
        del domain[value]
        if not domain:
            del counts[key]
