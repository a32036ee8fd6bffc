"""The command `course grade`."""

import argparse
import sys
from pathlib import Path

from course.project import PROJECT
from insideout.usage import UsageError


def add_grade_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `course grade`."""
    parser.add_argument("unit", metavar="UNIT", help="such as 06_qos")
    parser.add_argument("--root", type=Path, default=PROJECT, metavar="FOLDER", help="where submitted/ is")
    parser.add_argument("--student", action="append", metavar="NAME", help="only this one; may be repeated")
    parser.add_argument("--regrade", action="store_true", help="also what was graded before")
    parser.add_argument(
        "--workers", type=int, default=0, metavar="N", help="processes; one a core by default"
    )
    parser.add_argument("--dask", default="", metavar="ADDRESS", help="grade on a Dask cluster")
    parser.add_argument("--cell-seconds", type=float, default=30, metavar="S", help="time for one cell; 30")
    parser.add_argument("--no-feedback", action="store_true", help="write no feedback pages")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write times and remarks there")
    parser.add_argument("--unsafe", action="store_true", help="grade even where the sandbox is not whole")


def grade(options: argparse.Namespace) -> int:
    """Collect, grade and write feedback for a unit; return 1 when something needs the instructor.

    Raises UsageError for a unit that is not there, and where the sandbox is not whole.
    """
    root = options.root.resolve()
    if not (root / "source" / options.unit).is_dir():
        raise UsageError(f"there is no unit {options.unit!r}; look into {root / 'source'} for their names")
    from course.grading.batch import Options
    from course.grading.batch import grade as grade_unit
    from course.sandbox.limits import Limits
    from course.sandbox.protection import Unprotected

    asked = Options(
        unit=options.unit,
        students=tuple(options.student) if options.student else None,
        regrade=options.regrade,
        workers=options.workers,
        dask=options.dask,
        unsafe=options.unsafe,
        feedback=not options.no_feedback,
        report=options.report,
        limits=Limits(cell_s=options.cell_seconds),
    )
    try:
        return grade_unit(root, asked)
    except Unprotected as error:
        raise UsageError(str(error)) from error
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
