"""What a breadth-first search keeps of its way, so that a fault is told by the shortest story."""

from collections.abc import Mapping
from typing import TypeVar

W = TypeVar("W")


def story(reached: Mapping[W, tuple[W, str] | None], world: W) -> list[str]:
    """Return the lines that led to `world`, the first one first; `reached` has each world's way in."""
    lines = []
    while (before := reached[world]) is not None:
        world, line = before
        lines.append(line)
    return lines[::-1]
