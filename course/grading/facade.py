"""Which parts of the package a learner's code may import while it is graded, and why each gives nothing away.

Everything else of the package is answers: components, checks, records, lessons.  How it looks from inside is
`course.grading.inside.facade`.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[1]

ALLOWED = {
    "course": "the version of Kubernetes that the course describes, and no more",
    "course.client": "names of the client's types; its informer and work queue are placeholders",
    "course.client.interface": "declarations: what a component may ask an API server, and how it refuses",
    "course.client.transport": "turns calls of the official client into requests",
    "course.clusterbase": "lets time pass, hands out the official client, asks the server for tables",
    "course.network.answer": "a declaration: what a client in the network sees",
    "course.raft": "a docstring",
    "course.raft.messages": "declarations: what a Raft node is told and what it answers",
    "course.raft.node": "the base class that a learner's node inherits, without any rule of Raft",
    "course.sim": "holds only the loop",
    "course.sim.loop": "time and seeded randomness; no exercise asks for an event loop",
    "course.tables": "draws a table",
}


PLACEHOLDERS = {
    "course.client.informer": "lesson 02 asks for a reflector",
    "course.client.workqueue": "lesson 02 asks for a work queue",
}
"""What allowed modules import and the grader does not have, all the same."""


def files() -> Iterator[tuple[Path, str]]:
    """Yield each allowed module's file and its place below the facade's folder."""
    for name in ALLOWED:
        parts = name.split(".")[1:]
        folder = PACKAGE.joinpath(*parts)
        file = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
        yield file, str(Path("course") / file.relative_to(PACKAGE))


def absent(source: str) -> list[str]:
    """Return the modules of the package that the cell `source` imports and an answer does not have.

    A cluster is among them: it answers to cells, and not while a test calls a function.
    """
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
    known = {"course.KUBERNETES_VERSION", *ALLOWED}
    return [name for name in names if name.split(".")[0] == "course" and name not in known]
