"""Running counts of matching pods by topology domain.

Spreading and pod affinity ask in every cycle how many pods of a kind stand in each zone or on each node.
Counting them anew costs every pod of the cluster; a tally is told of each change instead and answers at once.
Two pods with equal rules share one tally.

This is the course's own: upstream counts anew in each cycle, on sixteen cores
(PreFilter and PreScore of pkg/scheduler/framework/plugins/podtopologyspread and interpodaffinity@v1.36.2).
"""

from collections.abc import Callable

from insideout.scheduler.nodeinfo import NodeInfo
from insideout.scheduler.podinfo import PodInfo


class Tally:
    """How many pods that `counts` picks stand in each value of the node label `key`.

    Only nodes with the label and for which `covers` holds make domains; `domains` maps each value to its
    number of pods, zero included.  `by_node` counts on every node, covered or not.
    """

    __slots__ = ("_covers", "_key", "_members", "_value", "by_node", "counts", "domains")

    def __init__(
        self,
        key: str,
        counts: Callable[[PodInfo], bool],
        covers: Callable[[NodeInfo], bool],
    ) -> None:
        self.counts = counts
        self.domains: dict[str, int] = {}
        self.by_node: dict[str, int] = {}
        self._key = key
        self._covers = covers
        self._members: dict[str, int] = {}
        self._value: dict[str, str] = {}

    def add(self, pod: PodInfo, node: str, sign: int = 1) -> None:
        """Count `pod` on `node`, or with sign -1 stop counting it."""
        if not self.counts(pod):
            return
        self.by_node[node] = self.by_node.get(node, 0) + sign
        value = self._value.get(node)
        if value is not None:
            self.domains[value] += sign

    def place(self, node: NodeInfo) -> None:
        """Put the node into the domain that its labels name now, with its pods."""
        value = node.labels.get(self._key) if node.node is not None and self._covers(node) else None
        old = self._value.get(node.name)
        if value == old:
            return
        if old is not None:
            self._leave(node.name, old)
        if value is not None:
            self._value[node.name] = value
            self._members[value] = self._members.get(value, 0) + 1
            self.domains[value] = self.domains.get(value, 0) + self.by_node.get(node.name, 0)

    def _leave(self, name: str, value: str) -> None:
        del self._value[name]
        self._members[value] -= 1
        self.domains[value] -= self.by_node.get(name, 0)
        if not self._members[value]:
            del self._members[value], self.domains[value]
