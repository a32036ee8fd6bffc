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
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from course.grading import facade
from course.grading.seccomp import NoFilter, learner_filter

INSIDE = Path(__file__).parent / "inside"
GRADER = "/grader"
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
START_TIMEOUT_S = 60.0

_BOOT = "import sys; sys.path.insert(0, sys.argv[2]); from inside.warm import main; main(int(sys.argv[1]))"
_NESTED = (
    "import sys; sys.path.insert(0, '/grader'); from inside import jail; "
    "0 if sys.argv[1] == '-' else jail.drop_root(int(sys.argv[1])); jail.separate(); "
    "import os; pid = os.fork(); "
    "pid or (jail.private_files(65536), os._exit(0)); "
    "sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))"
)


class Unprotected(Exception):  # noqa: N818  it says what is missing
    """The sandbox is not whole on this machine, and nobody said that this is accepted."""


@dataclass(frozen=True)
class Protection:
    """What stands between a submission and the machine; `weaker` says in sentences what is missing."""

    bubblewrap: bool
    separate: bool
    seccomp: bytes
    weaker: tuple[str, ...]

    @property
    def confined(self) -> bool:
        """Whether a learner's process can give up its rights, which needs Linux."""
        return sys.platform == "linux"


def probe() -> Protection:
    """Find out what this machine offers, by trying it."""
    weaker = []
    seccomp = b""
    try:
        seccomp = learner_filter()
    except NoFilter as error:
        weaker.append(f"no filter of system calls, so a submission may start processes: {error}")
    wrapped = _bubblewrap_fault()
    separate = False
    if wrapped:
        weaker += [
            f"no bubblewrap ({wrapped})",
            "a submission can read every file that you can read, other submissions and the gradebook too",
            "a submission can write your files, and your gradebook with them",
            "a submission can use the network",
            "processes that a submission starts may go on after it",
        ]
    else:
        result = subprocess.run(
            [*command(), sys.executable, "-I", "-B", "-c", _NESTED, str(NOBODY) if _is_root() else "-"],
            capture_output=True,
            text=True,
            timeout=START_TIMEOUT_S,
            check=False,
        )
        separate = result.returncode == 0
    return Protection(not wrapped, separate, seccomp, tuple(weaker))


def demand(protection: Protection, *, unsafe: bool) -> None:
    """Raise Unprotected, with all that is weaker, unless the sandbox is whole or `unsafe` was asked for."""
    if protection.weaker and not unsafe:
        reasons = "".join(f"\n  - {reason}" for reason in protection.weaker)
        raise Unprotected(
            f"the sandbox is not whole on this machine:{reasons}\n"
            "Install bubblewrap and allow user namespaces; or grade with --unsafe, if you trust everyone."
        )


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _bubblewrap_fault() -> str:
    """Return why bubblewrap cannot be used, or an empty string."""
    if sys.platform != "linux":
        return f"there is none for {sys.platform}"
    if not shutil.which("bwrap"):
        return "it is not installed"
    result = subprocess.run(
        [*command(), sys.executable, "-I", "-B", "-c", ""], capture_output=True, text=True, check=False
    )
    return result.stderr.strip().splitlines()[-1] if result.returncode and result.stderr else (
        f"it ended with status {result.returncode}" if result.returncode else ""
    )  # fmt: skip


def command() -> list[str]:
    """Return the bubblewrap command up to the program to run in it."""
    mounts = [*_system(), *_interpreter(), "--ro-bind", str(INSIDE), f"{GRADER}/inside", *_facade()]
    return [
        shutil.which("bwrap") or "bwrap",
        *("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"),
        *(("--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID") if _is_root()
          else ("--unshare-user", "--uid", "1000", "--gid", "1000", "--cap-drop", "ALL")),
        *("--die-with-parent", "--new-session", "--clearenv", "--hostname", "grader"),
        *_environment(),
        *_parents(mounts),
        *mounts,
        *_hidden(),
        *("--proc", "/proc", "--dev", "/dev"),
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
                yield from ("--ro-bind", str(path), str(path))
            elif path.is_symlink():
                yield from ("--symlink", os.readlink(path), str(path))


def _hidden() -> Iterator[str]:
    """Cover the package where it is installed beside the libraries."""
    for package in dict.fromkeys(
        Path(sysconfig.get_path(name)) / "course" for name in ("purelib", "platlib")
    ):
        if package.is_dir():
            yield from ("--tmpfs", str(package))


def _facade() -> Iterator[str]:
    for file, place in facade.files():
        yield from ("--ro-bind", str(file), f"{GRADER}/facade/{place}")


def launch(protection: Protection, fd: int) -> tuple[subprocess.Popen[bytes], dict[str, object], str]:
    """Start the warm parent with its control socket `fd`; return it, its settings, and a folder to delete."""
    settings: dict[str, object] = {
        "separate": protection.separate,
        "confined": protection.confined,
        "imports": list(IMPORTS),
        "seccomp": protection.seccomp.hex(),
    }
    if protection.bubblewrap:
        arguments = [*command(), sys.executable, "-I", "-B", "-c", _BOOT, str(fd), GRADER]
        settings |= {
            "drop_to": NOBODY if _is_root() else None,
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
    return process, settings, folder
