"""What a learner wrote that passed its checks, as plain Python in files of theirs: `work/kept/NN_topic.py`.

    # %% sts-sync, checked 2026-01-31T12:00:00+00:00
    def sts_sync(sts, pods, now):
        ...

One file a unit, one section an exercise.  A section stands alone: with the imports and the helpers that it
needs, and run in a namespace of its own, so two exercises may call their helpers by one name.  A later
version takes the place of an earlier one when it passed too; one that fails takes nothing away.  A version
that the grader checked does not give way to one that only passed the tests that everybody sees (Validate).
"""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from course.learn import keeping

FOLDER = "kept"
CHECKED, VALIDATED = "checked", "validated"
_HEAD = """# Kept from {unit}: what you wrote there and what passed its checks.
# Change it in the notebook and check again; then it is written anew.
"""
_MARK = re.compile(r"# %% (?P<exercise>[a-z0-9-]+), (?P<how>checked|validated) (?P<at>\S+)")


class Section(NamedTuple):
    """One exercise as it is kept: its cell's id, how and when it passed (UTC), and its code."""

    exercise: str
    how: str
    at: str
    source: str


class Unusable(ValueError):  # noqa: N818  learners read it
    """A kept section that is not Python or that fails when it runs; the text says where and why."""


def folder() -> Path:
    """Return where kept code is: beside the learner's file of progress."""
    return keeping.place().parent / FOLDER


def read(at: Path, unit: str) -> dict[str, Section]:
    """Return the sections kept of a unit, by exercise; none when there is no such file."""
    try:
        text = (at / f"{unit}.py").read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    return {one.exercise: one for one in _sections(text)}


def units(at: Path) -> list[str]:
    """Return the units of which something is kept, in their order."""
    return sorted(file.stem for file in at.glob("[0-9][0-9]_*.py") if read(at, file.stem))


def keep(at: Path, unit: str, new: Iterable[Section]) -> list[str]:
    """Write sections that passed to the file of their unit; return the exercises that are new or changed.

    OSError when the file cannot be written.
    """
    kept = read(at, unit)
    changed = []
    for one in new:
        before = kept.get(one.exercise)
        if before is not None and (before.source == one.source or _weighs_more(before, one)):
            continue
        kept[one.exercise] = one
        changed.append(one.exercise)
    if changed:
        _write(at / f"{unit}.py", _HEAD.format(unit=unit) + "".join(map(_written, kept.values())))
    return changed


def run(section: Section, file: str) -> dict[str, Any]:
    """Return the names that a section defines; Unusable when it cannot be run."""
    names: dict[str, Any] = {"__name__": f"kept.{section.exercise.replace('-', '_')}"}
    try:
        exec(compile(section.source, f"{file}, {section.exercise}", "exec"), names)  # the learner's, here
    except SyntaxError as error:
        raise Unusable(f"{file}, {section.exercise}: line {error.lineno} is not Python") from None
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        raise Unusable(f"{file}, {section.exercise}: it fails when it runs, {why}") from None
    return names


def _weighs_more(before: Section, new: Section) -> bool:
    return before.how == CHECKED and new.how == VALIDATED


def _sections(text: str) -> Iterator[Section]:
    found: re.Match[str] | None = None
    lines: list[str] = []
    for line in [*text.splitlines(), "# %%"]:
        mark = _MARK.fullmatch(line.rstrip())
        if mark is None and line != "# %%":
            lines.append(line)
            continue
        if found is not None:
            yield Section(found["exercise"], found["how"], found["at"], "\n".join(lines).strip("\n"))
        found, lines = mark, []


def _written(section: Section) -> str:
    return f"\n\n# %% {section.exercise}, {section.how} {section.at}\n{section.source}\n"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text, "utf-8")
    os.replace(partial, path)
