"""Which parts of the packages learners' code may import while it is graded, and why each gives nothing away.

Everything else is answers: components, checks, records, lessons.  How it looks from inside is
`course.sandbox.inside.facade`.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("insideout", "course")
"""The project's packages, folders of ROOT."""

ALLOWED = {
    "course": "a docstring, and a name that is a placeholder here",
    "course.keep": "names its functions",
    "course.keep.bringing": "brings kept parts; here there are no files to bring them from",
    "course.keep.carry": "writes a cell from a learner's own code",
    "course.keep.files": "reads a learner's own files, which are not here",
    "course.keep.wanted": "names of exercises",
    "course.checks": "reads the hidden seed, which is not in the learner's environment",
    "course.checks.atonce": "calls a function many times",
    "course.checks.cases": "a declaration: what a case is",
    "course.checks.elsewhere": "a declaration: what lives in another process",
    "course.learn": "names its functions",
    "course.learn.answers": "compares a prediction with what a cell found out",
    "course.learn.frontend": "says that nobody is there",
    "course.learn.keeping": "the learner's file of progress, which is not written here",
    "course.learn.predicting": "predict, with its stated default",
    "course.learn.questions": "a declaration: what a review question is",
    "course.learn.reviewing": "draws review questions; the units that hold them are not there",
    "course.learn.shown": "shows lines",
    "course.learn.units": "the name of a unit",
    "course.learn.unwritten": "says in one line that an exercise is not written",
    "course.learn.verdict": "says right or wrong about a prediction",
    "course.project": "where the project is; here there is none",
    "insideout": "the version of Kubernetes, and the name of the cluster that stands in for it",
    "insideout.apimachinery": "a docstring",
    "insideout.apimachinery.version": "the version of Kubernetes",
    "insideout.client": "names of the client's types; its informer and work queue are placeholders",
    "insideout.client.interface": "declarations: what a component may ask an API server, and how it refuses",
    "insideout.client.transport": "turns calls of the official client into requests",
    "insideout.clusterbase": "lets time pass, hands out the official client, asks the server for tables",
    "insideout.network.answer": "a declaration: what a client in the network sees",
    "insideout.raft": "a docstring",
    "insideout.raft.answers": "what nodes answered in a rehearsal, read once",
    "insideout.raft.broken": "names the rules and their sections of the paper",
    "insideout.raft.clients": "clients of the situations",
    "insideout.raft.contract": "the form of a node's answer",
    "insideout.raft.group": "the world around the nodes in a rehearsal",
    "insideout.raft.history": "a declaration: what a client asked and was told",
    "insideout.raft.judge": "shows steps to the rules that a rehearsal leaves alone",
    "insideout.raft.ledger": "what clients asked in a rehearsal",
    "insideout.raft.linearizability": "looks at answers to clients",
    "insideout.raft.machine": "the store of keys and values above a node",
    "insideout.raft.member": "what surrounds a node: its disk, its application",
    "insideout.raft.messages": "declarations: what a Raft node is told and what it answers",
    "insideout.raft.network": "which message arrives when in a rehearsal",
    "insideout.raft.node": "the base class that a learner's node inherits, without any rule of Raft",
    "insideout.raft.play": "the verbs of a situation",
    "insideout.raft.raised": "tells an error in words",
    "insideout.raft.rehearsal": "plays a situation ahead, to tell all answers in one piece",
    "insideout.raft.rules": "the rules that a rehearsal leaves alone",
    "insideout.raft.rules.applies": "says afterwards what was applied wrongly",
    "insideout.raft.rules.commits": "says afterwards what was committed wrongly",
    "insideout.raft.rules.disks": "says afterwards what was not saved",
    "insideout.raft.rules.logs": "says afterwards which logs disagree",
    "insideout.raft.rules.step": "a declaration: one call of a node",
    "insideout.raft.rules.votes": "says afterwards who voted twice",
    "insideout.raft.runner": "plays one situation",
    **{
        f"insideout.raft.scenarios{name}": "situations: what happens to the nodes, and what is hoped for"
        for name in (
            *("", ".alone", ".commit", ".election", ".persistence", ".prevote", ".read", ".repair"),
            *(".replication", ".scenario", ".snapshot", ".turmoil"),
        )
    },
    "insideout.raft.setup": "a declaration: the circumstances of a run",
    "insideout.raft.trace": "a list of what happened",
    "insideout.sim": "holds only the loop",
    "insideout.sim.garbage": "how often Python looks for garbage",
    "insideout.sim.interrupts": "when Ctrl-C is heard",
    "insideout.sim.loop": "time and seeded randomness; no exercise asks for an event loop",
    "insideout.view": "a docstring",
    "insideout.view.tables": "draws a table",
}
"""What there is: the stand-in cluster with the declarations that it and a learner's part are made of."""

PLACEHOLDERS = {
    "course.learn.cards": "nobody is there to use controls",
    "course.learn.standing": "nobody looks at a map while work is graded",
    "course.learn.face": "nobody is there to use controls",
    "course.keep.components": "the components' own code; a learner's parts run where the tests are",
    "insideout.cluster": "a stand-in is there in its place",
    "insideout.client.informer": "unit 02 asks for a reflector",
    "insideout.client.workqueue": "unit 02 asks for a work queue",
}
"""What allowed modules import and the grader does not have, all the same."""


def files() -> Iterator[tuple[Path, str]]:
    """Yield each allowed module's file and its place below the facade's folder."""
    for name in ALLOWED:
        folder = ROOT.joinpath(*name.split("."))
        file = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
        yield file, str(file.relative_to(ROOT))


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
            if node.module in PACKAGES:
                names.update((f"{node.module}.{alias.name}", None) for alias in node.names)
            else:
                names[node.module] = None
    known = {"insideout.KUBERNETES_VERSION", *ALLOWED}
    return [name for name in names if name.split(".")[0] in PACKAGES and name not in known]
