"""The command `course build`."""

import argparse
import sys

from course.project import PROJECT


def add_build_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `course build`."""
    parser.add_argument("units", nargs="*", metavar="UNIT", help="such as 06_qos; all when none is given")
    parser.add_argument(
        "--check", action="store_true", help="change nothing; fail when a notebook would change"
    )


def build(options: argparse.Namespace) -> int:
    """Make source/ and release/ from the lessons' text; return 1 when a lesson is wrong or a check fails.

    Raises UsageError for a unit that has no lesson.
    """
    from course.build.lesson import LessonError
    from course.build.make import lesson_paths, make

    failed = 0
    for unit, path in lesson_paths(PROJECT, options.units):
        try:
            changed = make(path, PROJECT, write=not options.check)
        except* LessonError as group:
            for mistake in group.exceptions:
                print(mistake, file=sys.stderr)
            failed = 1
        else:
            print(f"{unit}: {'changed' if changed else 'as it was'}")
            if changed and options.check:
                failed = 1
                print(f"{unit}: run `make build` and commit source/ and release/", file=sys.stderr)
    return failed
