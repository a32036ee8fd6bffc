"""Port-forward: kubectl through its tunnel, the official client on channels, and what is refused."""

import base64
import contextlib
import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import kubernetes.client
import kubernetes.config
import pytest
import yaml
from kubernetes.stream import portforward

from insideout import Cluster
from tests.conformance.backends import PROGRAMS, reachable

POD = {
    "metadata": {"name": "web"},
    "spec": {"containers": [{"name": "app", "image": "web:1", "ports": [{"containerPort": 80}]}]},
}
REFUSED = (
    "error forwarding port 81 to pod web_default, uid : dial tcp4 127.0.0.1:81: connect: connection refused"
)


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
def core(cluster: Cluster) -> Iterator[kubernetes.client.CoreV1Api]:
    """Give the official client, over HTTP."""
    with kubernetes.config.new_client_from_config(str(cluster.kubeconfig)) as client:
        yield kubernetes.client.CoreV1Api(client)


def _tunnels() -> bool:
    """Tell whether there is a kubectl that speaks through a WebSocket: 1.31 or later."""
    if shutil.which("kubectl") is None:
        return False
    command = ["kubectl", "version", "--client"]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    found = re.search(r"v1\.(\d+)", said)
    return found is not None and int(found[1]) >= 31


@contextlib.contextmanager
def kubectl(cluster: Cluster, home: Path, *ports: str) -> Iterator[tuple[list[int], "subprocess.Popen[str]"]]:
    """Run kubectl port-forward; give the local ports that it says."""
    command = ["kubectl", f"--kubeconfig={cluster.kubeconfig}", "port-forward", "--address=127.0.0.1"]
    environment = {**os.environ, "HOME": str(home)}
    with subprocess.Popen(
        [*command, "pod/web", *(f":{port}" for port in ports)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        try:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in ports]
            yield [int(line.split(":")[1].split()[0]) for line in lines], process
        finally:
            process.kill()


@pytest.mark.skipif(not _tunnels(), reason="there is no kubectl of 1.31 or later")
class TestKubectl:
    """kubectl port-forward."""

    def test_requests_go_through(self, cluster: Cluster, tmp_path: Path) -> None:
        with kubectl(cluster, tmp_path, "80") as ((port,), _):
            for _ in range(3):
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
                for body in (b"", b"x" * 200_000):
                    connection.request("POST", "/", body=body)
                    assert connection.getresponse().read() == b"web\n"
                connection.close()

    def test_a_port_on_which_nobody_listens_is_told(self, cluster: Cluster, tmp_path: Path) -> None:
        with kubectl(cluster, tmp_path, "81") as ((port,), process):
            socket.create_connection(("127.0.0.1", port), timeout=10).close()
            assert REFUSED in process.communicate(timeout=20)[1]

    def test_a_pod_that_is_not_there_is_not_found(self, cluster: Cluster, tmp_path: Path) -> None:
        done = subprocess.run(
            ["kubectl", f"--kubeconfig={cluster.kubeconfig}", "port-forward", "pod/none", ":80"],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
            env={**os.environ, "HOME": str(tmp_path)},
        )
        assert (done.returncode, 'pods "none" not found' in done.stderr) == (1, True)


def test_the_official_client_forwards_ports(core: kubernetes.client.CoreV1Api) -> None:
    forward = portforward(core.connect_get_namespaced_pod_portforward, "web", "default", ports="80,81")
    with contextlib.closing(forward.socket(80)) as connection:
        connection.settimeout(30)  # uvicorn waits ten seconds for the client's goodbye
        connection.sendall(b"GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n")
        got = b"".join(iter(lambda: connection.recv(4096), b""))
        forward.socket(81).close()
    forward.websocket.shutdown()  # the client leaves a connection open that the server closed
    assert got.startswith(b"HTTP/1.1 200 OK\r\n")
    assert got.endswith(b"web\n")
    assert (forward.error(80), forward.error(81)) == (None, REFUSED)


REFUSALS = {
    "a port that is none": ("web", "0", "v4.channel.k8s.io", 400, 'port "0" must be > 0'),
    "an empty port": ("web", "", "v4.channel.k8s.io", 400, 'ParseUint: parsing \\"\\": invalid syntax'),
    "a port that is too large": ("web", "65536", "v4.channel.k8s.io", 400, "value out of range"),
    "a protocol that nobody speaks": ("web", "80", "v2.portforward.k8s.io", 400, "are not supported"),
    "no such pod": ("none", "80", "v4.channel.k8s.io", 404, 'pods \\"none\\" not found'),
}


@pytest.mark.parametrize("case", REFUSALS.values(), ids=REFUSALS)
def test_what_cannot_be_forwarded_is_refused_before_anything_stands(
    cluster: Cluster, case: tuple[str, str, str, int, str]
) -> None:
    """As the answer to the handshake."""
    pod, ports, protocol, code, message = case
    config = yaml.safe_load(cluster.kubeconfig.read_text("utf-8"))
    authority = base64.b64decode(config["clusters"][0]["cluster"]["certificate-authority-data"]).decode()
    address = config["clusters"][0]["cluster"]["server"].removeprefix("https://")
    headers = {
        "Authorization": f"Bearer {config['users'][0]['user']['token']}",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        "Sec-WebSocket-Protocol": protocol,
    }
    context = ssl.create_default_context(cadata=authority)
    with contextlib.closing(http.client.HTTPSConnection(address, timeout=10, context=context)) as connection:
        path = f"/api/v1/namespaces/default/pods/{pod}/portforward?ports={ports}"
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        assert (answer.status, message in answer.read().decode()) == (code, True)
