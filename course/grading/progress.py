"""What an instructor sees while a class is graded, and at the end."""

import time
from collections.abc import Iterable
from typing import NamedTuple, TextIO

EVERY_S = 5.0
"""How often a line is written where lines cannot be overwritten, such as in a log."""
SHOWN_ROWS = 60
"""A longer table shows only the submissions that need a look."""


class Row(NamedTuple):
    """One submission of the summary."""

    student: str
    score: float
    max_score: float
    wall_s: float
    remark: str
    failed: bool


class Progress:
    """Counts submissions and says how it goes: done, failed, rate, time left."""

    def __init__(self, total: int, stream: TextIO, what: str = "graded") -> None:
        self._total = total
        self._stream = stream
        self._what = what
        self._started_s = time.monotonic()
        self._shown_s = self._started_s
        self._done = 0
        self._failed = 0

    def count(self, *, failed: bool) -> None:
        """Count one more; show it when it is time."""
        self._done += 1
        self._failed += failed
        now_s = time.monotonic()
        last = self._done == self._total
        if self._stream.isatty():
            self._stream.write("\r\x1b[K" + self.line(now_s) + ("\n" if last else ""))
        elif now_s - self._shown_s >= EVERY_S or last:
            self._shown_s = now_s
            self._stream.write(self.line(now_s) + "\n")
        self._stream.flush()

    def line(self, now_s: float) -> str:
        """Return how it stands."""
        rate = self._done / max(now_s - self._started_s, 1e-6)
        left_s = (self._total - self._done) / rate if rate else 0.0
        failed = f", {self._failed} failed" if self._failed else ""
        return (
            f"{self._done} of {self._total} {self._what}{failed}, {rate:.1f} a second, {_clock(left_s)} left"
        )


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


def table(rows: Iterable[Row]) -> str:
    """Return the summary: a row a submission, and what they have in common."""
    every = sorted(rows)
    if not every:
        return ""
    shown = every if len(every) <= SHOWN_ROWS else [row for row in every if row.remark or row.failed]
    width = max([len("student"), *(len(row.student) for row in shown)])
    lines = [f"{'student':{width}}  {'points':>11}  {'time':>7}  remark"] if shown else []
    for row in shown[: 2 * SHOWN_ROWS]:
        points = "not graded" if row.failed else f"{row.score:g} of {row.max_score:g}"
        line = f"{row.student:{width}}  {points:>11}  {row.wall_s:6.2f}s  {row.remark}".rstrip()
        # Names of files and words of errors are the learner's, and a terminal obeys some characters.
        lines.append("".join(letter if letter.isprintable() else "?" for letter in line))
    if len(shown) > 2 * SHOWN_ROWS:
        lines.append(f"... {len(shown) - 2 * SHOWN_ROWS} more with remarks")
    graded = [row for row in every if not row.failed]
    if graded:
        mean = sum(row.score for row in graded) / len(graded)
        slowest = max(graded, key=lambda row: row.wall_s)
        lines.append(
            f"{len(graded)} graded, {len(every) - len(graded)} not; mean {mean:.2f} of "
            f"{graded[0].max_score:g}; slowest {slowest.student} with {slowest.wall_s:.2f} s"
        )
    return "\n".join(lines)
