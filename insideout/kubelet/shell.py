"""A tiny shell for `kubectl exec`: what a command in a container reads, writes and exits with.

Known are cat, echo, env, exit, false, hostname, ls, mkdir, pwd, read, rm, sh, sleep, stty size, tar, test,
true; `;` and `&&` join them, `$NAME` and `$?` are replaced.  What an image's program adds with
`Program.execute` comes first.  Text is what was sent, byte for byte: bytes that are no UTF-8 are kept as
surrogates.  Left out: pipes, redirections, jobs.

Source: the part of a container that the kubelet's streaming server talks to; the words for a missing program
are runc's (libcontainer/process_linux.go).
"""

import re
import shlex
from collections.abc import Callable, Sequence

from insideout.kubelet import filecommands, tar
from insideout.kubelet.files import Files
from insideout.kubelet.process import Process
from insideout.kubelet.programs import ExecResult, Program
from insideout.kubelet.stdin import Stdin
from insideout.sim import Loop, Timer

SHELLS = ("sh", "/bin/sh", "bash", "/bin/bash", "ash")
_NOT_FOUND = 127
SCRIPT_PARTS = re.compile(r"""(?:'[^']*'|"[^"]*"|(?!;|&&|\n).)+|;|&&|\n""")
"""A script's commands and what stands between them, which in quotes is no such thing."""
PROMPT = "/ # "

Write = Callable[[str], object]


class NotFoundError(Exception):
    """There is no such program in the container, so nothing ran at all."""


class Shell:
    """One command in one container; `done` is told its exit code, once.

    `out` and `err` take what it writes.  A terminal echoes what is typed, and both outputs are one.
    """

    def __init__(
        self,
        loop: Loop,
        program: Program,
        process: Process,
        *,
        tty: bool,
        out: Write,
        err: Write,
        done: Callable[[int], object],
    ) -> None:
        self.rows, self.columns = 0, 0
        self._loop, self._program, self._process = loop, program, process
        self._tty = tty
        self._out = self._written(out)
        self._err = self._out if tty else err
        self._done = done
        self._variables = dict(process.env)
        self._last = 0
        self.stdin = Stdin(tty=tty, echo=self._out, interrupt=self._interrupt)
        self._timer: Timer | None = None
        self._ended = False

    def start(self, command: Sequence[str]) -> None:
        """Run a command; NotFoundError when the container has no such program."""
        words = list(command) or [""]
        if self._try(words, self._end) is not None:
            raise NotFoundError(f'exec: "{words[0]}": executable file not found in $PATH')

    def resize(self, rows: int, columns: int) -> None:
        """Give the terminal another size."""
        self.rows, self.columns = rows, columns

    def stop(self) -> None:
        """End without a word: the client has gone."""
        self._ended = True
        self.stdin.stop()
        if self._timer is not None:
            self._timer.cancel()

    def _interrupt(self) -> None:
        self._out("^C\n")
        if self._timer is not None:
            self._timer.cancel()
        self._end(130)

    # Running.

    def _run(self, words: list[str], then: Callable[[int], object]) -> None:
        """Run one command, then say its exit code to `then`."""
        missing = self._try(words, then)
        if missing is not None:
            self._finish(missing, then)

    def _try(self, words: list[str], then: Callable[[int], object]) -> ExecResult | None:
        """Run one command, then say its exit code to `then`; return what is said of one that is not there."""
        match words:
            case [name] if name in SHELLS:
                self._interactive(then)
                return None
            case [name, "-c", script, *_] if name in SHELLS:
                self._script(script, then, leave=then)
                return None
        result = self._program.execute(self._process, words)
        if result.exit_code != _NOT_FOUND:
            self._finish(result, then)
            return None
        match words:
            case ["cat"]:
                self._copy(then)
            case ["tar", *arguments]:
                self._tar(arguments, then)
            case ["pwd"]:
                self._out("/\n")
                then(0)
            case ["stty", "size"]:
                if self._tty:
                    self._out(f"{self.rows} {self.columns}\n")
                else:
                    self._err("stty: standard input: Inappropriate ioctl for device\n")
                then(0 if self._tty else 1)
            case ["read", name]:
                self.stdin.line(lambda line: self._assign(name, line, then))
            case _:
                done = filecommands.run(self._files(), words, self._now_s)
                if done is None:
                    return result
                self._finish(done, then)
        return None

    def _tar(self, arguments: Sequence[str], then: Callable[[int], object]) -> None:
        """Write an archive, or read one to its end."""
        try:
            wanted = tar.read_arguments(arguments)
        except tar.UsageError as problem:
            self._finish(ExecResult(1, stderr=f"{problem}\n"), then)
            return
        if wanted.creates:
            self._finish(tar.create(self._files(), wanted), then)
            return
        extraction = tar.Extraction(self._files(), wanted, self._now_s)

        def take(text: str) -> bool:
            """Tell whether that was all; "" comes where the input ends before the archive does."""
            if not extraction.feed(text.encode("utf-8", "surrogateescape")) and text:
                return False
            self._finish(extraction.finish(), then)
            return True

        self.stdin.all(take)

    def _files(self) -> Files:
        return self._process.files

    @property
    def _now_s(self) -> float:
        return self._loop.time().timestamp()

    def _finish(self, result: ExecResult, then: Callable[[int], object]) -> None:
        """Write what a command of the program came to, once its time is over."""

        def finish() -> None:
            if not self._ended:
                self._out(result.stdout)
                self._err(result.stderr)
                then(result.exit_code)

        if result.duration_s > 0:
            self._timer = self._loop.call_later(result.duration_s, finish)
        else:
            finish()

    def _script(self, script: str, then: Callable[[int], object], *, leave: Callable[[int], object]) -> None:
        """Run commands one after the other; after && only where the one before succeeded.

        `leave` is told the code of an exit among them.
        """
        commands: list[tuple[str, str]] = []
        mark = ";"
        for part in SCRIPT_PARTS.findall(script):
            if part in (";", "&&", "\n"):
                mark = part
            elif part.strip():
                commands.append((mark, part))

        def go_on(code: int) -> None:
            self._last = code
            while commands:
                mark, text = commands.pop(0)
                if mark == "&&" and self._last != 0:
                    continue
                try:
                    words = self._expanded(text)
                except ValueError:
                    self._err("sh: syntax error: unterminated quoted string\n")
                    self._last = 2
                    break
                if not words:  # a variable that holds nothing
                    self._last = 0
                elif words[0] == "exit":
                    leave(self._exit_code(words))
                    return
                else:
                    self._run(words, go_on)
                    return
            then(self._last)

        go_on(0)

    def _exit_code(self, words: list[str]) -> int:
        """Return the code that an exit asks for, that of the command before when it asks for none."""
        asked = words[1] if len(words) > 1 else str(self._last)
        if asked.isdigit():
            return int(asked) & 255
        self._err(f"sh: exit: Illegal number: {asked}\n")
        return 2

    def _interactive(self, then: Callable[[int], object]) -> None:
        def prompt() -> None:
            if self._tty:
                self._out(PROMPT)
            self.stdin.line(take)

        def take(line: str | None) -> None:
            if line is None:
                then(self._last)
            else:
                self._script(line, ran, leave=then)

        def ran(code: int) -> None:
            self._last = code
            prompt()

        prompt()

    def _copy(self, then: Callable[[int], object]) -> None:
        def take(text: str) -> bool:
            """Write what came, at a terminal a line; "" is the end."""
            self._out(text)
            if not text:
                then(0)
            return not text

        self.stdin.all(take)

    def _assign(self, name: str, line: str | None, then: Callable[[int], object]) -> None:
        self._variables[name] = (line or "").rstrip("\n")
        then(0 if line is not None else 1)

    def _expanded(self, text: str) -> list[str]:
        """Return the words of a command with its variables filled in; ValueError for a quote left open."""

        def value(match: re.Match[str]) -> str:
            return str(self._last) if match[1] == "?" else self._variables.get(match[1], "")

        return shlex.split(re.sub(r"\$(\?|\w+)", value, text))

    def _written(self, out: Write) -> Write:
        """Return how to write: a terminal begins a line at its left."""

        def write(text: str) -> None:
            if text and not self._ended:
                out(text.replace("\n", "\r\n") if self._tty else text)

        return write

    def _end(self, code: int) -> None:
        if not self._ended:
            self._ended = True
            self.stdin.stop()
            self._done(code)
