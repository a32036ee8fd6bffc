"""What a report says of the rules: which hold, and of the broken ones a few, each with its smallest case.

Rules that are broken by one and the same mistake are told once, by the rule that speaks of it; the others are
counted.  So a mistake that spoils every answer is not told as if all rules were misunderstood.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from course.checks.call import Outcome
from course.checks.cases import Case
from course.checks.written import indent, side_by_side

SHOWN_RULES = 3
"""More broken rules than this are only counted: one at a time is how they are mended."""
SCREEN_LINES = 36
"""Broken rules beyond these lines are only counted, too."""
_STEM = 5
"""So many letters tell whether two words are of one kind, such as "request" and "requests"."""


class Why(NamedTuple):
    """Why a rule is broken, as a sentence; `belief` is the known misconception in it, where it is one."""

    sentence: str
    belief: str = ""


NO_REASON = Why("")


class Failure(NamedTuple):
    """The smallest failing case of a rule, what came of it, how many of the rule's cases failed, and why.

    `why` names the known misconception, or the other exercise, that gives the same answers; it is NO_REASON
    where there is none.
    """

    case: Case
    outcome: Outcome
    failed: int
    tried: int
    why: Why = NO_REASON


class Verdict(NamedTuple):
    """What came of all rules: those broken with their failures, and how many were not tried."""

    name: str
    rules: int
    cases: int
    held: int
    broken: dict[str, Failure]
    untried: int


class _Group(NamedTuple):
    rule: str
    failure: Failure
    others: int


def summary(verdict: Verdict, written: Callable[[Case], str] | None) -> Iterator[str]:
    """Say which rules hold and which do not; without `written`, nothing of a case is shown."""
    name, rules, cases, held, broken, untried = verdict
    if not broken:
        yield f"{name}: all {rules} rules hold in all {cases} cases"
        return
    yield f"{name}: {held} of {rules} rules hold"
    changed = [one for one in broken.values() if one.outcome.raised and one.outcome.raised.kind == "Changed"]
    if len(changed) == len(broken) > 1:
        yield f"\nIn the cases of {len(broken)} rules the function changed what it was given, such as:"
        if written:
            yield indent(written(changed[0].case), "    ")
        yield f"  {changed[0].why.sentence or 'make a copy, and change that'}"
        return
    room, shown = SCREEN_LINES, 0
    groups = _grouped(broken)
    for group in groups[:SHOWN_RULES]:
        text = "\n".join(_told(group, written))
        room -= text.count("\n") + 1
        if room < 0 and shown:
            break
        yield text
        shown += 1
    more = sum(1 + group.others for group in groups[shown:])
    if more:
        yield f"\n{more} more {'rule is' if more == 1 else 'rules are'} broken; mend these first."
    if untried:
        were = "rule was" if untried == 1 else "rules were"
        yield f"\n{untried} more {were} not tried: each call could take as long."


def _grouped(broken: dict[str, Failure]) -> list[_Group]:
    """Put together the rules that one mistake breaks, in the order of their first; others stay alone."""
    by_reason: dict[object, list[str]] = {}
    for rule, failure in broken.items():
        by_reason.setdefault(failure.why if failure.why.sentence else rule, []).append(rule)
    groups = []
    for rules in by_reason.values():
        belief = broken[rules[0]].why.belief
        rule = max(rules, key=lambda each: len(_stems(each) & _stems(belief)))
        groups.append(_Group(rule, broken[rule], len(rules) - 1))
    return groups


def _stems(sentence: str) -> set[str]:
    return {word[:_STEM] for word in re.findall(r"[a-z]{4,}", sentence.lower())}


def _told(group: _Group, written: Callable[[Case], str] | None) -> Iterator[str]:
    failure = group.failure
    yield f"\nBroken rule: {group.rule}"
    if written is None:
        yield f"  {failure.failed} of {failure.tried} cases fail"
    else:
        yield f"  {failure.failed} of {failure.tried} cases fail; the smallest:"
        if failure.case.arguments:
            yield indent(written(failure.case), "    ")
        yield from side_by_side(failure.case.expected, failure.outcome)
    if failure.why.sentence:
        yield f"  {failure.why.sentence}"
    if group.others:
        rules = "one more rule" if group.others == 1 else f"{group.others} more rules"
        yield f"  It breaks {rules}, too."
