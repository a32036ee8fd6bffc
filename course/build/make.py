"""Build lessons and tell what changed; nothing is written before all of a lesson succeeded."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from course.build.build import build
from course.build.lesson import paths, read
from insideout.usage import UsageError

TREES = ("source", "release")


def lesson_paths(project: Path, units: Sequence[str] = ()) -> list[tuple[str, Path]]:
    """Return the units with their lessons' files, all or those of `units`; UsageError for an unknown unit."""
    found = paths(project)
    for unit in units:
        if unit not in found:
            raise UsageError(f"there is no lesson {unit!r}; there are {', '.join(found)}")
    return [(unit, found[unit]) for unit in units or found]


def make(path: Path, project: Path, *, write: bool = True) -> bool:
    """Build the lesson at `path` into `project`; return whether a notebook differs from the one there.

    With `write` false nothing is changed.
    """
    lesson = read(path)
    with tempfile.TemporaryDirectory(prefix="course-make-") as folder:
        build(lesson, Path(folder))
        changed = False
        for tree in TREES:
            name = Path(tree) / lesson.unit / f"{lesson.unit}.ipynb"
            made, kept = (Path(folder) / name).read_bytes(), project / name
            if kept.exists() and kept.read_bytes() == made:
                continue
            changed = True
            if write:
                kept.parent.mkdir(parents=True, exist_ok=True)
                kept.write_bytes(made)
    return changed
