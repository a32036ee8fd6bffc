"""Changing part of an object: the four patch types, and who owns which field."""

from insideout.apiserver.patch.apply import server_side_apply, unconvertible
from insideout.apiserver.patch.json_patch import apply_json_patch
from insideout.apiserver.patch.managed_fields import keep_times, record_update
from insideout.apiserver.patch.merge_patch import apply_merge_patch
from insideout.apiserver.patch.strategic import apply_strategic_merge_patch

__all__ = [
    "apply_json_patch",
    "apply_merge_patch",
    "apply_strategic_merge_patch",
    "keep_times",
    "record_update",
    "server_side_apply",
    "unconvertible",
]
