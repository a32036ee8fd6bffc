"""Lists, events and objects in few words: name, version, labels, data, phase and whether they are ending.

Source: the recorder of the records, described in insideout/records/README.md.
"""

from typing import Any

from insideout.verify.marks import Marks
from insideout.verify.normal import normal

Object = dict[str, Any]


def brief(value: Any, marks: Marks) -> Any:
    """Return an answer in few words; a Status and an ERROR event stay whole."""
    if isinstance(value, list):
        return [brief(each, marks) for each in value]
    if not isinstance(value, dict) or value.get("kind") == "Status":
        return normal(value)
    if set(value) == {"type", "object"}:
        return _event(value["type"], value["object"], marks)
    metadata = value.get("metadata") or {}
    if "items" not in value:
        return {**_object(value), "rv": marks.tell(metadata.get("resourceVersion", ""))}
    shown = {
        "kind": value["kind"],
        "rv": marks.tell(metadata.get("resourceVersion", ""), listed=True),
        "items": [
            {**_object(item), "rv": marks.tell(item["metadata"]["resourceVersion"])}
            for item in value["items"] or []
        ],
    }
    if metadata.get("continue"):
        shown["continue"] = True
    if "remainingItemCount" in metadata:
        shown["remainingItemCount"] = metadata["remainingItemCount"]
    return shown


def _event(type_: str, obj: Object, marks: Marks) -> Object:
    if type_ == "ERROR":
        return {"type": type_, "object": normal(obj)}
    metadata = obj.get("metadata") or {}
    version = marks.tell(metadata.get("resourceVersion", ""), listed=type_ == "BOOKMARK")
    shown = {"type": type_, "rv": version}
    if type_ == "BOOKMARK":
        return {**shown, "annotations": metadata.get("annotations"), "kind": obj.get("kind")}
    return {**shown, **_object(obj)}


def _object(obj: Object) -> Object:
    metadata = obj.get("metadata") or {}
    shown = {"name": normal(metadata.get("name"))}
    if metadata.get("labels"):
        shown["labels"] = normal(metadata["labels"])
    if metadata.get("deletionTimestamp"):
        shown["deleting"] = True
    phase = (obj.get("status") or {}).get("phase")
    if phase:
        shown["phase"] = phase
    if obj.get("data"):
        shown["data"] = normal(obj["data"])
    return shown
