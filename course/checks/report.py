"""From cases to points: every rule is a few cases, and a rule earns its share when all of its cases hold.

A share for each case would reward a constant answer; a share for each rule rewards what was understood.  The
report shows each mistake by its smallest failing case: what went in, what was expected, what came; and the
misconception, or the other exercise, that the wrong answers follow from.  It fits on a screen.
"""

import functools
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from course.checks import atonce
from course.checks import call as calling
from course.checks.beliefs import Misconceptions, recognise
from course.checks.call import NotPlain, Outcome, Raised, call, equal, plain
from course.checks.cases import Case as Case
from course.checks.cases import Cases as Cases
from course.checks.cases import Raises as Raises
from course.checks.cases import kept as kept
from course.checks.cases import with_keeping as with_keeping
from course.checks.mistakes import Failure, Tried, mistakes
from course.checks.place import Place, lead
from course.checks.telling import Verdict, summary
from course.checks.written import as_yaml as as_yaml
from course.checks.written import cut, indent, named

HIDDEN_FEEDBACK = "COURSE_HIDDEN_FEEDBACK"
"""In the grader's environment: "case" shows hidden cases in reports; else only their rules are named."""
CHECK_S = 20.0
"""How long all calls of a check may take together; a notebook's cell has 30 seconds."""

Show = Callable[..., str]
RestsOn = Mapping[str, Callable[..., Any]]
"""By the name of another exercise: what a right solution of this one answers with the learner's other one."""


class Assessment(NamedTuple):
    """The points earned and the report that says why."""

    points: float
    report: str


def grade(
    name: str,
    function: Any,
    cases: Iterable[Case],
    *,
    points: float,
    read: str | Place = "",
    show: Show | None = None,
    arguments: Sequence[str] = (),
    misconceptions: Misconceptions | None = None,
    rests_on: RestsOn | None = None,
) -> float:
    """Assess the learner's `function`, print the report and return the points earned, for a cell to show."""
    assessment = assess(
        name,
        function,
        cases,
        points=points,
        read=read,
        show=show,
        arguments=arguments,
        misconceptions=misconceptions,
        rests_on=rests_on,
    )
    print(assessment.report)  # noqa: T201  the report is what the cell prints
    if assessment.points < points:
        lead(read)
    return assessment.points


def assess(
    name: str,
    function: Any,
    cases: Iterable[Case],
    *,
    points: float,
    read: str | Place = "",
    show: Show | None = None,
    arguments: Sequence[str] = (),
    misconceptions: Misconceptions | None = None,
    rests_on: RestsOn | None = None,
) -> Assessment:
    """Run the cases on `function`, the exercise called `name`.

    `read` says where to read about it.  `arguments` are the arguments' names, with units where they have
    some, as in "capacity (bytes)"; the report writes a case with them, as YAML, unless `show` writes it.
    `misconceptions` are known wrong functions by the belief behind each: the report names the one whose
    answers the learner gives where theirs are wrong.  `rests_on` does so for a mistake in another exercise.
    """
    kept_cases = cases if isinstance(cases, Cases) else Cases(cases)
    rules = kept_cases.by_rule
    if not callable(function):
        return _nothing(f"{name} is not a function: run the cell that defines it", points)
    tried = _try_all(function, rules)
    if any(one.outcome.kind == "NotImplementedError" for ones in tried.values() for one in ones):
        return _nothing(f"{name} is not written yet", points)
    broken = _failures(tried, misconceptions or {}, rests_on or {})
    held = len(tried) - len(broken)
    earned = number(points * held / len(rules))
    title = f"{name}, in cases that only the grader has" if kept_cases.hidden else name
    told = mistakes(broken, tried, functools.partial(_breaks, misconceptions or {}))
    verdict = Verdict(title, len(rules), len(kept_cases), held, told, len(rules) - len(tried))

    def written(case: Case) -> str:
        if show is not None:
            return show(*case.arguments)
        return named(arguments, case.arguments) if arguments else as_yaml(*case.arguments)

    secret = kept_cases.hidden and os.environ.get(HIDDEN_FEEDBACK) != "case"
    lines = [*summary(verdict, None if secret else written)]
    printed = next(
        (one.outcome.printed for ones in tried.values() for one in ones if one.outcome.printed), ""
    )
    if printed and broken and not secret:
        lines += ["", "Your code printed:", indent(printed, at_most=6)]
    if broken and read:
        lines += ["", f"Read: {read}"]
    report = "\n".join(cut(line) for line in "\n".join(lines).splitlines())
    return Assessment(earned, f"{report}\n{earned} of {number(points)} points")


def _try_all(function: Any, rules: dict[str, list[Case]]) -> dict[str, list[Tried]]:
    """Run the rules' cases, up to one that is not written or the end of the time; return what was tried."""
    tried: dict[str, list[Tried]] = {}
    end_s = time.monotonic() + CHECK_S
    known = iter(_at_once(function, [case for members in rules.values() for case in members]))
    for rule, members in rules.items():
        tried[rule] = []
        for case in members:
            left_s = end_s - time.monotonic()
            outcome = next(known, None) or call(
                function, case.arguments, min(calling.LIMIT_S, max(left_s, 0.01))
            )
            if outcome.kind == "TooSlow" and left_s < calling.LIMIT_S:
                why = f"all calls together took more than {CHECK_S:g} s"
                outcome = outcome._replace(raised=Raised("TooSlow", why))
            outcome = _seen(case, outcome)
            tried[rule].append(Tried(case, outcome, _is_right(case, outcome)))
            if outcome.kind in ("TooSlow", "NotImplementedError"):
                return tried  # the other calls would only do the same
    return tried


def _at_once(function: Any, cases: Sequence[Case]) -> list[Outcome]:
    """Return the outcomes of the first cases, from a process that answers many in one piece."""
    found: list[atonce.Answer] = []
    questions = [case.arguments for case in cases]
    outcome = call(lambda: found.extend(atonce.ask(function, questions)), (), calling.LIMIT_S)
    if outcome.raised or outcome.printed:
        return []  # each call is made again by itself, and tells what it is that went wrong
    outcomes = []
    for case, (value, after) in zip(cases, found, strict=False):
        try:
            answer = plain(value)
        except NotPlain:
            break
        given = case.arguments if type(after) is not list else tuple(after)
        outcomes.append(Outcome(answer, None, "", given))
    return outcomes


def _failures(
    tried: dict[str, list[Tried]], misconceptions: Misconceptions, rests_on: RestsOn
) -> dict[str, Failure]:
    """Return what is to be said about each broken rule."""
    wrong = {rule: [one for one in ones if not one.is_right] for rule, ones in tried.items()}
    wrong = {rule: ones for rule, ones in wrong.items() if ones}
    held = [(one.case, one.outcome) for ones in tried.values() for one in ones if one.is_right]
    failed = {rule: [(one.case, one.outcome) for one in ones] for rule, ones in wrong.items()}
    why = {
        rule: f"These answers follow from a known mistake: {belief}"
        for rule, belief in recognise(failed, held, misconceptions, _asked).items()
    }
    for rule, other in recognise(failed, held, rests_on, _asked).items():
        why[rule] = f"This follows from your {other}: mend that first"
    return {
        rule: Failure(ones[0].case, ones[0].outcome, len(ones), len(tried[rule]), why.get(rule, ""))
        for rule, ones in wrong.items()
    }


def _breaks(misconceptions: Misconceptions, members: Sequence[Tried]) -> float:
    """Return the sum of the shares of these cases that known misconceptions break."""
    wrong = [
        not _is_right(one.case, _asked(belief, one.case))
        for belief in misconceptions.values()
        for one in members
    ]
    return sum(wrong) / len(members)


def _asked(function: Callable[..., Any], case: Case) -> Outcome:
    return _seen(case, call(function, case.arguments))


def _seen(case: Case, outcome: Outcome) -> Outcome:
    """Return the outcome as far as the case looks at it."""
    if outcome.raised and not isinstance(case.expected, Raises):
        return outcome
    if case.keeps and outcome.arguments_after:
        try:
            is_kept = equal(plain(case.arguments), plain(outcome.arguments_after))
        except NotPlain:
            is_kept = False
        if not is_kept:
            return outcome._replace(raised=Raised("Changed", "the function changed what it was given"))
    if case.part is None or outcome.raised:
        return outcome
    try:
        return outcome._replace(value=case.part(outcome.value))
    except (AttributeError, LookupError, TypeError, ValueError):  # there is no such part in it
        why = f"the answer has another form: {outcome.value!r}"
        return outcome._replace(raised=Raised("NotPlain", why))


def _is_right(case: Case, outcome: Outcome) -> bool:
    if isinstance(case.expected, Raises):
        return outcome.raised is not None and case.expected.kind in outcome.raised.kinds
    return outcome.raised is None and equal(plain(case.expected), outcome.value)


def _nothing(why: str, points: float) -> Assessment:
    return Assessment(0, f"{why}.\n0 of {number(points)} points")


def number(value: float) -> float:
    """Return points as a reader likes them: 3 and not 3.0, at most two decimals, rounded down."""
    cents = int(value * 100 + 1e-6)
    return cents // 100 if cents % 100 == 0 else cents / 100
