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

__all__ = ["STAGES", "STAGE_SCENARIOS", "Scenario", "played_in", "up_to"]

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


_REPLAYED: Mapping[str, tuple[Scenario, ...]] = MappingProxyType(
    {
        "persistence": (repair.SCENARIOS[0], election.re_election),
        "snapshot": (
            repair.conflict_in_the_middle,
            persistence.all_crash_and_return,
            persistence.followed_and_restarted,
        ),
        "read": (persistence.followed_and_restarted, commit.SCENARIOS[0]),
        "prevote": (
            election.group_of_one,
            election.random_timeouts,
            persistence.all_crash_and_return,
            persistence.followed_and_restarted,
            persistence.lost_and_restarted,
            persistence.tails_return_in_any_order,
            snapshot.a_snapshot_confirms_its_own_reach,
        ),
    }
)
"""Situations of earlier stages that a later one's rules can spoil."""


def played_in(stage: str) -> tuple[Scenario, ...]:
    """Return the situations that a node of `stage` has to master: its own, and some of the stages before."""
    return STAGE_SCENARIOS[stage] + _REPLAYED.get(stage, ())


def up_to(stage: str) -> list[Scenario]:
    """Return the scenarios of `stage` and of all stages before it."""
    return [scenario for name in STAGES[: STAGES.index(stage) + 1] for scenario in STAGE_SCENARIOS[name]]
