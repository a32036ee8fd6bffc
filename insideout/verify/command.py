"""`course verify`: play golden records against a fresh cluster and say what differs."""

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from insideout.backends.embedded import EmbeddedBackend
from insideout.backends.interface import Backend
from insideout.usage import UsageError
from insideout.verify.players import PLAYERS, TABLES, kind_of
from insideout.verify.wire import Wire

BACKENDS: dict[str, Callable[[], Backend]] = {"embedded": EmbeddedBackend}


def add_verify_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `course verify`."""
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="records, as in insideout/records"
    )
    parser.add_argument("--backend", choices=sorted(BACKENDS), default="embedded", help="what is verified")
    parser.add_argument("-v", "--verbose", action="store_true", help="print every difference")
    parser.add_argument("--debug", action="store_true", help="show where a row that cannot be played failed")


def verify(options: argparse.Namespace) -> int:
    """Play every file; return 1 if anything differs.

    Raises UsageError for a file that is no record.
    """
    # A bad file is said before anything is played.
    records = [
        (path, Rows(read(path)), kind_named(path)) for path in options.files if path.stem not in TABLES
    ]
    for path in options.files:
        if path.stem in TABLES:
            print(f"{path} is a table to look things up in: nothing to play")
    differs = False
    for path, rows, kind in records:
        backend = BACKENDS[options.backend]()
        wire = Wire(backend.api_client(), backend.loop, with_flags)
        try:
            outcomes = list(PLAYERS[kind](wire, rows))
        except (LookupError, TypeError, ValueError, AttributeError) as problem:
            if options.debug:
                raise
            what = f"{type(problem).__name__}: {problem}"
            raise UsageError(
                f"{path}:{rows.number}: this row cannot be played as {kind} ({what}); "
                "insideout/records/README.md says how one looks, --debug shows where it failed"
            ) from None
        finally:
            backend.stop()
        matched = sum(not outcome.differences for outcome in outcomes)
        differs = differs or matched < len(outcomes)
        print(f"{path} {matched}/{len(outcomes)}")
        for outcome in outcomes if options.verbose else ():
            for line in outcome.differences:
                print(f"  {outcome.place}: {line}")
    return int(differs)


def with_flags(flags: str) -> Wire | None:
    """Return a wire to an embedded server with kube-apiserver's flags; None for a flag that it does not know.

    A shorter interval between compactions changes nothing here: virtual time is moved on until one happened.
    """
    others = [flag for flag in flags.split() if not flag.startswith("--etcd-compaction-interval=")]
    if not {*others} <= {"--watch-cache=false", "--watch-cache=true"}:
        return None
    backend = EmbeddedBackend(watch_cache="--watch-cache=false" not in others)
    return Wire(backend.api_client(), backend.loop)


class Rows(list[dict[str, Any]]):
    """The rows of a file; `number` is that of the row handed out last, counted from 1."""

    number = 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for self.number, row in enumerate(super().__iter__(), 1):
            yield row


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


def kind_named(path: Path) -> str:
    """Return the kind of record that a file's name says; raise UsageError when it says none."""
    try:
        return kind_of(path.stem)
    except LookupError as problem:
        raise UsageError(f"{path}: {problem.args[0]}") from None
