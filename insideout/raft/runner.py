"""Play scenarios against a class of nodes and collect what came of them."""

from collections.abc import Iterable
from typing import NamedTuple

from insideout.raft.broken import Broken
from insideout.raft.group import Group
from insideout.raft.messages import MakeNode
from insideout.raft.play import Play
from insideout.raft.scenarios.scenario import Scenario


class Result(NamedTuple):
    """One scenario played with one seed; `broken` is None when it passed."""

    scenario: Scenario
    seed: int
    broken: Broken | None
    group: Group | None


def play_one(make: MakeNode, scenario: Scenario, seed: int, *, judge: bool = True) -> Result:
    """Play one scenario with one seed; without `judge` no rule is checked on what nodes answer."""
    group = None
    try:
        group = Group(make, scenario.setup, seed, judge=judge)
        scenario.run(Play(group))
    except Broken as broken:
        return Result(scenario, seed, broken, group)
    return Result(scenario, seed, None, group)


def play_all(make: MakeNode, scenarios: Iterable[Scenario], seeds: Iterable[int] = (0,)) -> list[Result]:
    """Play each scenario with each seed, up to the first seed with which it fails."""
    seeds = list(seeds)
    results = []
    for scenario in scenarios:
        for seed in seeds:
            result = play_one(make, scenario, seed)
            if result.broken is not None:
                break
        results.append(result)
    return results
