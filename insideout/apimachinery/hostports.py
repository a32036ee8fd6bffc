"""Ports of a node that Pods take for themselves.

Source: pkg/scheduler/util/utils.go:GetHostPorts, pkg/scheduler/framework/types.go:HostPortInfo@v1.36.2.
"""

from collections.abc import Iterable
from typing import Any

HostPort = tuple[str, str, int]
"""An address, a protocol and a port on the node."""
ANY_ADDRESS = "0.0.0.0"


def host_ports(spec: dict[str, Any]) -> Iterable[HostPort]:
    """Return the ports of the node that the containers of a Pod's spec take, those of sidecars too."""
    sidecars = [each for each in spec.get("initContainers") or () if each.get("restartPolicy") == "Always"]
    for container in (*sidecars, *spec["containers"]):
        for port in container.get("ports") or ():
            if port.get("hostPort"):
                yield port.get("hostIP") or ANY_ADDRESS, port.get("protocol") or "TCP", port["hostPort"]


def conflict(one: HostPort, other: HostPort) -> bool:
    """Tell whether two ports are the same; the address 0.0.0.0 is every address."""
    return one[1:] == other[1:] and (ANY_ADDRESS in (one[0], other[0]) or one[0] == other[0])
