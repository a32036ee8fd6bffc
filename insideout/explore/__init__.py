"""Faults and interleavings for any controller: what breaks it is found, made small and told as a story.

    scenario = Scenario(objects=[...], steps=[Step("...", act)], always={...}, goal=...)
    verdict = explore(factory, scenario)
    assert verdict, verdict

`factory(client, loop)` makes the controller, as `Cluster.replace` takes it.  It runs on the embedded API
server in virtual time.  The controller is killed before or after any of its writes and starts again with
empty memory, writes are refused, answers are lost, watches lag or skip states, users act at any moment.  When
the faults end it must reach the goal and go quiet.
"""

from collections.abc import Sequence

from insideout.explore.collector import collector
from insideout.explore.faults import KINDS, Fault, Plan, Spot
from insideout.explore.reconciler import Reconciler, reconciler
from insideout.explore.scenario import Factory, Scenario, State, Step, Write
from insideout.explore.search import BUDGET, DEPTH, Explorer, Search
from insideout.explore.story import Line, lines_of
from insideout.explore.verdict import Verdict, verdict_of

__all__ = [
    "KINDS",
    "Factory",
    "Fault",
    "Line",
    "Plan",
    "Reconciler",
    "Scenario",
    "Spot",
    "State",
    "Step",
    "Verdict",
    "Write",
    "collector",
    "explore",
    "play",
    "reconciler",
]


def explore(
    factory: Factory,
    scenario: Scenario,
    *,
    budget: int = BUDGET,
    depth: int = DEPTH,
    seed: int = 0,
    kinds: Sequence[str] = KINDS,
) -> Verdict:
    """Try a controller in a scenario, `budget` times or until a rule breaks.

    First without a fault, then with every single one, then with up to `depth` of them, then with more by
    chance.  `kinds` limits the kinds of fault.  Raises ValueError for a scenario that cannot be set up.
    """
    return verdict_of(Explorer(factory, scenario, seed=seed, kinds=kinds).search(budget, depth))


def play(factory: Factory, scenario: Scenario, plan: Sequence[Fault] = (), *, seed: int = 0) -> Verdict:
    """Play one plan of faults, such as `verdict.plan`, once more, whether or not it breaks a rule."""
    execution = Explorer(factory, scenario, seed=seed).play(tuple(plan))
    found = execution if execution.rule else None
    verdict = verdict_of(Search(1, 0, 0, 0, 0, found))
    return verdict if found else Verdict(verdict.search, tuple(lines_of(execution.trace)))
