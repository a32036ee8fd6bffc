"""What of the sandbox there is on this machine, found out by trying it; the refusal where it is not whole."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from course.sandbox.seccomp import NoFilter, learner_filter
from course.sandbox.wall import BOUND_PROC, FRESH_PROC, NOBODY, command, interpreter, is_root

TIMEOUT_S = 60.0

_SEPARATE = (
    "import os, sys; sys.path.insert(0, '/grader'); from inside import jail; "
    "0 if sys.argv[1] == '-' else jail.drop_root(int(sys.argv[1])); jail.separate(); pid = os.fork(); "
    "pid or (jail.private_files(65536), os._exit(0)); "
    "sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))"
)
"""What the warm parent does for each submission."""


class Unprotected(Exception):  # noqa: N818  it says what is missing
    """The sandbox is not whole on this machine, and nobody said that this is accepted."""


@dataclass(frozen=True)
class Protection:
    """What stands between a submission and the machine; `weaker` says in sentences what is missing.

    With `separate`, every submission has namespaces of its own below those of the warm parent; without, it
    gets a warm parent of its own, which is slower.  `proc` are bubblewrap's options for /proc.
    """

    bubblewrap: bool
    separate: bool
    seccomp: bytes
    weaker: tuple[str, ...]
    proc: Sequence[str] = FRESH_PROC

    @property
    def confined(self) -> bool:
        """Whether a learner's process can give up its rights, which needs Linux."""
        return sys.platform == "linux"


def probe() -> Protection:
    """Find out what this machine offers."""
    weaker = []
    seccomp = b""
    try:
        seccomp = learner_filter()
    except NoFilter as error:
        weaker.append(f"no filter of system calls, so a submission may start processes: {error}")
    fault = _bubblewrap_fault(FRESH_PROC)
    if not fault:
        return Protection(True, _can_separate(FRESH_PROC), seccomp, tuple(weaker))
    if not _bubblewrap_fault(BOUND_PROC) and _can_separate(BOUND_PROC):
        return Protection(True, True, seccomp, tuple(weaker), BOUND_PROC)
    weaker += [
        f"no bubblewrap ({fault})",
        "a submission can read every file that you can read, other submissions and the gradebook too",
        "a submission can write your files, and your gradebook with them",
        "a submission can use the network",
        "processes that a submission starts may go on after it",
    ]
    return Protection(False, False, seccomp, tuple(weaker))


def demand(protection: Protection, *, unsafe: bool) -> None:
    """Raise Unprotected, with all that is weaker, unless the sandbox is whole or `unsafe` was asked for."""
    if protection.weaker and not unsafe:
        reasons = "".join(f"\n  - {reason}" for reason in protection.weaker)
        raise Unprotected(
            f"the sandbox is not whole on this machine:{reasons}\n"
            "Install bubblewrap and allow user namespaces; or grade with --unsafe, if you trust everyone."
        )


def _bubblewrap_fault(proc: Sequence[str]) -> str:
    """Return why bubblewrap cannot be used, or an empty string."""
    if sys.platform != "linux":
        return f"there is none for {sys.platform}"
    if not shutil.which("bwrap"):
        return "it is not installed"
    return _fault(proc, "", "-")


def _can_separate(proc: Sequence[str]) -> bool:
    return not _fault(proc, _SEPARATE, str(NOBODY) if is_root() else "-")


def _fault(proc: Sequence[str], program: str, argument: str) -> str:
    """Run a program in bubblewrap and return its last words if it failed."""
    done = subprocess.run(
        [*command(proc), interpreter(), "-I", "-B", "-c", program, argument],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    if done.returncode == 0:
        return ""
    words = done.stderr.strip().splitlines()
    return words[-1] if words else f"it ended with status {done.returncode}"
