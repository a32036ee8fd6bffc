"""The command line: `course build` for maintainers."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

PROJECT = Path(__file__).parents[1]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0 for success, 1 when it found something wrong, 2 for a wrong call."""
    parser = argparse.ArgumentParser(prog="course", description="Kubernetes Inside Out")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    build = commands.add_parser("build", help="make source/ and release/ from the lessons' text")
    build.add_argument("units", nargs="*", metavar="UNIT", help="such as 06_qos; all when none is given")
    build.add_argument("--check", action="store_true", help="change nothing; fail when a notebook would change")
    build.set_defaults(run=_build)
    options = parser.parse_args(arguments)
    return int(options.run(options))


def _build(options: argparse.Namespace) -> int:
    from course.grading.lesson import LessonError
    from course.grading.make import lesson_paths, make

    try:
        paths = lesson_paths(PROJECT, options.units)
    except KeyError as error:
        print(error.args[0], file=sys.stderr)
        return 2
    failed = 0
    for path in paths:
        try:
            changed = make(path, PROJECT, write=not options.check)
        except* LessonError as group:
            for error in group.exceptions:
                print(error, file=sys.stderr)
            failed = 1
        else:
            state = "changed" if changed else "as it was"
            print(f"{path.stem}: {state}")
            if changed and options.check:
                failed = 1
                print(f"{path.stem}: run `make build` and commit source/ and release/", file=sys.stderr)
    return failed
