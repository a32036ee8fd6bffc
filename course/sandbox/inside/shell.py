"""Runs a notebook's cells as the notebook does, and keeps what they show as a notebook keeps it."""

import builtins
import contextlib
import io
import sys
import traceback
from collections.abc import Iterator
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

from .alarm import TooSlow, time_limit

CELL_LIMIT = 40_000
"""How many characters of output a cell keeps."""
ALL_LIMIT = 400_000
"""How many characters of output a notebook keeps."""
CUT = "\n... the rest of the output was cut\n"

Output = dict[str, Any]


class Record:
    """What one cell shows: streams, its value, displays and errors, cut when it becomes too much."""

    def __init__(self, limit: int) -> None:
        self.outputs: list[Output] = []
        self.left = limit
        self._cut = False

    def stream(self, name: str, text: str) -> None:
        """Add text to the stream called `name`."""
        kept = self._take(text)
        if not kept:
            return
        if self.outputs and self.outputs[-1].get("name") == name:
            parts = self.outputs[-1]["parts"]
            parts.append(kept)
        else:
            self.outputs.append({"kind": "stream", "name": name, "parts": [kept]})

    def show(self, kind: str, text: str) -> None:
        """Add the text of a value ("result") or of something displayed ("display")."""
        self.outputs.append({"kind": kind, "text": self._take(text)})

    def error(self, name: str, message: str, lines: list[str]) -> None:
        """Add an error; errors are short and say what matters, so they have a limit of their own."""
        text = "\n".join(lines)
        if len(text) > CELL_LIMIT // 4:
            text = text[: CELL_LIMIT // 8] + "\n...\n" + text[-CELL_LIMIT // 8 :]
        self.outputs.append(
            {"kind": "error", "name": name[:200], "message": message[:2000], "lines": text.split("\n")}
        )

    def finish(self) -> list[Output]:
        """Return the outputs; each stream's text in one piece."""
        for output in self.outputs:
            if "parts" in output:
                output["text"] = "".join(output.pop("parts"))
        return self.outputs

    def _take(self, text: str) -> str:
        kept = text[: max(self.left, 0)]
        self.left -= len(kept)
        if len(kept) < len(text) and not self._cut:
            self._cut = True
            kept += CUT
        return kept


class Stream(io.TextIOBase):
    """sys.stdout or sys.stderr of a cell."""

    encoding = "utf-8"

    def __init__(self, record: Record, name: str) -> None:
        super().__init__()
        self._record = record
        self._name = name

    def write(self, text: str) -> int:
        """Keep the text."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._record.stream(self._name, text)
        return len(text)

    def writable(self) -> bool:
        """Return True, as of any output stream."""
        return True


def _record_of(part: Any) -> Record:
    record: Record = part.shell.record
    return record


class _Hook(DisplayHook):
    def write_output_prompt(self) -> None:
        """Write nothing: a notebook shows the number elsewhere."""

    def write_format_data(self, format_dict: dict[str, Any], md_dict: Any = None) -> None:
        if "text/plain" in format_dict:
            _record_of(self).show("result", format_dict["text/plain"])

    def finish_displayhook(self) -> None:
        self._is_active = False

    def log_output(self, format_dict: dict[str, Any]) -> None:
        """Nobody asks for the history of outputs."""


class _Publisher(DisplayPublisher):
    def publish(self, data: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        _record_of(self).show("display", str(data.get("text/plain", "")))

    def clear_output(self, wait: bool = False) -> None:
        _record_of(self).outputs.clear()


class Shell(InteractiveShell):
    """IPython without a terminal, a history file or a kernel."""

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)
    record: Record

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        lines = [line for part in stb for line in part.split("\n")]
        self.record.error(getattr(etype, "__name__", str(etype)), _text_of(evalue), lines)

    def ask_exit(self) -> None:
        """Make `exit` in a cell end the cell, not the process."""
        raise SystemExit

    def init_io(self) -> None:
        """Leave the streams alone; each cell has its own."""

    def enable_gui(self, gui: Any = None) -> None:
        """There is no screen."""


class Cells:
    """The notebook's cells in one namespace."""

    def __init__(self) -> None:
        config = Config()
        config.HistoryManager.enabled = False
        config.InteractiveShell.colors = "nocolor"
        config.InteractiveShell.cache_size = 0
        config.InteractiveShell.xmode = (
            "Plain"  # the code is just above, and more context takes 10 ms an error
        )
        self.shell = Shell.instance(config=config)
        self.shell.record = Record(ALL_LIMIT)
        self._left = ALL_LIMIT
        builtins.input = _no_input

    @property
    def names(self) -> dict[str, Any]:
        """The namespace."""
        found: dict[str, Any] = self.shell.user_ns
        return found

    def run(self, source: str, limit_s: float) -> list[Output]:
        """Run a cell and return its outputs; an error is one of them."""
        record = Record(min(CELL_LIMIT, self._left))
        before = record.left
        self.shell.record = record
        try:
            with _streams(record), time_limit(limit_s):
                self.shell.run_cell(source, store_history=True)  # type: ignore[no-untyped-call]  # IPython
        except (Exception, TooSlow, SystemExit, KeyboardInterrupt) as error:  # raised while one was shown
            record.error(type(error).__name__, _text_of(error), traceback.format_exception_only(error))
        self._left -= before - max(record.left, 0)
        return record.finish()


@contextlib.contextmanager
def _streams(record: Record) -> Iterator[None]:
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = Stream(record, "stdout"), Stream(record, "stderr")
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def _no_input(prompt: object = "") -> str:
    raise EOFError("input() has nobody to ask while your work is graded; set the value in the cell")


def _text_of(error: Any) -> str:
    try:
        return str(error)
    except Exception as worse:  # a __str__ of the learner's own
        return f"(its message cannot be shown: {type(worse).__name__})"
