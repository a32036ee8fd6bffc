"""The whole course on one machine: from `course lab` to the first cell, and the memory of all its processes.

    python -m benchmarks lab

JupyterLab is started as `make lab` starts it, its start page is fetched, a kernel is asked for through its
REST interface, and a cell runs a Deployment on a cluster.  Memory is the proportional set size (PSS) of
JupyterLab and all its children, which counts a shared page once; it is read on Linux only.  The browser's own
memory is left out.
"""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PATIENCE_S = 120.0
CELL = """
from insideout import Cluster
from course.checks.pods import show_spec
cluster = Cluster.create(nodes=3)
pod = {"spec": {"containers": [{"name": "c", "image": "web:1"}]}, "metadata": {"labels": {"app": "web"}}}
cluster.apps.create_namespaced_deployment("default", {"metadata": {"name": "web"}, "spec": {
    "replicas": 3, "selector": {"matchLabels": {"app": "web"}}, "template": pod}})
cluster.wait(lambda: cluster.apps.read_namespaced_deployment("web", "default").status.ready_replicas == 3)
"""


class Server:
    """JupyterLab on a free port of loopback."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._token = secrets.token_hex(16)
        options = ["--no-browser", f"--port={self.port}", "--ServerApp.port_retries=0"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "course.cli", "lab", *options, f"--IdentityProvider.token={self._token}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def ask(self, path: str, body: Any = None) -> bytes:
        """Return what a path answers; OSError while nobody listens."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"token {self._token}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return bytes(answer.read())

    def wait(self, path: str) -> None:
        """Ask until there is an answer; RuntimeError when JupyterLab has ended or takes too long."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                self.ask(path)
            except OSError as error:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"JupyterLab does not answer: {error}") from error
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        """End it and its kernels."""
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait()


def run_cell(kernel: str, code: str) -> None:
    """Run code in the kernel with this id, through its connection file; RuntimeError with what it raised."""
    from jupyter_client.blocking.client import BlockingKernelClient
    from jupyter_core.paths import jupyter_runtime_dir

    client = BlockingKernelClient()
    client.load_connection_file(str(Path(jupyter_runtime_dir()) / f"kernel-{kernel}.json"))
    client.start_channels()
    try:
        client.wait_for_ready(timeout=PATIENCE_S)
        reply = client.execute_interactive(code, timeout=PATIENCE_S, output_hook=lambda _: None)
    finally:
        client.stop_channels()
    if reply["content"]["status"] != "ok":
        raise RuntimeError(f"{reply['content']['ename']}: {reply['content']['evalue']}")


def family(pid: int) -> Iterator[int]:
    """Give a process and all that descend from it."""
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from family(int(child))


def pss_mb(pid: int) -> float:
    """Return the proportional set size of one process, in MB (10^6 bytes)."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    (line,) = (line for line in text.splitlines() if line.startswith("Pss:"))
    return int(line.split()[1]) * 1024 / 1e6


def first_cell() -> Iterator[str]:
    """Give the seconds to the start page and to the first cell, and the memory of the whole."""
    began = time.monotonic()
    server = Server()
    try:
        server.wait("/lab")
        page_s = time.monotonic() - began
        kernel = json.loads(server.ask("/api/kernels", {"name": "python3"}))["id"]
        run_cell(kernel, CELL)
        cell_s = time.monotonic() - began
        yield f"after `course lab`: start page {page_s:.1f} s, a Deployment Ready in a cell {cell_s:.1f} s"
        sizes = [pss_mb(pid) for pid in family(server.process.pid)]
        each = " + ".join(f"{size:.0f}" for size in sizes)
        yield f"JupyterLab, one kernel and a cluster: {sum(sizes):.0f} MB ({each})"
    finally:
        server.stop()
