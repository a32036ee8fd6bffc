"""kubectl cp, and the official client doing the same: files go to a container and come back."""

import io
import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import kubernetes.client
import kubernetes.config
import pytest

from insideout import Cluster
from insideout.kubelet.session import MOST_UNREAD, Session
from insideout.kubelet.spdycommand import SpdyCommand
from tests.conformance.backends import PROGRAMS, reachable
from tests.conformance.test_exec import opened

POD = {"metadata": {"name": "web"}, "spec": {"containers": [{"name": "app", "image": "web:1"}]}}
BINARY = bytes(range(256)) * 4000

Kubectl = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module", params=PROGRAMS)
def cluster(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """Give a cluster with one running pod, web."""
    with reachable(request.param) as made:
        made.core.create_namespaced_pod("default", POD)
        made.wait(
            lambda: made.core.read_namespaced_pod("web", "default").status.phase == "Running", timeout_s=30
        )
        yield made


@pytest.fixture
def kubectl(cluster: Cluster, tmp_path: Path) -> Kubectl:
    """Run kubectl; return its exit code and what it wrote."""

    def run(*arguments: str, stdin: bytes = b"") -> tuple[int, str, str]:
        done = subprocess.run(
            ["kubectl", f"--kubeconfig={cluster.kubeconfig}", *arguments],
            input=stdin,
            capture_output=True,
            timeout=60,
            check=False,
            env={**os.environ, "HOME": str(tmp_path)},
        )
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    return run


needs_kubectl = pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")


@needs_kubectl
def test_a_folder_goes_there_and_comes_back(kubectl: Kubectl, tmp_path: Path) -> None:
    (tmp_path / "a" / "empty").mkdir(parents=True)
    (tmp_path / "a" / "text").write_text("é\n", "utf-8")
    (tmp_path / "a" / "binary").write_bytes(BINARY)
    assert kubectl("cp", str(tmp_path / "a"), "web:/tmp/there")[0] == 0
    assert kubectl("exec", "web", "--", "ls", "/tmp/there")[1] == "binary\nempty\ntext\n"
    assert kubectl("cp", "web:/tmp/there", str(tmp_path / "back"))[0] == 0
    assert {path.name: path.read_bytes() for path in (tmp_path / "back").iterdir() if path.is_file()} == {
        "text": "é\n".encode(),
        "binary": BINARY,
    }
    assert (tmp_path / "back" / "empty").is_dir()


@needs_kubectl
def test_a_file_goes_into_a_folder(kubectl: Kubectl, tmp_path: Path) -> None:
    (tmp_path / "note").write_text("hi", "utf-8")
    assert kubectl("cp", str(tmp_path / "note"), "default/web:/home", "-c", "app")[0] == 0
    assert kubectl("exec", "web", "--", "cat", "/home/note")[1] == "hi"


@needs_kubectl
def test_what_cannot_be_copied_is_told(kubectl: Kubectl, tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(bytes(12 * 1024 * 1024))
    for source, target, why in (
        ("web:/nope", str(tmp_path / "x"), "tar: /nope: No such file or directory"),
        (str(tmp_path / "large"), "web:/nope/x", "tar: can't change directory to '/nope'"),
        (str(tmp_path / "large"), "web:/tmp/large", "No space left on device"),
    ):
        code, out, said = kubectl("cp", source, target)
        assert (code, why in out + said) == (1, True), out + said


@needs_kubectl
def test_what_a_command_does_not_read_does_not_pile_up(cluster: Cluster, kubectl: Kubectl) -> None:
    """Its client waits, as before a full pipe."""
    (node,) = cluster.nodes.nodes.values()
    seen: list[int] = []

    def look() -> None:
        streams = (Session, SpdyCommand)
        seen.extend(one.unread for one in node.connection.sessions if isinstance(one, streams))

    timers = [cluster.loop.call(cluster.loop.call_later, 0.2 * count, look) for count in range(50)]
    code, _, _ = kubectl("exec", "-i", "web", "--", "sleep", "3", stdin=bytes(20_000_000))
    for timer in timers:
        timer.cancel()
    assert code == 0
    assert MOST_UNREAD < max(seen) < 2_000_000


def test_the_official_client_sends_an_archive(cluster: Cluster) -> None:
    """Its stream cannot say that nothing follows; tar ends with the archive."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        member = tarfile.TarInfo("from-python")
        member.size = len(BINARY)
        archive.addfile(member, io.BytesIO(BINARY))
    with kubernetes.config.new_client_from_config(str(cluster.kubeconfig)) as client:
        core = kubernetes.client.CoreV1Api(client)

        with opened(core, "tar", "xf", "-", "-C", "/root", stdin=True, binary=True) as to:
            to.write_stdin(written.getvalue())
            to.run_forever(timeout=30)
            assert to.returncode == 0
        with opened(core, "cat", "/root/from-python", binary=True) as back:
            back.run_forever(timeout=30)
            assert back.read_channel(1) == BINARY
