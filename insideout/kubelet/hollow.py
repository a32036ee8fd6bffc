"""Hollow nodes by the thousand: one watch of Pods and one of Nodes for all of them.

Source: the idea is kubemark's and KWOK's: kubelets without machines (cmd/kubemark, pkg/kubemark@v1.36.2).
"""

from collections.abc import Mapping, MutableMapping

from insideout.client import Client, Object
from insideout.client.informer import Informer
from insideout.kubelet.commands import program_of
from insideout.kubelet.connection import NodeConnection
from insideout.kubelet.host import Timing
from insideout.kubelet.images import Registry
from insideout.kubelet.node import HollowNode
from insideout.kubelet.nodestatus import RENEW_EVERY_S, NodeSpec
from insideout.kubelet.programs import Programs
from insideout.kubelet.servicelinks import ServiceLinks
from insideout.sim import Loop

_BY_NODE = "node"


class HollowNodes:
    """The kubelets of a cluster; nodes join and leave while it runs.

    `connections`, the API server's `node_connections`, is where the API server finds them for logs and exec.
    """

    def __init__(
        self,
        client: Client,
        loop: Loop,
        *,
        timing: Timing | None = None,
        programs: Programs | None = None,
        registry: Registry | None = None,
        record_events: bool = True,
        connections: MutableMapping[str, NodeConnection] | None = None,
    ) -> None:
        self.nodes: dict[str, HollowNode] = {}
        self.programs = programs if programs is not None else Programs(of_command=program_of)
        self.registry = registry if registry is not None else Registry()
        self._client = client
        self._loop = loop
        self._timing = timing if timing is not None else Timing()
        self._record_events = record_events
        self._connections = connections
        self._rng = loop.rng("hollow-nodes")
        self._joined = 0
        self._pods = Informer(client, loop, "pods", field_selector="spec.nodeName!=")
        self._pods.add_index(_BY_NODE, _node_name)
        self._node_objects = Informer(client, loop, "nodes")
        self._links = ServiceLinks(client, loop)
        self._pods.add_handler(
            on_add=self._handle, on_update=lambda _, pod: self._handle(pod), on_delete=self._gone
        )

    def informers(self) -> list[Informer]:
        """Return what the nodes see of the cluster."""
        return [self._pods, self._node_objects, self._links.services]

    def start(self) -> None:
        """Begin to watch; nodes added before and after are served alike."""
        self._node_objects.start()
        self._links.services.start()
        self._pods.start()

    def stop(self) -> None:
        """End every kubelet and every container."""
        self._pods.stop()
        self._node_objects.stop()
        self._links.services.stop()
        for node in self.nodes.values():
            node.stop()

    def add(
        self,
        name: str,
        *,
        cpu: str = "4",
        memory: str = "16Gi",
        pods: str = "110",
        labels: Mapping[str, str] | None = None,
        taints: tuple[Mapping[str, str], ...] = (),
        extended: Mapping[str, str] | None = None,
        timing: Timing | None = None,
        first_renewal_s: float | None = None,
        network: bool = True,
    ) -> HollowNode:
        """Let a node join; its first Lease renewal comes at a random moment unless it is given.

        Without `network` it is NotReady until a Pod whose program `sets_up_network` runs on it.
        """
        spec = NodeSpec(
            name,
            cpu,
            memory,
            pods,
            labels=labels or {},
            taints=taints,
            extended=extended or {},
            network=network,
        )
        node = HollowNode(
            self._client,
            self._loop,
            spec,
            self._joined,
            timing=timing if timing is not None else self._timing,
            programs=self.programs,
            registry=self.registry,
            record_events=self._record_events,
            links=self._links,
            live=lambda: self._node_objects.get(name),
        )
        self._joined += 1
        self.nodes[name] = node
        spread_s = self._rng.uniform(0, RENEW_EVERY_S)
        node.start(first_renewal_s if first_renewal_s is not None else spread_s)
        for pod in self._pods.by_index(_BY_NODE, name):
            node.pods.handle(pod)
        if self._connections is not None:
            self._connections[name] = node.connection
        return node

    def remove(self, name: str) -> None:
        """Let a machine vanish: its kubelet and containers end, its Node object stays."""
        self.nodes.pop(name).stop()
        if self._connections is not None:
            self._connections.pop(name, None)

    def silence(self, name: str) -> None:
        """Cut a node off from the API server; its containers go on."""
        self.nodes[name].silence()

    def halt(self, name: str) -> None:
        """End a node's kubelet; its containers go on, and nobody restarts them."""
        self.nodes[name].halt()

    def trouble(self, name: str, message: str = "container runtime is down") -> None:
        """Let a kubelet find its node not ready and say so; "" as message ends the trouble."""
        self.nodes[name].trouble(message)

    def revive(self, name: str) -> None:
        """Connect a silent node again, or start its kubelet."""
        self.nodes[name].revive(self._pods.by_index(_BY_NODE, name))

    def _handle(self, pod: Object) -> None:
        node = self.nodes.get(pod["spec"].get("nodeName", ""))
        if node is not None and not node.is_silent:
            node.pods.handle(pod)

    def _gone(self, pod: Object) -> None:
        node = self.nodes.get(pod["spec"].get("nodeName", ""))
        if node is not None and not node.is_silent:
            node.pods.gone(pod)


def _node_name(pod: Object) -> list[str]:
    name = pod["spec"].get("nodeName")
    return [name] if name else []
