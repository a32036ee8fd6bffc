"""The part of a network plugin that enforces NetworkPolicies: every connection in the cluster asks it.

Upstream has no such component: the API server stores policies, and a network plugin on each node enforces
them, or does not.  This one sees the whole cluster and judges the first packet of a connection.  Without it,
policies are accepted and nothing changes.

Left out: the delay between a change of the API and the rules on the nodes.

Source: staging/src/k8s.io/api/networking/v1/types.go@v1.36.2; the place in a cluster is that of Calico's
felix, Cilium's agent, kube-network-policies and their like.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from insideout.apimachinery.copies import copied
from insideout.client import ApiError, Client, Object
from insideout.network import policies
from insideout.sim import Loop

Allowed = Callable[[list[Object], dict[str, dict[str, str]], list[Object], str, str, int, str], bool]
"""From policies, labels of namespaces, Pods, source, destination, port and protocol to whether it may be."""

NAME_SERVER: Object = {
    "namespace": "kube-system",
    "name": "kube-dns",
    "labels": {"k8s-app": "kube-dns"},
    "ip": "10.244.255.53",
    "ports": [{"name": "dns", "containerPort": 53, "protocol": "UDP"}],
    "hostNetwork": False,
}
"""The Pod that answers for names, as far as policies are concerned; nobody sees it in the API."""


class PolicyEnforcer:
    """Judges connections by the NetworkPolicies there are; with `allowed`, by that function.

    While the API server is away it goes on by what it saw last.
    """

    name = "network-policy"

    def __init__(self, client: Client, loop: Loop, *, allowed: Allowed | None = None) -> None:
        self._client = client
        self._loop = loop
        self._allowed = allowed
        self._running = False
        self._policies: list[Object] = []
        self._namespaces: dict[str, dict[str, str]] = {}

    def start(self) -> None:
        """Begin to enforce."""
        self._running = True

    def stop(self) -> None:
        """Enforce no longer."""
        self._running = False

    def allows(
        self, pods: Callable[[], list[Object]], source: str, destination: str, port: int, protocol: str
    ) -> bool:
        """Tell whether a connection may be opened; `pods()` are those that run, as policies see them.

        What nobody promises anything about may be: a Pod to itself, host-network Pods, outside to outside.
        """
        if self._running:
            self._look()
        if not self._running or not self._policies:
            return True
        running = pods()
        if _is_free(running, source, destination):
            return True
        stored, labels, sides = self._policies, self._namespaces, [*running, NAME_SERVER]
        if self._allowed is None:
            return policies.allowed(stored, labels, sides, source, destination, port, protocol)
        stored, labels, sides = copied(stored), copied(labels), copied(sides)
        return bool(self._allowed(stored, labels, sides, source, destination, port, protocol))

    def _look(self) -> None:
        try:
            self._policies = self._client.list("networkpolicies")["items"]
            if self._policies:
                listed = self._client.list("namespaces")["items"]
                self._namespaces = {
                    one["metadata"]["name"]: one["metadata"].get("labels") or {} for one in listed
                }
        except (ApiError, OSError):
            return


def _is_free(pods: Sequence[Object], source: str, destination: str) -> bool:
    by_name: Mapping[str, Any] = {
        key: pod for pod in pods for key in (f"{pod['namespace']}/{pod['name']}", pod["ip"])
    }
    sides = [by_name.get(source), by_name.get(destination)]
    if source == destination or (sides[0] is not None and sides[0] is sides[1]):
        return True
    return any(pod is not None and pod["hostNetwork"] for pod in sides)
