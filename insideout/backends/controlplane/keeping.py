"""Our end of the keeper: programs are started, asked after and stopped through it."""

import contextlib
import json
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any

from insideout.backends.controlplane.programs import ProgramError

_KEEPER = Path(__file__).with_name("keeper.py")
_ANSWER_S = 20.0
LOST = "the process that keeps this control plane was killed"
_KLOG = re.compile(r"(\S+ )?[EF]\d{4} ")
"""An error or an end in klog's form; some builds put the goroutine's name before it."""


class Programs:
    """The programs of one data folder; `close` ends them all and removes the folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._keeper = subprocess.Popen(
            [sys.executable, "-I", str(_KEEPER), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self._news = threading.Condition()
        self._pids: dict[str, int] = {}
        self._ended: dict[str, str] = {}
        assert self._keeper.stdout is not None  # it is a pipe
        self._reader = threading.Thread(target=self._read, args=(self._keeper.stdout,), daemon=True)
        self._reader.start()

    def start(self, name: str, argv: list[str]) -> None:
        """Start a program; ProgramError when there is no such file, or it cannot be run."""
        with self._news:
            self._ended.pop(name, None)
            self._order({"start": name, "argv": argv, "log": str(self.log(name))})
            self._news.wait_for(lambda: name in self._pids or name in self._ended, _ANSWER_S)
        self.check(name)

    def stop(self, name: str) -> None:
        """End a program, and wait until it has ended."""
        with self._news:
            if name in self._pids:
                self._order({"stop": name})
                self._news.wait_for(lambda: name not in self._pids, _ANSWER_S)

    def check(self, name: str) -> None:
        """Raise ProgramError when the program has ended by itself."""
        with self._news:
            why = self._ended.get(name)
        if why is not None:
            raise ProgramError(f"{name} {why}")

    def pid(self, name: str) -> int | None:
        """Return the process id of a program that runs."""
        with self._news:
            return self._pids.get(name)

    def log(self, name: str) -> Path:
        """Return where the program's output is."""
        return self.folder / f"{name}.log"

    def close(self) -> None:
        """End all programs and remove the folder."""
        assert self._keeper.stdin is not None  # it is a pipe
        with contextlib.suppress(OSError):  # what it was not told when it was killed
            self._keeper.stdin.close()
        self._keeper.wait()
        self._reader.join()

    def _order(self, order: dict[str, Any]) -> None:
        assert self._keeper.stdin is not None  # it is a pipe
        try:
            self._keeper.stdin.write(json.dumps(order).encode() + b"\n")
            self._keeper.stdin.flush()
        except OSError:
            raise ProgramError(f"{LOST}: create the cluster again") from None

    def _read(self, lines: IO[bytes]) -> None:
        for line in lines:
            news = json.loads(line)
            with self._news:
                if "started" in news:
                    self._pids[news["started"]] = news["pid"]
                elif "failed" in news:
                    self._ended[news["failed"]] = f"cannot be started ({news['why']})"
                else:
                    self._pids.pop(news["exited"], None)
                    said = decisive(self.log(news["exited"]))
                    self._ended[news["exited"]] = f"ended with status {news['code']}: {said}"
                self._news.notify_all()
        lines.close()
        with self._news:
            self._ended |= dict.fromkeys(self._pids, f"has ended, for {LOST}")
            self._pids.clear()
            self._news.notify_all()


def decisive(log: Path, most: int = 300) -> str:
    """Return the line of a log that says why: the last error, or the last line; "" without any.

    Kubernetes' programs log with a letter for the severity in front (klog), etcd logs objects of JSON.
    """
    try:
        lines = log.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    told = [line.strip() for line in lines if line.strip()]
    errors = [line for line in told if _is_error(line)]
    return (errors or told or ["it said nothing"])[-1][:most]


def _is_error(line: str) -> bool:
    return (
        bool(_KLOG.match(line))
        or line.startswith(("Error:", "error:", "error verifying", "panic:"))
        or '"level":"fatal"' in line
    )
