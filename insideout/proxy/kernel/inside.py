"""The program inside the namespaces: one process is the node, one holds the pods, one the clients.

The node joins the other two by virtual cables and routes between them, as a Kubernetes node does.  The two
others obey orders, one JSON value a line.
"""

import json
import selectors
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

GATEWAY = "169.254.1.1"
CONNECT_TIMEOUT_S = 0.5


def main() -> None:
    """Play the part that the command line names."""
    {"node": node, "pods": pods, "clients": clients}[sys.argv[1]]()


def node() -> None:
    """Build the network, load the rules, have the connections made and print the counts."""
    order = json.load(sys.stdin)
    ip("link set lo up")
    for address in order["node_ips"]:
        ip(f"address add {address}/32 dev lo")
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")
    Path("/proc/sys/net/ipv4/icmp_ratelimit").write_text("0")  # or only one refusal a second is heard
    listening = _Other("pods", {one.rpartition(":")[0] for one in order["endpoints"]})
    outside = {one["source"] for one in order["connections"]}.difference(order["node_ips"])
    connecting = _Other("clients", outside)
    # The node needs a route even for addresses that rules rewrite, or it gives up before they see the packet.
    ip("route add default dev clients0")
    listening.ask(order["endpoints"])
    _load(order["loader"], order["rules"])
    answers = []
    for wanted in order["connections"]:
        counts = connect_all(wanted) if wanted["source"] in order["node_ips"] else connecting.ask(wanted)
        answers.append(counts)
    json.dump(answers, sys.stdout)
    listening.stop()
    connecting.stop()


def pods() -> None:
    """Listen at every endpoint, and tell whoever connects where it arrived and from which address."""
    print("ready", flush=True)  # noqa: T201 - the answer to the node
    selector = selectors.DefaultSelector()
    selector.register(sys.stdin, selectors.EVENT_READ)
    for endpoint in json.loads(sys.stdin.readline()):
        address, _, port = endpoint.rpartition(":")
        listener = socket.create_server((address, int(port)), backlog=512)
        selector.register(listener, selectors.EVENT_READ, endpoint)
    print("[]", flush=True)  # noqa: T201
    while True:
        for key, _ in selector.select():
            if key.fileobj is sys.stdin:
                return
            assert isinstance(key.fileobj, socket.socket)
            connection, (peer, _) = key.fileobj.accept()
            with connection:
                connection.sendall(json.dumps([key.data, peer]).encode())


def clients() -> None:
    """Make connections as ordered, until there are no more orders."""
    print("ready", flush=True)  # noqa: T201
    for line in sys.stdin:
        print(json.dumps(connect_all(json.loads(line))), flush=True)  # noqa: T201


def connect_all(wanted: dict[str, Any]) -> list[list[Any]]:
    """Make the connections one after another; return [endpoint, address seen there, count] for each kind."""
    counts = Counter(_connect(wanted["source"], wanted["ip"], wanted["port"]) for _ in range(wanted["times"]))
    return [[endpoint, peer, n] for (endpoint, peer), n in sorted(counts.items())]


def _connect(source: str, address: str, port: int) -> tuple[str, str]:
    try:
        with socket.create_connection((address, port), CONNECT_TIMEOUT_S, (source, 0)) as connection:
            endpoint, peer = json.loads(connection.recv(1000))
            return endpoint, peer
    except ConnectionRefusedError:
        return "refused", ""
    except TimeoutError:
        return "silence", ""
    except OSError:  # the network itself gave up: nobody has this address
        return "unreachable", ""


class _Other:
    """Another process in its own network namespace, cabled to the node's."""

    def __init__(self, role: str, addresses: Iterable[str]) -> None:
        command = ["unshare", "--net", sys.executable, "-S", "-m", "insideout.proxy.kernel.inside", role]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdin
        assert self._process.stdout
        self._orders, self._answers = self._process.stdin, self._process.stdout
        self._answers.readline()  # it has its namespace now
        pid, cable = self._process.pid, f"{role}0"
        ip(f"link add {cable} type veth peer name eth0 netns {pid}")
        ip(f"address add {GATEWAY}/32 dev {cable}")
        ip(f"link set {cable} up")
        ip("link set lo up", pid)
        ip("link set eth0 up", pid)
        for address in sorted(addresses):
            ip(f"address add {address}/32 dev eth0", pid)
            ip(f"route add {address}/32 dev {cable}")
        ip(f"route add {GATEWAY}/32 dev eth0", pid)
        ip(f"route add default via {GATEWAY} dev eth0", pid)

    def ask(self, order: Any) -> Any:
        """Give one order and return the answer."""
        self._orders.write(json.dumps(order) + "\n")
        self._orders.flush()
        return json.loads(self._answers.readline())

    def stop(self) -> None:
        """Let it end."""
        self._orders.close()
        self._process.wait()


def ip(words: str, pid: int | None = None) -> None:
    """Run iproute2's ip here or in the namespace of process `pid`."""
    enter = ["nsenter", "--net", "--target", str(pid)] if pid else []
    subprocess.run([*enter, "ip", *words.split()], check=True)


def _load(loader: str, rules: str) -> None:
    command = ["nft", "--file", "-"] if loader == "nft" else [loader]
    done = subprocess.run(command, input=rules, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{loader}: {done.stderr.strip().splitlines()[0]}")


if __name__ == "__main__":
    main()
