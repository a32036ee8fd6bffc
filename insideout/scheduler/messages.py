"""The text that says why a pod could not be placed, to the letter.

Source: pkg/scheduler/framework/types.go@v1.36.2 (FitError.Error) and schedule_one.go (truncateMessage).
"""

from collections import Counter
from collections.abc import Iterable, Sequence

NO_NODES = "no nodes available to schedule pods"
NO_DEVICE_CLAIMS = "no new claims to deallocate"
"""What DynamicResources, asked before preemption, says about a pod without device claims."""
DEVICE_CLAIMS_NOT_READ = "not found"
"""What it says when an earlier plugin turned the pod away before it was asked to look at the pod."""
MAX_EVENT_NOTE = 1024


def fit_message(nodes: int, reasons: Iterable[Sequence[str]], *, before: str = "", after: str = "") -> str:
    """Return "0/N nodes are available: ..." with each reason and its number of nodes, sorted as text.

    Args:
        nodes: how many nodes there are.
        reasons: every node's reasons; a node may have several, and each is counted.
        before: why the pod was turned away before any node was looked at, instead of reasons.
        after: what the attempt to make room said.

    """
    text = f"0/{nodes} nodes are available:"
    if before:
        text += f" {before}."
    else:
        counts = Counter(reason for each in reasons for reason in each)
        if counts:
            text += f" {', '.join(sorted(f'{count} {reason}' for reason, count in counts.items()))}."
    return f"{text} {after}" if after else text


def event_note(message: str) -> str:
    """Return `message` cut to what an Event may hold."""
    if len(message) <= MAX_EVENT_NOTE:
        return message
    suffix = " ..."
    return message[: MAX_EVENT_NOTE - len(suffix)] + suffix
