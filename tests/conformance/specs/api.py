"""The API as the specs use it: paths and plain objects through the official client's ApiClient."""

import json
from typing import Any
from urllib.parse import urlencode

import kubernetes.client

from insideout import Cluster
from insideout.apimachinery import timestamps

Object = dict[str, Any]

MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
JSON_PATCH = "application/json-patch+json"
APPLY = "application/apply-patch+yaml"


class Api:
    """A cluster's API and the namespace that one spec works in."""

    def __init__(self, cluster: Cluster, namespace: str, headers: dict[str, str] | None = None) -> None:
        self.cluster = cluster
        self.namespace = namespace
        self._client = cluster.api_client
        self._headers = headers or {}

    def asking(self, user: str, *groups: str) -> "Api":
        """Return the API as `user` sees it: each request asks to be taken for that user's."""
        headers = {"Impersonate-User": user}
        if groups:
            headers["Impersonate-Group"] = ", ".join(groups)
        return Api(self.cluster, self.namespace, {**self._headers, **headers})

    def bearing(self, token: str) -> "Api":
        """Return the API as the owner of a token sees it."""
        return Api(self.cluster, self.namespace, {"Authorization": f"Bearer {token}"})

    def call(
        self, method: str, path: str, body: Any = None, content_type: str = "application/json", **query: Any
    ) -> Any:
        """Return the answer to a request; raise ApiException for a refusal."""
        answer = self._ask(method, path, body, content_type, query)
        if answer.status >= 400:
            refused = kubernetes.client.ApiException(status=answer.status, reason=answer.reason)
            refused.body = answer.data.decode()
            raise refused
        return json.loads(answer.data)

    def _ask(self, method: str, path: str, body: Any, content_type: str, query: Object) -> Any:
        url = f"{self._client.configuration.host}{path}?{urlencode(query)}"
        headers = {"Content-Type": content_type, "Accept": "application/json", **self._headers}
        data = None if body is None else json.dumps(body)
        return self._client.rest_client.pool_manager.request(method, url, body=data, headers=headers)

    def get(self, path: str, **query: Any) -> Object:
        """GET."""
        found: Object = self.call("GET", path, **query)
        return found

    def create(self, path: str, body: Object) -> Object:
        """POST."""
        made: Object = self.call("POST", path, body)
        return made

    def replace(self, path: str, body: Object) -> Object:
        """PUT."""
        changed: Object = self.call("PUT", path, body)
        return changed

    def patch(self, path: str, body: Any, content_type: str = MERGE, **query: Any) -> Object:
        """PATCH."""
        changed: Object = self.call("PATCH", path, body, content_type, **query)
        return changed

    def delete(self, path: str, **query: Any) -> Object:
        """DELETE."""
        gone: Object = self.call("DELETE", path, **query)
        return gone

    def now(self) -> str:
        """Return the present instant as objects write it."""
        return timestamps.seconds(self.cluster.loop.time())

    def names(self, path: str, **query: Any) -> list[str]:
        """Return the names of the objects at a path, sorted."""
        return sorted(each["metadata"]["name"] for each in self.get(path, **query)["items"])

    def code(self, method: str, path: str, body: Any = None, **query: Any) -> int:
        """Return the status code of a request, whatever it is."""
        try:
            self.call(method, path, body, **query)
        except kubernetes.client.ApiException as refused:
            return int(refused.status)
        return 200

    def watch(self, path: str, version: str, **query: Any) -> list[tuple[str, Object]]:
        """Return the events after a version, as far as they have come: their types and objects."""
        asked = {"watch": "true", "resourceVersion": version, "timeoutSeconds": "1", **query}
        answer = self._ask("GET", path, None, "application/json", asked)
        events = [json.loads(line) for line in answer.data.decode().splitlines() if line]
        return [(event["type"], event["object"]) for event in events]

    def refusal(self, method: str, path: str, body: Any = None, **query: Any) -> str:
        """Return what the server says when it refuses a request, after its code; "" when it does not."""
        try:
            self.call(method, path, body, **query)
        except kubernetes.client.ApiException as refused:
            return f"{refused.status} {json.loads(refused.body)['message']}"
        return ""
