"""Objects as a client asked to see them: whole, their metadata only, or as the rows of a table.

Source: k8s.io/apiserver/pkg/endpoints/handlers/response.go@v1.36.2.
"""

from collections.abc import Sequence
from typing import Any

from course.apiserver.kinds import Kind
from course.apiserver.negotiation import Form
from course.apiserver.reading import Listing
from course.apiserver.views import View
from course.apiserver.watching import Change

Object = dict[str, Any]


def one(kind: Kind, view: View, form: Form, include_object: str) -> Object:
    """Return the wire form of one object."""
    if form.shown_as == "Table":
        metadata = {"resourceVersion": view.object["metadata"].get("resourceVersion", "")}
        return _table(kind, [view], metadata, form, include_object)
    if form.shown_as == "PartialObjectMetadata":
        return _partial(view, form)
    return view.with_managed_fields()


def many(kind: Kind, listing: Listing, form: Form, include_object: str) -> Object:
    """Return the wire form of a list."""
    metadata: Object = {"resourceVersion": str(listing.revision)}
    if listing.continue_token:
        metadata["continue"] = listing.continue_token
    if listing.remaining:
        metadata["remainingItemCount"] = listing.remaining
    if form.shown_as == "Table":
        return _table(kind, listing.views, metadata, form, include_object)
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

    def __init__(self, kind: Kind, form: Form, include_object: str) -> None:
        self._kind = kind
        self._form = form
        self._include_object = include_object
        self._headed = False

    def __call__(self, change: Change) -> Object:
        """Return the object of one event."""
        view, form = change.view, self._form
        if change.type == "ERROR":
            return view.object
        if form.shown_as == "Table":
            metadata = {"resourceVersion": view.object["metadata"]["resourceVersion"]}
            views = [] if change.type == "BOOKMARK" else [view]
            table = _table(self._kind, views, metadata, form, self._include_object)
            if self._headed:
                table["columnDefinitions"] = None
            self._headed = True
            return table
        if form.shown_as == "PartialObjectMetadata":
            return _partial(view, form)
        return view.with_managed_fields()


def _partial(view: View, form: Form) -> Object:
    metadata = view.with_managed_fields()["metadata"]
    return {
        "kind": "PartialObjectMetadata",
        "apiVersion": f"meta.k8s.io/{form.version}",
        "metadata": metadata,
    }


def _table(kind: Kind, views: Sequence[View], metadata: Object, form: Form, include_object: str) -> Object:
    raise NotImplementedError
