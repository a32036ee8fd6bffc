"""The course in a browser's Python, where no server grades: the page keeps what its test cells return.

The browser's files are below /drive; a notebook runs in its own folder there.  What is kept of a check has
the form that the installed course keeps, so that an exported file is read in there; `tests` are the points of
each test cell, for they run one by one here.
"""

import io
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from course.learn import units
from course.learn.frontend import cell_id, cell_metadata
from course.learn.keeping import NAME, VARIABLE, kept, now
from course.learn.shown import show
from course.learn.standing import released, tests_of
from course.project import PROJECT

DRIVE = Path("/drive")
REPORT_LIMIT = 6_000


def begin() -> None:
    """Watch the cells from now on; nothing without IPython.

    No page is there yet: the site starts from a picture of Python's memory with everything imported.
    """
    from IPython import get_ipython

    shell: Any = get_ipython()
    if shell is None:
        return
    watch = Watch(shell)
    shell.events.register("pre_run_cell", watch.begins)
    shell.events.register("post_run_cell", watch.ends)


def arrive() -> None:
    """Say where progress is kept, now that the kernel is in the notebook's folder."""
    os.environ.setdefault("JPY_SESSION_NAME", os.getcwd())  # as a Jupyter Server names the notebook
    os.environ.setdefault(VARIABLE, str(DRIVE / "work" / NAME))
    if not DRIVE.is_dir():
        show(
            "This page cannot keep files (a private window, or no service worker): what you write and earn is"
            " gone when you close it. Download the notebook before."
        )


class Watch:
    """Sees each cell begin and end; keeps what a test cell returned and printed.

    JupyterLite ends Run All at the first error.  A cell that may end with one, as it waits for an exercise
    or tests it, shows it and lets the run go on, as in JupyterLab.
    """

    def __init__(self, shell: Any = None) -> None:
        self._shell = shell
        self._is_here = False
        self._test = ""
        self._out: Any = None
        self._heard = io.StringIO()

    def begins(self, _info: object = None) -> None:
        """Listen to what a test cell prints; before the first cell, say where its progress is kept."""
        if not self._is_here:
            arrive()
            self._is_here = True
        self._test = cell_id()
        if self._test in self._tests():
            self._heard = io.StringIO()
            self._out = sys.stdout
            sys.stdout = _Both(self._out, self._heard)

    def ends(self, result: Any) -> None:
        """Keep what a test cell earned; an error earns nothing and is its report."""
        if getattr(self._shell, "_last_traceback", None) and may_fail(cell_metadata()):
            sys.stderr.write("\n".join(self._shell._last_traceback["traceback"]))
            self._shell._last_traceback = None  # what Pyodide's kernel answers with
        if self._out is None:
            return
        sys.stdout, self._out = self._out, None
        error = result.error_before_exec or result.error_in_exec
        points = result.result
        if error is not None or isinstance(points, bool) or not isinstance(points, int | float):
            points = 0
        report = self._heard.getvalue().strip()
        if error is not None:
            report = f"{report}\n{type(error).__name__}: {error}".strip()
        keep(units.current(), self._test, points, report[:REPORT_LIMIT], self._tests())

    def _tests(self) -> dict[str, float]:
        return tests_of(released(PROJECT, units.current()))


def may_fail(metadata: Mapping[str, Any]) -> bool:
    """Return whether a run goes on behind a cell that ended with an error."""
    is_test = bool((metadata.get("nbgrader") or {}).get("grade"))
    return is_test or "raises-exception" in (metadata.get("tags") or ())


def keep(unit: str, test: str, points: float, report: str, tests: dict[str, float]) -> None:
    """Keep the points of one test of a unit, and its report unless it has all of its points.

    `tests` are the points that there are.  A check from elsewhere that earned more stays as it is.
    """
    entry = kept().get("checks", unit)
    earned = {name: had for name, had in entry.get("tests", {}).items() if name in tests} | {test: points}
    total = sum(earned.values())
    had = entry.get("points", 0)
    if "tests" not in entry and isinstance(had, int | float) and had > total:
        return
    reports = {name: text for name, text in entry.get("reports", {}).items() if name in tests}
    reports.pop(test, None)
    if points < tests[test]:
        reports[test] = report
    note = kept().put(
        "checks",
        unit,
        {"points": total, "most": sum(tests.values()), "at": now(), "reports": reports, "tests": earned},
    )
    if note:
        show(note)


class _Both(io.TextIOBase):
    """A stream that writes to two."""

    def __init__(self, one: Any, other: Any) -> None:
        self._streams = (one, other)

    def write(self, text: str) -> int:
        for stream in self._streams:
            stream.write(text)
        return len(text)

    def flush(self) -> None:
        for stream in self._streams:
            stream.flush()
