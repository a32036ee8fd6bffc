"""What the API server passes on to a pod's node: log, exec, attach, port-forward.

The real one opens a connection to the kubelet's port 10250; here each node's kubelet registers itself.

Source: pkg/registry/core/pod/rest/{log,subresources}.go,
pkg/registry/core/pod/strategy.go:LogLocation@v1.36.2.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from insideout.apiserver.status import StatusError, bad_request

Object = dict[str, Any]


class NodeConnection(Protocol):
    """What a kubelet answers to the API server; each raises StatusError when it cannot."""

    def log(self, pod: Object, container: str, query: Mapping[str, str]) -> str:
        """Return a container's log; `query` has tailLines, previous, timestamps, sinceSeconds."""

    def run(self, pod: Object, container: str, command: list[str]) -> tuple[int, str, str]:
        """Run a command in a container; return exit code, standard output and standard error."""


def container_of(pod: Object, asked: str) -> str:
    """Return which container is meant; raise 400 when that is not clear, or there is no such one."""
    name = pod["metadata"]["name"]
    spec = pod["spec"]
    containers = [each["name"] for each in spec.get("containers") or []]
    init = [each["name"] for each in spec.get("initContainers") or []]
    ephemeral = [each["name"] for each in spec.get("ephemeralContainers") or []]
    if not asked:
        if len(containers) == 1:
            return str(containers[0])
        message = (
            f"a container name must be specified for pod {name}, choose one of: [{' '.join(containers)}]"
        )
        if init:
            message += f" or one of the init containers: [{' '.join(init)}]"
        if ephemeral:
            message += f" or one of the ephemeral containers: [{' '.join(ephemeral)}]"
        raise bad_request(message)
    if asked not in (*containers, *init, *ephemeral):
        raise bad_request(f"container {asked} is not valid for pod {name}")
    return asked


def connection_of(connections: Mapping[str, NodeConnection], pod: Object) -> NodeConnection:
    """Return the connection to the pod's node; raise 400 when it has none, 500 when its kubelet is silent."""
    node = pod["spec"].get("nodeName")
    if not node:
        raise bad_request(f"pod {pod['metadata']['name']} does not have a host assigned")
    connection = connections.get(node)
    if connection is None:
        message = f'Get "https://{node}:10250/": dial tcp: lookup {node}: no such host'
        raise StatusError(500, "InternalError", message)
    return connection
