"""Whether somebody is there, and whether they had a moment to answer.

A prediction is owed by a person.  Nobody owes one in the build, under nbval, under Validate, in the grader,
or in a cell that Run All had sent before the question was shown.
"""

import os
from collections.abc import Mapping
from datetime import datetime
from time import monotonic
from typing import Any

TOGETHER_S = 0.15
"""Requests sent closer to each other than this come from one command, not from two keystrokes of a reader."""
AT_ONCE_S = 0.05
"""A cell that starts this soon after the one before it ended was waiting in the kernel's queue."""


def someone_is_there() -> bool:
    """Return whether a front end runs this cell: JupyterLab names the cell, the build does not."""
    return bool(cell_id())


def nobody_owes_an_answer() -> bool:
    """Return whether predictions fall back to their defaults and nothing is kept."""
    return os.environ.get("COURSE_PREDICT") == "default" or not someone_is_there()


def has_widgets() -> bool:
    """Return whether controls can be shown: a front end is there, and so is ipywidgets."""
    if nobody_owes_an_answer():
        return False
    try:
        import ipywidgets  # noqa: F401
    except ImportError:
        return False
    return True


def _parent() -> Mapping[str, Any]:
    """Return the request that this cell came with; empty without a kernel."""
    known = kernel()
    parent: Mapping[str, Any] = (known.get_parent() or {}) if known is not None else {}
    return parent


def cell_id() -> str:
    """Return the id of the cell that runs, where a front end names it."""
    return str(cell_metadata().get("cellId") or "")


def cell_metadata() -> Mapping[str, Any]:
    """Return what the front end says of the cell that runs: its id, tags, grading."""
    metadata: Mapping[str, Any] = _parent().get("metadata") or {}
    return metadata


def kernel() -> Any:
    """Return what knows the request: ipykernel's shell, Pyodide's kernel; None without a kernel."""
    shell = _shell()
    return next((one for one in (shell, getattr(shell, "kernel", None)) if hasattr(one, "get_parent")), None)


def _shell() -> Any:
    try:
        from IPython import get_ipython
    except ImportError:
        return None
    return get_ipython()


class Pace:
    """Watches the cells that follow a question, to tell Run All from a person who goes on.

    Run All sends the requests of all cells in one go.  So either the request of the next cell bears nearly
    the time of the one before (both times are the browser's, so a far server's clock does not matter), or the
    request was waiting and its cell starts the instant the other ends (that holds however slow the browser
    is).  The kernel's own queue would tell it too, but every version of ipykernel keeps it elsewhere.
    """

    def __init__(self) -> None:
        self.unbroken = True
        """Whether every cell since the question was sent together with the one before it."""
        self._sent = _sent()
        self._ended = monotonic()
        shell = _shell()
        if kernel() is not None:
            shell.events.register("pre_run_cell", self._begins)
            shell.events.register("post_run_cell", self._ends)

    def stop(self) -> None:
        """Watch no longer; what was seen stays."""
        shell = _shell()
        for name, method in (("pre_run_cell", self._begins), ("post_run_cell", self._ends)):
            if shell is not None and method in shell.events.callbacks.get(name, ()):
                shell.events.unregister(name, method)

    def _begins(self, _info: object = None) -> None:
        sent = _sent()
        waited_s = monotonic() - self._ended
        apart_s = abs((sent - self._sent).total_seconds()) if sent and self._sent else float("inf")
        self.unbroken = self.unbroken and (apart_s < TOGETHER_S or waited_s < AT_ONCE_S)
        self._sent = sent
        if not self.unbroken:
            self.stop()

    def _ends(self, _result: object = None) -> None:
        self._ended = monotonic()


def _sent() -> datetime | None:
    """Return when the front end sent the request of this cell, by the front end's clock."""
    date = _parent().get("header", {}).get("date")
    if isinstance(date, str):
        try:
            return datetime.fromisoformat(date)
        except ValueError:
            return None
    return date if isinstance(date, datetime) else None
