"""The program inside a node's namespace: it makes Pods, loads rules, and sends from everybody to everybody.

One process does all: a socket stays in the network namespace in which it was made, so the process goes into
each Pod's only to open its sockets.  Nothing is guessed from silence: a packet was answered, or the rules
counted it as denied; anything else is an error.
"""

import ctypes
import errno
import json
import os
import resource
import selectors
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

GATEWAY = "169.254.1.1"
TABLE, DENIED = "network-policy", "denied"
_NEW_NET = 0x40000000
"""CLONE_NEWNET of linux/sched.h."""
_SCTP = 132
_PATIENCE_S = 30
_LIBC = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    """Read rules, addresses and ports; print who was answered on each port."""
    order = json.load(sys.stdin)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    pods = {address: _make(place, address, home) for place, address in enumerate(order["addresses"])}
    _run(["ip", "-batch", "-"], "\n".join(_cables(order["addresses"])))
    _run(["nft", "--file", "-"], order["rules"])
    answer = {}
    for port in order["ports"]:
        protocol, _, number = port.partition("/")
        came = _Round(pods, home, protocol, int(number)).play()
        answer[port] = [
            (source, there, (source, there) in came) for source in pods for there in pods if source != there
        ]
    json.dump(answer, sys.stdout)


def _make(place: int, address: str, home: int) -> int:
    """Make a Pod's namespace with one end of a cable in it, the other at the node; return its descriptor."""
    _check(_LIBC.unshare(_NEW_NET))
    own = os.open("/proc/self/ns/net", os.O_RDONLY)
    lines = [
        "link set lo up",
        f"link add eth0 type veth peer name pod{place} netns /proc/{os.getpid()}/fd/{home}",
        f"address add {address}/32 dev eth0",
        "link set eth0 up",
        f"route add {GATEWAY}/32 dev eth0",
        f"route add default via {GATEWAY} dev eth0",
    ]
    _run(["ip", "-batch", "-"], "\n".join(lines))
    _check(_LIBC.setns(home, _NEW_NET))
    return own


def _cables(addresses: list[str]) -> Iterator[str]:
    """Yield what the node does with its ends of the cables."""
    for place, address in enumerate(addresses):
        yield f"address add {GATEWAY}/32 dev pod{place}"
        yield f"link set pod{place} up"
        yield f"route add {address}/32 dev pod{place}"


class _Round:
    """One port of one protocol, from everybody to everybody."""

    def __init__(self, pods: dict[str, int], home: int, protocol: str, port: int) -> None:
        self._pods, self._home, self._protocol, self._port = pods, home, protocol, port
        self._came: set[tuple[str, str]] = set()
        self._selector = selectors.DefaultSelector()

    def play(self) -> set[tuple[str, str]]:
        """Return the pairs of source and destination that were answered."""
        before = _denied()
        for address, namespace in self._pods.items():
            _check(_LIBC.setns(namespace, _NEW_NET))
            self._watch(self._listener(address), selectors.EVENT_READ, ("", address))
        for address, namespace in self._pods.items():
            _check(_LIBC.setns(namespace, _NEW_NET))
            for other in self._pods:
                if other != address:
                    self._send(address, other)
        _check(_LIBC.setns(self._home, _NEW_NET))
        sent, until = len(self._pods) * (len(self._pods) - 1), time.monotonic() + _PATIENCE_S
        while len(self._came) + _denied() - before < sent:
            if time.monotonic() > until:
                sys.exit(f"{self._protocol}/{self._port}: packets neither arrived nor were denied")
            self._hear()
        self._hear()
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]  # sockets only
        self._selector.close()
        return self._came

    def _watch(self, one: socket.socket, events: int, pair: tuple[str, str]) -> None:
        one.setblocking(False)
        self._selector.register(one, events, pair)

    def _listener(self, address: str) -> socket.socket:
        if self._protocol == "TCP":
            return socket.create_server((address, self._port), backlog=512)
        if self._protocol == "UDP":
            listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            listening.bind((address, self._port))
            return listening
        return socket.socket(socket.AF_INET, socket.SOCK_RAW, _SCTP)

    def _send(self, source: str, destination: str) -> None:
        if self._protocol == "SCTP":
            with socket.socket(socket.AF_INET, socket.SOCK_RAW, _SCTP) as raw:
                raw.bind((source, 0))
                raw.sendto(_sctp_init(40000, self._port), (destination, 0))
            return
        kind = socket.SOCK_STREAM if self._protocol == "TCP" else socket.SOCK_DGRAM
        sending = socket.socket(socket.AF_INET, kind)
        sending.bind((source, 0))
        event = selectors.EVENT_WRITE if self._protocol == "TCP" else selectors.EVENT_READ
        self._watch(sending, event, (source, destination))
        if sending.connect_ex((destination, self._port)) not in (0, errno.EINPROGRESS):
            sys.exit(f"{source} has no way to {destination}")
        if self._protocol == "UDP":
            sending.send(b"?")

    def _hear(self) -> None:
        """Let listeners answer, and note who was answered."""
        while ready := self._selector.select(0.02):
            for key, _ in ready:
                one, (source, destination) = key.fileobj, key.data
                assert isinstance(one, socket.socket)
                if not source:
                    self._arrived(one, destination)
                    continue
                problem = one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                if problem:
                    sys.exit(f"{source} to {destination}: {os.strerror(problem)}")
                self._came.add((source, destination))
                self._selector.unregister(one)
                one.close()

    def _arrived(self, listening: socket.socket, address: str) -> None:
        if self._protocol == "TCP":
            listening.accept()[0].close()
            return
        data, (peer, *rest) = listening.recvfrom(2000)
        if self._protocol == "UDP":
            listening.sendto(data, (peer, *rest))
            return
        start = (data[0] & 15) * 4  # behind the IP header
        if struct.unpack_from("!H", data, start + 2)[0] == self._port:
            self._came.add((peer, address))


def _sctp_init(source: int, destination: int) -> bytes:
    """Return the packet that opens an association (RFC 9260, 3.3.2)."""
    chunk = struct.pack("!BBHIIHHI", 1, 0, 20, 1, 65535, 1, 1, 1)
    head = struct.pack("!HHI", source, destination, 0)
    checksum = _crc32c(head + bytes(4) + chunk)
    return head + struct.pack("<I", checksum) + chunk


def _crc32c(data: bytes) -> int:
    """Return the checksum of SCTP, without which the node takes a packet for a broken one."""
    rest = 0xFFFFFFFF
    for byte in data:
        rest ^= byte
        for _ in range(8):
            rest = rest >> 1 ^ (0x82F63B78 if rest & 1 else 0)
    return rest ^ 0xFFFFFFFF


def _denied() -> int:
    """Return how many packets the rules have denied so far."""
    listed = json.loads(_run(["nft", "-j", "list", "counter", "inet", TABLE, DENIED]))
    return int(next(one["counter"]["packets"] for one in listed["nftables"] if "counter" in one))


def _run(command: list[str], text: str = "") -> str:
    done = subprocess.run(command, input=text, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{command[0]}: {done.stderr.strip().splitlines()[0]}")
    return done.stdout


def _check(result: int) -> None:
    if result:
        sys.exit(f"network namespaces: {os.strerror(ctypes.get_errno())}")


if __name__ == "__main__":
    main()
