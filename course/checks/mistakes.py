"""Which broken rules are one mistake, and which of them says best what it is.

A report tells a mistake once.  No points depend on this: every broken rule is lost.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from course.checks.call import Outcome, plain
from course.checks.cases import KEEPS, Case, Raises

SAMPLE = 24
"""So many cases of a rule, the smallest ones, say how much of it a known mistake breaks."""


class Tried(NamedTuple):
    """A case and what came of it, as far as the case looks at it."""

    case: Case
    outcome: Outcome
    is_right: bool


class Failure(NamedTuple):
    """The smallest failing case of a rule, what came of it, how many of the rule's cases failed, and why.

    `why` names the known misconception, or the other exercise, that gives the same answers; it is empty where
    there is none.
    """

    case: Case
    outcome: Outcome
    failed: int
    tried: int
    why: str = ""


class Mistake(NamedTuple):
    """A mistake as a report tells it: the rule that says best what it is, and the others that it breaks."""

    rule: str
    failure: Failure
    also: tuple[str, ...] = ()


Breaks = Callable[[Sequence[Tried]], float]
"""How much of these cases all known mistakes break: the sum of their shares, 0 where none is known."""


def mistakes(
    broken: Mapping[str, Failure], tried: Mapping[str, Sequence[Tried]], breaks: Breaks
) -> list[Mistake]:
    """Return what broke the rules, in the order of the rules: each mistake once."""
    found = []
    for rules in _groups(broken, tried):
        best = max(rules, key=lambda rule: _says(rule, broken[rule], tried[rule], breaks, len(rules)))
        found.append(Mistake(best, broken[best], tuple(rule for rule in rules if rule != best)))
    return found


def _says(
    rule: str, failure: Failure, tried: Sequence[Tried], breaks: Breaks, rules: int
) -> tuple[bool, float]:
    """Return how much a broken rule says about its mistake.

    It says much where most of its cases fail, and little where other known mistakes break it as well: then it
    is about something that many of them touch.  That the input stays as it is says nothing of a wrong answer.
    """
    share = failure.failed / failure.tried
    others = breaks(tried[:SAMPLE]) if rules > 1 and failure.why else 0
    return rule != KEEPS, share * share / max(share, others)


def _groups(broken: Mapping[str, Failure], tried: Mapping[str, Sequence[Tried]]) -> list[list[str]]:
    """Return the broken rules, those together that one mistake breaks."""
    groups: dict[object, list[str]] = {}
    wrong = {rule: _wrong_calls(tried[rule]) for rule in broken if not broken[rule].why}
    for rule, failure in broken.items():
        way = failure.why or _way(tried[rule])
        groups.setdefault(way or _widest(rule, wrong), []).append(rule)
    return list(groups.values())


def _way(tried: Sequence[Tried]) -> tuple[str, str] | None:
    """Return the one way in which all the failing calls went wrong, if it is one that is known again."""
    ways = set()
    for one in tried:
        if not one.is_right:
            raised = one.outcome.raised
            ways.add((raised.kind, raised.where or raised.message) if raised else None)
    return ways.pop() if len(ways) == 1 else None


def _wrong_calls(tried: Sequence[Tried]) -> frozenset[str]:
    """Return the failing calls with what was expected and what came, as texts."""
    return frozenset(
        repr((one.case.arguments, _expected(one.case), one.outcome.value, one.outcome.kind))
        for one in tried
        if not one.is_right
    )


def _expected(case: Case) -> object:
    return case.expected if isinstance(case.expected, Raises) else plain(case.expected)


def _widest(rule: str, wrong: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Return the failing calls of the rule, or of another that has all of them and more."""
    return max((calls for calls in wrong.values() if calls >= wrong[rule]), key=len)
