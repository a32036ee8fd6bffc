"""A small laboratory for kube-proxy: an API server, one node, its kube-proxy, and clients that send requests.

Pods are not run: their EndpointSlices are written by hand, so that each state a Service can be in is one
object away.
"""

from collections import Counter

from insideout.apiserver.server import ApiServer
from insideout.client import ApiError, Object
from insideout.client.local import LocalClient
from insideout.proxy.iptables.text import Writer, kube_proxy_text
from insideout.proxy.proxier import KubeProxy
from insideout.sim.loop import Loop

NODE, NODE_IP = "kp-node", "192.168.1.10"
_RESOURCES = {"Service": "services", "EndpointSlice": "endpointslices.discovery.k8s.io"}


class ServiceLab:
    """The laboratory; `write` makes kube-proxy's rules, and can be a learner's."""

    def __init__(self, write: Writer = kube_proxy_text, *, seed: int = 0) -> None:
        self.loop = Loop(seed=seed)
        self.client = LocalClient(ApiServer(self.loop), "lab")
        self.client.create("namespaces", {"metadata": {"name": "demo"}})
        status = {"addresses": [{"type": "InternalIP", "address": NODE_IP}]}
        self.client.create("nodes", {"metadata": {"name": NODE}, "status": status})
        self.proxy = KubeProxy(self.client, self.loop, NODE, write=write)
        self.proxy.start()
        self.run(1)

    def apply(self, *objects: Object) -> None:
        """Create Services and EndpointSlices in namespace demo, or replace those that are there."""
        for given in objects:
            resource, name = _RESOURCES[given["kind"]], given["metadata"]["name"]
            try:
                stored = self.client.get(resource, name, "demo")
            except ApiError as problem:
                if problem.code != 404:
                    raise
                self.client.create(resource, given, "demo")
            else:
                version = stored["metadata"]["resourceVersion"]
                metadata = {**given["metadata"], "resourceVersion": version}
                self.client.update(resource, {**given, "metadata": metadata}, "demo")

    def run(self, seconds: float) -> None:
        """Let time pass."""
        self.loop.run(seconds)

    def request(
        self, ip: str, port: int, *, source: str = "10.244.1.99", times: int = 1, proto: str = "tcp"
    ) -> dict[str, int]:
        """Send requests, now, and count what became of them: the endpoint reached, or REJECT or DROP."""
        ends = [self.proxy.connect(source, ip, port, proto) for _ in range(times)]
        return dict(sorted(Counter(end.destination or end.action for end in ends).items()))
