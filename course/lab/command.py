"""The command `course lab`."""

import argparse
import os
import sys

from course.project import PROJECT


def add_lab_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `course lab`."""
    parser.add_argument(
        "options", nargs=argparse.REMAINDER, metavar="OPTION", help="passed on to jupyter lab"
    )


def lab(options: argparse.Namespace) -> int:
    """Open JupyterLab on the course; this process becomes JupyterLab."""
    from course.lab.exchange import open_exchange

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
