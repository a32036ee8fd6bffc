"""Where the four programs of a control plane are.

They come with conda-forge's `kubernetes-server` and `etcd`, with an envtest folder (`setup-envtest`), or from
kubernetes.io's downloads.
"""

import os
import shutil
import subprocess
from collections.abc import Collection, Mapping
from pathlib import Path

from insideout.backends import etcd_members

PROGRAMS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
FOLDER = "COURSE_CONTROLPLANE_BIN"
"""In the environment: the folder with the programs."""
_ENVTEST = "KUBEBUILDER_ASSETS"
_VERSION_S = 10.0


class ProgramError(RuntimeError):
    """A program did not start, or ended; the text has the decisive line of its log."""

    def _render_traceback_(self) -> list[str]:
        """Tell IPython what to show: one line, for the lines of ours above it say nothing."""
        return [f"{type(self).__name__}: {self}"]


class MissingProgramError(ProgramError):
    """A program of the control plane is not on this machine; the text says where it was looked for."""


def find(
    folder: Path | None = None,
    environment: Mapping[str, str] = os.environ,
    *,
    without: Collection[str] = (),
) -> dict[str, Path]:
    """Return where each program is: in `folder`, in the folder that the environment names, or on PATH.

    Those `without` which it works need not be there.  Raises MissingProgramError.
    """
    named = folder or next(
        (Path(environment[name]) for name in (FOLDER, _ENVTEST) if name in environment), None
    )
    found = {}
    for name in PROGRAMS:
        place = shutil.which(name, path=str(named)) if named else shutil.which(name)
        if place:
            found[name] = Path(place).absolute()
    if "etcd" not in found and (packaged := etcd_members.find("etcd")):
        found["etcd"] = packaged
    missing = [name for name in PROGRAMS if name not in found and name not in without]
    if missing:
        where = f"in {named}" if named else "on PATH"
        for name in missing:
            if named and (named / name).is_file():
                raise MissingProgramError(f"{named / name} may not be run: chmod +x {named / name}")
        raise MissingProgramError(
            f"no {', '.join(missing)} {where}: install conda-forge's kubernetes-server and etcd, "
            f"or name a folder with the programs in {FOLDER}"
        )
    return found


def version(program: Path) -> str:
    """Return the program's version, such as "v1.36.2"; "" when it does not tell."""
    try:
        done = subprocess.run(
            [str(program), "--version"], capture_output=True, text=True, timeout=_VERSION_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    words = (done.stdout or done.stderr).split()
    return next((word for word in words if word.lstrip("v")[:1].isdigit()), "")
