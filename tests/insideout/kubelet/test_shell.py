"""The tiny shell behind kubectl exec: what a command reads and writes, and what it exits with."""

from collections.abc import Sequence

import pytest

from insideout.kubelet import tar
from insideout.kubelet.files import Entry, Files
from insideout.kubelet.process import Process
from insideout.kubelet.programs import ExecResult, Program
from insideout.kubelet.shell import NotFoundError, Shell
from insideout.sim import Loop


class Run:
    """A command under way; what it wrote, and its exit code when it ended."""

    def __init__(self, *command: str, tty: bool = False, program: Program | None = None) -> None:
        self.loop = Loop()
        self.out, self.err, self.code = "", "", -1
        process = self.process = Process(self.loop, "web-0", {"A": "b"}, None, lambda _: None)
        self.shell = Shell(
            self.loop, program or Program(), process, tty=tty, out=self._out, err=self._err, done=self._done
        )
        self.shell.start(command)

    def _out(self, text: str) -> None:
        self.out += text

    def _err(self, text: str) -> None:
        self.err += text

    def _done(self, code: int) -> None:
        assert self.code == -1, "a command ends once"
        self.code = code


COMMANDS = [
    (("echo", "a", "b"), "a b\n", 0),
    (("sh", "-c", "echo $A; false; echo $?"), "b\n1\n", 0),
    (("sh", "-c", "false && echo no; exit 3; echo never"), "", 3),
    (("sh", "-c", "true && echo yes"), "yes\n", 0),
    (("sh", "-c", "exit 300"), "", 44),
    (("sh", "-c", "exit x"), "", 2),
    (("sh", "-c", "$NOPE; echo $?"), "0\n", 0),
    (("sh", "-c", "echo 'a; b && c'"), "a; b && c\n", 0),
    (("sh", "-c", "echo 'a"), "", 2),
    (("cat", "/etc/hostname"), "web-0\n", 0),
    (("env",), "A=b\n", 0),
    (("pwd",), "/\n", 0),
]


@pytest.mark.parametrize(("command", "out", "code"), COMMANDS)
def test_commands(command: tuple[str, ...], out: str, code: int) -> None:
    run = Run(*command)
    assert (run.out, run.code) == (out, code)


def test_cat_gives_back_what_it_reads_until_the_end() -> None:
    run = Run("cat")
    run.shell.stdin.feed("one\ntw")
    assert (run.out, run.code) == ("one\ntw", -1)  # at a terminal it would be given a line
    run.shell.stdin.close()
    assert (run.out, run.code) == ("one\ntw", 0)


@pytest.mark.parametrize("reader", ["cat", "sh"])
def test_thousands_of_lines_may_wait_for_who_reads_late(reader: str) -> None:
    run = Run("sh", "-c", f"sleep 1; {reader}")
    run.shell.stdin.feed("echo a\n" * 5000)
    run.shell.stdin.close()
    run.loop.run(2)
    assert run.code == 0
    assert run.out == ("echo a\n" if reader == "cat" else "a\n") * 5000


def test_a_shell_reads_commands_and_exits_as_the_last_one_says() -> None:
    run = Run("sh")
    run.shell.stdin.feed("echo $A\nread X\nc\necho $X\nfalse\n")
    run.shell.stdin.close()
    assert (run.out, run.code) == ("b\nc\n", 1)


def test_an_exit_behind_another_command_ends_the_shell() -> None:
    run = Run("sh")
    run.shell.stdin.feed("true; exit 3\necho never\n")
    assert (run.out, run.code) == ("", 3)


def test_the_program_of_the_image_comes_first_and_runs_a_command_once() -> None:
    ran: list[list[str]] = []

    class Ours(Program):
        def execute(self, process: Process, command: Sequence[str]) -> ExecResult:
            ran.append(list(command))
            return (
                ExecResult(0, "ours\n") if command[0] in ("ls", "once") else super().execute(process, command)
            )

    for command in ("ls", "once"):
        run = Run(command, program=Ours())
        assert (run.out, run.code) == ("ours\n", 0)
    assert ran == [["ls"], ["once"]]


def test_sleep_takes_its_time() -> None:
    run = Run("sh", "-c", "sleep 2; echo done")
    run.loop.run(1.9)
    assert run.out == ""
    run.loop.run(0.2)
    assert (run.out, run.code) == ("done\n", 0)


def test_who_stops_hears_nothing_more() -> None:
    run = Run("sh", "-c", "sleep 2; echo done")
    run.shell.stop()
    run.loop.run(3)
    assert (run.out, run.code) == ("", -1)


def test_a_terminal_echoes_and_knows_its_size() -> None:
    run = Run("sh", tty=True)
    run.shell.resize(40, 120)
    run.shell.stdin.feed("stty size\rexit 5\r")
    assert run.out == "/ # stty size\r\n40 120\r\n/ # exit 5\r\n"
    assert run.code == 5


def test_control_c_and_control_d() -> None:
    run = Run("cat", tty=True)
    run.shell.stdin.feed("\x03")
    assert run.code == 130
    other = Run("cat", tty=True)
    other.shell.stdin.feed("a\r\x04")
    assert other.code == 0


def test_a_missing_program_runs_nothing() -> None:
    with pytest.raises(NotFoundError, match="nosuch"):
        Run("nosuch")


def test_an_archive_that_is_sent_is_unpacked_and_what_it_held_comes_back_byte_for_byte() -> None:
    """Through the shell as text, whatever the bytes."""
    source = Files("other")
    source.put("/tmp/x", Entry(bytes(range(256))))
    sent = tar.create(source, tar.read_arguments(["cf", "-", "-C", "/tmp", "x"])).stdout
    run = Run("tar", "xmf", "-", "-C", "/tmp")
    for begin in range(0, len(sent), 999):
        run.shell.stdin.feed(sent[begin : begin + 999])
    assert (run.code, run.err) == (0, ""), "it ends with the archive, not with the input"
    assert run.process.files is not None
    assert run.process.files.read("/tmp/x") == bytes(range(256))


def test_an_input_that_ends_before_the_archive_does_ends_it() -> None:
    run = Run("sh", "-c", "tar xf -; echo $?")
    run.shell.stdin.feed("half")
    assert run.code == -1
    run.shell.stdin.close()
    assert (run.code, run.out, run.err) == (0, "1\n", "tar: short read\n")


def test_a_call_of_tar_that_makes_no_sense_is_told() -> None:
    run = Run("tar", "zf", "-")
    assert (run.code, run.err) == (1, "tar: invalid option -- 'z'\n")


def test_files_stay_for_the_next_command_in_the_container() -> None:
    run = Run("sh", "-c", "mkdir /tmp/a && ls /tmp; test -d /tmp/a && echo yes")
    assert (run.code, run.out) == (0, "a\nyes\n")


def test_what_nobody_reads_is_counted() -> None:
    run = Run("sleep", "5")
    run.shell.stdin.feed("x" * 1000)
    assert run.shell.stdin.unread == 1000
    run.loop.run(5)
    assert (run.code, run.shell.stdin.unread) == (0, 0)
