"""A scenario: one situation, the section of the paper it is about, and the stage it belongs to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from insideout.raft.play import Play
from insideout.raft.setup import Setup

STAGES = (
    "election", "replication", "repair", "commit", "persistence", "snapshot", "read", "prevote",
)  # fmt: skip
"""The stages in the order in which a learner builds them; a node of one stage passes all before it."""


@dataclass(frozen=True)
class Scenario:
    """One situation; `run` acts on the group and raises Broken where it does not behave.

    `mit` names the test of MIT 6.5840's Raft labs that tests the same situation, if one does.
    """

    name: str
    stage: str
    section: str
    text: str
    setup: Setup
    mit: str
    run: Callable[[Play], None]


def scenario(
    stage: str, section: str, *, mit: str = "", **setup: Any
) -> Callable[[Callable[[Play], None]], Scenario]:
    """Make a scenario of a function; its name and docstring name and tell the situation."""

    def make(run: Callable[[Play], None]) -> Scenario:
        text = " ".join((run.__doc__ or "").split())
        return Scenario(run.__name__, stage, section, text, Setup(**setup), mit, run)

    return make
