"""JSON patches as admission carries them out, in the words of Go's library for what it cannot do.

Source: gopkg.in/evanphx/json-patch.v4.
"""

from collections.abc import Sequence
from typing import Any

from insideout.apiserver.patch.json_patch import apply_json_patch
from insideout.apiserver.status import StatusError

Object = dict[str, Any]


class CannotPatchError(Exception):
    """An operation that cannot be carried out; `is_test` tells whether it only asked."""

    def __init__(self, operation: Object) -> None:
        super().__init__(_cannot(operation))
        self.is_test = operation.get("op") == "test"


def patched(shown: Any, operations: Sequence[Object]) -> Any:
    """Return a document with a patch; raises CannotPatchError."""
    for operation in operations:
        try:
            shown = apply_json_patch(shown, [operation])
        except StatusError:
            raise CannotPatchError(operation) from None
    return shown


def _cannot(operation: Object) -> str:
    """Return what Go's library says of an operation that cannot be carried out."""
    verb, path = str(operation.get("op", "")), str(operation.get("path", ""))
    if verb == "test":
        return f"testing value {path} failed: test failed"
    if verb == "remove":
        last = path.rpartition("/")[2]
        return f"error in remove for path: '{path}': Unable to remove nonexistent key: {last}: missing value"
    if verb not in ("add", "replace", "move", "copy"):
        return f"Unexpected kind: {verb}"
    return f'{verb} operation does not apply: doc is missing path: "{path}": missing value'
