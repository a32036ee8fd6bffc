"""What real packets do, where the machine lets us send them: through a VXLAN tunnel, and past policies."""

from collections.abc import Sequence

from course.units.u13_networking.town import NAMES, NAMESPACES, PODS, Object, app, policy
from insideout import records
from insideout.network.kernel import lab
from insideout.network.kernel import reach as kernel

RECORDED_POLICIES = [
    policy({"policyTypes": ["Ingress"]}, name="closed"),
    policy({"ingress": [{"from": [{"podSelector": app("web")}]}]}, name="from-web"),
]
RECORDED = [
    "#........",
    "X#X......",
    "XX#......",
    "XXX#.....",
    "XXX.#....",
    "XXX..#...",
    "XXX...#..",
    "XXX....#.",
    "XXX.....#",
]
"""The table of these policies, TCP port 80, as real packets made it on Linux 6.18 with nftables 1.0.6."""


def largest_packet(underlay: int, outer: int = 4) -> int:
    """Return the size in bytes of the largest IP packet that arrives; as recorded where none can be sent."""
    if not lab.why_not():
        return lab.largest_packet(underlay, outer)
    known = {(row[0], row[2]): row[3] for row in records.read("mtu")[0]["examples"] if row[1] == "vxlan"}
    size: int = known[underlay, outer]
    return size


def reach(policies: Sequence[Object]) -> list[str]:
    """Return who reaches whose TCP port 80 with real packets; as recorded where none can be sent.

    Recorded are two policies; ValueError for others on a machine that cannot try them.
    """
    if not (reason := kernel.why_not()):
        return played(policies)
    if list(policies) != RECORDED_POLICIES:
        raise ValueError(
            f"real packets: {reason}; recorded are only the policies closed and from-web of shop"
        )
    return RECORDED


def played(policies: Sequence[Object]) -> list[str]:
    """Send real packets in the town; return a line a source, "." where an answer came."""
    came = kernel.reach(policies, NAMESPACES, PODS, [], ["TCP/80"])["TCP/80"]
    return [
        "".join("#" if source == there else "." if came[source, there] else "X" for there in NAMES)
        for source in NAMES
    ]
