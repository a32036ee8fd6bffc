"""How a report writes cases and answers: short, with names, and of large answers only where they differ."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import islice
from typing import Any

import yaml

from course.checks.call import Outcome, equal, plain
from course.checks.cases import Raises

LONG_ANSWER = 100
"""Of a longer answer, in characters, a reader is shown where it differs."""
SHOWN_DIFFERENCES = 6
SHOWN_LINES = 16
"""A longer input is cut in the report, and so is what the learner's code printed."""
WIDTH = 160
"""A longer line is cut, too."""


def side_by_side(expected: Any, outcome: Outcome) -> Iterator[str]:
    """Write what was expected and what came; of large answers only where they differ."""
    if not isinstance(expected, Raises):
        expected = plain(expected)  # as the answer is: a tuple is shown as a list on both sides
        if not outcome.raised and _are_long(expected, outcome.value):
            yield from _where_they_differ(expected, outcome.value)
            return
    yield f"  expected: {_written(expected)}"
    yield f"  got:      {_got(outcome)}"


def _are_long(expected: Any, got: Any) -> bool:
    """Whether both are dicts, or both lists, and one of them is too long to be read whole."""
    alike = any(isinstance(expected, kind) and isinstance(got, kind) for kind in (dict, list))
    return alike and max(len(repr(expected)), len(repr(got))) > LONG_ANSWER


def _where_they_differ(expected: Any, got: Any) -> Iterator[str]:
    if isinstance(expected, list) and sorted(map(repr, expected)) == sorted(map(repr, got)):
        yield "  the answer has the right items in another order:"
    else:
        yield "  the answer differs at:"
    found = list(islice(differences(expected, got), SHOWN_DIFFERENCES + 1))
    for path, right, other in found[:SHOWN_DIFFERENCES]:
        if max(len(right), len(other)) > WIDTH // 3:
            yield f"    {path}:"
            yield f"      expected {right}"
            yield f"      got      {other}"
        else:
            yield f"    {path}: expected {right}, got {other}"
    if len(found) > SHOWN_DIFFERENCES:
        yield "    and elsewhere"


def differences(expected: Any, got: Any, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield each place where two plain values differ, with what stands there on either side."""
    if isinstance(expected, dict) and isinstance(got, dict):
        for key in [*expected, *(key for key in got if key not in expected)]:
            below = f"{path}.{key}" if path else str(key)
            if key not in got or key not in expected:
                right, other = (repr(side[key]) if key in side else "nothing" for side in (expected, got))
                yield below, right, other
            else:
                yield from differences(expected[key], got[key], below)
    elif isinstance(expected, list) and isinstance(got, list):
        yield from _items(expected, got, path)
    elif not equal(expected, got):
        yield path, repr(expected), repr(got)


def _items(expected: list[Any], got: list[Any], path: str) -> Iterator[tuple[str, str, str]]:
    """Yield where two lists differ; an item too few or too many does not make all the others differ."""
    matcher = SequenceMatcher(None, [repr(one) for one in expected], [repr(one) for one in got], False)
    changes = [code[1:] for code in matcher.get_opcodes() if code[0] != "equal"]
    if len(expected) == len(got):
        pairs = [pair for pair in enumerate(zip(expected, got, strict=True)) if not equal(*pair[1])]
        if len(pairs) <= sum(max(to - at, other_to - other) for at, to, other, other_to in changes):
            for index, pair in pairs:
                yield from differences(*pair, f"{path}[{index}]")
            return
    for at, to, other, other_to in changes:
        for step in range(max(to - at, other_to - other)):
            right = repr(expected[at + step]) if at + step < to else "nothing"
            instead = repr(got[other + step]) if other + step < other_to else "nothing"
            yield f"{path}[{min(at + step, to)}]", right, instead


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
        return "\n" + indent("\n".join(value), "    ")
    return repr(value)


def named(names: Sequence[str], arguments: tuple[Any, ...]) -> str:
    """Write arguments one below the other, each with its name, which may say the unit: "capacity (bytes)"."""
    lines = []
    for name, one in zip(names, arguments, strict=False):
        text = as_yaml(one)
        is_block = isinstance(one, dict | list) and bool(one) and ("\n" in text or len(text) > LONG_ANSWER)
        lines.append(f"{name}:\n{indent(text)}" if is_block else f"{name}: {text}")
    return "\n".join(lines)


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


def indent(text: str, by: str = "  ", at_most: int = SHOWN_LINES) -> str:
    """Move lines to the right; cut what is too long to be read."""
    lines = text.rstrip().splitlines()
    if len(lines) > at_most:
        lines = [*lines[:at_most], f"... {len(lines) - at_most} more lines"]
    return "\n".join(by + line for line in lines)


def cut(line: str) -> str:
    """Cut a line that no screen shows whole."""
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 4]} ..."
