"""The program inside the namespaces: one process is a node that sends, the other the node that answers.

Source: the tunnel is what flannel's vxlan backend makes of it, without its route and neighbour entries for
other nodes: there is one other node.
"""

import socket
import subprocess
import sys

PORT = 9000
WAIT_S = 0.3
"""Longer than any answer takes here; what has not come by then is lost."""
_TRIES = 20
"""The first datagrams may be lost: nobody knows the way yet."""
_UDP_AND_IP = 28
_MOST_HEADERS = 128
"""No encapsulation takes more, in bytes."""
_IP_MTU_DISCOVER, _PROBE = 10, 3
"""linux/in.h: never divide what is sent, and believe no message about what fits."""
_UNDERLAY = {4: ("192.0.2.1", "192.0.2.2", 24), 6: ("fd00::1", "fd00::2", 64)}
_PODS = ("10.244.0.2", "10.244.1.2")


def main() -> None:
    """Play the part that the command line names."""
    if sys.argv[1] == "other":
        other()
    else:
        node(int(sys.argv[2]), int(sys.argv[3]))


def other() -> None:
    """Answer every datagram with its size, once the tunnel is there."""
    print("ready", flush=True)  # noqa: T201  the answer to the node
    sys.stdin.readline()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as answering:
        answering.bind((_PODS[1], PORT))
        print("listening", flush=True)  # noqa: T201
        while True:
            data, sender = answering.recvfrom(65535)
            if not data:
                return
            answering.sendto(str(len(data)).encode(), sender)


def node(underlay: int, outer: int) -> None:
    """Cable two namespaces, lay a tunnel through the cable, and print the largest packet that arrives."""
    command = ["unshare", "--net", sys.executable, "-S", __file__, "other"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        process.stdout.readline()  # it has its namespace now
        ip([f"link add cable type veth peer name cable netns {process.pid}"])
        for pid, mine, theirs in (None, 0, 1), (process.pid, 1, 0):
            _lay(pid, underlay, outer, mine, theirs)
        process.stdin.write("\n")
        process.stdin.flush()
        process.stdout.readline()
        print(_largest(underlay))  # noqa: T201  the answer to whoever asked


def _lay(pid: int | None, underlay: int, outer: int, mine: int, theirs: int) -> None:
    """Give one end of the cable its address and its end of the tunnel."""
    *addresses, mask = _UNDERLAY[outer]
    ends = f"local {addresses[mine]} remote {addresses[theirs]}"
    lines = [
        "link set lo up",
        f"address add {addresses[mine]}/{mask} dev cable{' nodad' if outer == 6 else ''}",
        f"link set cable mtu {underlay} up",
        f"link add tunnel type vxlan id 42 dstport 4789 {ends} df set",
        f"address add {_PODS[mine]}/32 dev tunnel",
        f"link set tunnel mtu {underlay} up",
        f"route add {_PODS[theirs]}/32 dev tunnel src {_PODS[mine]}",
    ]
    ip(lines, pid)


def _largest(underlay: int) -> int:
    """Return the largest size of which an answer comes: all are sent, then answers are awaited together."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sending:
        sending.setsockopt(socket.IPPROTO_IP, _IP_MTU_DISCOVER, _PROBE)
        sending.bind((_PODS[0], 0))
        sending.settimeout(WAIT_S)
        least = underlay - _MOST_HEADERS
        if not any(_send(sending, least) and _answers(sending, 1) for _ in range(_TRIES)):
            sys.exit("nothing arrives at the other end of the tunnel")
        # From the largest down: what the other end's buffer has no room for is small.
        sent = [size for size in range(underlay, least, -1) for _ in range(2) if _send(sending, size)]
        arrived = _answers(sending, len(sent))
        sending.sendto(b"", (_PODS[1], PORT))
        return max(arrived)


def _send(sending: socket.socket, size: int) -> bool:
    """Send an IP packet of a size; return False when it does not even fit the tunnel's own end."""
    try:
        sending.sendto(bytes(size - _UDP_AND_IP), (_PODS[1], PORT))
    except OSError:
        return False
    return True


def _answers(sending: socket.socket, most: int) -> set[int]:
    """Return the sizes of the IP packets that arrived, once nothing more is heard."""
    heard: list[int] = []
    while len(heard) < most:
        try:
            heard.append(int(sending.recv(100)) + _UDP_AND_IP)
        except TimeoutError:
            break
        except OSError:  # word of one that did not fit
            continue
    return set(heard)


def ip(lines: list[str], pid: int | None = None) -> None:
    """Run iproute2's ip on several lines, here or in the namespace of process `pid`."""
    enter = ["nsenter", "--net", "--target", str(pid)] if pid else []
    done = subprocess.run(
        [*enter, "ip", "-batch", "-"], input="\n".join(lines), capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"ip: {done.stderr.strip().splitlines()[0]}")


if __name__ == "__main__":
    main()
