"""What comes of playing a record: one outcome for everything that it says."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from insideout.verify.wire import Wire

Row = dict[str, Any]


class Outcome(NamedTuple):
    """One thing that a record says: where, and in what the cluster differs from it."""

    place: str
    differences: tuple[str, ...]


Play = Callable[[Wire, Sequence[Row]], Iterator[Outcome]]
"""Plays the rows of one file against a fresh cluster."""


def rows_of(verify: Callable[[Sequence[Row]], Iterable[tuple[object, Sequence[str]]]]) -> Play:
    """Play a record whose rows each bring up what they need: one outcome a row."""

    def play(wire: Wire, rows: Sequence[Row]) -> Iterator[Outcome]:
        for place, found in verify(rows):
            yield Outcome(str(place), tuple(found))

    return play
