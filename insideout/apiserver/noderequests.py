"""Requests that are the business of a pod's node: its containers' logs, and streams into them.

Source: pkg/registry/core/pod/{rest/{log,subresources},strategy}.go@v1.36.2.
"""

from dataclasses import replace
from typing import Any

from insideout.apiserver import authorization
from insideout.apiserver.paths import Target
from insideout.apiserver.requests import Request, Response, TextStream
from insideout.apiserver.server import ApiServer
from insideout.apiserver.status import StatusError, not_found
from insideout.apiserver.subresources import streams
from insideout.apiserver.subresources.nodes import reached

Object = dict[str, Any]
NODE_SUBRESOURCES = ("log", *streams.STREAMS)


class NodeRequests:
    """Passes requests on to the nodes of a server's pods."""

    def __init__(self, server: ApiServer) -> None:
        self._server = server

    def answer(self, request: Request, target: Target) -> Response:
        """Pass a request on to the pod's node: for a log, or for a stream that upgrades the connection."""
        server, place = self._server, (target.kind, target.namespace, target.name)
        authorization.check(server.access, request, target.kind, target.name, target.subresource)
        pod = server.get(*place).object
        if target.subresource == "log":
            return self._read_log(request, pod)
        asked_for = streams.options_of(target.subresource, request.query)
        server.resources.chain.connect(*place, target.subresource, asked_for, request.user)
        passage = streams.passage(pod, self._node, target.subresource, request)
        if reached(server.node_connections, passage.node) is None:
            if not passage.is_translated:
                raise streams.unreachable(passage.address)
            return Response(101, replace(passage, is_reachable=False))
        server.on_hop(passage.node, passage.upstream)
        return Response(101, passage)

    def _read_log(self, request: Request, pod: Object) -> Response:
        """Return a container's log; nothing while the pod is on no node."""
        asked = streams.logs(pod, request.query)
        if asked is None:
            return Response(204, "")
        node = pod["spec"]["nodeName"]
        connection = reached(self._server.node_connections, node)
        if connection is None:
            raise streams.no_log(streams.address_of(self._node(node)), asked)
        self._server.on_hop(node, asked)
        container = asked.path.rpartition("/")[2]
        if streams.is_true(request.query, "follow"):
            text = TextStream()
            text.on_stop = connection.follow(pod, container, dict(asked.query), text.put, text.close)
            return Response(200, text, "text/plain")
        return Response(200, connection.log(pod, container, dict(asked.query)), "text/plain")

    def _node(self, name: str) -> Object:
        """Return a Node; the refusal when there is none calls it a pod, as upstream's does."""
        try:
            return self._server.get(self._server.kind("", "v1", "nodes"), "", name).object
        except StatusError as problem:
            if problem.code != 404:
                raise
            raise not_found(self._server.kind("", "v1", "pods"), name) from None
