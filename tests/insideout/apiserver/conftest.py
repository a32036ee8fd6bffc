"""A server to send requests to."""

import json
from typing import Any

import pytest

from insideout.apiserver.requests import Request, Response, WatchStream
from insideout.apiserver.rest import Rest
from insideout.apiserver.server import ApiServer
from insideout.sim.loop import Loop

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "p"},
    "spec": {"containers": [{"name": "c", "image": "nginx"}]},
}


class Api:
    """A new server; `path` of most calls is below /api/v1/namespaces/default."""

    def __init__(self) -> None:
        self.loop = Loop()
        self.server = ApiServer(self.loop)
        self.rest = Rest(self.server)

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        content_type: str = "application/json",
        accept: str = "",
        **query: str,
    ) -> Response:
        """Send a request; a path without a leading slash is below the default namespace."""
        if not path.startswith("/"):
            path = f"/api/v1/namespaces/default/{path}"
        headers = {"content-type": content_type, "accept": accept, "user-agent": "test/1"}
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        parameters = {name.rstrip("_"): [value] for name, value in query.items()}
        return self.rest.handle(Request(method, path, parameters, headers, data))

    def ok(self, method: str, path: str, body: Any = None, **options: str) -> Any:
        """Send a request that must succeed; return its body."""
        response = self.send(method, path, body, **options)
        assert response.code < 300, response.body
        return response.body

    def refused(self, method: str, path: str, body: Any = None, **options: str) -> tuple[int, str, str]:
        """Send a request that must fail; return code, reason and message."""
        response = self.send(method, path, body, **options)
        assert response.code >= 400
        assert isinstance(response.body, dict)
        return response.code, response.body.get("reason", ""), response.body["message"]

    def config_map(self, name: str, **metadata: Any) -> Any:
        """Create a ConfigMap."""
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, **metadata}}
        return self.ok("POST", "configmaps", body)

    def merge(self, path: str, patch: Any, **options: str) -> Any:
        """Send a merge patch that must succeed."""
        return self.ok("PATCH", path, patch, content_type="application/merge-patch+json", **options)

    def pod(self, name: str, **spec: Any) -> Any:
        """Create a pod."""
        body = {**POD, "metadata": {"name": name}, "spec": {**POD["spec"], **spec}}
        return self.ok("POST", "pods", body)

    def watch(self, path: str, **query: str) -> WatchStream:
        """Start a watch."""
        stream = self.ok("GET", path, watch="1", **query)
        assert isinstance(stream, WatchStream)
        return stream


@pytest.fixture
def api() -> Api:
    """Return a new server."""
    return Api()
