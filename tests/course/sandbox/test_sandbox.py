"""The sandbox is the same for root and for an ordinary user, and what is missing is said."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

import pytest

from course.grading.submission import closed_if_broken
from course.project import PROJECT
from course.sandbox import protection as protections
from course.sandbox import wall as sandbox
from course.sandbox.learner import Learner
from course.sandbox.protection import Protection, Unprotected
from course.sandbox.warm import SandboxError, Warm

ORDINARY = 60_001


@pytest.fixture
def notebook(warm, limits):
    learner = Learner(warm, limits)
    yield learner
    learner.close()


def value(learner: Learner, source: str):
    run = learner.run(f"_value = ({source})" if "\n" not in source else source)
    assert not run.outputs, run.outputs
    return learner.names(["_value"])["_value"]


def test_the_learner_sees_an_empty_private_world(notebook):
    source = "import os\n_value = {n: sorted(os.listdir(n)) for n in ('/tmp', '/proc', '/dev/shm', '/etc')}"
    assert value(notebook, source) == {
        "/tmp": [],
        "/proc": [],
        "/dev/shm": [],
        "/etc": ["ld.so.cache"],
    }


def test_the_environment_holds_nothing_of_the_graders(notebook, monkeypatch):
    monkeypatch.setenv("COURSE_HIDDEN_SEED", "12345")
    found = value(notebook, "dict(__import__('os').environ)")
    assert set(found) - set(sandbox.environment()) <= {
        "PWD",
        "LC_CTYPE",
        "KMP_DUPLICATE_LIB_OK",
        "KMP_INIT_AT_FORK",
    }
    assert "12345" not in found.values()


def test_the_learner_is_nobody_without_capabilities_or_groups(notebook):
    source = """
import ctypes, os
header, data = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
ctypes.CDLL(None).capget(header, data)
_value = [os.getuid(), os.geteuid(), os.getpid(), list(data)]
"""
    assert value(notebook, source) == [1000, 1000, 1, [0] * 6]


@pytest.mark.parametrize(
    "call",
    [
        "os.fork()",
        "os.execv('/bin/true', ['true'])",
        "subprocess.run(['true'])",
        "os.chroot('/tmp')",
        "os.memfd_create('x')",
        "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
        "socket.socket(socket.AF_X25, socket.SOCK_SEQPACKET)",
        "socket.create_connection(('1.1.1.1', 53), 1)",
        "socket.socket().bind(('127.0.0.1', 0))",
        "socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)",
        "open('/usr/x', 'w')",
        "open('/grader/inside/x', 'w')",
        "open('/x', 'w')",
        "os.setuid(0)",
        "os.mkfifo('/dev/x')",
        "open('/tmp/big', 'wb').write(bytes(17 << 20))",
        "resource.setrlimit(resource.RLIMIT_NOFILE, (10_000, 10_000))",
        "[threading.Thread(target=time.sleep, args=(9,)).start() for _ in range(100)]",
        "[open('/dev/null') for _ in range(100)]",
    ],
)
def test_a_call_is_refused(notebook, call):
    run = notebook.run(f"import os, resource, socket, subprocess, threading, time\n{call}")
    assert run.outputs[-1]["kind"] == "error"
    assert run.outputs[-1]["name"] in {"PermissionError", "OSError", "ValueError", "RuntimeError"}


def test_raw_system_calls_are_refused_as_well(notebook):
    """A library that does not go through Python meets the same filter."""
    source = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
_value = [libc.unshare(0x10000000), libc.ptrace(0, 0, 0, 0), libc.mount(b"a", b"/tmp", b"tmpfs", 0, None),
          libc.syscall(435, 0, 0), libc.syscall(56, 17, 0, 0, 0, 0), libc.umount2(b"/proc", 0)]
"""
    assert value(notebook, source) == [-1] * 6


def test_a_full_private_tmp_is_the_learners_own_problem(notebook):
    run = notebook.run("for n in range(5):\n    open(f'/tmp/{n}', 'wb').write(bytes(10 << 20))")
    assert "No space left" in run.outputs[-1]["message"]


def test_nothing_is_left_for_the_next_submission(warm, limits):
    first = Learner(warm, limits)
    first.run("open('/tmp/x', 'w').write('1'); import builtins, json; builtins.left = json.left = 1")
    first.close()
    second = Learner(warm, limits)
    second.run(
        "import builtins, json, os\n_value = [os.listdir('/tmp'), hasattr(builtins, 'left'), hasattr(json, 'left')]"
    )
    assert second.names(["_value"])["_value"] == [[], False, False]
    second.close()


def test_no_port_in_use_tells_the_next_submission_anything(warm, limits):
    """A closed connection keeps its port for a minute, so who is next could read which ports are taken."""
    source = """
import socket
def leave(port):
    try:
        with socket.create_server(("127.0.0.1", port)) as server:
            with socket.create_connection(("127.0.0.1", port)), server.accept()[0] as other:
                other.close()
    except OSError:
        pass
def is_taken(port):
    try:
        with socket.socket() as one:
            one.bind(("127.0.0.1", port))
            return False
    except PermissionError:
        return False
    except OSError:
        return True
"""
    first = Learner(warm, limits)
    first.run(source + "leave(23456)")
    first.close()
    second = Learner(warm, limits)
    second.run(source + "_value = is_taken(23456)")
    assert second.names(["_value"]) == {"_value": False}
    second.close()


def test_a_grader_that_breaks_leaves_nothing_for_the_next_submission(protection, limits):
    with Warm(protection, limits) as warm:
        first = Learner(warm, limits)
        first.run("x = 1")
        process = warm._process
        with pytest.raises(ZeroDivisionError), closed_if_broken(warm):
            raise ZeroDivisionError
        assert process.poll() is not None, "the first submission's process could go on"
        first.close()
        second = Learner(warm, limits)
        assert second.run("1 + 1").outputs == [{"kind": "result", "text": "2"}]
        second.close()


def test_a_warm_parent_that_was_killed_is_replaced(protection, limits):
    with Warm(protection, limits) as warm:
        warm.start().close()
        warm.stop()
        warm._process.kill()
        warm._process.wait()
        learner = Learner(warm, limits)
        assert value(learner, "1 + 1") == 2
        learner.close()


def test_a_start_takes_a_few_milliseconds(warm):
    """Not a benchmark: only that nothing is imported again for each submission."""
    warm.start().close()
    warm.stop()
    started_s = time.monotonic()
    for _ in range(5):
        warm.start().close()
        warm.stop()
    assert time.monotonic() - started_s < 5 * 0.3


def test_without_namespaces_of_its_own_each_submission_gets_a_new_parent(protection, limits):
    single = Protection(True, False, protection.seccomp, (), protection.proc)
    with Warm(single, limits) as warm:
        for _ in range(2):
            learner = Learner(warm, limits)
            assert (
                learner.run("import os\nfound = os.listdir('/tmp')\nopen('/tmp/x', 'w').close()").outputs
                == []
            )
            assert "x" not in learner.names(["found"])["found"]
            learner.close()


def test_a_sandbox_that_cannot_be_built_is_an_error_of_the_graders(protection, limits):
    broken = Protection(True, True, b"no filter", ())
    with Warm(broken, limits) as warm, pytest.raises(SandboxError, match=r"could not be built: .*seccomp"):
        warm.start()


def test_what_is_missing_is_refused_with_every_reason():
    weak = Protection(False, False, b"", ("no this", "no that"))
    with pytest.raises(Unprotected, match=r"(?s)no this.*no that.*--unsafe"):
        protections.demand(weak, unsafe=False)
    protections.demand(weak, unsafe=True)


def test_a_machine_without_bubblewrap_is_told_what_is_weaker(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    found = protections.probe()
    assert not found.bubblewrap
    assert "no bubblewrap (it is not installed)" in found.weaker


def test_an_environment_in_tmp_is_seen_although_the_sandbox_has_a_tmp_of_its_own(protection, monkeypatch):
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        venv.create(folder, symlinks=True, with_pip=False)
        monkeypatch.setattr(sys, "prefix", folder)
        monkeypatch.setattr(sys, "executable", f"{folder}/bin/python")
        assert protections.probe() == protection


def as_ordinary_user(folder: Path, code: str, *options: str) -> str:
    """Run Python code as a user without rights, on this machine as root sees it."""
    # Root's own folder is closed to others: open what the interpreter is in.
    hidden, inner = (str(Path(*Path(sys.base_prefix).parts[:depth])) for depth in (2, 3))
    is_open = Path(hidden).stat().st_mode & 0o005 == 0o005
    opened = [] if is_open else ["--perms", "0755", "--tmpfs", hidden, "--ro-bind", inner, inner]
    covered = [place for place in (sys.prefix, str(PROJECT)) if Path(place).is_relative_to("/tmp")]
    uncovered = [word for place in covered for word in ("--ro-bind", place, place)]
    done = subprocess.run(
        [
            *("bwrap", "--dev-bind", "/", "/", *opened, "--perms", "1777", "--tmpfs", "/tmp"),
            *uncovered,
            *(
                "--bind",
                str(folder),
                str(folder),
                *options,
                "--cap-add",
                "CAP_SETUID",
                "--cap-add",
                "CAP_SETGID",
            ),
            *("setpriv", f"--reuid={ORDINARY}", f"--regid={ORDINARY}", "--clear-groups"),
            *(sys.executable, "-B", "-c", code),
        ],
        cwd="/",
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("setpriv"), reason="only root can become someone else"
)
@pytest.mark.parametrize(
    "options",
    [(), ("--unshare-pid", "--proc", "/proc")],
    ids=["plain", "in a container that masks part of /proc"],
)
def test_an_ordinary_user_has_the_same_sandbox(protection, tmp_path, options):
    code = """
import os
from course.sandbox import protection
from course.sandbox.learner import Learner
from course.sandbox.limits import Limits
from course.sandbox.warm import Warm
found = protection.probe()
assert os.getuid() and found.bubblewrap and found.separate and not found.weaker, found
with Warm(found, Limits()) as warm:
    learner = Learner(warm, Limits())
    learner.run("import os\\ntry:\\n    os.fork()\\nexcept PermissionError:\\n    x = [os.getuid(), os.listdir('/proc')]")
    learner.run("from insideout.cluster import Cluster\\ny = len(Cluster.create(nodes=2).client().list('nodes')['items'])")
    print(learner.names(["x", "y"]))
    learner.close()
"""
    tmp_path.chmod(0o777)
    if not os.access("/", os.R_OK) or not (Path(protections.__file__).stat().st_mode & 0o004):
        pytest.skip("the package is in a folder that others cannot read")
    assert as_ordinary_user(tmp_path, code, *options) == "{'x': [1000, []], 'y': 2}\n"
