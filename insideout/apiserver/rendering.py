"""Objects as a client asked to see them: whole, their metadata only, or as the rows of a table.

Source: k8s.io/apiserver/pkg/endpoints/handlers/response.go@v1.36.2.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from insideout.apiserver import tables
from insideout.apiserver.kinds import Kind
from insideout.apiserver.negotiation import Form
from insideout.apiserver.reading import Listing
from insideout.apiserver.status import StatusError
from insideout.apiserver.views import View
from insideout.apiserver.watching import Change

Object = dict[str, Any]


def check(kind: Kind, form: Form, include_object: str, *, of_list: bool) -> None:
    """Raise 400 or 406 when an answer cannot be shown in this form.

    Upstream finds out when it writes the answer; here it is before anything is changed.
    """
    if form.shown_as == "Table":
        tables.check_include_object(include_object)
    elif of_list and form.shown_as == "PartialObjectMetadata":
        raise _not_shown(form, f"is a list ({_go_type(kind)}List)")
    elif not of_list and form.shown_as == "PartialObjectMetadataList":
        raise _not_shown(form, f"is not a list ({_go_type(kind)})")


def one(kind: Kind, view: View, form: Form, include_object: str, now: datetime) -> Object:
    """Return the wire form of one object."""
    if form.shown_as == "Table":
        return tables.render(kind, view.with_managed_fields(), now, include_object, version=form.version)
    if form.shown_as == "PartialObjectMetadata":
        return _partial(view, form)
    return view.with_managed_fields()


def many(kind: Kind, listing: Listing, form: Form, include_object: str, now: datetime) -> Object:
    """Return the wire form of a list."""
    metadata: Object = {"resourceVersion": str(listing.revision)}
    if listing.continue_token or (kind.definition is not None and not form.shown_as):
        metadata["continue"] = listing.continue_token  # lists of custom resources say it in any case
    if listing.remaining:
        metadata["remainingItemCount"] = listing.remaining
    if form.shown_as == "Table":
        objects = _objects(listing.views, include_object)
        return tables.table(kind, objects, metadata, now, include_object, version=form.version)
    if form.shown_as == "PartialObjectMetadataList":
        items = [_partial(view, form) for view in listing.views]
        return {
            "kind": "PartialObjectMetadataList",
            "apiVersion": f"meta.k8s.io/{form.version}",
            "metadata": metadata,
            "items": items,
        }
    items = [view.with_managed_fields() for view in listing.views]
    if kind.definition is None:  # items of a typed list go without what the list says already
        items = [
            {key: value for key, value in item.items() if key not in ("apiVersion", "kind")} for item in items
        ]
    return {"kind": kind.list_kind, "apiVersion": kind.api_version, "metadata": metadata, "items": items}


class EventRenderer:
    """The wire form of a watch's events; a table's columns come with its first event only."""

    def __init__(self, kind: Kind, form: Form, include_object: str, clock: Callable[[], datetime]) -> None:
        if form.shown_as == "Table":
            tables.check_include_object(include_object)
        self._kind = kind
        self._form = form
        self._include_object = include_object
        self._clock = clock
        self._headed = False

    def __call__(self, change: Change) -> Object:
        """Return the object of one event."""
        view, form = change.view, self._form
        if change.type == "ERROR":
            return view.object
        if form.shown_as == "Table":
            metadata = {"resourceVersion": view.object["metadata"]["resourceVersion"]}
            objects = _objects([] if change.type == "BOOKMARK" else [view], self._include_object)
            headers, self._headed = not self._headed, True
            return tables.table(
                self._kind,
                objects,
                metadata,
                self._clock(),
                self._include_object,
                version=form.version,
                headers=headers,
            )
        if form.shown_as == "PartialObjectMetadata":
            return _partial(view, form)
        return view.with_managed_fields()


def _objects(views: Sequence[View], include_object: str) -> list[Object]:
    """Return the objects of a table's rows; who manages their fields is worked out only if it is shown."""
    if include_object == "None":
        return [view.object for view in views]
    return [view.with_managed_fields() for view in views]


def _not_shown(form: Form, why: str) -> StatusError:
    """Return the 406 for a list asked for as one object, or the other way round."""
    message = f"you requested {form.shown_as}, but the requested object {why}"
    return StatusError(406, "NotAcceptable", message)


def _go_type(kind: Kind) -> str:
    """Return what Go calls the kind inside the server."""
    if kind.definition is not None:
        return "*unstructured.Unstructured"
    return f"*{kind.group.partition('.')[0] or 'core'}.{kind.kind}"


def _partial(view: View, form: Form) -> Object:
    return tables.partial_metadata(view.with_managed_fields(), version=form.version)
