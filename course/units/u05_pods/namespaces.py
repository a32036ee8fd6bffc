"""The pause container's two jobs, asked of a real kernel: who reaps orphans, and who keeps a network alive.

Needs Linux that lets an ordinary user make namespaces, and util-linux's unshare and nsenter.  Where either is
missing the answers of a Linux that was asked are shown; `Shown.is_here` says which it is.

Source: build/pause/linux/pause.c, pkg/kubelet/kuberuntime/util/util.go@v1.36.2; pid_namespaces(7).
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from course.learn.frontend import someone_is_there

_IN_NEW_PIDS = ("unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc")
_IN_MOUNTS = ("unshare", "--user", "--map-root-user", "--mount")
_INSIDE = Path(__file__).with_name("inside_namespace.py")
_TIMEOUT_S = 20

RECORDED: Mapping[str, Mapping[str, Any]] = {
    "orphan, its container's PID 1 never waits": {"parent": 1, "state": "zombie"},
    "orphan, pause is PID 1 of another namespace": {"parent": 1, "state": "zombie"},
    "orphan, pause is PID 1 of the same namespace": {"parent": 1, "state": "gone"},
    "network, its first process has ended": {"same namespace": True, "the host's": False},
    "network, pinned by a path, no process left": {"same namespace": True, "the host's": False},
}
"""What a Linux 6.1 answered, as any Linux does; a test asks again where it may."""

_NETWORK = """
mount -t tmpfs none {folder} && touch {folder}/net
unshare --net={folder}/net true
for i in 1 2; do nsenter --net={folder}/net readlink /proc/self/ns/net; done
readlink /proc/self/ns/net
unshare --net sh -c 'readlink /proc/self/ns/net; sleep 30 & echo $!; exit 0' > {folder}/first
sed -n 1p {folder}/first
second=$(sed -n 2p {folder}/first)
nsenter --target $second --net readlink /proc/self/ns/net
kill $second
"""
_FOLDER = "/mnt"


class Shown(NamedTuple):
    """What the kernel answers to each experiment, and whether it was this machine's."""

    answers: Mapping[str, Mapping[str, Any]]
    is_here: bool
    why_not: str = ""

    def where(self) -> str:
        """Say in a sentence which run the reader sees."""
        if not someone_is_there():
            return (
                "A recorded run, which this cell repeats where Linux lets an ordinary user make namespaces."
            )
        if self.is_here:
            return "This ran just now in namespaces of this machine's kernel."
        return f"A recorded run of a Linux machine is shown, because here {self.why_not}."


def pause_lab() -> Shown:
    """Do the experiments, or fetch what came of them on another machine."""
    problem = why_not()
    return Shown(RECORDED, False, problem) if problem else Shown(ask_kernel(), True)


@cache
def why_not() -> str:
    """Return why this machine cannot do the experiments, "" when it can."""
    for tool in ("unshare", "nsenter", "mount"):
        if not shutil.which(tool):
            return f"there is no {tool}"
    for command in (_IN_NEW_PIDS, (*_IN_MOUNTS, "--net")):
        try:
            probe = subprocess.run([*command, "true"], capture_output=True, text=True, timeout=_TIMEOUT_S)
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"namespaces cannot be made ({type(error).__name__})"
        if probe.returncode:
            return "an ordinary user may not make namespaces"
    return ""


def ask_kernel() -> dict[str, dict[str, Any]]:
    """Do the experiments.  Raises RuntimeError with the tool's last line when one cannot be done."""
    python = [sys.executable, "-S", str(_INSIDE)]
    alone = json.loads(_run([*_IN_NEW_PIDS, *python, "app"]))
    other = json.loads(_run([*_IN_NEW_PIDS, *python, "pause-beside"]))
    shared = json.loads(_run([*_IN_NEW_PIDS, *python, "pause-above"]))
    lines = _run([*_IN_MOUNTS, "sh", "-ec", _NETWORK.format(folder=_FOLDER)]).split()
    pinned, again, host, first, second = lines
    return {
        "orphan, its container's PID 1 never waits": alone,
        "orphan, pause is PID 1 of another namespace": other,
        "orphan, pause is PID 1 of the same namespace": shared,
        "network, its first process has ended": {
            "same namespace": first == second,
            "the host's": second == host,
        },
        "network, pinned by a path, no process left": {
            "same namespace": pinned == again,
            "the host's": again == host,
        },
    }


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_S)
    if done.returncode:
        raise RuntimeError((done.stderr.strip() or f"{command[0]} failed").splitlines()[-1])
    return done.stdout
