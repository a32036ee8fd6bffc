"""Stages of unit 03 that stop at the first situation that a node does not master, and tell no story of it.

A mutant has lost points there; to find its smallest story takes longer than all the rest.
"""

import contextlib
import dataclasses
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

from course.units.u03_raft import checks
from insideout.raft.runner import play_one, uncollected
from insideout.raft.scenarios import played_in

_MOST_MESSAGES, _MOST_BYTES = 4_000, 3 * 2**20
"""Twice what the solution needs in its longest situation: a wrong node that floods the group is stopped."""


@contextlib.contextmanager
def quick() -> Iterator[None]:
    """Let `checks.stage` play in this process, as far as the first failure."""
    with patch.object(checks, checks.stage.__name__, _stage):
        yield


def _stage(node_class: Any, name: str, *, seed: int, points: float) -> float:
    for scenario in played_in(name):
        setup = scenario.setup._replace(max_messages=_MOST_MESSAGES, max_bytes=_MOST_BYTES)
        limited = dataclasses.replace(scenario, setup=setup)
        with uncollected():
            broken = play_one(node_class, limited, checks._seed_of(scenario, seed)).broken
        if broken is not None:
            return 0
    return points
