"""The clusters that a lesson can run on; a lesson never asks which one it is on."""

from insideout.backends.interface import Backend

__all__ = ["Backend"]
