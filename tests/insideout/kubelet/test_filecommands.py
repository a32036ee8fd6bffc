"""Commands on files, with BusyBox's words."""

import pytest

from insideout.kubelet import filecommands
from insideout.kubelet.files import Entry, Files

CASES = {
    "cat": ("cat /etc/hostname /tmp/a", 0, "web-0\none", ""),
    "cat goes on": ("cat /no /tmp/a", 1, "one", "cat: /no: No such file or directory\n"),
    "cat of a folder": ("cat /tmp", 1, "", "cat: /tmp: Is a directory\n"),
    "ls": ("ls /tmp", 0, "a\ndir\n", ""),
    "ls of nothing is the root": ("ls -l", 0, "bin\ndev\netc\nhome\nproc\nroot\nsys\ntmp\nusr\nvar\n", ""),
    "ls of a file": ("ls /tmp/a", 0, "/tmp/a\n", ""),
    "ls of several": ("ls /tmp/a /tmp", 0, "/tmp/a\n/tmp:\na\ndir\n", ""),
    "ls of what is not there": ("ls /no", 1, "", "ls: /no: No such file or directory\n"),
    "mkdir": ("mkdir /tmp/new", 0, "", ""),
    "mkdir again": ("mkdir /tmp/dir", 1, "", "mkdir: can't create directory '/tmp/dir': File exists\n"),
    "mkdir -p": ("mkdir -p /tmp/dir/x/y", 0, "", ""),
    "mkdir deep": ("mkdir /x/y", 1, "", "mkdir: can't create directory '/x/y': No such file or directory\n"),
    "rm": ("rm /tmp/a", 0, "", ""),
    "rm of a folder": ("rm /tmp/dir", 1, "", "rm: can't remove '/tmp/dir': Is a directory\n"),
    "rm -r": ("rm -rf /tmp/dir /no", 0, "", ""),
    "rm of nothing": ("rm /no", 1, "", "rm: can't remove '/no': No such file or directory\n"),
    "test -d": ("test -d /tmp", 0, "", ""),
    "test -d of a file": ("test -d /tmp/a", 1, "", ""),
    "test -f": ("test -f /tmp/a", 0, "", ""),
    "test -f of a folder": ("test -f /tmp", 1, "", ""),
    "test -e": ("[ -e /tmp/a ]", 0, "", ""),
    "test -e of nothing": ("[ -e /no ]", 1, "", ""),
    "test of texts": ("test a = b", 1, "", ""),
    "test of an empty text": ("test -z x", 1, "", ""),
    "test of nothing": ("test", 1, "", ""),
    "test of something else": ("test -q /tmp", 2, "", "sh: -q: unknown operand\n"),
}


@pytest.mark.parametrize(("command", "code", "out", "err"), CASES.values(), ids=CASES)
def test_commands(command: str, code: int, out: str, err: str) -> None:
    files = Files("web-0")
    files.put("/tmp/a", Entry(b"one"))
    files.put("/tmp/dir", Entry())
    assert filecommands.run(files, command.split(), 0.0)[:3] == (code, out, err)


def test_what_is_made_is_there_and_what_is_removed_is_gone() -> None:
    files = Files("web-0")
    filecommands.run(files, ["mkdir", "-p", "/tmp/x/y"], 9.0)
    assert files.get("/tmp/x/y").modified_s == 9.0
    filecommands.run(files, ["rm", "-r", "/tmp/x"], 9.0)
    assert files.names("/tmp") == []


def test_another_command_is_not_known_here() -> None:
    assert filecommands.run(Files("web-0"), ["sleep", "1"], 0.0) is None
