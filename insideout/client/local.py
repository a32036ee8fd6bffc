"""The Client protocol in the same process: calls the API server's own functions, no HTTP, no JSON text.

Source: the verbs of client-go's dynamic client, k8s.io/client-go/dynamic/interface.go@v1.36.2.
"""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import replace
from typing import Any, cast

from insideout.apimachinery.copies import copied
from insideout.apiserver.kinds import Kind
from insideout.apiserver.options import DeleteOptions, ListOptions, WriteOptions
from insideout.apiserver.server import ApiServer, Written
from insideout.apiserver.status import StatusError, unknown_path
from insideout.apiserver.views import View
from insideout.apiserver.watching import Change, Subscription
from insideout.client.interface import (
    ApiError,
    Object,
    PatchType,
    UnreachableError,
    WatchEvent,
    namespace_for,
)

_COMPONENTS = ("kube-controller-manager", "kube-proxy", "kube-scheduler")
"""The components that are users of their own for whoever looks at their writes."""


class LocalClient:
    """A client of `server` for the component `name`, under which its writes are recorded.

    Objects come without metadata.managedFields, which no component reads.  With `share`, objects that come
    out are the server's own and must not be changed: that spares a copy per object, and informers use it.
    """

    def __init__(self, server: ApiServer, name: str = "", *, share: bool = False) -> None:
        self.name = name
        self._user = f"system:{name}" if name in _COMPONENTS else ""
        self._server = server
        self.is_sharing = share
        self._between_events = server.loop.call
        self._writes = WriteOptions(field_manager=name, user=self._user)

    @property
    def shared(self) -> "LocalClient":
        """The same client, handing out the server's own objects, which must not be changed."""
        client = copy(self)
        client.is_sharing = True
        return client

    def get(self, resource: str, name: str, namespace: str | None = None, *, subresource: str = "") -> Object:
        """Return the object."""
        return self._call(self._server.get, resource, namespace, name, subresource)

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
        """Return the List object; its items carry apiVersion and kind."""
        options = ListOptions(
            label_selector=label_selector,
            field_selector=field_selector,
            resource_version=resource_version,
            limit=limit,
            continue_token=continue_token,
        )
        kind = self._kind(resource)
        try:
            listing = self._between_events(self._server.list, kind, namespace or "", options)
        except StatusError as problem:
            raise ApiError(problem.status) from None
        metadata: Object = {"resourceVersion": str(listing.revision)}
        if listing.continue_token:
            metadata["continue"] = listing.continue_token
        if listing.remaining:
            metadata["remainingItemCount"] = listing.remaining
        items = [self._out(view) for view in listing.views]
        return {"kind": kind.list_kind, "apiVersion": kind.api_version, "metadata": metadata, "items": items}

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
    ) -> Subscription:
        """Deliver every event after `resource_version`, in order, each as a callback of the event loop."""
        options = ListOptions(
            label_selector=label_selector, field_selector=field_selector, resource_version=resource_version
        )

        def deliver(change: Change) -> None:
            on_event(WatchEvent(change.type, self._out(change.view)))

        try:
            return self._between_events(
                self._server.watch, self._kind(resource), namespace or "", options, deliver, on_close
            )
        except StatusError as problem:
            raise ApiError(problem.status) from None

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
        """Create `obj`, or POST it to `name`'s subresource ("binding", "eviction"); a review is answered."""
        options = replace(self._writes, dry_run=True) if dry_run else self._writes
        place = namespace_for(obj, namespace)
        if subresource:
            return self._call(self._server.post, resource, place, name, subresource, obj, "", options)
        is_review = self._kind(resource).verbs == ("create",)
        make = self._server.review if is_review else self._server.create
        return self._call(make, resource, place, obj, options)

    def update(
        self, resource: str, obj: Object, namespace: str | None = None, *, subresource: str = ""
    ) -> Object:
        """Replace the object named in `obj`; 409 when its resourceVersion is stale."""
        name = obj.get("metadata", {}).get("name", "")
        place = namespace_for(obj, namespace)
        return self._call(self._server.update, resource, place, name, subresource, obj, self._writes)

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
        options = self._writes
        if field_manager or force:
            options = replace(options, field_manager=field_manager or self.name, force=force or None)
        return self._call(self._server.patch, resource, namespace, name, subresource, type, patch, options)

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
        options = DeleteOptions(
            uid=uid or None,
            resource_version=resource_version or None,
            grace_period_s=grace_period_s,
            propagation_policy=propagation_policy or None,
            user=self._user,
        )
        return self._call(self._server.delete, resource, namespace, name, options)

    def _kind(self, resource: str) -> Kind:
        if not self._server.is_up:
            raise UnreachableError("the API server refuses connections")
        kind = self._server.registry.named(resource)
        if kind is None:
            raise ApiError(unknown_path().status)
        return kind

    def _call(self, verb: Callable[..., Any], resource: str, namespace: str | None, *args: Any) -> Object:
        kind = self._kind(resource)
        try:
            place = (namespace or "") if kind.namespaced else ""
            answer = self._between_events(verb, kind, place, *args)
        except StatusError as problem:
            raise ApiError(problem.status) from None
        if isinstance(answer, Written):
            return self._out(answer.view)
        if type(answer) is tuple:
            answer = answer[0]
        return self._out(answer) if isinstance(answer, View) else cast(Object, answer)

    def _out(self, view: View) -> Object:
        return view.object if self.is_sharing else copied(view.object)
