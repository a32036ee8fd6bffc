"""Checks of lesson 03_raft: the two pure rules, and one call for each stage of the class."""

import contextlib
import hashlib
import math
import time
from collections.abc import Callable, Iterator
from typing import Any

from course.checks.call import Raised, call
from course.checks.cases import HiddenSeed, with_keeping
from course.checks.elsewhere import beside
from course.checks.place import Place
from course.checks.report import Case, grade
from course.checks.telling import listed
from course.checks.written import WIDTH
from course.units.u03_raft.misconceptions import COMMIT_INDEX, MOST_SAID, ON_VOTE, shown
from insideout.raft.broken import SECTIONS, Broken, Rule
from insideout.raft.explore import commits, votes
from insideout.raft.rehearsal import Astray, Rehearsed, rehearse
from insideout.raft.report import explain
from insideout.raft.runner import Result, play_one, uncollected
from insideout.raft.scenarios import Scenario, played_in

_READ = "the extended Raft paper, raft.github.io/raft.pdf"
_VOTES = Place("3. The vote rule", f"{_READ}, §5.1, §5.2, §5.4.1, §6")
_COMMITS = Place("7. The commit rule", f"{_READ}, §5.3, §5.4.2, Figure 8")
SITUATION_LIMIT_S = 15.0
"""How long one situation, or telling how it failed, may take; a sound Raft needs a thirtieth of it.

A machine that grades on all its cores, or does other work besides, takes several times as long.
"""
STAGE_LIMIT_S = 30.0
"""How long the situations of a stage may take that ran out of time; then the others are not tried."""
_REHEARSE = f"{rehearse.__module__}:{rehearse.__name__}"
_EXPLAINED = 2
"""How many mistakes are told in full; one at a time is how they are mended."""
_ALSO = "  The same rule is broken in: "
_TERMS = "terms: an older request gets no answer, a newer one brings its term (§5.1)"
_MERGED = {Rule.STALE_REQUEST: _TERMS, Rule.NEWER_TERM: _TERMS}
"""To do nothing is right for an old request; together with newer ones it earns nothing."""


def vote_cases(function: Any, *, points: float) -> float:
    """Check `on_vote(state, request)` on every small state and request."""
    cases = with_keeping(recorded_votes())
    return grade(
        "on_vote",
        function,
        cases,
        arguments=("state", "request"),
        points=points,
        read=_VOTES,
        misconceptions=ON_VOTE,
    )


def recorded_votes() -> Iterator[Case]:
    """Yield every small case of the vote rule with its answer."""
    for state, request in votes.cases():
        rule, expected, granted = votes.judge(state, request)
        yield Case(_MERGED.get(rule, _said(rule)), (state, request), [expected, granted])


def commit_cases(function: Any, *, points: float) -> float:
    """Check `commit_index(match, log_terms, term, commit)` on every small case."""
    cases = (
        Case(_said(rule), case, index) for case in commits.cases() for rule, index in [commits.judge(*case)]
    )
    return grade(
        "commit_index",
        function,
        cases,
        points=points,
        read=_COMMITS,
        show=_show_commit,
        misconceptions=COMMIT_INDEX,
    )


def _show_commit(match: list[int], log_terms: list[int], term: int, commit: int) -> str:
    return f"match={match}, log_terms={log_terms}, term={term}, commit={commit}"


def vote_elections(function: Any, *, points: float) -> float:
    """Check `on_vote` in every short election of three nodes."""
    return _explored("on_vote", "elections", votes.check_elections, function, points)


def commit_histories(function: Any, *, points: float) -> float:
    """Check `commit_index` in every short history of three nodes."""
    return _explored("commit_index", "histories", commits.check_histories, function, points)


def stage(node_class: Any, name: str, *, seed: int, points: float) -> float:
    """Play every situation of a stage with nodes of `node_class`; print the report, return the points."""
    scenarios = played_in(name)
    if not callable(node_class):
        return _tell([f"{name}: there is no class; run the cell that defines it"], 0, points)
    table = _Table(node_class, seed)
    results: dict[int, Result] = {}
    picked = _digest(f"{int(seed)}/{name}/picked") % len(scenarios)
    for place in sorted(range(len(scenarios)), key=lambda place: place != picked):
        result = results[place] = table.play(scenarios[place])
        if result.broken is not None and "raised NotImplementedError" in result.broken.what:
            return _tell([f"{name}: not written yet: {result.broken.what}"], 0, points)
    failed = [result for _, result in sorted(results.items()) if result.broken is not None]
    passed = len(scenarios) - len(failed)
    lines = [f"{name}: {passed} of {len(scenarios)} situations mastered"]
    if failed and all(
        result.group is not None for result in failed
    ):  # else it ran out of time, and would again
        lines += _believed(node_class, name)
    for place, (result, *others) in enumerate(_by_mistake(failed)):
        is_told = place < _EXPLAINED
        lines += [
            "",
            _explained(node_class, result) if is_told else f"{result.scenario.name}: {result.broken}",
        ]
        if others:
            lines.append(_ALSO + listed([one.scenario.name for one in others], WIDTH - len(_ALSO)))
    if failed:
        lines += ["", f"Read: {_READ}; each section is named above"]
    return _tell(lines, points * passed / len(scenarios), points)


class _Table:
    """Where the situations of a stage are played with one class of nodes.

    A rehearsal is told the seed of its situation, so a process that forges could choose its answers by what
    comes later: try one luck after the other and tell the one that ends well.  So the first situation is
    played without a rehearsal, and nobody knows which it will be.  Where the nodes fail in it, their process
    is asked for no more rehearsals.
    """

    def __init__(self, node_class: Any, seed: int) -> None:
        self._class = node_class
        self._seed = seed
        self._trusts = False
        self._played = 0
        self._lost_s = 0.0

    def play(self, scenario: Scenario) -> Result:
        """Play one situation; a loop without an end in the learner's code fails it, and only it."""
        seed = _seed_of(scenario, self._seed)
        limit_s = min(SITUATION_LIMIT_S, STAGE_LIMIT_S - self._lost_s)
        if limit_s <= 0:
            what = (
                f"not tried: the situations before took {STAGE_LIMIT_S:g} s; is there a loop without an end?"
            )
            return Result(scenario, seed, Broken(Rule.BUDGET, what), None)
        results: list[Result] = []

        def play() -> None:
            with uncollected():
                result = self._once(scenario, seed)
                results.append(result if result.broken else result._replace(group=None))
                del result

        began_s = time.monotonic()
        outcome = call(play, (), limit_s)
        if not results:
            results.append(Result(scenario, seed, Broken(Rule.BUDGET, str(outcome.raised)), None))
        (result,) = results
        if result.broken is not None and result.broken.rule is Rule.BUDGET:
            self._lost_s += time.monotonic() - began_s
        if self._played == 0:
            self._trusts = result.broken is None
        self._played += 1
        return result

    def _once(self, scenario: Scenario, seed: int) -> Result:
        """Play from the notes of a rehearsal where the class lives elsewhere, as far as they are any good."""
        if self._trusts:
            try:
                notes = beside(self._class, _REHEARSE, scenario.stage, scenario.name, seed)
            except Raised as error:
                if error.kind in ("TooSlow", "Stopped"):
                    raise  # the node did that, and would again
                notes = None
            with contextlib.suppress(Astray):
                return play_one(Rehearsed(notes).make, scenario, seed)
        return play_one(self._class, scenario, seed)


def _seed_of(scenario: Scenario, seed: int) -> int:
    """Return the seed to play with: of a hidden one, which a rehearsal must not tell, only a digest."""
    if not isinstance(seed, HiddenSeed):
        return seed
    return _digest(f"{int(seed)}/{scenario.stage}/{scenario.name}")


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=7).digest(), "big")


def _by_mistake(failed: list[Result]) -> list[list[Result]]:
    """Return the failed situations, those together that break one rule.

    An exception is told by itself unless it is the same; so is time that ran out.
    """
    found: dict[tuple[Rule, str], list[Result]] = {}
    for result in failed:
        broken = result.broken
        assert broken is not None
        alone = ""
        if broken.rule is Rule.BUDGET:
            alone = result.scenario.name
        elif broken.rule is Rule.NO_EXCEPTION:
            alone = broken.what.partition(" raised ")[2]
        found.setdefault((broken.rule, alone), []).append(result)
    return list(found.values())


def _believed(node_class: Any, name: str) -> list[str]:
    """Say by which known mistakes the node acts, asked alone; nothing where that takes too long."""
    beliefs: list[str] = []
    call(lambda: beliefs.extend(shown(node_class, name)), (), SITUATION_LIMIT_S)
    return [f"Your node acts by a known mistake: {belief}" for belief in beliefs[:MOST_SAID]]


def _explained(node_class: Any, result: Result) -> str:
    """Tell a failure by its smallest story, or by its sentence where looking for one takes too long."""
    told: list[str] = []
    call(lambda: told.append(explain(node_class, result)), (), SITUATION_LIMIT_S)
    return told[0] if told else f"{result.scenario.name}: {result.broken}"


def _explored(
    name: str,
    what: str,
    explore: Callable[[Any], tuple[int, Broken | None]],
    function: Any,
    points: float,
) -> float:
    found: list[tuple[int, Broken | None]] = []

    def search() -> None:
        with uncollected():
            found.append(explore(function))

    outcome = call(search, (), limit_s=20)
    if not found:
        return _tell([f"{name}: {outcome.raised}"], 0, points)
    count, broken = found[0]
    if broken is not None and "raised NotImplementedError" in broken.what:
        return _tell([f"{name} is not written yet"], 0, points)
    if broken is not None:
        end, _, story = broken.what.partition(": ")
        steps = [f"  {step}" for step in [*story.split("; "), end]]
        head = (
            f"{name}: the shortest of all {what} that break the rule: {broken.rule.value} ({broken.section})"
        )
        return _tell([head, *steps, f"Read: {_READ}, {broken.section}"], 0, points)
    return _tell([f"{name}: safe in all {what} of three nodes, {count} states looked at"], points, points)


def _said(rule: Rule) -> str:
    return f"{rule.value} ({SECTIONS[rule]})"


def _tell(lines: list[str], earned: float, points: float) -> float:
    cents = math.floor(earned * 100 + 1e-6)
    value = cents // 100 if cents % 100 == 0 else cents / 100
    print("\n".join([*lines, f"{value} of {points} points"]))  # noqa: T201  the report is what the cell prints
    return value
