"""Changing part of an object: the four patch types, and who owns which field."""

from course.apiserver.patch.apply import server_side_apply
from course.apiserver.patch.json_patch import apply_json_patch
from course.apiserver.patch.managed_fields import keep_times, record_update
from course.apiserver.patch.merge_patch import apply_merge_patch
from course.apiserver.patch.strategic import apply_strategic_merge_patch

__all__ = [
    "apply_json_patch",
    "apply_merge_patch",
    "apply_strategic_merge_patch",
    "keep_times",
    "record_update",
    "server_side_apply",
]
