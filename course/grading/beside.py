"""The files beside a submitted notebook, which its code may read: helper modules, data, pictures.

As nbgrader does before it grades, the files of source/ are put over those of the submission.  What is left
out, and a second notebook, is told: nothing is ignored in silence.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from nbgrader.utils import find_all_files

from course.sandbox.limits import BESIDE_FILES, BESIDE_LIMIT_BYTES

_NOTED = 5
"""How many files that were left out are named."""
_OURS = ("timestamp.txt", "submission_secret.txt")
"""What nbgrader's exchange puts into a submission."""


class Beside(NamedTuple):
    """Files by their path below the notebook's folder, and notes on what is not among them."""

    files: tuple[tuple[str, bytes], ...] = ()
    notes: tuple[str, ...] = ()


def beside(submitted: Path, source: Path, ignore: Iterable[str]) -> Beside:
    """Return the files beside the notebooks of a submission; never through a link."""
    found: dict[str, bytes] = {}
    left_out: list[str] = []
    left = BESIDE_LIMIT_BYTES
    for folder in (submitted, source):
        for file in _own_files(folder, ignore):
            name = file.relative_to(folder).as_posix()
            left += len(found.pop(name, b""))
            size = file.stat().st_size
            if size > left or len(found) >= BESIDE_FILES:
                left_out.append(name)
                continue
            data = file.read_bytes()[:size]
            found[name] = data
            left -= len(data)
    return Beside(tuple(sorted(found.items())), tuple(_told(left_out)))


def other_notebooks(submitted: Path, names: Iterable[str]) -> list[str]:
    """Return the notebooks of a submission that are none of the unit's, which have `names`."""
    expected = {f"{name}.ipynb" for name in names}
    there = (file.name for file in submitted.glob("*.ipynb") if is_own(file, submitted))
    return sorted(name for name in there if name not in expected)


def is_own(file: Path, folder: Path) -> bool:
    """Whether `file` is an ordinary file that is really below `folder`."""
    return file.is_file() and not file.is_symlink() and file.resolve().is_relative_to(folder.resolve())


def _own_files(folder: Path, ignore: Iterable[str]) -> list[Path]:
    if not folder.is_dir():
        return []
    names = sorted(find_all_files(str(folder), [*ignore, "*.ipynb", *_OURS]))
    return [file for file in map(Path, names) if is_own(file, folder)]


def _told(left_out: list[str]) -> list[str]:
    if not left_out:
        return []
    more = f" and {len(left_out) - _NOTED} more" if len(left_out) > _NOTED else ""
    limits = f"at most {BESIDE_FILES} files of {BESIDE_LIMIT_BYTES // 2**20} MB in all"
    verb = "was" if len(left_out) == 1 else "were"
    return [f"{', '.join(left_out[:_NOTED])}{more} {verb} not there while grading: {limits} are."]
