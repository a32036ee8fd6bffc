"""Let a stage look for what is wrong with a solution."""

from collections.abc import Iterator
from typing import Any

from insideout.raft.broken import Broken
from insideout.raft.explore import commits, votes
from insideout.raft.runner import play_one
from insideout.raft.scenarios import STAGE_SCENARIOS, played_in
from tests.insideout.raft.reference import STAGE_CLASSES

STAGES = ("vote", *STAGE_SCENARIOS)


def findings(stage: str, names: dict[str, Any], seed: int = 0) -> Iterator[Broken]:
    """Yield what a stage finds in a solution, in the order in which its checks run."""
    if stage == "vote":
        yield from votes.check_cases(names["on_vote"])[1]
        yield from filter(None, [votes.check_elections(names["on_vote"])[1]])
        return
    if stage == "commit":
        yield from commits.check_cases(names["commit_index"])[1]
        yield from filter(None, [commits.check_histories(names["commit_index"])[1]])
    for scenario in played_in(stage):
        result = play_one(names[STAGE_CLASSES[stage]], scenario, seed)
        if result.broken is not None:
            yield result.broken
