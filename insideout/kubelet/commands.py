"""Containers that end as their command says: echo, true, false, sleep, `sh -c` with these, cat, env.

A command is run if every program in it is known here; any other, such as a server of an image's own, runs on
like the programs that are not named.  As the first process of its container a command does not hear SIGTERM:
it goes on until it ends by itself or is killed.

Left out: pipes, redirections, conditions and loops of the shell; such a script runs on too.

Source: the Entrypoint rules of pkg/kubelet/container/helpers.go:ExpandContainerCommandAndArgs@v1.36.2;
signal(7) on process 1 of a PID namespace (pid_namespaces(7)).
"""

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from insideout.client import Object
from insideout.kubelet.environment import expanded
from insideout.kubelet.process import Process
from insideout.kubelet.programs import Program
from insideout.kubelet.shell import SCRIPT_PARTS, SHELLS, Shell

_KNOWN = frozenset(
    ("cat", "echo", "env", "exit", "false", "hostname", "ls", "mkdir", "pwd", "rm", "sleep", "test", "true")
)
_FOLDERS = ("/bin", "/usr/bin", "/sbin", "/usr/sbin", "/usr/local/bin")
_UNREAD = re.compile(r"""[|<>&`]|\$\(|\$\{""")
"""What of a shell's language is not read here."""


def words_of(container: Object) -> list[str]:
    """Return a container's command with its arguments; nothing when it leaves both to its image."""
    return [*container.get("command", ()), *container.get("args", ())] if container.get("command") else []


def is_known(words: Sequence[str]) -> bool:
    """Tell whether a command can be run here, all of it."""
    match list(words):
        case [name, "-c" | "-ec" | "-ce", script, *_] if name in SHELLS or _bare(name) in SHELLS:
            return _is_known_script(script)
        case [name, *_]:
            return _bare(name) in _KNOWN - {"exit"}
    return False


def _is_known_script(script: str) -> bool:
    if _UNREAD.search(script.replace("&&", "")):
        return False
    for part in SCRIPT_PARTS.findall(script):
        try:
            words = shlex.split(part, comments=True)
        except ValueError:
            return False
        if words and words[0] not in (";", "&&") and _bare(words[0]) not in _KNOWN:
            return False
    return True


def _bare(name: str) -> str:
    path = PurePosixPath(name)
    return path.name if str(path.parent) in _FOLDERS else name


@dataclass(frozen=True)
class Command(Program):
    """The program that a container's command is."""

    words: tuple[str, ...]

    @property
    def leaves_s(self) -> float | None:
        """How long it takes to leave: it waits to be killed."""
        return None

    def start(self, process: Process) -> None:
        """Run the command; what it writes is the container's log."""
        out, err = _Lines(process, "stdout"), _Lines(process, "stderr")

        def ended(code: int) -> None:
            out.close()
            err.close()
            process.exit(code)

        shell = Shell(process.loop, Program(), process, tty=False, out=out.put, err=err.put, done=ended)
        process.at_end(shell.stop)
        shell.start(self._expanded(process))
        shell.stdin.close()

    def stop(self, process: Process) -> None:
        """Do nothing: process 1 hears only the signals that it asks for."""

    def _expanded(self, process: Process) -> list[str]:
        """Return the words as the kubelet fills $(NAME) in, and programs without their folders."""
        first, *rest = (expanded(word, process.env) for word in self.words)
        script = rest[1] if len(rest) > 1 and rest[0] in ("-c", "-ec", "-ce") else None
        if script is None:
            return [_bare(first), *rest]
        parts = (_without_folder(part) for part in SCRIPT_PARTS.findall(script))
        return ["sh", "-c", "".join(parts)]


def _without_folder(part: str) -> str:
    word = part.split(maxsplit=1)[:1]
    return part.replace(word[0], _bare(word[0]), 1) if word else part


def program_of(container: Object) -> Program | None:
    """Return the program that a container's command is, None when it names none that is known."""
    words = words_of(container)
    return Command(tuple(words)) if words and is_known(words) else None


class _Lines:
    """Text that comes in pieces, written to a log line by line."""

    def __init__(self, process: Process, stream: str) -> None:
        self._process, self._stream, self._rest = process, stream, ""

    def put(self, text: str) -> None:
        """Take text."""
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._process.log(line, self._stream)

    def close(self) -> None:
        """Write what is left."""
        if self._rest:
            self._process.log(self._rest, self._stream)
            self._rest = ""
