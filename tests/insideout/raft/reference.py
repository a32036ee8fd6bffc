"""The reference solution: what stands in the lesson's exercise cells, as one text and as names."""

from functools import cache
from typing import Any

from course.build import lesson
from course.project import PROJECT

STAGE_CLASSES = {
    "election": "Election",
    "replication": "Replication",
    "repair": "Repair",
    "commit": "Commit",
    "persistence": "Raft",
    "snapshot": "Snapshots",
    "read": "ReadIndex",
    "prevote": "PreVote",
}
"""What the lesson calls the class that each stage ends with."""

IMPORTS = "from insideout.raft.messages import ELECTION_TICKS\nfrom insideout.raft.node import Node\n"


@cache
def source() -> str:
    """Return the text of all exercises of the lesson, in their order."""
    cells = lesson.read(lesson.paths(PROJECT)["03_raft"]).cells
    return "\n\n".join([IMPORTS, *(cell.source for cell in cells if cell.role == "exercise")])


def names(text: str = "") -> dict[str, Any]:
    """Return what `text`, or the lesson, defines."""
    found: dict[str, Any] = {}
    exec(compile(text or source(), "<raft>", "exec"), found)
    return found
