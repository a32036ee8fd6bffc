"""Which parts of the package a learner's code may import while it is graded, and why each gives nothing away.

Everything else of the package is answers: components, checks, records, lessons.  How it looks from inside is
`course.grading.inside.facade`.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from course.grading.service import Service

PACKAGE = Path(__file__).parents[1]

ALLOWED = {
    "course": "the version of Kubernetes that the course describes, and no more",
    "course.client": "names of the client's types; its informer and work queue are placeholders",
    "course.client.interface": "declarations: what a component may ask an API server, and how it refuses",
    "course.raft": "a docstring",
    "course.raft.messages": "declarations: what a Raft node is told and what it answers",
    "course.raft.node": "the base class that a learner's node inherits, without any rule of Raft",
    "course.sim": "holds only the loop",
    "course.sim.loop": "time and seeded randomness; no exercise asks for an event loop",
}


PLACEHOLDERS = {
    "course.client.informer": "lesson 02 asks for a reflector",
    "course.client.workqueue": "lesson 02 asks for a work queue",
}
"""What allowed modules import and the grader does not have, all the same."""

SERVICES: dict[str, Service] = {}
"""What a notebook opens by the name of a class of the package, and which lives in a process of its own.

`course.cluster.Cluster` belongs here as soon as it is there:
{"course.cluster.Cluster": Service("course.cluster", "Cluster", offers=(its public verbs))}.
"""


def files() -> Iterator[tuple[Path, str]]:
    """Yield each allowed module's file and its place below the facade's folder."""
    for name in ALLOWED:
        parts = name.split(".")[1:]
        folder = PACKAGE.joinpath(*parts)
        file = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
        yield file, str(Path("course") / file.relative_to(PACKAGE))


def modules_of(services: dict[str, Service]) -> dict[str, dict[str, str]]:
    """Return the modules that the learner's process finds services in: module -> name -> service."""
    found: dict[str, dict[str, str]] = {}
    for name in services:
        module, attribute = name.rsplit(".", 1)
        found.setdefault(module, {})[attribute] = name
    return found


def absent(source: str) -> list[str]:
    """Return the modules of the package that the cell `source` imports and the grader does not have."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a magic, or a mistake that running the cell reports better
        return []
    names: dict[str, None] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            if node.module == "course":
                names.update((f"course.{alias.name}", None) for alias in node.names)
            else:
                names[node.module] = None
    known = {"course.KUBERNETES_VERSION", *ALLOWED, *modules_of(SERVICES)}
    return [name for name in names if name.split(".")[0] == "course" and name not in known]
