"""The kubelets' servers through the tunnel, asked as an API server asks them; here nothing real is needed."""

import contextlib
import http.client
import json
import socket
import ssl
import threading

import pytest
import websocket

from insideout import Cluster
from insideout.apiserver.certificates import Certificate, self_signed, signed
from insideout.backends.controlplane import credentials
from insideout.backends.controlplane.tunnel import Tunnel
from tests.insideout.kubelet.test_spdy import Client, data

NODE = "172.18.0.2:10250"
PROGRAM = {"program.course/app": "log first; log again every 1s; memory 1Mi; cpu 100m"}
EXEC = "/exec/default/web/app?command=cat&input=1&output=1&error=1"


class Reached:
    """A cluster whose only way in is a tunnel, and clients of it."""

    def __init__(self, folder):
        self.folder = folder
        self.cluster = Cluster.create(nodes=1, realtime=True)
        ports = [{"containerPort": 80}]
        spec = {"containers": [{"name": "app", "image": "web:1", "ports": ports}]}
        self.cluster.core.create_namespaced_pod(
            "default", {"metadata": {"name": "web", "annotations": PROGRAM}, "spec": spec}
        )
        self.cluster.wait(lambda: self.pod().status.phase == "Running", timeout_s=30)
        self.credentials = credentials.make(folder, "https://127.0.0.1:1")
        self.socket = folder / "tunnel.sock"
        connections = self.cluster.backend.node_connections
        self.tunnel = Tunnel(self.socket, self.cluster.loop, connections, self.credentials)
        self.tunnel.start(self.cluster.client("kubelet"))

    def pod(self):
        return self.cluster.core.read_namespaced_pod("web", "default")

    def stop(self):
        self.tunnel.stop()
        self.cluster.stop()

    def dial(self, target):
        """Return a socket to an address, or the first line of the refusal."""
        made = socket.socket(socket.AF_UNIX)
        made.settimeout(20)
        made.connect(str(self.socket))
        made.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += made.recv(1)
        line = head.split(b"\r\n")[0].decode()
        if line.startswith("HTTP/1.1 200"):
            return made
        made.close()
        return line

    def secured(self, user="apiserver-kubelet-client"):
        """Return a socket to the node's kubelet, by a certificate of this name, "" for none."""
        context = ssl.create_default_context(
            cafile=str(self.credentials.certificate(credentials.KUBELETS)[0])
        )
        if user:
            context.load_cert_chain(*self.credentials.certificate(user))
        return context.wrap_socket(self.dial(NODE), server_hostname="172.18.0.2")

    def known(self, name, by=None, groups=()):
        """Make a certificate, by default by the kubelets' authority."""
        files = self.credentials.certificate(credentials.KUBELETS)
        authority = by or Certificate(*(path.read_bytes() for path in files))
        made = signed(authority, name, groups)
        for path, content in zip(self.credentials.certificate(name), made, strict=True):
            path.write_bytes(content)
        return name

    @contextlib.contextmanager
    def asking(self, path, method="GET", user="apiserver-kubelet-client", **headers):
        """Ask the kubelet; give its answer."""
        connection = http.client.HTTPConnection("kubelet", timeout=20)
        connection.sock = self.secured(user)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, headers=named)
            yield connection.getresponse()
        finally:
            connection.close()

    def answer(self, path, method="GET", **more):
        with self.asking(path, method, **more) as answer:
            return answer.status, answer.read().decode()


@pytest.fixture(scope="module")
def reached(tmp_path_factory):
    made = Reached(tmp_path_factory.mktemp("plane"))
    yield made
    made.stop()


def test_the_nodes_own_pages(reached):
    assert reached.answer("/healthz") == (200, "ok")
    code, pods = reached.answer("/pods")
    assert (code, [one["metadata"]["name"] for one in json.loads(pods)["items"]]) == (200, ["web"])
    assert 'container_memory_working_set_bytes{container="app"' in reached.answer("/metrics/resource")[1]
    assert "kubelet_running_pods 1.0" in reached.answer("/metrics")[1]
    summary = json.loads(reached.answer("/stats/summary")[1])
    (pod,) = summary["pods"]
    assert pod["podRef"] == {"name": "web", "namespace": "default", "uid": reached.pod().metadata.uid}
    assert (
        pod["containers"][0]["memory"]["workingSetBytes"] == summary["node"]["memory"]["usageBytes"] == 2**20
    )
    assert pod["cpu"]["usageNanoCores"] == 10**8
    assert 0 < pod["cpu"]["usageCoreNanoSeconds"] <= summary["node"]["cpu"]["usageCoreNanoSeconds"]
    assert reached.answer("/nothing")[0] == 404


def test_who_may_ask(reached):
    """No certificate, one of an authority that signed nothing here, users with and without rights, tokens."""
    assert reached.answer("/pods", user="") == (401, "Unauthorized")
    forbidden = "Forbidden (user=eve, verb=get, resource=nodes, subresource(s)=[pods proxy])\n"
    assert reached.answer("/pods", user=reached.known("eve")) == (403, forbidden)
    assert reached.answer(EXEC, "POST", user="eve")[0] == 403
    assert reached.answer("/pods", user=reached.known("root", groups=["system:masters"]))[0] == 200
    with pytest.raises(OSError, match=r"alert|reset|EOF|closed"):
        reached.answer("/pods", user=reached.known("mallory", by=self_signed()))
    reached.cluster.backend.server.accounts.add_token("secret")
    assert reached.answer("/pods", user="", Authorization="Bearer secret")[0] == 200
    assert reached.answer("/pods", user="", Authorization="Bearer other") == (401, "Unauthorized")


def test_a_websocket_without_a_certificate_is_refused(reached):
    with (
        reached.secured("") as unknown,
        pytest.raises(websocket.WebSocketBadStatusException, match="401"),
    ):
        websocket.create_connection(f"ws://kubelet{EXEC}", socket=unknown)


WRONG = {
    "a pod that is not here": ("/containerLogs/default/none/app", 404, 'pod "none" does not exist'),
    "a container that is none": (
        "/containerLogs/default/web/x",
        404,
        'container "x" not found in pod "web"',
    ),
    "no earlier run": (
        "/containerLogs/default/web/app?previous=true",
        400,
        'previous terminated container "app" in pod "web" not found',
    ),
    "a time that is none": (
        "/containerLogs/default/web/app?sinceTime=x",
        400,
        '{"message": "Unable to decode query."}',
    ),
    "less than no lines": (
        "/containerLogs/default/web/app?tailLines=-1",
        422,
        '{"message": "Invalid request."}',
    ),
    "exec in no pod": ("/exec/default/none/app?output=1&command=ls", 404, "pod does not exist"),
    "exec in no container": ("/exec/default/web/x?output=1&command=ls", 500, 'container not found ("x")'),
    "attach to no container": (
        "/attach/default/web/x?output=1",
        500,
        "container x not found in pod web_default",
    ),
    "exec without a stream": (
        "/exec/default/web/app?command=ls",
        400,
        "you must specify at least 1 of stdin, stdout, stderr",
    ),
    "exec without an upgrade": (EXEC, 500, "Upgrade request required\n"),
    "ports of no pod": ("/portForward/default/none", 404, "pod does not exist"),
    "a path that is too short": ("/exec/default", 404, "404: Page Not Found"),
}


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_as_a_kubelet_says_it(reached, case):
    path, code, text = case
    assert reached.answer(path) == (code, text)


def test_a_log_is_read_and_followed(reached):
    assert reached.answer("/containerLogs/default/web/app")[1].startswith("first\n")
    with reached.asking("/containerLogs/default/web/app?follow=true") as answer:
        assert [answer.readline() for _ in range(4)] == [b"first\n", b"again\n", b"again\n", b"again\n"]


def test_a_command_is_run_and_what_it_wrote_comes_back(reached):
    assert reached.answer("/run/default/web/app?cmd=echo+hi", "POST") == (200, "hi\n")
    assert reached.answer("/run/default/web/app?cmd=false", "POST")[0] == 500


def upgraded(reached, path, versions, **headers):
    """Ask for SPDY; return the head of the answer and the socket."""
    made = reached.secured()
    wanted = {"Connection": "Upgrade", "Upgrade": "SPDY/3.1", **headers}
    lines = [f"POST {path} HTTP/1.1", "Host: kubelet", "Content-Length: 0"]
    lines += [f"{name}: {value}" for name, value in wanted.items()]
    lines += [f"X-Stream-Protocol-Version: {version}" for version in versions]
    made.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += made.recv(1)
    return head.decode().lower(), made


def talk(made, *said):
    """Say bytes, read to the end; return what came on each stream."""
    for each in said:
        made.sendall(each)
    return heard(made, b"")


def heard(made, came):
    """Read to the end, after what came already; return what came on each stream."""
    while part := made.recv(65536):
        came += part
    made.close()
    streams: dict[int, bytes] = {}
    while came:
        length = 8 + int.from_bytes(came[5:8], "big")
        if not came[0] & 0x80:
            stream = int.from_bytes(came[:4], "big")
            streams[stream] = streams.get(stream, b"") + came[8:length]
        came = came[length:]
    return streams


@pytest.mark.parametrize(
    "versions", [["v5.channel.k8s.io", "v4.channel.k8s.io"], ["v5.x, v4.channel.k8s.io"]]
)
def test_exec_in_spdy(reached, versions):
    head, made = upgraded(reached, EXEC, versions)
    assert head.startswith("http/1.1 101 ")
    assert "x-stream-protocol-version: v4.channel.k8s.io\r\n" in head
    client = Client()
    opened = [
        client.open(2 * n + 1, {"streamtype": kind})
        for n, kind in enumerate(("error", "stdin", "stdout", "stderr"))
    ]
    big = b"x" * 300_000
    streams = talk(made, *opened, data(3, big), data(3, b"end\n", flags=1))
    assert streams[5] == big + b"end\n"
    assert json.loads(streams[1]) == {"metadata": {}, "status": "Success"}


def test_a_client_that_does_not_read_is_not_listened_to(reached):
    """What it has to say waits with it, and nothing is lost when it reads at last."""
    _, made = upgraded(reached, EXEC, ["v4.channel.k8s.io"])
    client = Client()
    kinds = ((1, "error"), (3, "stdin"), (5, "stdout"), (7, "stderr"))
    waiting = [client.open(stream, {"streamtype": kind}) for stream, kind in kinds]
    waiting += [*[data(3, b"y" * 16_000)] * 125, data(3, b"", flags=1)]
    came, was_kept_waiting = b"", False
    made.settimeout(0.3)
    while waiting:
        try:
            made.send(waiting[0])
            del waiting[0]
        except TimeoutError:
            was_kept_waiting = True
            with contextlib.suppress(TimeoutError):
                for _ in range(30):  # a record each
                    came += made.recv(65536)
    assert was_kept_waiting
    made.settimeout(20)
    assert len(heard(made, came)[5]) == 2_000_000


def test_ports_in_spdy(reached):
    head, made = upgraded(reached, "/portForward/default/web", ["portforward.k8s.io"])
    assert head.startswith("http/1.1 101 ")
    client, pair = Client(), {"port": "80", "requestid": "0"}
    opened = [client.open(n, {"streamtype": kind} | pair) for n, kind in ((1, "error"), (3, "data"))]
    for each in (*opened, data(3, b"GET / HTTP/1.1\r\nHost: web\r\n\r\n")):
        made.sendall(each)
    came = b""
    while b"web\n" not in came:
        came += made.recv(65536)
    made.close()
    assert b"HTTP/1.1 200 OK" in came


def test_a_client_that_speaks_no_version_of_ours_is_told_which_there_are(reached):
    head, made = upgraded(reached, EXEC, ["v9.channel.k8s.io"])
    assert head.startswith("http/1.1 403 ")
    accepted = "v4.channel.k8s.io, v3.channel.k8s.io, v2.channel.k8s.io"
    assert f"x-accepted-stream-protocol-versions: {accepted}\r\n" in head
    made.close()
    head, made = upgraded(reached, EXEC, [])
    assert head.startswith("http/1.1 400 ")
    made.close()


def test_exec_in_a_websocket(reached):
    path = "/exec/default/web/app?command=sh&command=-c&command=echo+out%3B+exit+3&output=1&error=1"
    offered = {"subprotocols": ["v4.channel.k8s.io"]}
    opened = websocket.create_connection(f"ws://kubelet{path}", socket=reached.secured(), **offered)
    frames = [opened.recv() for _ in range(3)]
    opened.close()
    assert frames[:2] == [b"\x01", b"\x01out\n"]
    assert json.loads(frames[2][1:])["details"]["causes"] == [{"reason": "ExitCode", "message": "3"}]
    refused = f"ws://kubelet{path.replace('web/app', 'web/x')}"
    with reached.secured() as made, pytest.raises(websocket.WebSocketBadStatusException, match="500"):
        websocket.create_connection(refused, socket=made, **offered)


def test_a_pods_port_is_reached_without_a_kubelet(reached):
    address = reached.pod().status.pod_ip
    connection = http.client.HTTPConnection("web", timeout=20)
    connection.sock = reached.dial(f"{address}:80")
    for _ in range(2):
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"web\n"
    connection.close()
    assert reached.dial(f"{address}:81") == "HTTP/1.1 502 connect: connection refused"


def test_it_leads_nowhere_else(reached):
    assert reached.dial("10.244.7.7:80") == "HTTP/1.1 502 connect: no route to host"
    assert reached.dial("172.18.0.2:22") == "HTTP/1.1 502 connect: connection refused"
    assert reached.dial("127.0.0.1:80") == "HTTP/1.1 502 connect: no route to host"
    assert reached.dial("somewhere") == "HTTP/1.1 400 not a tunnel to an address"


def test_a_kubelet_that_is_down_refuses(reached):
    reached.cluster.loop.call(reached.cluster.nodes.halt, "node-0")
    assert reached.dial(NODE) == "HTTP/1.1 502 connect: connection refused"
    reached.cluster.loop.call(reached.cluster.nodes.revive, "node-0")
    assert reached.answer("/healthz") == (200, "ok")


def test_an_end_drops_what_is_open_and_leaves_no_thread(tmp_path):
    made = Reached(tmp_path)
    _, stream = upgraded(made, EXEC, ["v4.channel.k8s.io"])
    log = made.secured()
    log.sendall(b"GET /containerLogs/default/web/app?follow=true HTTP/1.1\r\nHost: k\r\n\r\n")
    assert log.recv(12) == b"HTTP/1.1 200"
    (node,) = made.cluster.nodes.nodes.values()
    assert len(node.connection.sessions) == 1
    before = threading.active_count()
    made.stop()
    for one in (stream, log):
        with contextlib.suppress(OSError):
            while one.recv(4096):
                pass
        one.close()
    assert node.connection.sessions == []
    assert threading.active_count() == before - 2  # the kubelets' thread, and the loop's
