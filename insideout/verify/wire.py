"""Requests as a record has them, sent through the official client's connection pool to any backend."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from insideout.client.transport import decode
from insideout.sim.loop import Loop

if TYPE_CHECKING:
    import kubernetes.client


class Wire:
    """One API server, seen as status codes and JSON."""

    def __init__(self, api_client: "kubernetes.client.ApiClient", loop: Loop) -> None:
        self._host = api_client.configuration.host
        self._pool = api_client.rest_client.pool_manager
        self._headers: dict[str, str] = {}
        api_client.update_params_for_auth(self._headers, [], ["BearerToken"])
        self._loop = loop

    def request(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        query: Mapping[str, str] | None = None,
        content_type: str = "application/json",
        accept: str = "application/json",
    ) -> tuple[int, Any]:
        """Return the status code and the body of the answer; a body that is text is sent as it is."""
        headers = {**self._headers, "Accept": accept}
        data = None
        if body is not None:
            headers["Content-Type"] = content_type
            data = body if isinstance(body, str) else json.dumps(body)
        url = self._url(path, query)
        response = self._pool.request(method, url, body=data, headers=headers)
        return response.status, decode(response)

    def watch(self, path: str, query: Mapping[str, str] | None, seconds: float) -> tuple[int, Any]:
        """Return the status code, and the events of `seconds` of a watch, without bookmarks."""
        wanted = {**(query or {}), "watch": "1", "timeoutSeconds": str(seconds)}
        headers = {**self._headers, "Accept": "application/json"}
        url = self._url(path, wanted)
        response = self._pool.request("GET", url, headers=headers, preload_content=False)
        if response.status != 200:
            return response.status, json.loads(response.data or response.read())
        text = b"".join(response.stream(amt=None, decode_content=False))
        response.release_conn()
        events = [json.loads(line) for line in text.splitlines() if line]
        return 200, [event for event in events if event["type"] != "BOOKMARK"]

    def close(self) -> None:
        """Close the connections."""
        self._pool.clear()

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self._loop.run(seconds)

    def _url(self, path: str, query: Mapping[str, str] | None) -> str:
        from urllib.parse import quote, urlencode

        encoded = self._host + quote(path)
        return f"{encoded}?{urlencode(query)}" if query else encoded
