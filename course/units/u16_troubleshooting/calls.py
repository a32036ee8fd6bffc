"""Calls by number: each is a cluster that is broken by one cause, with its own names.

A number tells nothing of the cause to somebody who is only told the number.
"""

from course.units.u16_troubleshooting.clusters import CLUSTERS

_ORDER = (
    *("taint", "image", "port", "toleration", "quota", "egress"),
    *("webhook", "selector", "budget", "storageclass", "finalizer", "revision"),
    "apiservice",
)


def number_of(cause: str, seed: int) -> int:
    """Return the number of the call that is this cluster."""
    return 100 * seed + _ORDER.index(cause) + 1


def call_of(number: int) -> tuple[str, int]:
    """Return cause and seed of a call; ValueError for a number that there is not."""
    seed, place = divmod(number, 100)
    if seed < 1 or not 1 <= place <= len(_ORDER) or _ORDER[place - 1] not in CLUSTERS:
        raise ValueError(
            f"there is no call {number}; take 101 to {100 + len(_ORDER)}, 201 to {200 + len(_ORDER)}, ..."
        )
    return _ORDER[place - 1], seed


def causes() -> list[str]:
    """Return the causes in the order of their numbers."""
    return [cause for cause in _ORDER if cause in CLUSTERS]
