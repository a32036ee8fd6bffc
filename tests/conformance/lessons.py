"""`python -m tests.conformance.lessons controlplane`: every unit's notebook, with its solutions, there.

A line a unit: it was played there, in part or not at all, as `course/lessons_need.py` says, or it failed.
What a notebook runs on the embedded cluster all the same is told by its own cells.  Time is real: unit 08
waits for twelve rollouts.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbconvert.filters import strip_ansi
from nbformat import NotebookNode

from course.lessons_need import IN_PART, NEEDS, NO, NONE, YES
from course.project import PROJECT
from insideout.backends import choice
from tests.conformance.parity import sides

CELL_TIMEOUT_S = 600
"""The longest cell waits for a minute, and machines are slow."""


class Played(NamedTuple):
    """What came of a notebook: what failed ("" for nothing), why a cluster of it was embedded, and its text.

    `same` and `outputs` say how many outputs of how many are as the committed notebook has them.
    """

    failed: str
    embedded: tuple[str, ...]
    has_real: bool
    same: int
    outputs: int
    differing: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """How much of it ran on the backend, one of RUNS."""
        if self.has_real:
            return IN_PART if self.embedded else YES
        return NO if self.embedded else NONE


def play(path: Path, backend: str) -> Played:
    """Run the notebook at `path` with COURSE_BACKEND=`backend`, to its end or the first cell that fails."""
    notebook = nbformat.read(path, as_version=4)
    stored = {cell.id: _shown(cell) for cell in notebook.cells}
    started: list[str] = []
    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT_S,
        extra_arguments=["--log-level=ERROR"],
        coalesce_streams=True,
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_start=lambda cell, cell_index: started.append(cell.id),
    )
    settings = {"PYTHONHASHSEED": "0", "COURSE_PREDICT": "default", choice.VARIABLE: backend}
    settings["PYTHONPATH"] = os.pathsep.join([str(PROJECT), os.environ.get("PYTHONPATH", "")])
    failed = ""
    try:
        client.execute(env={**os.environ, **settings})
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        failed = f"cell {started[-1]!r}: {strip_ansi(str(error)).strip().splitlines()[-1]}"
    else:
        failed = next(_lost(notebook), "")
    told = [line for cell in notebook.cells for line in _stderr(cell).splitlines()]
    begin = choice.line(backend, "")
    compared = [
        cell for cell in notebook.cells if stored[cell.id] and "nbval-ignore-output" not in _tags(cell)
    ]
    differing = [
        f"{cell.id}: {_first(stored[cell.id], _shown(cell))}"
        for cell in compared
        if _shown(cell) != stored[cell.id]
    ]
    return Played(
        failed,
        tuple(dict.fromkeys(line.removeprefix(begin) for line in told if line.startswith(begin))),
        any(" ready after " in line or line.startswith("context ") for line in told),
        len(compared) - len(differing),
        len(compared),
        tuple(differing),
    )


def _lost(notebook: NotebookNode) -> Iterator[str]:
    """Yield the test cells that did not give the lesson's own solution all points."""
    for cell in notebook.cells:
        points = cell.metadata.get("nbgrader", {}).get("points")
        if points is not None:
            values = [o.data.get("text/plain") for o in cell.outputs if o.output_type == "execute_result"]
            if values != [f"{points:g}"]:
                yield f"cell {cell.id!r} gave {', '.join(values) or 'nothing'} of {points:g} points"


def _shown(cell: NotebookNode) -> list[str]:
    """Return what a cell shows in words; pictures and stderr are left out."""
    return [
        output.text if output.output_type == "stream" else output.get("data", {}).get("text/plain", "")
        for output in cell.get("outputs", ())
        if output.get("name") != "stderr" and "image/png" not in output.get("data", {})
    ]


def _first(stored: list[str], seen: list[str]) -> str:
    """Return the first line that differs, as the committed notebook and as this run has it."""
    lines = zip_longest(*("\n".join(each).splitlines() for each in (stored, seen)), fillvalue="")
    before, now = next((pair for pair in lines if pair[0] != pair[1]), ("", ""))
    return f"{before!r}, here {now!r}"


def _stderr(cell: NotebookNode) -> str:
    return "".join(output.text for output in cell.get("outputs", ()) if output.get("name") == "stderr")


def _tags(cell: NotebookNode) -> list[str]:
    tags: list[str] = cell.metadata.get("tags", [])
    return tags


def told(unit: str, backend: str, played: Played) -> tuple[str, bool]:
    """Return the unit's line, and whether it is as it should be."""
    said = NEEDS[unit].on(backend).runs
    if played.failed:
        return f"failed: {played.failed}", False
    names = {
        YES: "played",
        IN_PART: "played in part",
        NO: "played on the embedded cluster",
        NONE: "played, without a cluster",
    }
    why = f": {'; '.join(played.embedded)}" if played.embedded else ""
    line = f"{names[played.where]}{why} ({played.same} of {played.outputs} outputs as in the text)"
    if played.where == said:
        return line, True
    return f"failed: course/lessons_need.py says {said!r}, but it was {line}", False


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line a unit; return 1 when one failed, or when a backend that was named is not there."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.lessons", description=__doc__)
    parser.add_argument("backend", choices=choice.BACKENDS[1:])
    parser.add_argument("units", nargs="*", metavar="UNIT", help="such as 06_qos (default: all)")
    parser.add_argument("--differing", action="store_true", help="show where outputs differ from the text")
    options = parser.parse_intermixed_args(arguments)
    if unknown := [unit for unit in options.units if unit not in NEEDS]:
        parser.error(f"no unit {', '.join(unknown)}; there are {', '.join(NEEDS)}")
    (side,) = [each for each in sides() if each.name == options.backend]
    if side.why_not:
        print(f"skipped: {side.why_not}")
        return int(side.is_wanted)
    is_well = True
    for unit in options.units or NEEDS:
        began_s = time.monotonic()
        played = play(PROJECT / "source" / unit / f"{unit}.ipynb", options.backend)
        line, is_right = told(unit, options.backend, played)
        is_well &= is_right
        print(f"{unit:20} {line}, {time.monotonic() - began_s:.0f} s", flush=True)
        if options.differing:
            print("".join(f"    {each}\n" for each in played.differing), end="", flush=True)
    return int(not is_well)


if __name__ == "__main__":
    sys.exit(main())
