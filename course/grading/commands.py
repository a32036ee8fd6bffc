"""The commands of learners and maintainers: `course lab`, `course grade`, `course build`."""

import argparse
import os
import sys
from pathlib import Path

from course.project import PROJECT
from course.usage import UsageError


def add_lab_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `course lab`."""
    parser.add_argument(
        "options", nargs=argparse.REMAINDER, metavar="OPTION", help="passed on to jupyter lab"
    )


def lab(options: argparse.Namespace) -> int:
    """Open JupyterLab on the course; this process becomes JupyterLab."""
    from course.grading.exchange import open_exchange

    open_exchange(PROJECT)
    # nbgrader's Assignment List reads its configuration from release/, where there is none.
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(
        [str(PROJECT), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    )
    call = [sys.executable, "-m", "jupyter", "lab", "--LabApp.default_url=/lab/tree/release"]
    if hasattr(os, "getuid") and os.getuid() == 0:
        call.append("--allow-root")  # loopback only, behind a token
    os.chdir(PROJECT)
    os.execv(sys.executable, [*call, *options.options])


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
    from course.grading.lesson import LessonError
    from course.grading.make import lesson_paths, make

    failed = 0
    for path in lesson_paths(PROJECT, options.units):
        try:
            changed = make(path, PROJECT, write=not options.check)
        except* LessonError as group:
            for mistake in group.exceptions:
                print(mistake, file=sys.stderr)
            failed = 1
        else:
            print(f"{path.stem}: {'changed' if changed else 'as it was'}")
            if changed and options.check:
                failed = 1
                print(f"{path.stem}: run `make build` and commit source/ and release/", file=sys.stderr)
    return failed


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
    from course.grading.quick import import_jsonschema

    import_jsonschema()
    from course.grading.batch import Options
    from course.grading.batch import grade as grade_unit
    from course.grading.limits import Limits
    from course.grading.protection import Unprotected

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
