"""Pods that wait for a node on which preemption is making room, so that others leave that room alone.

Source: pkg/scheduler/backend/queue/nominator.go@v1.36.2.
"""

from insideout.scheduler.podinfo import PodInfo


class Nominator:
    """Which pods are nominated to which node."""

    def __init__(self) -> None:
        self._by_node: dict[str, dict[str, PodInfo]] = {}
        self._node_of: dict[str, str] = {}

    def __bool__(self) -> bool:
        return bool(self._by_node)

    def nominate(self, pod: PodInfo, node_name: str) -> None:
        """Remember the pod for the node; an empty name takes its nomination back."""
        self.forget(pod.uid)
        if node_name:
            self._by_node.setdefault(node_name, {})[pod.uid] = pod
            self._node_of[pod.uid] = node_name

    def forget(self, uid: str) -> None:
        """Drop the pod's nomination, if it has one."""
        node_name = self._node_of.pop(uid, None)
        if node_name is None:
            return
        del self._by_node[node_name][uid]
        if not self._by_node[node_name]:
            del self._by_node[node_name]

    def on(self, node_name: str) -> list[PodInfo]:
        """Return the pods nominated to the node, in the order in which they came."""
        return list(self._by_node.get(node_name, {}).values())
