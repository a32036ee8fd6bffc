"""The commands `course lab`, `course check`, `course keep` and `course prepare`."""

import argparse
import os
import sys
from pathlib import Path

from course.project import PROJECT
from insideout.usage import UsageError

DATA = Path(__file__).parent / "jupyter"
"""What JupyterLab looks for below share/jupyter."""


def add_lab_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `course lab`."""
    parser.add_argument(
        "options", nargs=argparse.REMAINDER, metavar="OPTION", help="passed on to jupyter lab"
    )


def lab(options: argparse.Namespace) -> int:
    """Open JupyterLab on the course; this process becomes JupyterLab."""
    from course.lab import work

    work.prepare(PROJECT)
    # nbgrader's Assignment List reads its configuration from work/, where there is none.
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(
        [str(PROJECT), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    )
    # The package's own files for JupyterLab, also where it is not installed as a wheel.
    os.environ["JUPYTER_PATH"] = os.pathsep.join([str(DATA), os.environ.get("JUPYTER_PATH", "")])
    call = [sys.executable, "-m", "jupyter", "lab", "--ContentsManager.preferred_dir=work"]
    if hasattr(os, "getuid") and os.getuid() == 0:
        call.append("--allow-root")  # loopback only, behind a token
    os.chdir(PROJECT)
    os.execv(sys.executable, [*call, *(each for each in options.options if each != "--")])


def add_check_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `course check`."""
    parser.add_argument("unit", metavar="UNIT", help="such as 06_qos")
    parser.add_argument("--root", type=Path, default=PROJECT, metavar="FOLDER", help="where work/ is")
    parser.add_argument("--submitted", action="store_true", help="it is submitted; only grade it")
    parser.add_argument("--json", action="store_true", help="print the result as one line of JSON")


def check(options: argparse.Namespace) -> int:
    """Submit and grade your own unit; return 1 when that could not be done.

    Raises UsageError for a unit that is not there.
    """
    root = options.root.resolve()
    if not (root / "release" / options.unit / f"{options.unit}.ipynb").is_file():
        raise UsageError(f"there is no unit {options.unit!r}; look into {root / 'release'} for their names")
    from course.lab.checking import check as check_unit

    try:
        result = check_unit(root, options.unit, submitted=options.submitted)
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    if options.json:
        print(result.as_json())
        return 0
    for test in result.tests:
        print(f"{test.id}: {test.points:g} of {test.most:g}")
    print(*result.notes, f"{result.unit}: {result.points:g} of {result.most:g} points", sep="\n")
    return 0


def add_keep_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `course keep`."""
    parser.add_argument("units", nargs="*", metavar="UNIT", help="such as 09_statefulsets; all when none")
    parser.add_argument("--root", type=Path, default=PROJECT, metavar="FOLDER", help="where work/ is")


def keep(options: argparse.Namespace) -> int:
    """Keep what passed the last check of units; say what, and return 1 when a unit named was never checked.

    Raises UsageError for a unit that is not there.
    """
    import nbformat

    from course.keep import files
    from course.lab.checking import graded_notebook
    from course.lab.passed import keep_passed

    root = options.root.resolve()
    known = sorted(path.parent.name for path in (root / "release").glob("*/*.ipynb"))
    for unit in options.units:
        if unit not in known:
            raise UsageError(f"there is no unit {unit!r}; look into {root / 'release'} for their names")
    unchecked = []
    for unit in options.units or known:
        graded = graded_notebook(root, unit)
        if not graded.is_file():
            unchecked.append(unit)
            continue
        passed = keep_passed(nbformat.read(graded, as_version=4), unit, files.CHECKED)
        print(f"{unit}: {passed.sentence()}")
    missing = unchecked if options.units else []
    for unit in missing:
        print(f"{unit} was not checked yet: course check {unit}", file=sys.stderr)
    kept = files.units(files.folder())
    print(f"{files.folder()}: {', '.join(kept)}" if kept else "nothing is kept yet: check a unit first")
    return 1 if missing else 0


def add_prepare_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `course prepare`."""
    parser.add_argument("--root", type=Path, default=PROJECT, metavar="FOLDER", help="where release/ is")


def prepare(options: argparse.Namespace) -> int:
    """Make work/ or bring updates into it, and the private exchange; say what changed."""
    from course.lab import work
    from course.lab.exchange import open_exchange

    root = options.root.resolve()
    for unit, said in work.prepare(root).items():
        print(f"{unit}: {said}")
    open_exchange(root)
    return 0
