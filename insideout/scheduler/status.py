"""What a filter says about a node: nothing when the pod fits, otherwise why it does not.

Source: k8s.io/kube-scheduler/framework/interface.go@v1.36.2 (Code, Status); Success, Skip and Wait are
Python's own None here, and an Error is an exception.
"""

from enum import Enum
from functools import lru_cache
from typing import NamedTuple


class Code(Enum):
    """Whether evicting pods could help a pod that a node turned down."""

    UNSCHEDULABLE = "Unschedulable"
    UNRESOLVABLE = "UnschedulableAndUnresolvable"


class Status(NamedTuple):
    """One rejection: its reasons as they appear in messages, and the plugin that spoke."""

    code: Code
    reasons: tuple[str, ...]
    plugin: str


@lru_cache(maxsize=256)
def unschedulable(plugin: str, *reasons: str) -> Status:
    """Return a rejection that preemption may cure; thousands of nodes share the few that there are."""
    return Status(Code.UNSCHEDULABLE, reasons, plugin)


@lru_cache(maxsize=256)
def unresolvable(plugin: str, *reasons: str) -> Status:
    """Return a rejection that no eviction can cure."""
    return Status(Code.UNRESOLVABLE, reasons, plugin)
