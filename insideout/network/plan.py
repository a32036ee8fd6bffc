"""The arithmetic of a cluster's network: what encapsulation costs, what an address plan carries, which way.

Source: overheads as in insideout/records/mtu.json; node ranges as pkg/controller/nodeipam/ipam/cidrset
/cidr_set.go@v1.36.2 has them; ways between nodes as flannel's DirectRouting and Calico's CrossSubnet choose.
"""

from collections.abc import Mapping, Sequence
from ipaddress import ip_interface, ip_network
from typing import NamedTuple

from insideout.controllers.nodeipam.cidrset import CidrSet


class Header(NamedTuple):
    """A part of a packet on the wire, and its size in bytes."""

    name: str
    size_bytes: int


_OUTER = {4: Header("outer IPv4", 20), 6: Header("outer IPv6", 40)}
_AFTER: Mapping[str, Sequence[Header]] = {
    "vxlan": (Header("UDP", 8), Header("VXLAN", 8), Header("inner Ethernet", 14)),
    "wireguard": (Header("UDP", 8), Header("WireGuard", 32)),
    "ipip": (),
}
NATIVE = ("native", "bgp")


def headers(encap: str, outer: int = 4) -> list[Header]:
    """Return what stands before a Pod's own IP packet inside the underlay's, from the outside in.

    `encap` is vxlan, wireguard, ipip, or native or bgp, which add nothing; `outer` is the IP version of the
    underlay.  Raises KeyError for anything else.
    """
    if encap in NATIVE:
        return []
    after = _AFTER[encap]
    return [_OUTER[outer], *after]


def mtu(underlay: int, encap: str, outer: int = 4) -> int:
    """Return the largest IP packet, in bytes, that a Pod may send over an underlay with this MTU."""
    return underlay - sum(header.size_bytes for header in headers(encap, outer))


def capacity(cluster: str, node: int, max_pods: int) -> tuple[int, int]:
    """Return how many nodes, and how many Pods on all of them, a plan carries.

    `cluster` is the range of all Pods, such as "10.244.0.0/16", `node` the length of the mask of a node's
    range, `max_pods` what a kubelet accepts.  The first and the last address of a node's range are not given
    to Pods.  Raises ValueError when the ranges do not fit each other.
    """
    nodes = CidrSet(cluster, node).size
    addresses = 1 << (ip_network(cluster).max_prefixlen - node)
    return nodes, nodes * min(max_pods, max(0, addresses - 2))


def routes(nodes: Mapping[str, Mapping[str, str]], me: str) -> dict[str, str]:
    """Return how node `me` sends packets to each node's Pods: the way by the range of Pods.

    A node has "ip", its address with the mask of its own network, and "podCIDR".  Own Pods are behind the
    bridge, "local"; those of a node in the same network are reached through that node, "via 172.18.0.3"; all
    others in a tunnel to it, "tunnel 172.19.0.2".
    """
    here = ip_interface(nodes[me]["ip"]).network
    ways = {}
    for name, node in nodes.items():
        there = ip_interface(node["ip"])
        if name == me:
            ways[node["podCIDR"]] = "local"
        else:
            ways[node["podCIDR"]] = f"via {there.ip}" if there.ip in here else f"tunnel {there.ip}"
    return ways
