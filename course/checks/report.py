"""From cases to points: every rule is a few cases, and a rule earns its share when all of its cases hold.

A share for each case would reward a constant answer; a share for each rule rewards what was understood.  The
report shows the smallest failing case of each broken rule: what went in, what was expected, what came.
"""

import functools
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple, ParamSpec

import yaml

from course.checks.beliefs import Misconceptions, recognise
from course.checks.call import Outcome, Raised, call, equal, plain

SHOWN_RULES = 3
"""More broken rules than this are only counted: one at a time is how they are mended."""
LONG_ANSWER = 100
"""Of a longer answer, in characters, a reader is shown where it differs."""
SHOWN_DIFFERENCES = 5
SHOWN_LINES = 40
"""A longer input is cut in the report."""

Show = Callable[..., str]
P = ParamSpec("P")


class Raises(NamedTuple):
    """An answer that is an exception: `kind` is the name of its class."""

    kind: str

    def __repr__(self) -> str:
        return f"raise {self.kind}"


class Case(NamedTuple):
    """One call and its right answer; `rule` is the sentence that the case tests.

    `expected` may be `Raises(kind)`.  `part`, when given, takes from the answer what the rule is about;
    `expected` is only that.  With `keeps`, the arguments must be the same after the call.
    """

    rule: str
    arguments: tuple[Any, ...]
    expected: Any
    part: Callable[[Any], Any] | None = None
    keeps: bool = False


class Cases(tuple[Case, ...]):
    """Cases that serve for many learners; nobody changes them, for `call` hands out copies."""

    @functools.cached_property
    def by_rule(self) -> dict[str, list[Case]]:
        """The cases of each rule, smallest first."""
        rules: dict[str, list[Case]] = {}
        for case in self:
            rules.setdefault(case.rule, []).append(case)
        return {
            rule: sorted(members, key=lambda case: len(repr(case.arguments)))
            for rule, members in rules.items()
        }


def kept(make: Callable[P, Iterable[Case]]) -> Callable[P, Cases]:
    """Make the cases once in a process, for each seed that it is asked for; a class has the same ones."""

    @functools.lru_cache(maxsize=8)
    def cases(*args: P.args, **kwargs: P.kwargs) -> Cases:
        return Cases(make(*args, **kwargs))

    functools.update_wrapper(cases, make)
    return cases  # type: ignore[return-value]  # its annotation forgets the parameters


class Tried(NamedTuple):
    """A case and what came of it, as far as the case looks at it."""

    case: Case
    outcome: Outcome
    is_right: bool


class Failure(NamedTuple):
    """The smallest failing case of a rule, what came of it, how many of the rule's cases failed, and why.

    `belief` is the known misconception that gives the same answers, empty where there is none.
    """

    case: Case
    outcome: Outcome
    failed: int
    tried: int
    belief: str = ""


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
    read: str = "",
    show: Show | None = None,
    misconceptions: Misconceptions | None = None,
) -> float:
    """Assess the learner's `function`, print the report and return the points earned, for a cell to show."""
    assessment = assess(
        name, function, cases, points=points, read=read, show=show, misconceptions=misconceptions
    )
    print(assessment.report)  # noqa: T201  the report is what the cell prints
    return assessment.points


def assess(
    name: str,
    function: Any,
    cases: Iterable[Case],
    *,
    points: float,
    read: str = "",
    show: Show | None = None,
    misconceptions: Misconceptions | None = None,
) -> Assessment:
    """Run the cases on `function`, the exercise called `name`.

    `read` says where to read about it; `show` writes the arguments of a case for the report, as YAML when it
    is not given.  `misconceptions` are known wrong functions by the belief behind each: the report names the
    one whose answers the learner gives where theirs are wrong.
    """
    rules = (cases if isinstance(cases, Cases) else Cases(cases)).by_rule
    if not callable(function):
        return _nothing(f"{name} is not a function: run the cell that defines it", points)
    tried: dict[str, list[Tried]] = {}
    for rule, members in rules.items():
        tried[rule] = list(_try_rule(function, members))
        if any(
            one.outcome.raised and one.outcome.raised.kind == "NotImplementedError" for one in tried[rule]
        ):
            return _nothing(f"{name} is not written yet", points)
    printed = next(
        (one.outcome.printed for ones in tried.values() for one in ones if one.outcome.printed), ""
    )
    broken = _failures(tried, misconceptions or {})
    held = len(tried) - len(broken)
    earned = number(points * held / len(rules))
    lines = [*_summary(name, rules, held, broken, show or as_yaml)]
    if len(tried) < len(rules):
        lines += [
            "",
            f"The other {len(rules) - len(tried)} rules were not tried: each call could take as long.",
        ]
    if printed and broken:
        lines += ["", "Your code printed:", _indent(printed)]
    if broken and read:
        lines += ["", f"Read: {read}"]
    return Assessment(earned, "\n".join([*lines, f"{earned} of {number(points)} points"]))


def _try_rule(function: Any, cases: list[Case]) -> Iterator[Tried]:
    """Run a rule's cases, one by one."""
    for case in cases:
        outcome = _seen(case, call(function, case.arguments))
        yield Tried(case, outcome, _is_right(case, outcome))
        if outcome.raised and outcome.raised.kind in ("TooSlow", "NotImplementedError"):
            break  # the other cases would only do the same


def _is_unwritten(outcome: Outcome) -> bool:
    return outcome.raised is not None and outcome.raised.kind == "NotImplementedError"


def _is_too_slow(outcome: Outcome) -> bool:
    return outcome.raised is not None and outcome.raised.kind == "TooSlow"


def _failures(tried: dict[str, list[Tried]], misconceptions: Misconceptions) -> dict[str, Failure]:
    """Return what is to be said about each broken rule."""
    wrong = {rule: [one for one in ones if not one.is_right] for rule, ones in tried.items()}
    wrong = {rule: ones for rule, ones in wrong.items() if ones}
    held = [(one.case, one.outcome) for ones in tried.values() for one in ones if one.is_right]
    beliefs = recognise(
        {rule: [(one.case, one.outcome) for one in ones] for rule, ones in wrong.items()},
        held,
        misconceptions,
        lambda function, case: _seen(case, call(function, case.arguments)),
    )
    return {
        rule: Failure(ones[0].case, ones[0].outcome, len(ones), len(tried[rule]), beliefs.get(rule, ""))
        for rule, ones in wrong.items()
    }


def _seen(case: Case, outcome: Outcome) -> Outcome:
    """Return the outcome as far as the case looks at it."""
    if outcome.raised:
        return outcome
    if case.keeps and not equal(plain(case.arguments), plain(outcome.arguments_after)):
        return outcome._replace(raised=Raised("Changed", "the function changed what it was given"))
    return outcome._replace(value=case.part(outcome.value)) if case.part else outcome


def _is_right(case: Case, outcome: Outcome) -> bool:
    if isinstance(case.expected, Raises):
        return outcome.raised is not None and outcome.raised.kind == case.expected.kind
    return outcome.raised is None and equal(plain(case.expected), outcome.value)


def _nothing(why: str, points: float) -> Assessment:
    return Assessment(0, f"{why}.\n0 of {number(points)} points")


def _summary(
    name: str, rules: dict[str, list[Case]], held: int, broken: dict[str, Failure], show: Show
) -> Iterator[str]:
    if not broken:
        yield f"{name}: all {len(rules)} rules hold in all {sum(map(len, rules.values()))} cases"
        return
    yield f"{name}: {held} of {len(rules)} rules hold"
    for rule, failure in list(broken.items())[:SHOWN_RULES]:
        yield f"\nBroken rule: {rule}"
        yield f"  {failure.failed} of {failure.tried} cases fail; the smallest:"
        yield _indent(show(*failure.case.arguments), "    ")
        yield from _side_by_side(failure)
        if failure.belief:
            yield f"  These answers follow from a known mistake: {failure.belief}"
    more = len(broken) - SHOWN_RULES
    if more > 0:
        yield f"\n{more} more {'rule is' if more == 1 else 'rules are'} broken; mend these first."


def _side_by_side(failure: Failure) -> Iterator[str]:
    """Write what was expected and what came; of large answers only where they differ."""
    expected, outcome = failure.case.expected, failure.outcome
    if not isinstance(expected, Raises):
        expected = plain(expected)  # as the answer is: a tuple is shown as a list on both sides
        both = isinstance(expected, dict) and isinstance(outcome.value, dict) and not outcome.raised
        if both and len(repr(expected)) > LONG_ANSWER:
            yield "  the answer differs at:"
            for path, right, got in islice(_differences(expected, outcome.value), SHOWN_DIFFERENCES):
                yield f"    {path}: expected {right}, got {got}"
            return
    yield f"  expected: {_written(expected)}"
    yield f"  got:      {_got(outcome)}"


def _differences(expected: Any, got: Any, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield each place where two plain values differ, with what stands there on either side."""
    if isinstance(expected, dict) and isinstance(got, dict):
        for key in [*expected, *(key for key in got if key not in expected)]:
            below = f"{path}.{key}" if path else str(key)
            if key not in got or key not in expected:
                right, other = (repr(side[key]) if key in side else "nothing" for side in (expected, got))
                yield below, right, other
            else:
                yield from _differences(expected[key], got[key], below)
    elif isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        for index, pair in enumerate(zip(expected, got, strict=True)):
            yield from _differences(*pair, f"{path}[{index}]")
    elif not equal(expected, got):
        yield path, repr(expected), repr(got)


def _got(outcome: Outcome) -> str:
    raised = outcome.raised
    if raised is None:
        return _written(outcome.value)
    where = f"\n            at {raised.where}" if raised.where else ""
    if raised.kind in ("Changed", "NotPlain", "TooSlow"):
        return raised.message + where
    return f"{raised.kind}: {raised.message}{where}"


def _written(value: Any) -> str:
    """Write an answer as Python does, but a list of sentences one below the other."""
    if isinstance(value, list) and value and all(isinstance(one, str) and " " in one for one in value):
        return "\n" + _indent("\n".join(value), "    ")
    return repr(value)


def as_yaml(*arguments: Any) -> str:
    """Write arguments one below the other: dicts and lists as YAML, others as Python."""
    return "\n".join(
        yaml.dump(one, Dumper=_Plain, sort_keys=False, default_flow_style=None, width=90).rstrip()
        if isinstance(one, dict | list)
        else repr(one)
        for one in arguments
    )


class _Plain(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True  # a reader looks for what is there, not for where it was said first


def _indent(text: str, by: str = "  ") -> str:
    lines = text.rstrip().splitlines()
    if len(lines) > SHOWN_LINES:
        lines = [*lines[:SHOWN_LINES], f"... {len(lines) - SHOWN_LINES} more lines"]
    return "\n".join(by + line for line in lines)


def number(value: float) -> float:
    """Return points as a reader likes them: 3 and not 3.0, at most two decimals, rounded down."""
    cents = int(value * 100 + 1e-6)
    return cents // 100 if cents % 100 == 0 else cents / 100
