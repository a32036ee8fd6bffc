"""The outer wall: a bubblewrap in which the warm parent starts, or a plain process where there is none.

Inside there is a read-only system without its settings, the interpreter with its libraries, the folder
`inside` and the facade; no network, no other processes, no environment, no capability.  Run as root it also
becomes an ordinary user, because limits on processes do not bind root.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from course.sandbox import facade
from course.sandbox.inside.facade import INSTEAD

INSIDE = Path(__file__).parent / "inside"
GRADER = "/grader"
COVERED = "/environment"
"""Below it the sandbox has an environment that is installed somewhere in /tmp."""
NOBODY = 60_000
"""The user that the warm parent becomes when the grader is root; no system account has this number."""
IMPORTS = (
    "kubernetes",
    "kubernetes.client",
    "kubernetes.utils.quantity",
    "yaml",
    "json",
    "collections",
    "dataclasses",
)
"""What the warm parent imports, so that no submission waits for it."""
FRESH_PROC = ("--proc", "/proc")
BOUND_PROC = ("--bind", "/proc", "/proc")
"""Where a container masks parts of /proc, no new one can be mounted.  A learner's process sees neither."""

_BOOT = "import sys; sys.path.insert(0, sys.argv[2]); from inside.warm import main; main(int(sys.argv[1]))"


def command(proc: Sequence[str] = FRESH_PROC, *, packages: bool = False) -> list[str]:
    """Return the bubblewrap command up to the program to run in it; `proc` are its options for /proc.

    With `packages` both packages are whole below GRADER, for code of ours that learners drive; without,
    only what a learner's code may see of it.
    """
    ours = [*_packages()] if packages else [*_inside(), *_facade()]
    mounts = [*_system(), *_interpreter(), *ours]
    return [
        shutil.which("bwrap") or "bwrap",
        *("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"),
        *(("--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID") if is_root()
          else ("--unshare-user", "--uid", "1000", "--gid", "1000", "--cap-drop", "ALL")),
        *("--die-with-parent", "--new-session", "--clearenv", "--hostname", "grader"),
        *_environment(),
        *_parents(mounts),
        *mounts,
        *_hidden(),
        *(*proc, "--dev", "/dev"),
        *("--perms", "1777", "--size", str(16 * 2**20), "--tmpfs", "/tmp", "--chdir", "/tmp"),
        *("--remount-ro", "/dev", "--remount-ro", "/"),
        "--",
    ]  # fmt: skip


def _parents(mounts: list[str]) -> Iterator[str]:
    """Make the folders above every mount readable; bubblewrap would make them for root alone."""
    made: dict[str, None] = {}
    for place in mounts[2::3]:
        made.update((str(folder), None) for folder in reversed(Path(place).parents) if str(folder) != "/")
    for folder in made:
        if not folder.startswith("/usr"):
            yield from ("--perms", "0755", "--dir", folder)


def _environment() -> Iterator[str]:
    for name, value in environment().items():
        yield from ("--setenv", name, value)


def environment() -> dict[str, str]:
    """Return the whole environment of the warm parent and of every learner's process."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": "/tmp",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONHASHSEED": "0",
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": "/tmp",
        "IPYTHONDIR": "/tmp/ipython",
        **{f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")},
    }


def _system() -> Iterator[str]:
    yield from ("--ro-bind", "/usr", "/usr")
    for name in ("/bin", "/sbin", "/lib", "/lib64", "/lib32"):
        path = Path(name)
        if path.is_symlink():
            yield from ("--symlink", os.readlink(path), name)
        elif path.is_dir():
            yield from ("--ro-bind", name, name)
    yield from ("--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache")


def _interpreter() -> Iterator[str]:
    """Bind the programs and libraries of the interpreter and of its environment, and no more of either."""
    for prefix in dict.fromkeys((sys.base_prefix, sys.prefix)):
        for part in ("bin", "lib", "lib64", "pyvenv.cfg"):
            path = Path(prefix) / part
            if path.exists() and not path.is_symlink() and not path.is_relative_to("/usr/"):
                yield from ("--ro-bind", str(path), _place(path))
            elif path.is_symlink():
                yield from ("--symlink", os.readlink(path), _place(path))


def _place(path: Path) -> str:
    """Return where the sandbox has a path of the environment; its own empty /tmp would cover one in /tmp."""
    return f"{COVERED}{path}" if path.is_relative_to("/tmp") else str(path)


def interpreter() -> str:
    """Return the path that this interpreter has in the bubblewrap."""
    return _place(Path(sys.executable))


def _hidden() -> Iterator[str]:
    """Cover the packages where they are installed beside the libraries."""
    for libraries in dict.fromkeys(Path(sysconfig.get_path(name)) for name in ("purelib", "platlib")):
        for package in facade.PACKAGES:
            if (libraries / package).is_dir():
                yield from ("--tmpfs", _place(libraries / package))


def _packages() -> Iterator[str]:
    for package in facade.PACKAGES:
        yield from ("--ro-bind", str(facade.ROOT / package), f"{GRADER}/{package}")


def _inside() -> Iterator[str]:
    yield from ("--ro-bind", str(INSIDE), f"{GRADER}/inside")


def _facade() -> Iterator[str]:
    for file, place in facade.files():
        yield from ("--ro-bind", str(file), f"{GRADER}/facade/{place}")


def is_root() -> bool:
    """Whether this process is root's, which no limit on processes binds."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


class Launched(NamedTuple):
    """A warm parent under way; `settings` are its first message, `folder` is to be deleted after it."""

    process: subprocess.Popen[bytes]
    settings: dict[str, object]
    folder: str


def launch(*, bubblewrap: bool, proc: Sequence[str], fd: int) -> Launched:
    """Start the warm parent with its control socket `fd`, in bubblewrap or without."""
    settings: dict[str, object] = {"imports": [*IMPORTS, *facade.ALLOWED, *INSTEAD]}
    if bubblewrap:
        arguments = [*command(proc), interpreter(), "-I", "-B", "-c", _BOOT, str(fd), GRADER]
        settings |= {
            "drop_to": NOBODY if is_root() else None,
            "facade": f"{GRADER}/facade",
            "folder": "/tmp",
        }
        folder = ""
        env = {}
    else:
        folder = tempfile.mkdtemp(prefix="course-grader-")
        shutil.copytree(INSIDE, Path(folder) / "inside", ignore=shutil.ignore_patterns("__pycache__"))
        for file, place in facade.files():
            target = Path(folder) / "facade" / place
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
        work = Path(folder) / "work"
        work.mkdir()
        arguments = [sys.executable, "-I", "-B", "-c", _BOOT, str(fd), folder]
        settings |= {"drop_to": None, "facade": f"{folder}/facade", "folder": str(work)}
        env = environment()
    process = subprocess.Popen(
        arguments, pass_fds=[fd], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    return Launched(process, settings, folder)
