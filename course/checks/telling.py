"""What a learner reads about the rules that hold and the mistakes that break others, on one screen."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from course.checks.cases import Case
from course.checks.mistakes import Mistake
from course.checks.written import WIDTH, indent, side_by_side

SHOWN = 3
"""More mistakes than this are only counted: one at a time is how they are mended."""
SCREEN_LINES = 36
"""Mistakes beyond these lines are only counted, too."""
_ALSO = "  The same mistake also breaks: "


class Verdict(NamedTuple):
    """What came of the rules: how many there are, hold, were not tried; and the mistakes that broke some."""

    name: str
    rules: int
    cases: int
    held: int
    mistakes: Sequence[Mistake]
    untried: int


Write = Callable[[Case], str]


def summary(verdict: Verdict, written: Write | None) -> Iterator[str]:
    """Say which rules hold and which do not; without `written`, nothing of a case is shown."""
    name, rules, cases, held, mistakes, untried = verdict
    if not mistakes:
        yield f"{name}: all {rules} rules hold in all {cases} cases"
        return
    yield f"{name}: {held} of {rules} rules hold"
    broken = sum(1 + len(one.also) for one in mistakes)
    (first, *_) = mistakes
    if len(mistakes) == 1 and broken > 1 and first.failure.outcome.kind == "Changed":
        yield f"\nIn the cases of {broken} rules the function changed what it was given, such as:"
        if written:
            yield indent(written(first.failure.case), "    ")
        yield f"  {first.failure.why or 'make a copy, and change that'}"
        return
    room = SCREEN_LINES
    for shown, mistake in enumerate(mistakes):
        text = "\n".join(_told(mistake, written))
        room -= text.count("\n") + 1
        if shown and (shown == SHOWN or room < 0):
            break
        yield text
        broken -= 1 + len(mistake.also)
    if broken:
        yield f"\n{broken} more {'rule is' if broken == 1 else 'rules are'} broken; mend these first."
    if untried:
        were = "rule was" if untried == 1 else "rules were"
        yield f"\n{untried} more {were} not tried: each call could take as long."


def _told(mistake: Mistake, written: Write | None) -> Iterator[str]:
    """Tell a mistake: its rule, the smallest case, what it follows from, and what else it breaks."""
    failure = mistake.failure
    yield f"\nBroken rule: {mistake.rule}"
    if written is None:
        yield f"  {failure.failed} of {failure.tried} cases fail"
    else:
        yield f"  {failure.failed} of {failure.tried} cases fail; the smallest:"
        if failure.case.arguments:
            yield indent(written(failure.case), "    ")
        yield from side_by_side(failure.case.expected, failure.outcome)
    if failure.why:
        yield f"  {failure.why}"
    if mistake.also:
        yield _ALSO + listed(mistake.also, WIDTH - len(_ALSO))


def listed(rules: Sequence[str], width: int) -> str:
    """Return the rules in one line of `width` characters; those that find no room are counted."""
    for count in range(len(rules), 0, -1):
        more = len(rules) - count
        line = "; ".join(rules[:count]) + (f"; and {more} more" if more else "")
        if len(line) <= width:
            return line
    return f"{len(rules)} more rules" if len(rules) > 1 else rules[0]
