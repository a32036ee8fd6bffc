"""Ask the kernel who reaches whom: Pods as network namespaces, policies as nftables rules, real packets.

Everything is inside one private user and network namespace and is gone with its last process.  Only IPv4.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from insideout.network.nftables import render
from insideout.network.policies import Object

_UNSHARE = ("unshare", "--user", "--map-root-user", "--net")
_TIMEOUT_S = 120
_PROBE = (
    "ip link add pod0 type veth peer name eth0 && "
    "nft 'add table inet t; add chain inet t c { type filter hook forward priority 0; }; "
    "add rule inet t c ct state new accept'"
)

Cells = dict[tuple[str, str], bool]
"""Whether an answer came, by source and destination."""


def why_not() -> str:
    """Return why this machine cannot do it; "" when it can."""
    for tool in ("unshare", "ip", "nft"):
        if not shutil.which(tool):
            return f"{tool} is not installed"
    try:
        probe = subprocess.run(
            [*_UNSHARE, "sh", "-c", _PROBE], capture_output=True, text=True, timeout=_TIMEOUT_S
        )
    except OSError as error:
        return str(error)
    if not probe.returncode:
        return ""
    return (probe.stderr.strip() or "namespaces are not permitted").splitlines()[0]


def reach(
    policies: Sequence[Object],
    namespaces: Mapping[str, Mapping[str, str]],
    pods: Sequence[Object],
    outside: Sequence[str],
    ports: Sequence[str],
) -> dict[str, Cells]:
    """Send from everybody to everybody on each port, such as "TCP/80"; return what was answered, by port.

    `outside` are addresses of hosts that are no Pods.  Host-network Pods are left out.  For SCTP the packet
    that opens an association is sent and looked for at the other side, so no kernel needs to know SCTP.
    Raises RuntimeError, in a tool's words, when the rules cannot be loaded or a packet is lost on the way.
    """
    names = {str(pod["ip"]): f"{pod['namespace']}/{pod['name']}" for pod in pods if not pod["hostNetwork"]}
    names |= {address: address for address in outside}
    return {
        port: {(names[source], names[destination]): came for source, destination, came in cells}
        for port, cells in _run(render(policies, namespaces, pods), list(names), ports).items()
    }


def _run(
    rules: str, addresses: Sequence[str], ports: Sequence[str]
) -> dict[str, list[tuple[str, str, bool]]]:
    # By its path, and -S: the program needs the standard library only, and starts faster without the package.
    program = [sys.executable, "-S", str(Path(__file__).with_name("town.py"))]
    order = json.dumps({"rules": rules, "addresses": addresses, "ports": ports})
    done = subprocess.run(
        [*_UNSHARE, *program], input=order, capture_output=True, text=True, timeout=_TIMEOUT_S
    )
    if done.returncode:
        raise RuntimeError((done.stderr.strip() or "the namespaces' program ended").splitlines()[-1])
    answer: dict[str, list[tuple[str, str, bool]]] = json.loads(done.stdout)
    return answer
