"""The server's verbs for a kind that is stored in another form: through its hub and back.

Source: k8s.io/apiserver/pkg/endpoints/handlers (objects are decoded to the hub version and encoded from it)
@v1.36.2.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from insideout.apimachinery import fields
from insideout.apiserver import patching
from insideout.apiserver.conversion import conversion_of
from insideout.apiserver.identity import check_place
from insideout.apiserver.kinds import Kind
from insideout.apiserver.managers import NOBODY
from insideout.apiserver.options import DeleteOptions, ListOptions, WriteOptions
from insideout.apiserver.reading import Listing
from insideout.apiserver.status import StatusError, bad_request, invalid
from insideout.apiserver.views import Object, View
from insideout.apiserver.watching import Change, Subscription

if TYPE_CHECKING:
    from insideout.apiserver.server import ApiServer, Body, Written


T = TypeVar("T")


class Converted:
    """One kind with a hub: takes and shows the outer form."""

    def __init__(self, server: "ApiServer", kind: Kind) -> None:
        hub = server.registry.of(kind.hub, kind.kind)
        assert hub is not None  # a row of the table names another row
        self._server, self._kind, self._hub = server, kind, hub
        self._conversion = conversion_of(kind)

    def view(self, view: View) -> View:
        """Return a stored object in the outer form."""
        return View(self._conversion.from_hub(view.object), view.managers)

    def get(self, namespace: str, name: str, subresource: str) -> View:
        """Return an object."""
        return self._told(lambda: self.view(self._server.get(self._hub, namespace, name, subresource)))

    def list(self, namespace: str, options: ListOptions) -> Listing:
        """Return the selected objects."""
        return self._listing(self._server.list(self._hub, namespace, self._selecting(options)))

    def watch(
        self,
        namespace: str,
        options: ListOptions,
        on_change: Callable[[Change], object],
        on_close: Callable[[], object] | None,
    ) -> Subscription:
        """Start a watch."""

        def convert(change: Change) -> None:
            if change.type == "BOOKMARK":
                obj = {**change.view.object, "apiVersion": self._kind.api_version}
                on_change(Change(change.type, View(obj, NOBODY)))
            else:
                on_change(change if change.type == "ERROR" else Change(change.type, self.view(change.view)))

        return self._server.watch(self._hub, namespace, self._selecting(options), convert, on_close)

    def create(self, namespace: str, body: "Body", options: WriteOptions, media_type: str) -> "Written":
        """Create an object."""
        obj, warnings = self._server.read(self._kind, body, media_type, options.field_validation)
        stored = self._conversion.to_hub(obj)
        stored["metadata"].setdefault("namespace", namespace)
        self._check(stored, None)
        written = self._told(lambda: self._server.create(self._hub, namespace, stored, options))
        return written._replace(view=self.view(written.view), warnings=warnings)

    def update(
        self,
        namespace: str,
        name: str,
        subresource: str,
        body: "Body",
        options: WriteOptions,
        media_type: str,
    ) -> "Written":
        """Replace an object."""
        obj, warnings = self._server.read(self._kind, body, media_type, options.field_validation)
        check_place(self._kind, obj, namespace, name)
        written = self._replace(namespace, name, subresource, obj, options)
        return written._replace(warnings=warnings)

    def patch(
        self, namespace: str, name: str, subresource: str, type_: str, patch: Any, options: WriteOptions
    ) -> "Written":
        """Change part of an object; a configuration to apply is taken over to the hub's form first."""
        if type_ == "apply":
            configuration = self._conversion.to_hub({"metadata": {}, **patch})
            written = self._told(
                lambda: self._server.patch(
                    self._hub, namespace, name, subresource, type_, configuration, options
                )
            )
            return written._replace(view=self.view(written.view))
        while True:
            before = self.get(namespace, name, "").object
            result = patching.patched(self._kind, type_, before, patch)
            obj, warnings = self._server.read(self._kind, result, "", options.field_validation)
            check_place(self._kind, obj, namespace, name)
            try:
                written = self._replace(namespace, name, subresource, obj, options)
            except StatusError as problem:
                sent = obj["metadata"].get("resourceVersion")
                if problem.code != 409 or sent != before["metadata"]["resourceVersion"]:
                    raise
                continue
            return written._replace(warnings=warnings)

    def delete(self, namespace: str, name: str, options: DeleteOptions) -> tuple[View | Object, bool]:
        """Delete an object."""
        answer, gone = self._told(lambda: self._server.delete(self._hub, namespace, name, options))
        return (self.view(answer) if isinstance(answer, View) else self._named(answer)), gone

    def delete_collection(self, namespace: str, selection: ListOptions, options: DeleteOptions) -> Listing:
        """Delete every selected object."""
        found = self._server.delete_collection(self._hub, namespace, self._selecting(selection), options)
        return self._listing(found)

    def _replace(
        self, namespace: str, name: str, subresource: str, obj: Object, options: WriteOptions
    ) -> "Written":
        stored = self._conversion.to_hub(obj)
        before = self._told(lambda: self._server.get(self._hub, namespace, name)).object
        if not subresource:
            whole = {**stored, "metadata": {**before["metadata"], **stored["metadata"]}}
            self._check(whole, before)
        written = self._told(
            lambda: self._server.update(self._hub, namespace, name, subresource, stored, options)
        )
        return written._replace(view=self.view(written.view))

    def _check(self, new: Object, old: Object | None) -> None:
        causes = self._conversion.rules(new, old)
        if causes:
            raise invalid(self._kind, new["metadata"].get("name", ""), causes)

    def _selecting(self, options: ListOptions) -> ListOptions:
        """Return options whose field selector names the hub's fields; raise 400 for a field not offered."""
        known = self._conversion.fields
        if not options.field_selector or not known:
            return options
        try:
            terms = fields.parse(options.field_selector).terms
        except ValueError as problem:
            raise bad_request(str(problem)) from None
        for name, _, _ in terms:
            if name not in known:
                raise bad_request(f"field label not supported: {name}")
        text = ",".join(
            f"{known[name]}{'=' if equal else '!='}{_escaped(value)}" for name, equal, value in terms
        )
        return replace(options, field_selector=text)

    def _listing(self, listing: Listing) -> Listing:
        return listing._replace(views=[self.view(each) for each in listing.views])

    def _told(self, call: Callable[[], T]) -> T:
        """Call the hub's verb; what it refuses is said with the outer kind's names."""
        try:
            return call()
        except StatusError as problem:
            named = problem.status.get("message", "").replace(
                self._hub.qualified_resource + " ", self._kind.qualified_resource + " ", 1
            )
            problem.status["message"] = named
            self._named(problem.status)
            raise

    def _named(self, status: Object) -> Object:
        details = status.get("details")
        if details and self._kind.group:
            details["group"] = self._kind.group
        return status


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace(",", "\\,").replace("=", "\\=")
