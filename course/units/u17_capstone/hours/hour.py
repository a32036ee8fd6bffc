"""An hour of the day: what happens in it, whose decisions it tries, and what must hold."""

from collections.abc import Callable
from dataclasses import dataclass

from course.units.u17_capstone.stage import Stage


@dataclass(frozen=True)
class Hour:
    """One hour; `play` does it and says in sentences what came of it, `holds` are those that are right."""

    name: str
    parts: tuple[str, ...]
    play: Callable[[Stage], list[str]]
    holds: tuple[str, ...]
