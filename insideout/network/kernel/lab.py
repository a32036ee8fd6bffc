"""Ask the kernel how large a packet of a pod may be that a VXLAN tunnel carries to the other node."""

import shutil
import subprocess
import sys
from pathlib import Path

_UNSHARE = ("unshare", "--user", "--map-root-user", "--net")
_TIMEOUT_S = 60


def why_not() -> str:
    """Return why this machine cannot make a tunnel; "" when it can."""
    for tool in ("unshare", "nsenter", "ip"):
        if not shutil.which(tool):
            return f"{tool} is not installed"
    make = "ip link add vx0 type vxlan id 1 dstport 4789 local 127.0.0.1"
    try:
        probe = subprocess.run([*_UNSHARE, *make.split()], capture_output=True, text=True, timeout=_TIMEOUT_S)
    except OSError as error:
        return str(error)
    return probe.stderr.strip() or "namespaces are not permitted" if probe.returncode else ""


def largest_packet(underlay: int = 1500, outer: int = 4) -> int:
    """Return the size in bytes of the largest IP packet that arrives, undivided, through VXLAN.

    `underlay` is the MTU of the cable between the nodes, `outer` the IP version on it.  The tunnel's own ends
    believe that all of `underlay` fits, as with a wrong configuration: what does not fit is lost without a
    word.  Raises RuntimeError, with what a tool said, when the tunnel cannot be made.
    """
    # By its path, and -S: the program needs the standard library only, and starts faster without the package.
    program = [
        sys.executable,
        "-S",
        str(Path(__file__).with_name("inside.py")),
        "node",
        str(underlay),
        str(outer),
    ]
    done = subprocess.run([*_UNSHARE, *program], capture_output=True, text=True, timeout=_TIMEOUT_S)
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])
    return int(done.stdout)
