"""`course verify`: play golden records against a fresh cluster and say what differs."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from course.backends.embedded import EmbeddedBackend
from course.backends.interface import Backend
from course.usage import UsageError
from course.verify.players import PLAYERS, Player
from course.verify.wire import Wire

BACKENDS: dict[str, Callable[[], Backend]] = {"embedded": EmbeddedBackend}


def add_verify_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `course verify`."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="records, as in course/records")
    parser.add_argument("--backend", choices=sorted(BACKENDS), default="embedded", help="what is verified")
    parser.add_argument("-v", "--verbose", action="store_true", help="print every difference")


def verify(options: argparse.Namespace) -> int:
    """Play every file; return 1 if anything differs.

    Raises UsageError for a file that is no record.
    """
    # A bad file is said before anything is played.
    records = [(path, rows, player_of(path, rows)) for path in options.files for rows in [read(path)]]
    differs = False
    for path, rows, player in records:
        backend = BACKENDS[options.backend]()
        try:
            outcomes = list(player.play(Wire(backend.api_client(), backend.loop), rows))
        finally:
            backend.stop()
        matched = sum(not outcome.differences for outcome in outcomes)
        differs = differs or matched < len(outcomes)
        print(f"{path} {matched}/{len(outcomes)}")
        for outcome in outcomes if options.verbose else ():
            for line in outcome.differences:
                print(f"  {outcome.place}: {line}")
    return int(differs)


def read(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a record; raise UsageError when it has none."""
    try:
        rows = _rows(path.read_text("utf-8"))
    except (OSError, ValueError) as problem:
        raise UsageError(f"{path}: cannot be read as JSON lines: {problem}") from None
    if not rows or not all(isinstance(row, dict) for row in rows):
        raise UsageError(f"{path}: holds no records: give one JSON object a line")
    return rows


def _rows(text: str) -> list[Any]:
    """Return one row a line, or the one row of a record that is a single JSON document."""
    try:
        return [json.loads(text)]
    except ValueError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]


def player_of(path: Path, rows: list[dict[str, Any]]) -> Player:
    """Return how a file is played, by the shape of its rows; raise UsageError when nothing fits."""
    for player in PLAYERS.values():
        if all(player.fits(row) for row in rows):
            return player
    raise UsageError(
        f"{path}: not a kind of record that can be played; these can: {', '.join(sorted(PLAYERS))}"
    )
