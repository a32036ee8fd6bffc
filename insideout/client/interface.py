"""The one interface between components and an API server: seven verbs on plain dicts.

A resource is named as kubectl names it: "pods", "deployments.apps", "endpointslices.discovery.k8s.io",
"caches.example.com"; the built-in kinds may leave out their group.  `namespace` is None for cluster-scoped
kinds and, in `list` and `watch`, for all namespaces.

Source: the verbs of client-go's dynamic client, k8s.io/client-go/dynamic/interface.go@v1.36.2.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple, Protocol

Object = dict[str, Any]
"""An API object as JSON has it."""

PatchType = Literal["json", "merge", "strategic", "apply"]


class ApiError(Exception):
    """An answer other than 2xx: `status` is the server's Status object."""

    def __init__(self, status: Object) -> None:
        super().__init__(status.get("message", ""))
        self.status = status

    @property
    def code(self) -> int:
        """The HTTP status code, such as 409."""
        return int(self.status["code"])

    @property
    def reason(self) -> str:
        """The machine-readable reason, such as "AlreadyExists"."""
        return str(self.status.get("reason", ""))


class UnreachableError(ApiError, ConnectionError):
    """No answer at all: the server's process is down or the network is; its code is 503."""

    def __init__(self, message: str) -> None:
        super().__init__({"kind": "Status", "code": 503, "reason": "ServiceUnavailable", "message": message})


class WatchEvent(NamedTuple):
    """One event of a watch: ADDED, MODIFIED, DELETED, BOOKMARK or ERROR (its object is a Status)."""

    type: str
    object: Object


class Watch(Protocol):
    """A watch under way."""

    def stop(self) -> None:
        """End it; no event is delivered afterwards."""


def sharing(client: "Client") -> "Client":
    """Return the client as one whose answers are not copies where it can: whoever takes it changes none."""
    shared: Client = getattr(client, "shared", client)
    return shared


class Client(Protocol):
    """Seven verbs; each raises ApiError when the server refuses, UnreachableError when it does not answer.

    Objects that go in are never changed and objects that come out are the caller's to change.
    """

    def get(self, resource: str, name: str, namespace: str | None = None, *, subresource: str = "") -> Object:
        """Return the object."""

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
    ) -> Watch:
        """Deliver every event after `resource_version`, in order, each as a callback of the event loop.

        `on_close` is called when the server ends the stream (timeout, error, restart); the caller then
        watches again from the last version it saw, and lists again after an ERROR event with code 410.
        """

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

    def update(
        self, resource: str, obj: Object, namespace: str | None = None, *, subresource: str = ""
    ) -> Object:
        """Replace the object named in `obj`; 409 when its resourceVersion is stale."""

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


def namespace_for(obj: Object, namespace: str | None) -> str:
    """Return where to write `obj`: `namespace` when it is given, else the object's own; "" is none."""
    return namespace if namespace is not None else (obj.get("metadata") or {}).get("namespace") or ""
