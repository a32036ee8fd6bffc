"""What a controller that wants a number of Pods counts of each: Pods that count alike have one standing."""

from typing import NamedTuple

from insideout.apimachinery import pods as podutil
from insideout.client import Object


class Standing(NamedTuple):
    """A Pod's readiness and the like, with its labels as pairs."""

    is_active: bool
    is_ready: bool
    is_ending: bool
    """Its deletion has begun and it has not run to its end."""
    labels: frozenset[tuple[str, str]]


def standing(pod: Object) -> Standing:
    """Return how a Pod counts."""
    is_terminal, is_terminating = podutil.is_terminal(pod), podutil.is_terminating(pod)
    return Standing(
        is_active=not is_terminal and not is_terminating,
        is_ready=podutil.is_ready(pod),
        is_ending=is_terminating and not is_terminal,
        labels=frozenset((pod["metadata"].get("labels") or {}).items()),
    )
