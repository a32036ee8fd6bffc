"""Ask the kernel: load rules into a private network namespace and count where real connections arrive."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

_UNSHARE = ("unshare", "--user", "--map-root-user", "--net")
_LOADER = {"iptables": "iptables-restore", "nftables": "nft"}
_PACKAGE_ROOT = str(Path(__file__).parents[3])
_TIMEOUT_S = 60


class Connections(NamedTuple):
    """`times` TCP connections from `source` to `ip`:`port`, one after another."""

    source: str
    ip: str
    port: int
    times: int = 1


class Arrival(NamedTuple):
    """Where a connection arrived, "ip:port", and the client's address as seen there.

    Or what the client met instead: "refused", "silence" or "unreachable".
    """

    endpoint: str
    peer: str


def why_not(mode: str) -> str:
    """Return why this machine cannot run rules of `mode`, "iptables" or "nftables"; "" when it can."""
    for tool in ("unshare", "ip", _LOADER[mode]):
        if not shutil.which(tool):
            return f"{tool} is not installed"
    try:
        probe = subprocess.run([*_UNSHARE, "true"], capture_output=True, text=True, timeout=_TIMEOUT_S)
    except OSError as error:
        return str(error)
    return probe.stderr.strip() or "namespaces are not permitted" if probe.returncode else ""


def count(
    mode: str,
    rules: str,
    *,
    endpoints: Sequence[str],
    connections: Sequence[Connections],
    node_ips: Sequence[str] = (),
) -> list[dict[Arrival, int]]:
    """Load `rules`, listen at every endpoint "ip:port", make the connections, and count where each arrived.

    A source that is one of `node_ips` connects from the node itself, any other from a client behind it.
    Raises RuntimeError, with what the tool said, when the rules cannot be loaded.
    """
    order = {
        "loader": _LOADER[mode],
        "rules": rules,
        "endpoints": list(endpoints),
        "connections": [one._asdict() for one in connections],
        "node_ips": list(node_ips),
    }
    # -S: the program needs the standard library only, and starts faster without site packages.
    command = [*_UNSHARE, sys.executable, "-S", "-m", "insideout.proxy.kernel.inside", "node"]
    done = subprocess.run(
        command,
        input=json.dumps(order),
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_S,
        cwd=_PACKAGE_ROOT,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])
    answers: list[list[list[Any]]] = json.loads(done.stdout)
    return [{Arrival(endpoint, peer): n for endpoint, peer, n in counted} for counted in answers]
