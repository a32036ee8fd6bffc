"""The process that one service lives in: `python -m course.grading.service_host FD MODULE`.

It answers over the channel as the learner's process does, with the names of one module in place of a
notebook.  It holds no test and no seed, only what the package has anyway; limits keep it small.
"""

import importlib
import socket
import sys
from typing import Any

from course.grading.inside import jail, wire
from course.grading.inside.agent import Agent

LIMITS = {"AS": 2 * 2**30, "CPU": 600, "FSIZE": 0, "CORE": 0}


class _Module:
    """The names of a module; there are no cells to run."""

    def __init__(self, name: str) -> None:
        self.names: dict[str, Any] = vars(importlib.import_module(name))

    def run(self, source: str, limit_s: float) -> list[dict[str, Any]]:
        """Refuse: nobody has cells to run here."""
        raise NotImplementedError


def main(fd: int, module: str) -> None:
    """Serve the names of `module` until the connection ends."""
    if sys.platform == "linux":
        jail.die_with_parent()
        jail.limit(LIMITS)
    Agent(wire.Frames(socket.socket(fileno=fd)), _Module(module)).serve()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
