"""The Client protocol over a network: the official library's connection and credentials, and plain dicts.

Components run unchanged on any cluster that a kubeconfig names.  Events come as callbacks of the loop, as
everywhere, so the loop must keep real time.  The cluster's own loop must be another one: a request waits for
its answer.

Source: the verbs of client-go's dynamic client, k8s.io/client-go/dynamic/simple.go@v1.36.2.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlencode

from insideout.client.httpwatch import HttpWatch
from insideout.client.interface import (
    ApiError,
    Object,
    PatchType,
    UnreachableError,
    WatchEvent,
    namespace_for,
)
from insideout.sim.loop import Loop

if TYPE_CHECKING:
    import kubernetes.client

_PATCH_TYPES = {
    "json": "application/json-patch+json",
    "merge": "application/merge-patch+json",
    "strategic": "application/strategic-merge-patch+json",
    "apply": "application/apply-patch+yaml",
}


class Place(NamedTuple):
    """Where a resource is served."""

    root: str
    plural: str
    kind: str
    api_version: str
    namespaced: bool


class HttpClient:
    """A client of the cluster behind `api_client` for the component `name`."""

    def __init__(self, api_client: "kubernetes.client.ApiClient", loop: Loop, name: str = "") -> None:
        self.name = name
        self._api_client = api_client
        self._loop = loop
        self._places: dict[str, Place] = {}

    @classmethod
    def from_kubeconfig(cls, path: Path, loop: Loop, name: str = "") -> "HttpClient":
        """Return a client of the cluster that the kubeconfig's current context names."""
        # Loaded here: the official client takes half a second, which few need.
        import kubernetes.config

        return cls(kubernetes.config.new_client_from_config(config_file=str(path)), loop, name)

    def close(self) -> None:
        """Close the connections; a later request opens new ones."""
        self._api_client.rest_client.pool_manager.clear()

    def get(self, resource: str, name: str, namespace: str | None = None, *, subresource: str = "") -> Object:
        """Return the object."""
        return self._request("GET", self._path(resource, namespace, name, subresource))

    def list(
        self,
        resource: str,
        namespace: str | None = None,
        *,
        label_selector: str = "",
        field_selector: str = "",
        resource_version: str = "",
        limit: int = 0,
        continue_token: str = "",
    ) -> Object:
        """Return the List object; its items carry apiVersion and kind, as in a watch."""
        query = {
            "labelSelector": label_selector,
            "fieldSelector": field_selector,
            "resourceVersion": resource_version,
            "limit": str(limit or ""),
            "continue": continue_token,
        }
        listed = self._request("GET", self._path(resource, namespace), query)
        place = self._place(resource)
        typed = {"apiVersion": place.api_version, "kind": place.kind}
        listed["items"] = [{**typed, **item} for item in listed.get("items") or []]
        return listed

    def watch(
        self,
        resource: str,
        on_event: Callable[[WatchEvent], object],
        namespace: str | None = None,
        *,
        resource_version: str = "",
        label_selector: str = "",
        field_selector: str = "",
        on_close: Callable[[], object] | None = None,
    ) -> HttpWatch:
        """Deliver every event after `resource_version`, in order, each as a callback of the event loop.

        Without one it begins with what the server's cache has, and has no bookmarks.  For the most recent
        state, and for bookmarks with it, the server asks etcd for progress, and refuses the watch where etcd
        is older than 3.4.31 or 3.5.13 (cacher.go@v1.36.2).
        """
        query = {
            "watch": "true",
            "allowWatchBookmarks": "true" if resource_version else "",
            "resourceVersion": resource_version or "0",
            "labelSelector": label_selector,
            "fieldSelector": field_selector,
        }
        response = self._send("GET", self._path(resource, namespace), query, stream=True)
        return HttpWatch(response, self._loop, on_event, on_close)

    def create(
        self,
        resource: str,
        obj: Object,
        namespace: str | None = None,
        *,
        name: str = "",
        subresource: str = "",
        dry_run: bool = False,
    ) -> Object:
        """Create `obj`, or POST it to `name`'s subresource ("binding", "eviction")."""
        path = self._path(resource, namespace_for(obj, namespace), name if subresource else "", subresource)
        query = {"fieldManager": self.name, "dryRun": "All" if dry_run else ""}
        return self._request("POST", path, query, self._typed(resource, obj, subresource))

    def update(
        self, resource: str, obj: Object, namespace: str | None = None, *, subresource: str = ""
    ) -> Object:
        """Replace the object named in `obj`; 409 when its resourceVersion is stale."""
        name = obj["metadata"]["name"]
        path = self._path(resource, namespace_for(obj, namespace), name, subresource)
        body = self._typed(resource, obj, subresource)
        return self._request("PUT", path, {"fieldManager": self.name}, body)

    def patch(
        self,
        resource: str,
        name: str,
        patch: Object | Sequence[Object],
        namespace: str | None = None,
        *,
        type: PatchType = "merge",
        subresource: str = "",
        field_manager: str = "",
        force: bool = False,
    ) -> Object:
        """Change part of the object; `apply` creates it when it is not there."""
        query = {"fieldManager": field_manager or self.name, "force": "true" if force else ""}
        path = self._path(resource, namespace, name, subresource)
        return self._request("PATCH", path, query, patch, _PATCH_TYPES[type])

    def delete(
        self,
        resource: str,
        name: str,
        namespace: str | None = None,
        *,
        uid: str = "",
        resource_version: str = "",
        grace_period_s: int | None = None,
        propagation_policy: str = "",
    ) -> Object:
        """Delete the object; 409 when it is not the one with `uid` or `resource_version`."""
        preconditions = {"uid": uid, "resourceVersion": resource_version}
        options: Object = {"apiVersion": "v1", "kind": "DeleteOptions"}
        if uid or resource_version:
            options["preconditions"] = {field: value for field, value in preconditions.items() if value}
        if grace_period_s is not None:
            options["gracePeriodSeconds"] = grace_period_s
        if propagation_policy:
            options["propagationPolicy"] = propagation_policy
        return self._request("DELETE", self._path(resource, namespace, name), None, options)

    def _path(
        self, resource: str, namespace: str | None = None, name: str = "", subresource: str = ""
    ) -> str:
        place = self._place(resource)
        space = f"/namespaces/{quote(namespace)}" if namespace and place.namespaced else ""
        tail = "".join(f"/{quote(each)}" for each in (name, subresource) if each)
        return f"{place.root}{space}/{place.plural}{tail}"

    def _place(self, resource: str) -> Place:
        if resource not in self._places:
            self._places[resource] = self._discover(resource)
        return self._places[resource]

    def _discover(self, resource: str) -> Place:
        """Find where a resource is served; raise 404 when it is not."""
        plural, _, group = resource.partition(".")
        versions = [] if group else ["v1"]
        for each in self._request("GET", "/apis")["groups"]:
            if not group or each["name"] == group:
                versions.append(each["preferredVersion"]["groupVersion"])
        for api_version in versions:
            root = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
            for entry in self._request("GET", root)["resources"]:
                if entry["name"] == plural:
                    return Place(root, plural, entry["kind"], api_version, entry["namespaced"])
        message = "the server could not find the requested resource"
        raise ApiError({"kind": "Status", "code": 404, "reason": "NotFound", "message": message})

    def _typed(self, resource: str, obj: Object, subresource: str) -> Object:
        """Return the object with the apiVersion and kind that the server asks for."""
        place = self._place(resource)
        missing = {} if subresource else {"apiVersion": place.api_version, "kind": place.kind}
        return {**missing, **obj}

    def _request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        content_type: str = "application/json",
    ) -> Object:
        response = self._send(method, path, query, body, content_type)
        answer: Object = json.loads(response.data)
        return answer

    def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        content_type: str = "application/json",
        *,
        stream: bool = False,
    ) -> Any:
        """Send a request; return the response, or raise ApiError for one other than 2xx, or for none."""
        # Loaded already: the official client has it.
        import urllib3

        headers = {"Accept": "application/json", "User-Agent": self.name or "course"}
        self._api_client.update_params_for_auth(headers, [], ["BearerToken"])
        if body is not None:
            headers["Content-Type"] = content_type
        given = {name: value for name, value in (query or {}).items() if value}
        url = self._api_client.configuration.host + path + (f"?{urlencode(given)}" if given else "")
        pool = self._api_client.rest_client.pool_manager
        data = None if body is None else json.dumps(body)
        try:
            response = pool.request(method, url, body=data, headers=headers, preload_content=not stream)
        except urllib3.exceptions.HTTPError as problem:
            raise UnreachableError(str(problem)) from problem
        if 200 <= response.status < 300:
            return response
        raise ApiError(_status(response.status, response.data or response.read()))


def _status(code: int, data: bytes) -> Object:
    """Return the Status in an answer, or one made from its text."""
    try:
        status = json.loads(data)
    except ValueError:
        status = None
    if isinstance(status, dict) and "code" in status:
        return status
    text = data.decode("utf-8", "replace").strip()
    return {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "message": text}
