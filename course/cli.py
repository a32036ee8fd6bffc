"""The command line: what `make` calls, and what runs without it."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

PROJECT = Path(__file__).parents[1]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0 for success, 1 when it found something wrong, 2 for a wrong call."""
    parser = argparse.ArgumentParser(prog="course", description="Kubernetes Inside Out")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    lab = commands.add_parser("lab", help="open the course in JupyterLab")
    lab.add_argument("options", nargs=argparse.REMAINDER, metavar="OPTION", help="passed on to jupyter lab")
    lab.set_defaults(run=_lab)

    build = commands.add_parser("build", help="make source/ and release/ from the lessons' text")
    build.add_argument("units", nargs="*", metavar="UNIT", help="such as 06_qos; all when none is given")
    build.add_argument(
        "--check", action="store_true", help="change nothing; fail when a notebook would change"
    )
    build.set_defaults(run=_build)

    grade = commands.add_parser("grade", help="collect, autograde and write feedback for a unit")
    grade.add_argument("unit", metavar="UNIT", help="such as 06_qos")
    grade.add_argument("--root", type=Path, default=PROJECT, metavar="FOLDER", help="where submitted/ is")
    grade.add_argument("--student", action="append", metavar="NAME", help="only this one; may be repeated")
    grade.add_argument("--regrade", action="store_true", help="also what was graded before")
    grade.add_argument("--workers", type=int, default=0, metavar="N", help="processes; one a core by default")
    grade.add_argument("--dask", default="", metavar="ADDRESS", help="grade on a Dask cluster")
    grade.add_argument("--cell-seconds", type=float, default=30, metavar="S", help="time for one cell; 30")
    grade.add_argument("--no-feedback", action="store_true", help="write no feedback pages")
    grade.add_argument("--report", type=Path, metavar="FILE", help="write times and remarks there")
    grade.add_argument("--unsafe", action="store_true", help="grade even where the sandbox is not whole")
    grade.set_defaults(run=_grade)

    options = parser.parse_args(arguments)
    # nbgrader calls alembic by name, and kernels are found beside the interpreter.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return int(options.run(options))


def _lab(options: argparse.Namespace) -> int:
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
            for mistake in group.exceptions:
                print(mistake, file=sys.stderr)
            failed = 1
        else:
            state = "changed" if changed else "as it was"
            print(f"{path.stem}: {state}")
            if changed and options.check:
                failed = 1
                print(f"{path.stem}: run `make build` and commit source/ and release/", file=sys.stderr)
    return failed


def _grade(options: argparse.Namespace) -> int:
    root = options.root.resolve()
    if not (root / "source" / options.unit).is_dir():
        print(
            f"there is no unit {options.unit!r}; look into {root / 'source'} for their names", file=sys.stderr
        )
        return 2
    from course.grading.batch import Options, grade
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
        return grade(root, asked)
    except Unprotected as error:
        print(error, file=sys.stderr)
        return 2
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
