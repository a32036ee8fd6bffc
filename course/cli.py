"""The command `course`: what `make` calls, and what runs without it.

Exit codes: 0 when all went well, 1 when something differs, 2 when the arguments or a file make no sense.
"""

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from insideout.usage import UsageError


class Command(NamedTuple):
    """One subcommand: what it is for, and the module that has `add_NAME_arguments` and `NAME`.

    `NAME(options)` returns the exit code.  A module is loaded when its command is called, for some take long.
    """

    summary: str
    module: str


COMMANDS = {
    "lab": Command("open the course in JupyterLab", "course.lab.command"),
    "grade": Command("collect, autograde and write feedback for a unit", "course.grading.command"),
    "check": Command("submit and grade your own unit, at once", "course.lab.command"),
    "keep": Command("keep what you wrote and passed, for later clusters", "course.lab.command"),
    "prepare": Command("make work/, or bring updates into it", "course.lab.command"),
    "doctor": Command("say what this machine has, what that enables, and what to install", "course.doctor"),
    "build": Command("make source/ and release/ from the lessons' text", "course.build.command"),
    "site": Command("build the course as a static site that runs in the browser", "course.site.command"),
    "serve": Command("run an embedded cluster over HTTP in real time, until interrupted", "insideout.serve"),
    "verify": Command(
        "play golden records against a fresh cluster and compare the answers", "insideout.verify.command"
    ),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(prog="course", description="Kubernetes Inside Out")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        subparser = subparsers.add_parser(name, help=command.summary, description=command.summary)
        if given[:1] == [name]:
            module = importlib.import_module(command.module)
            getattr(module, f"add_{name}_arguments")(subparser)
            subparser.set_defaults(run=getattr(module, name))
    options, others = parser.parse_known_args(given)
    if options.command == "lab":
        options.options = [*options.options, *others]  # JupyterLab's own
    elif others:
        parser.error(f"unrecognized arguments: {' '.join(others)}")
    # nbgrader calls alembic by name, and kernels are found beside the interpreter.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        code = run(options)
        sys.stdout.flush()  # here, where a reader that has gone can still be caught
        return code
    except BrokenPipeError:  # as `course doctor | head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for Python's own flush
        return 128 + signal.SIGPIPE
    except UsageError as problem:
        print(f"course: {problem}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
