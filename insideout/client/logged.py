"""A client whose requests, and the events it gets, are noted in a log."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from insideout.apiserver.requestlog import RequestLog, RequestMade
from insideout.client.interface import (
    ApiError,
    Client,
    Object,
    PatchType,
    UnreachableError,
    Watch,
    WatchEvent,
    namespace_for,
)
from insideout.sim.loop import Loop

T = TypeVar("T")


class LoggedClient:
    """Passes every verb on to `inner` and notes it under `name`; a server out of reach has the code 0.

    `part` is who in the process of that name it is for.
    """

    def __init__(self, inner: Client, name: str, log: RequestLog, loop: Loop, part: str = "") -> None:
        self.name = name
        self._part = part
        self._inner = inner
        self._log = log
        self._loop = loop

    @property
    def shared(self) -> "LoggedClient":
        """The same client, handing out the server's own objects where it can; they must not be changed."""
        inner = getattr(self._inner, "shared", self._inner)
        return LoggedClient(inner, self.name, self._log, self._loop, self._part)

    def of(self, part: str) -> "LoggedClient":
        """Return the same client for a part of the process, such as a controller."""
        return LoggedClient(self._inner, self.name, self._log, self._loop, part)

    def get(self, resource: str, name: str, namespace: str | None = None, *, subresource: str = "") -> Object:
        """Return the object."""
        return self._noted(
            lambda: self._inner.get(resource, name, namespace, subresource=subresource),
            ("get", resource, namespace, name, subresource),
        )

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
        """Return the List object."""
        return self._noted(
            lambda: self._inner.list(
                resource,
                namespace,
                label_selector=label_selector,
                field_selector=field_selector,
                resource_version=resource_version,
                limit=limit,
                continue_token=continue_token,
            ),
            ("list", resource, namespace, "", ""),
        )

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
        """Deliver every event after `resource_version`, and note each."""

        def deliver(event: WatchEvent) -> None:
            self._log.delivered(self._loop.clock_s(), self.name, _plural(resource), event.type, event.object)
            on_event(event)

        return self._noted(
            lambda: self._inner.watch(
                resource,
                deliver,
                namespace,
                resource_version=resource_version,
                label_selector=label_selector,
                field_selector=field_selector,
                on_close=on_close,
            ),
            ("watch", resource, namespace, "", ""),
        )

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
        chosen = name or (obj.get("metadata") or {}).get("name", "")
        return self._noted(
            lambda: self._inner.create(
                resource, obj, namespace, name=name, subresource=subresource, dry_run=dry_run
            ),
            ("create", resource, namespace_for(obj, namespace), chosen, subresource),
        )

    def update(
        self, resource: str, obj: Object, namespace: str | None = None, *, subresource: str = ""
    ) -> Object:
        """Replace the object named in `obj`."""
        metadata = obj.get("metadata") or {}
        return self._noted(
            lambda: self._inner.update(resource, obj, namespace, subresource=subresource),
            ("update", resource, namespace_for(obj, namespace), metadata.get("name", ""), subresource),
        )

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
        return self._noted(
            lambda: self._inner.patch(
                resource,
                name,
                patch,
                namespace,
                type=type,
                subresource=subresource,
                field_manager=field_manager,
                force=force,
            ),
            ("patch", resource, namespace, name, subresource),
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
        return self._noted(
            lambda: self._inner.delete(
                resource,
                name,
                namespace,
                uid=uid,
                resource_version=resource_version,
                grace_period_s=grace_period_s,
                propagation_policy=propagation_policy,
            ),
            ("delete", resource, namespace, name, ""),
        )

    def _noted(self, request: Callable[[], T], what: tuple[str, str, str | None, str, str]) -> T:
        """Make the request; note it when it has its answer, whatever that is."""
        began_s = self._loop.clock_s()
        verb, resource, namespace, name, subresource = what
        code = 201 if verb == "create" else 200
        try:
            answer = request()
            if verb == "create" and not subresource and isinstance(answer, dict):
                name = answer["metadata"]["name"]  # the server may have chosen it
        except UnreachableError:
            code = 0
            raise
        except ApiError as refused:
            code = refused.code
            raise
        finally:
            self._log.made(
                RequestMade(
                    began_s,
                    self.name,
                    verb,
                    _plural(resource),
                    namespace or "",
                    name,
                    subresource,
                    code,
                    self._part,
                )
            )
        return answer


def _plural(resource: str) -> str:
    """Return a resource without its group, as a path names it."""
    return resource.partition(".")[0]
