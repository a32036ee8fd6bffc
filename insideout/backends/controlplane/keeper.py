"""A process that starts programs and ends them when its own standard input ends, however that comes about.

So nothing is left when a notebook's kernel is killed: the pipe to the keeper closes, the programs are
ended, the data folder is removed.  On Linux the programs end even when the keeper itself is killed.  It is
run as a script, with an isolated interpreter, and needs nothing but Python.

In: a line of JSON each, {"start": NAME, "argv": [...], "log": PATH} or {"stop": NAME}.
Out: {"started": NAME, "pid": N}, {"failed": NAME, "why": TEXT}, {"exited": NAME, "code": N}.
"""

import ctypes
import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import time

PATIENCE_S = 1.0
"""How long a program may take to end when asked, before it is killed: kube-apiserver waits for watches."""
_PR_SET_PDEATHSIG = 1
"""Of Linux's prctl: have the kernel send a signal when the parent ends, however that comes about."""
POLL_S = 0.05


def main(folder: str) -> None:
    """Keep programs in `folder` until the input ends."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # Ctrl-C in a terminal is for whoever started us
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        _serve(running, folder)
    finally:
        _end(list(running.values()))
        shutil.rmtree(folder, ignore_errors=True)


def _serve(running: dict[str, subprocess.Popen[bytes]], folder: str) -> None:
    selector = selectors.DefaultSelector()
    selector.register(0, selectors.EVENT_READ)
    rest = b""
    while True:
        if selector.select(POLL_S):
            chunk = os.read(0, 65536)
            if not chunk:
                return
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                _obey(json.loads(line), running, folder)
        for name, process in list(running.items()):
            code = process.poll()
            if code is not None:
                del running[name]
                _tell({"exited": name, "code": code})


def _obey(order: dict[str, object], running: dict[str, subprocess.Popen[bytes]], folder: str) -> None:
    if "stop" in order:
        name = str(order["stop"])
        process = running.pop(name, None)
        if process is not None:
            _end([process])
        _tell({"exited": name, "code": 0 if process is None else process.returncode})
        return
    name, argv = str(order["start"]), order["argv"]
    assert isinstance(argv, list)
    try:
        with open(str(order["log"]), "ab") as log:
            running[name] = subprocess.Popen(
                argv,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_end_with_parent,  # safe: there is one thread here
            )
    except OSError as error:
        _tell({"failed": name, "why": str(error)})
        return
    _tell({"started": name, "pid": running[name].pid})


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    """End programs and what they started, the last one first."""
    for process in reversed(processes):
        _signal(process, signal.SIGTERM)
    deadline_s = time.monotonic() + PATIENCE_S
    for process in reversed(processes):
        try:
            process.wait(max(deadline_s - time.monotonic(), 0.01))
        except subprocess.TimeoutExpired:
            _signal(process, signal.SIGKILL)
            process.wait()


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    if process.poll() is None:
        os.killpg(process.pid, number)


def _tell(news: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(news) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
