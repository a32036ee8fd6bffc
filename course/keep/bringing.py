"""Kept parts in a notebook: as functions, as components of a cluster, and as the text of the cell that runs.

While work is graded this is there, too: it finds no files then, and gives nothing away.
"""

import os
from collections.abc import Callable
from typing import Any

from course.keep import carry, files
from course.keep.files import Section, Unusable
from course.keep.wanted import PARTS, Part

Function = Callable[..., Any]

NOTHING = (
    "Nothing of yours is kept yet, so every part is ours. "
    "Press Check my unit in a unit that you wrote, or run `course keep`."
)


def bring() -> dict[str, Function]:
    """Return the kept functions by name, and write their code into the notebook's cell that runs.

    What cannot be used is said in a line, and left out.  Without kept parts the cell stays as it is.
    """
    functions, sections, faults = _load() if _may_look() else ({}, {}, [])
    chosen = dict(sections)
    for name in sections:
        try:
            carry.cell({name: sections[name]})
        except Unusable as fault:
            faults.append(str(fault))
            del chosen[name], functions[name]
    lines = [*(f"Left out: {fault}." for fault in dict.fromkeys(faults))]
    if not chosen:
        lines.append(NOTHING)
    elif _write_cell(carry.cell(chosen)):
        lines.append(f"{len(chosen)} parts of yours are in this cell now. Run it once more.")
    else:
        lines.append(f"{len(chosen)} parts of yours: {', '.join(chosen)}.")
    print("\n".join(lines))  # noqa: T201  for the learner to see
    return functions


def component(place: str) -> Callable[..., Any]:
    """Return what `cluster.replace(place, ...)` takes: the component that the kept functions make.

    LookupError when there is no such place for learners, or when what it needs is not kept.
    """
    from course.keep.components import factory  # a cluster; while work is graded there is none

    functions, _, _ = _load()
    return factory(place, functions)


def _load() -> tuple[dict[str, Function], dict[str, Section], list[str]]:
    """Return the kept functions and their sections by part, and what is wrong with others."""
    functions: dict[str, Function] = {}
    sections: dict[str, Section] = {}
    faults: dict[tuple[str, str], str] = {}
    for part in PARTS:
        place = part.unit, part.exercise
        section = files.read(files.folder(), part.unit).get(part.exercise)
        if section is None or place in faults:
            continue
        try:
            functions[part.name] = _function(part, section)
            sections[part.name] = section
        except Unusable as fault:
            faults[place] = str(fault)
    return functions, sections, [*faults.values()]


def _function(part: Part, section: Section) -> Function:
    file = f"{files.FOLDER}/{part.unit}.py"
    function = files.run(section, file).get(part.written)
    if not callable(function):
        raise Unusable(f"{file}, {part.exercise}: it defines no {part.written}")
    found: Function = function
    return found


def _may_look() -> bool:
    """Whether files may be read: a build must not depend on who builds."""
    return os.environ.get("COURSE_PREDICT") != "default"


def _write_cell(text: str) -> bool:
    """Put the text into the cell that runs; whether this is a notebook where that can be done."""
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    shell = get_ipython()
    if shell is None or not hasattr(shell, "kernel"):
        return False
    shell.set_next_input(text, replace=True)
    return True
