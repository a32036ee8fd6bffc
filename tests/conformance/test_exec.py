"""exec over a WebSocket: kubectl with v5, the official client's stream with v4, and what is refused."""

import contextlib
import fcntl
import json
import os
import pty
import shutil
import struct
import subprocess
import termios
import time
from collections.abc import Iterator
from typing import Any

import kubernetes.client
import kubernetes.config
import pytest
from kubernetes.stream import stream

from insideout import Cluster
from insideout.backends.embedded import EmbeddedBackend
from tests.conformance.backends import PROGRAMS, reachable

POD = {
    "metadata": {"name": "web"},
    "spec": {"containers": [{"name": "app", "image": "web:1", "env": [{"name": "A", "value": "b"}]}]},
}


@pytest.fixture(scope="module", params=PROGRAMS)
def cluster(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """Give a cluster with one running pod, web, and one that no node takes, pending."""
    with reachable(request.param) as made:
        made.core.create_namespaced_pod("default", POD)
        pending = {"metadata": {"name": "pending"}, "spec": {**POD["spec"], "nodeSelector": {"no": "where"}}}
        made.core.create_namespaced_pod("default", pending)
        made.wait(
            lambda: made.core.read_namespaced_pod("web", "default").status.phase == "Running", timeout_s=30
        )
        yield made


@pytest.fixture
def core(cluster: Cluster) -> Iterator[kubernetes.client.CoreV1Api]:
    """Give the official client, over HTTP."""
    with kubernetes.config.new_client_from_config(str(cluster.kubeconfig)) as client:
        yield kubernetes.client.CoreV1Api(client)


needs_kubectl = pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")

RUNS: list[tuple[tuple[str, ...], str, int, str]] = [
    (("exec", "web", "--", "echo", "hi"), "", 0, "hi\n"),
    (("exec", "web", "--", "sh", "-c", "echo $A; exit 3"), "", 3, "b\n"),
    (("exec", "-i", "web", "--", "cat"), "one\ntwo\n", 0, "one\ntwo\n"),
    (("exec", "-i", "web", "--", "sh"), "echo $A\nexit 7\n", 7, "b\n"),
]


def kubectl(cluster: Cluster, *arguments: str, stdin: str = "", **env: str) -> tuple[int, str, str]:
    """Run kubectl; return its exit code and what it wrote."""
    done = subprocess.run(
        ["kubectl", f"--kubeconfig={cluster.kubeconfig}", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **env},
    )
    return done.returncode, done.stdout, done.stderr


@needs_kubectl
@pytest.mark.parametrize(("arguments", "stdin", "code", "out"), RUNS)
def test_kubectl_exec(cluster: Cluster, arguments: tuple[str, ...], stdin: str, code: int, out: str) -> None:
    """What the command wrote comes through, its exit code is kubectl's, and the end of the input arrives."""
    assert kubectl(cluster, *arguments, stdin=stdin)[:2] == (code, out)


@needs_kubectl
def test_a_missing_program_has_no_exit_code(cluster: Cluster) -> None:
    """The kubelet's error is an error of the API server's, and both say so."""
    code, _, complaint = kubectl(cluster, "exec", "web", "--", "nosuch")
    assert (code, complaint.count("Internal error occurred")) == (1, 2)
    assert 'exec: "nosuch": executable file not found in $PATH' in complaint


@needs_kubectl
def test_what_keeps_a_stream_from_a_pod_is_said(cluster: Cluster) -> None:
    """An unscheduled pod: the WebSocket is refused, and so is the SPDY that kubectl then tries."""
    assert "does not have a host assigned" in kubectl(cluster, "exec", "pending", "--", "ls")[2]
    assert "container x is not valid for pod web" in kubectl(cluster, "exec", "web", "-c", "x", "--", "ls")[2]


@needs_kubectl
def test_kubectl_in_spdy_from_end_to_end(cluster: Cluster) -> None:
    """The API server passes it on to the kubelet; the embedded one does not speak it, and says so."""
    without = {"KUBECTL_REMOTE_COMMAND_WEBSOCKETS": "false"}
    code, out, complaint = kubectl(
        cluster, "exec", "-i", "web", "--", "sh", stdin="echo $A\nexit 7\n", **without
    )
    if isinstance(cluster.backend, EmbeddedBackend):
        assert "Upgrade request required" in complaint
        return
    assert (code, out) == (7, "b\n")
    code, _, complaint = kubectl(cluster, "exec", "web", "--", "nosuch", **without)
    assert (code, complaint.count("Internal error occurred")) == (1, 1)


@needs_kubectl
@pytest.mark.parametrize("websockets", ["true", "false"])
def test_a_terminal_of_kubectls(cluster: Cluster, websockets: str) -> None:
    """Its size is the container's, what is typed is echoed, and Ctrl-D ends the shell."""
    if websockets == "false" and isinstance(cluster.backend, EmbeddedBackend):
        pytest.skip("the embedded API server speaks no SPDY")
    words = ["kubectl", f"--kubeconfig={cluster.kubeconfig}", "exec", "-it", "web", "--", "sh"]
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["KUBECTL_REMOTE_COMMAND_WEBSOCKETS"] = websockets
        os.execvp(words[0], words)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 101, 0, 0))
    shown = b""
    with os.fdopen(terminal, "r+b", buffering=0) as typed, contextlib.suppress(OSError):
        while part := typed.read(4096):
            shown += part
            if shown == b"/ # ":
                typed.write(b"stty size\rcat /nowhere\rexit 5\r")
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 5
    assert b"33 101\r\n" in shown
    assert b"cat: /nowhere: No such file or directory\r\n" in shown


@contextlib.contextmanager
def opened(
    core: kubernetes.client.CoreV1Api, *command: str, pod: str = "web", **options: Any
) -> Iterator[Any]:
    """Open a stream with the official client, and close it."""
    wanted = {"stdout": True, "stderr": True, "_preload_content": False, **options}
    client = stream(core.connect_get_namespaced_pod_exec, pod, "default", command=list(command), **wanted)
    try:
        yield client
    finally:
        client.close()
        if client.sock.sock is not None:
            client.sock.sock.close()


def test_the_official_clients_stream(core: kubernetes.client.CoreV1Api) -> None:
    with opened(core, "sh", "-c", "echo out; cat /nowhere; exit 4") as client:
        client.run_forever(timeout=30)
        assert client.read_channel(1) == "out\n"
        assert client.read_channel(2) == "cat: /nowhere: No such file or directory\n"
        status = json.loads(client.read_channel(3))
    assert status["reason"] == "NonZeroExitCode"
    assert status["details"]["causes"] == [{"reason": "ExitCode", "message": "4"}]
    words = "command terminated with exit code 4"
    assert status["message"] == f"command terminated with non-zero exit code: {words}"


def test_a_terminal(core: kubernetes.client.CoreV1Api) -> None:
    """The size that the client sends is the terminal's, and its errors come on the one output."""
    with opened(core, "sh", stdin=True, tty=True) as client:
        client.write_channel(4, '{"Width":120,"Height":40}')
        shown, end_s = "", time.monotonic() + 30
        while "40 120\r\n" not in shown and time.monotonic() < end_s:
            client.write_stdin("stty size\n")  # on a real control plane it may overtake the size
            shown += client.read_stdout(timeout=1)
        client.write_stdin("cat /nowhere\nexit 5\n")
        client.run_forever(timeout=30)
        assert client.returncode == 5
        shown += client.read_all()
    assert "40 120\r\n" in shown
    assert "cat: /nowhere: No such file or directory\r\n" in shown


def test_a_stream_to_a_stopped_container_is_refused(cluster: Cluster, core: Any) -> None:
    """A pod that has ended: the API server lets the request pass, the kubelet has no such container."""
    metadata = {"name": "done", "annotations": {"program.course/app": "exit 0"}}
    body = {"metadata": metadata, "spec": {**POD["spec"], "restartPolicy": "Never"}}
    cluster.core.create_namespaced_pod("default", body)
    cluster.wait(
        lambda: cluster.core.read_namespaced_pod("done", "default").status.phase == "Succeeded", timeout_s=30
    )
    with opened(core, "ls", pod="done") as client:
        client.run_forever(timeout=30)
        assert "container not found" in client.read_channel(3)


def test_many_bytes_come_whole(core: kubernetes.client.CoreV1Api) -> None:
    """A client that sends faster than it reads loses nothing."""
    lines = [f"{number:06d} {'x' * 90}\n" for number in range(3000)]
    wanted = "".join(lines)
    got = ""
    with opened(core, "cat", stdin=True) as client:
        for start in range(0, len(lines), 100):
            client.write_stdin("".join(lines[start : start + 100]))
        end_s = time.monotonic() + 60
        while len(got) < len(wanted) and time.monotonic() < end_s:
            got += client.read_stdout(timeout=1)
            client.sock.ping()  # the client polls the socket, and does not see what TLS has read already
    assert got == wanted


def talker(cluster: Cluster, name: str) -> None:
    """Start a pod that writes a line now and one after two seconds, and ends after three."""
    program = "log first; log second after 2s; exit 0 after 3s"
    metadata = {"name": name, "annotations": {"program.course/app": program}}
    cluster.core.create_namespaced_pod(
        "default", {"metadata": metadata, "spec": {**POD["spec"], "restartPolicy": "Never"}}
    )
    cluster.wait(
        lambda: cluster.core.read_namespaced_pod(name, "default").status.phase == "Running", timeout_s=30
    )


@needs_kubectl
def test_a_log_is_followed_to_its_end(cluster: Cluster) -> None:
    talker(cluster, "followed")
    assert kubectl(cluster, "logs", "-f", "followed")[:2] == (0, "first\nsecond\n")


@needs_kubectl
def test_attach_shows_what_comes(cluster: Cluster) -> None:
    talker(cluster, "attached")
    code, out, _ = kubectl(cluster, "attach", "attached")
    assert code == 0
    assert out.endswith("second\n")
