"""kube-proxy on every node: one each, joining and leaving with the nodes.

Source: kube-proxy runs as a DaemonSet, cmd/kube-proxy/app/server.go@v1.36.2.
"""

from collections.abc import Callable

from insideout.client import Client, Object
from insideout.client.informer import Informer
from insideout.proxy.proxier import KubeProxy
from insideout.sim import Loop

MakeProxy = Callable[[Client, Loop, str], KubeProxy]


class NodeProxies:
    """The kube-proxies of a cluster, by node; `make` builds one, and may build a learner's."""

    def __init__(self, client: Client, loop: Loop, *, make: MakeProxy = KubeProxy) -> None:
        self.by_node: dict[str, KubeProxy] = {}
        self._client = client
        self._loop = loop
        self._make = make
        self._running = False
        self._nodes = Informer(client, loop, "nodes")
        self._nodes.add_handler(on_add=self._joined, on_delete=self._left)

    def start(self) -> None:
        """Begin to follow the nodes."""
        self._running = True
        self._nodes.start()

    def stop(self) -> None:
        """Stop every kube-proxy; the rules that they wrote stay in force."""
        self._running = False
        self._nodes.stop()
        for proxy in self.by_node.values():
            proxy.stop()

    def _joined(self, node: Object) -> None:
        name = node["metadata"]["name"]
        if self._running and name not in self.by_node:
            proxy = self.by_node[name] = self._make(self._client, self._loop, name)
            proxy.start()

    def _left(self, node: Object) -> None:
        proxy = self.by_node.pop(node["metadata"]["name"], None)
        if proxy is not None:
            proxy.stop()
