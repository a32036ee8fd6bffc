"""Known misconceptions, recognised by their answers.

A unit states each as a sentence and a function that answers by it.  When a learner's answers where they are
wrong are that function's, to the letter, the report can name what the learner seems to believe.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from course.checks.call import Outcome, equal

Misconceptions = Mapping[str, Callable[..., Any]]
"""From the sentence that says the belief to a function that answers by it, called as the exercise is."""

_OUTSIDE = ("TooSlow", "NotPlain", "NotImplementedError", "Stopped")
"""What happens to code that believes nothing in particular."""


Ask = Callable[[Callable[..., Any], Any], Outcome]
"""Tells what a wrong function answers to a case, as far as the case looks at it."""


def recognise(
    failed: Mapping[str, Sequence[tuple[Any, Outcome]]],
    held: Iterable[tuple[Any, Outcome]],
    beliefs: Misconceptions,
    ask: Ask,
) -> dict[str, str]:
    """Return the belief that explains each broken rule, by rule; nothing for a rule that none explains.

    `failed` holds each broken rule's failing cases with what came of them, `held` the cases that came out
    right.  A belief explains a rule when it gives the learner's answers in all of the rule's failing cases.
    Of several, the one that agrees with the learner in most cases is taken; and it must agree more often than
    the right answers do, for two wrong answers may be alike by chance.
    """
    known: dict[tuple[str, int], bool] = {}

    def agrees(belief: str, case: Any, outcome: Outcome) -> bool:
        key = (belief, id(case))
        if key not in known:
            known[key] = same(ask(beliefs[belief], case), outcome)
        return known[key]

    right = list(held)
    everything = [*right, *(one for members in failed.values() for one in members)]
    found = {}
    for rule, members in failed.items():
        explain = [name for name in beliefs if all(agrees(name, case, came) for case, came in members)]
        if not members or not explain:
            continue
        often = {name: sum(agrees(name, case, came) for case, came in everything) for name in explain}
        best = max(explain, key=often.__getitem__)
        if often[best] > len(right):
            found[rule] = best
    return found


def same(one: Outcome, other: Outcome) -> bool:
    """Tell whether two calls came to the same: equal values, or exceptions of one kind."""
    if one.raised or other.raised:
        if one.raised is None or other.raised is None or one.raised.kind in _OUTSIDE:
            return False
        return one.raised.kind == other.raised.kind
    return equal(one.value, other.value)
