"""The smallest schedule that still breaks the same rule, by delta debugging.

A run's outside world is a list of actions (crashes, partitions, proposals, …) and a network profile.  Both
are made smaller as long as a replay breaks the same rule.  Findings that nothing happened in time are told as
they are: with fewer repairs done to the group they would only become more likely.

Source: Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input" (2002), ddmin.
"""

from collections.abc import Sequence

from insideout.raft.broken import Broken, Rule
from insideout.raft.group import Action, Group
from insideout.raft.linearizability import check
from insideout.raft.messages import MakeNode
from insideout.raft.setup import Setup


class Replay:
    """A failed run that can be played again with less."""

    def __init__(self, make: MakeNode, setup: Setup, seed: int, rule: Rule, until_s: float) -> None:
        self._make = make
        self._setup = setup
        self._seed = seed
        self._rule = rule
        self._until_s = until_s

    def play(self, actions: Sequence[Action], setup: Setup | None = None) -> tuple[Group, Broken] | None:
        """Play the actions again; None when the rule holds this time."""
        group = None
        try:
            group = Group(self._make, setup or self._setup, self._seed)
            for when_s, name, args in actions:
                # After what happens at the same instant by itself, as in the first run.
                group.loop.call_at(when_s, group.act, name, *args, priority=1)
            group.run(self._until_s)
            verdict = check(group.ledger.whole_history()) if self._rule is Rule.LINEARIZABLE else None
            if verdict is not None:
                raise Broken(Rule.LINEARIZABLE, str(verdict), t_s=group.now_s)
        except Broken as broken:
            if group is not None and broken.rule is self._rule:
                return group, broken
        return None


def shrink(
    make: MakeNode, setup: Setup, seed: int, group: Group, broken: Broken, attempts: int = 60
) -> tuple[Group, Broken]:
    """Return a smaller run that breaks the same rule, or the given one when none was found."""
    replay = Replay(make, setup, seed, broken.rule, (broken.t_s or group.now_s) + 0.5)
    actions = list(group.actions)
    best = replay.play(actions)
    if best is None:
        return group, broken
    quiet = setup._replace(profile=setup.profile.quiet())
    found = replay.play(actions, quiet) if quiet != setup else None
    if found is not None:
        setup, best = quiet, found
    size = max(1, len(actions) // 2)
    while attempts > 0:
        removed = False
        for begin in range(0, len(actions), size):
            fewer = actions[:begin] + actions[begin + size :]
            attempts -= 1
            found = replay.play(fewer, setup)
            if found is not None:
                actions, best, removed = fewer, found, True
                break
            if attempts <= 0:
                break
        if not removed:
            if size == 1:
                break
            size = max(1, size // 2)
    return best
