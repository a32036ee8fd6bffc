"""The command `course`: what `make` calls, and what runs without it.

Exit codes: 0 when all went well, 1 when something differs, 2 when the arguments or a file make no sense.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from course.build.command import add_build_arguments, build
from course.grading.command import add_grade_arguments, grade
from course.lab.command import (
    add_check_arguments,
    add_keep_arguments,
    add_lab_arguments,
    add_prepare_arguments,
    check,
    keep,
    lab,
    prepare,
)
from course.site.command import add_site_arguments, site
from insideout.serve import add_serve_arguments, serve
from insideout.usage import UsageError
from insideout.verify.command import add_verify_arguments, verify


class Command(NamedTuple):
    """One subcommand: what it is for, its arguments, and what it does (its result is the exit code)."""

    summary: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


COMMANDS = {
    "lab": Command("open the course in JupyterLab", add_lab_arguments, lab),
    "grade": Command("collect, autograde and write feedback for a unit", add_grade_arguments, grade),
    "check": Command("submit and grade your own unit, at once", add_check_arguments, check),
    "keep": Command("keep what you wrote and passed, for later clusters", add_keep_arguments, keep),
    "prepare": Command("make work/, or bring updates into it", add_prepare_arguments, prepare),
    "build": Command("make source/ and release/ from the lessons' text", add_build_arguments, build),
    "site": Command("build the course as a static site that runs in the browser", add_site_arguments, site),
    "serve": Command(
        "run an embedded cluster over HTTP in real time, until interrupted", add_serve_arguments, serve
    ),
    "verify": Command(
        "play golden records against a fresh cluster and compare the answers", add_verify_arguments, verify
    ),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="course", description="Kubernetes Inside Out")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        subparser = subparsers.add_parser(name, help=command.summary, description=command.summary)
        command.add_arguments(subparser)
        subparser.set_defaults(run=command.run)
    options, others = parser.parse_known_args(arguments)
    if options.command == "lab":
        options.options = [*options.options, *others]  # JupyterLab's own
    elif others:
        parser.error(f"unrecognized arguments: {' '.join(others)}")
    # nbgrader calls alembic by name, and kernels are found beside the interpreter.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except UsageError as problem:
        print(f"course: {problem}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
