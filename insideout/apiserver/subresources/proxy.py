"""The API server as a way into the cluster: /proxy below nodes, pods and services.

    /api/v1/nodes/node-0/proxy/metrics/cadvisor                the kubelet's own pages
    /api/v1/namespaces/default/pods/web-0:8080/proxy/path      a port of a pod
    /api/v1/namespaces/default/services/web:http/proxy/        one of a service's pods

A name may have a scheme before it and a port behind it.  Left out: upgrades, redirects that are rewritten,
answers that come piece by piece.

Source: pkg/registry/core/{node,pod}/strategy.go, pkg/registry/core/service/storage/storage.go
(ResourceLocation), k8s.io/apimachinery/pkg/util/net/port_split.go, .../proxy/upgradeaware.go@v1.36.2.
"""

import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from insideout.apiserver.paths import Target
from insideout.apiserver.requests import Request, Response
from insideout.apiserver.status import StatusError, bad_request, unavailable
from insideout.apiserver.subresources import streams
from insideout.apiserver.subresources.nodes import Asked, reached
from insideout.apiserver.webhooks.calls import CallError, Outgoing

if TYPE_CHECKING:
    from insideout.apiserver.server import ApiServer

Object = dict[str, Any]
TIMEOUT_S = 60.0
_SCHEMES = ("", "http", "https")


class Named(NamedTuple):
    """What a name in a path says: a scheme, an object's name, a port as number or name, "" for none."""

    scheme: str
    name: str
    port: str


def split(text: str, what: str) -> Named:
    """Return the parts of "name", "name:port" or "scheme:name:port"; raise 400 for anything else."""
    parts = text.split(":")
    found = Named(*{1: ("", *parts, ""), 2: ("", *parts), 3: tuple(parts)}.get(len(parts), ("?", "", "")))
    if not found.name or found.scheme not in _SCHEMES:
        raise bad_request(f'invalid {what} request "{text}"')
    return found


class Proxy:
    """Passes requests on to nodes and pods."""

    def __init__(self, server: "ApiServer") -> None:
        self._server = server
        self._rng: random.Random = server.loop.rng("apiserver/service-proxy")

    def answer(self, request: Request, target: Target) -> Response:
        """Return what the other side answers; 503 when it cannot be reached."""
        if not target.path and request.method in ("GET", "HEAD") and not request.path.endswith("/"):
            return Response(301, "", "text/plain", {"Location": f"{request.path}/"})
        body = request.body.decode("utf-8", "replace") if isinstance(request.body, bytes) else ""
        asked = Asked(request.method, f"/{target.path}", body)
        named = split(target.name, target.kind.singular)
        way: Callable[[Named, str, Asked], Response] = {
            "nodes": self._node,
            "pods": self._pod,
            "services": self._service,
        }[target.kind.plural]
        return way(named, target.namespace, asked)

    def _node(self, named: Named, namespace: str, asked: Asked) -> Response:
        """Ask a kubelet; whatever else listens on a node is not there."""
        node = self._get("nodes", named.name, "")
        address = streams.address_of(node)
        host, _, kubelet_port = address.rpartition(":")
        connection = reached(self._server.node_connections, named.name)
        if named.port not in ("", kubelet_port):
            raise _unreachable(f"{host}:{named.port}")
        if connection is None:
            raise _unreachable(address)
        self._server.on_hop(named.name, streams.Upstream(asked.method, asked.path))
        return Response(*connection.page(asked))

    def _pod(self, named: Named, namespace: str, asked: Asked) -> Response:
        pod = self._get("pods", named.name, namespace)
        containers = pod["spec"]["containers"]
        ports = [each["ports"][0]["containerPort"] for each in containers if each.get("ports")]
        default = ports[0] if ports else 443 if named.scheme == "https" else 80
        if not named.port:
            return self._ask(pod, int(default), asked)
        if not named.port.isdigit():
            raise _unreachable(f"{_ip(pod)}:{named.port}", f"lookup tcp/{named.port}: unknown port")
        return self._ask(pod, int(named.port), asked)

    def _service(self, named: Named, namespace: str, asked: Asked) -> Response:
        """Ask one of a service's pods, by chance."""
        port = named.port
        if port.isdigit():
            service = self._get("services", named.name, namespace)
            ports = [one.get("name", "") for one in service["spec"]["ports"] if str(one["port"]) == port]
            if not ports:
                raise unavailable(f'no service port {port} found for service "{named.name}"')
            port = ports[0]
        subsets = self._get("endpoints", named.name, namespace).get("subsets") or []
        if not subsets:
            raise unavailable(f'no endpoints available for service "{named.name}"')
        found = [
            (address["targetRef"]["name"], one["port"])
            for subset in subsets
            for one in subset.get("ports") or ()
            if one.get("name", "") == port
            for address in subset.get("addresses") or ()
            if (address.get("targetRef") or {}).get("kind") == "Pod"
        ]
        if not found:
            whole = ":".join(part for part in named if part)
            raise unavailable(f'no endpoints available for service "{whole}"')
        name, number = self._rng.choice(found)
        return self._ask(self._get("pods", name, namespace), number, asked)

    def _ask(self, pod: Object, port: int, asked: Asked) -> Response:
        """Ask a port of a pod, over the cluster's network."""
        if not _ip(pod):
            raise bad_request("address not allowed")
        outgoing = Outgoing(_ip(pod), port, asked.path, asked.body, TIMEOUT_S, asked.method)
        try:
            reply = self._server.webhooks.caller.dial(outgoing)
        except CallError as problem:
            raise unavailable(f"error trying to reach service: {problem}") from None
        return Response(reply.status, reply.body, "text/plain; charset=utf-8")

    def _get(self, plural: str, name: str, namespace: str) -> Object:
        return self._server.get(self._server.kind("", "v1", plural), namespace, name).object


def _ip(pod: Object) -> str:
    return str((pod.get("status") or {}).get("podIP", ""))


def _unreachable(address: str, why: str = "connect: connection refused") -> StatusError:
    return unavailable(f"error trying to reach service: dial tcp {address}: {why}")
