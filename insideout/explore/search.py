"""The search: every plan of one fault, then plans of two, then larger ones by chance, until a rule breaks.

A plan is made longer only by faults that come after its last one, so none is tried twice.  When an execution
comes to a state that was seen before with as many faults left, the rest of it is known and it ends there.
Plans of two that do not fit into the budget are tried in an order drawn with the seed.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from insideout.apiserver.server import ApiServer
from insideout.client.local import LocalClient
from insideout.explore import faults
from insideout.explore.faults import Chooser, Fault, Moment, Plan, Spot, chooser_of
from insideout.explore.scenario import Factory, Scenario
from insideout.explore.stage import Violated
from insideout.explore.trace import Entry
from insideout.explore.world import Known, World
from insideout.sim.loop import Loop
from insideout.store import MemoryStore

BUDGET = 1000
DEPTH = 2
_PAIRS = 0.5
"""The part of the budget left after single faults that goes to pairs; the rest goes to chance."""
_SHRINKING = 200


@dataclass(frozen=True)
class Execution:
    """What came of one plan: the faults that happened, what was seen, and the rule that broke, if one did."""

    plan: Plan
    trace: Sequence[Entry]
    moments: Sequence[Moment]
    rule: str = ""
    why: str = ""
    is_known: bool = False


@dataclass(frozen=True)
class Search:
    """What was tried, and the smallest execution that breaks a rule."""

    executions: int
    states: int
    singles: int
    """How many plans of one fault were tried: all there are, unless something broke first."""
    pairs: int
    all_pairs: int
    found: Execution | None
    found_with: int = 0
    """How many faults the first execution had that broke the rule, before it was made smaller."""


class Explorer:
    """Tries a controller in a scenario; the same seed tries the same."""

    def __init__(
        self, factory: Factory, scenario: Scenario, *, seed: int = 0, kinds: Sequence[str] = faults.KINDS
    ) -> None:
        unknown = [kind for kind in kinds if kind not in faults.KINDS]
        if unknown:
            raise ValueError(f"no kind of fault {unknown[0]!r}; there are: {', '.join(faults.KINDS)}")
        self._factory = factory
        self._scenario = scenario
        self._seed = seed
        self._kinds = tuple(kind for kind in faults.KINDS if kind in kinds)
        self._store = _start_of(scenario, seed)
        self._seen: dict[int, int] = {}
        self.executions = 0

    def play(self, plan: Plan = (), *, choose: Chooser | None = None, left: int | None = None) -> Execution:
        """Play one plan; with `left`, the number of faults that may follow it, stop where all is known."""

        def is_known(state: int) -> bool:
            if len(world.plan) < len(plan):
                return False
            assert left is not None
            if self._seen.get(state, -1) >= left:
                return True
            self._seen[state] = left
            return False

        self.executions += 1
        world = World(
            self._store,
            self._factory,
            self._scenario,
            choose or chooser_of(plan),
            seed=self._seed,
            is_known=None if left is None else is_known,
        )
        rule = why = ""
        known = False
        try:
            world.run()
        except Violated as violated:
            rule, why = violated.rule, violated.why
        except Known:
            known = True
        return Execution(tuple(world.plan), world.trace, world.moments, rule, why, known)

    def search(self, budget: int = BUDGET, depth: int = DEPTH, *, chance: bool = True) -> Search:
        """Try `budget` executions, or fewer until a rule breaks; then make what was found smaller.

        Plans of up to `depth` faults are tried in order; the rest of the budget goes to chance, if wanted.
        """
        if budget < 1:
            raise ValueError("a budget is at least one execution")
        first = self.play((), left=depth)
        if first.rule:
            return self._result(first, 0, 0, 0)
        parents = [first]
        tried = {1: 0, 2: 0}
        all_pairs = 0
        for level in range(1, depth + 1):
            plans = [plan for parent in parents for plan in self._longer(parent)]
            limit = budget
            if level > 1:
                all_pairs += len(plans)
                random.Random(f"{self._seed}/pairs").shuffle(plans)
                limit = self.executions + int((budget - self.executions) * _PAIRS)
            parents = []
            for plan in plans:
                if self.executions >= limit:
                    break
                execution = self.play(plan, left=depth - level)
                tried[min(level, 2)] += 1
                if execution.rule:
                    return self._result(execution, tried[1], tried[2], all_pairs)
                parents.append(execution)
        for number in range(budget - self.executions if chance else 0):
            execution = self.play(choose=self._by_chance(number))
            if execution.rule:
                return self._result(execution, tried[1], tried[2], all_pairs)
        return self._result(None, tried[1], tried[2], all_pairs)

    def _result(self, found: Execution | None, singles: int, pairs: int, all_pairs: int) -> Search:
        executions, states = self.executions, len(self._seen)
        if found is None:
            return Search(executions, states, singles, pairs, all_pairs, None)
        return Search(executions, states, singles, pairs, all_pairs, self.shrink(found), len(found.plan))

    def _longer(self, parent: Execution) -> Iterator[Plan]:
        """Yield the plans with one fault more, after the last one of the parent's; plain kinds first."""
        start = 0
        if parent.plan:
            last = parent.plan[-1].spot
            start = 1 + next(n for n, moment in enumerate(parent.moments) if moment.spot == last)
        found = [
            (self._kinds.index(kind), moment.spot, kind)
            for moment in parent.moments[start:]
            for kind in moment.offered
            if kind in self._kinds
        ]
        for _, spot, kind in sorted(found, key=lambda each: each[0]):
            yield (*parent.plan, Fault(spot, kind))

    def _by_chance(self, number: int) -> Chooser:
        """Return a chooser that draws: few faults in some executions, many in others."""
        rng = random.Random(f"{self._seed}/chance/{number}")
        rate = rng.choice((0.02, 0.05, 0.1, 0.2))
        kinds = self._kinds

        def choose(spot: Spot, offered: Sequence[str]) -> str | None:
            possible = [kind for kind in offered if kind in kinds]
            return rng.choice(possible) if possible and rng.random() < rate else None

        return choose

    def shrink(self, found: Execution) -> Execution:
        """Return an execution that breaks the same rule with faults none of which can be left out.

        Source: Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input" (2002), ddmin.
        """
        best, left = self.play(found.plan), _SHRINKING
        if best.rule != found.rule:
            return found
        size = max(1, len(best.plan) // 2)
        while best.plan and left > 0:
            for begin in range(0, len(best.plan), size):
                left -= 1
                fewer = self.play((*best.plan[:begin], *best.plan[begin + size :]))
                if fewer.rule == best.rule and len(fewer.plan) < len(best.plan):
                    best = fewer
                    size = max(1, min(size, len(best.plan)))
                    break
            else:
                if size == 1:
                    break
                size //= 2
        return self._plainer(best, left)

    def _plainer(self, best: Execution, left: int) -> Execution:
        """Put plainer kinds of fault in the place of others, where the same rule still breaks."""
        for place in range(len(best.plan)):
            spot, kind = best.plan[place]
            for other in self._kinds[: self._kinds.index(kind)]:
                if left <= 0:
                    return best
                left -= 1
                plan = (*best.plan[:place], Fault(spot, other), *best.plan[place + 1 :])
                plainer = self.play(plan)
                if plainer.rule == best.rule and len(plainer.plan) <= len(best.plan):
                    best = plainer
                    break
            if place + 1 >= len(best.plan):
                break
        return best


def _start_of(scenario: Scenario, seed: int) -> MemoryStore:
    """Return a store with the objects that a scenario begins with."""
    store = MemoryStore()
    server = ApiServer(Loop(seed=seed), store)
    client = LocalClient(server, "user")
    ordered = sorted(scenario.objects, key=lambda obj: obj.get("kind") != "CustomResourceDefinition")
    for obj in ordered:
        kind = server.registry.of(obj.get("apiVersion", ""), obj.get("kind", ""))
        if kind is None:
            raise ValueError(f"no kind {obj.get('kind')!r} of {obj.get('apiVersion')!r}: is it defined?")
        namespace = (obj["metadata"].get("namespace") or "default") if kind.namespaced else None
        resource = f"{kind.plural}.{kind.version}.{kind.group}" if kind.group else kind.plural
        created = client.create(resource, obj, namespace)
        if obj.get("status") and not created.get("status"):
            whole = {**created, "status": obj["status"]}
            client.update(resource, whole, namespace, subresource="status")
    return store
