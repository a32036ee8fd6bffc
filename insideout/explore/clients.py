"""The clients of an execution: every call of theirs passes the world, which counts, fails and tells it.

What the controller's informers list may come from a cache that lags, after the fault TRAVEL; a list that is
asked for without resourceVersion "0" is always the present, as on a real server.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from insideout.client.interface import ApiError, Object, PatchType, WatchEvent, namespace_for
from insideout.client.local import LocalClient
from insideout.explore.threads import Stream

if TYPE_CHECKING:
    from insideout.explore.instance import Instance
    from insideout.explore.world import World

_ALL = 1_000_000


class Killed(BaseException):
    """The process that makes this call has ended; no handler of Exception may go on after it."""


class Call(NamedTuple):
    """A call of a client: what it is about, and for a write what is sent."""

    verb: str
    resource: str
    namespace: str
    name: str
    subresource: str = ""
    sent: Any = None

    @property
    def is_write(self) -> bool:
        """Whether it changes something."""
        return self.verb not in ("get", "list", "watch")


class WorldClient:
    """A client whose calls pass the world; `instance` is None for users and other components."""

    def __init__(self, world: "World", local: LocalClient, who: str, instance: "Instance | None") -> None:
        self.name = who
        self._world = world
        self._local = local
        self._instance = instance
        self._is_cache = local.is_sharing

    @property
    def shared(self) -> "WorldClient":
        """The same client for informers: objects are the server's own, lists may come from a cache."""
        return WorldClient(self._world, self._local.shared, self.name, self._instance)

    def get(self, resource: str, name: str, namespace: str | None = None, *, subresource: str = "") -> Object:
        """Return the object."""
        call = Call("get", resource, namespace or "", name, subresource)
        return self._pass(call, lambda: self._local.get(resource, name, namespace, subresource=subresource))

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
        """Return the List object, of the past if a cache is asked that lags."""
        past = self._instance.lists_at if self._instance is not None else ""
        if past and (self._is_cache or resource_version == "0") and not continue_token:
            resource_version, limit = past, limit or _ALL

        def perform() -> Object:
            return self._local.list(
                resource,
                namespace,
                label_selector=label_selector,
                field_selector=field_selector,
                resource_version=resource_version,
                limit=limit,
                continue_token=continue_token,
            )

        return self._pass(Call("list", resource, namespace or "", ""), perform)

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
    ) -> Any:
        """Watch; the events wait in a stream until the world delivers them."""
        scope = {"label_selector": label_selector, "field_selector": field_selector}
        scope["resource_version"] = resource_version
        if self._instance is None:
            return self._local.watch(resource, on_event, namespace, on_close=on_close, **scope)
        self._world.check_alive(self._instance)
        stream = Stream(resource, self._world.serials, on_event, on_close)
        closed = lambda: stream.offer(None)  # noqa: E731  the name says what it means
        stream.follow(self._local.watch(resource, stream.offer, namespace, on_close=closed, **scope))
        self._world.opened(self._instance, stream)
        return stream

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
        """Create `obj`, or POST it to `name`'s subresource."""
        metadata = obj.get("metadata") or {}
        named = name or metadata.get("name") or metadata.get("generateName") or ""
        call = Call("create", resource, namespace_for(obj, namespace), named, subresource, obj)
        return self._pass(
            call,
            lambda: self._local.create(
                resource, obj, namespace, name=name, subresource=subresource, dry_run=dry_run
            ),
        )

    def update(
        self, resource: str, obj: Object, namespace: str | None = None, *, subresource: str = ""
    ) -> Object:
        """Replace the object named in `obj`."""
        name = (obj.get("metadata") or {}).get("name", "")
        call = Call("update", resource, namespace_for(obj, namespace), name, subresource, obj)
        return self._pass(call, lambda: self._local.update(resource, obj, namespace, subresource=subresource))

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
        """Change part of the object."""
        call = Call("patch", resource, namespace or "", name, subresource, patch)
        options: dict[str, Any] = {"subresource": subresource, "field_manager": field_manager, "force": force}
        return self._pass(
            call, lambda: self._local.patch(resource, name, patch, namespace, type=type, **options)
        )

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
        """Delete the object."""
        call = Call("delete", resource, namespace or "", name)
        options: dict[str, Any] = {
            "uid": uid,
            "resource_version": resource_version,
            "grace_period_s": grace_period_s,
            "propagation_policy": propagation_policy,
        }
        return self._pass(call, lambda: self._local.delete(resource, name, namespace, **options))

    def _pass(self, call: Call, perform: Callable[[], Object]) -> Object:
        return self._world.call(self._instance, self.name, call, perform)


def refusal(call: Call) -> ApiError:
    """Return how the server refuses a write that it could have done: 409 for a change, 503 for the rest."""
    what = f'"{call.name}"' if call.name else call.resource
    if call.verb in ("update", "patch"):
        message = (
            f"Operation cannot be fulfilled on {call.resource} {what}: the object has been modified; "
            "please apply your changes to the latest version and try again"
        )
        return ApiError({"kind": "Status", "code": 409, "reason": "Conflict", "message": message})
    message = "the server is currently unable to handle the request"
    return ApiError({"kind": "Status", "code": 503, "reason": "ServiceUnavailable", "message": message})


def no_answer() -> ApiError:
    """Return the error of a call whose answer did not come: the client cannot know what became of it."""
    message = "the request timed out: it may still be processing"
    return ApiError({"kind": "Status", "code": 504, "reason": "Timeout", "message": message})
