"""All scenarios, by stage: the situations of MIT 6.5840's Raft labs and those that they lack."""

from collections.abc import Mapping
from types import MappingProxyType

from insideout.raft.scenarios import (
    commit,
    election,
    persistence,
    prevote,
    read,
    repair,
    replication,
    snapshot,
)
from insideout.raft.scenarios.scenario import STAGES, Scenario

__all__ = ["STAGES", "STAGE_SCENARIOS", "Scenario", "up_to"]

STAGE_SCENARIOS: Mapping[str, tuple[Scenario, ...]] = MappingProxyType(
    {
        "election": election.SCENARIOS,
        "replication": replication.SCENARIOS,
        "repair": repair.SCENARIOS,
        "commit": commit.SCENARIOS,
        "persistence": persistence.SCENARIOS,
        "snapshot": snapshot.SCENARIOS,
        "read": read.SCENARIOS,
        "prevote": prevote.SCENARIOS,
    }
)
"""The scenarios of each stage, in the order of the stages."""


def up_to(stage: str) -> list[Scenario]:
    """Return the scenarios of `stage` and of all stages before it."""
    return [scenario for name in STAGES[: STAGES.index(stage) + 1] for scenario in STAGE_SCENARIOS[name]]
