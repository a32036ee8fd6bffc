"""Play scenarios against a class of nodes and collect what came of them."""

import contextlib
import gc
from collections.abc import Iterable, Iterator
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
    finally:
        if group is not None:
            group.loop.forget()  # what waits there holds on to the group, and nothing more will happen
    return Result(scenario, seed, None, group)


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """Let the garbage collector rest while situations are played; whoever plays lets go of groups inside.

    A run holds on to nearly all that it makes.  To look through it again and again takes a quarter of the
    time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


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
