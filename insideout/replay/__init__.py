"""Golden records played through a whole cluster: API server, scheduler, controllers and hollow nodes.

`verify(kind, rows)` does what the recorder did, in virtual time, and says where ours does something else.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from insideout.replay import (
    election,
    endpoints,
    endpointslice,
    eviction,
    preemption,
    rollout,
    statefulset,
    zones,
)

Row = Mapping[str, Any]
Differences = list[str]

KINDS: Mapping[str, Callable[[Row], Differences]] = {
    "rollout": rollout.differences,
    "statefulset": statefulset.differences,
    "election": election.differences,
    "endpoints": endpoints.differences,
    "endpointslice": endpointslice.differences,
    "eviction": eviction.differences,
    "preemption": preemption.differences,
    "zones": zones.differences,
}


def verify(kind: str, rows: Iterable[Row]) -> list[tuple[str, Differences]]:
    """Return for each row its name and where it differs; nothing for one that holds.

    Raises KeyError when there is no such kind of record.
    """
    play = KINDS[kind]
    return [(_name(index, row), play(row)) for index, row in enumerate(rows)]


def _name(index: int, row: Row) -> str:
    case = row.get("case", row.get("scenario", index))
    if isinstance(case, str):
        return case
    if isinstance(case, Mapping):
        return f"{index}: " + " ".join(f"{key}={case[key]}" for key in sorted(case))
    return str(index)
