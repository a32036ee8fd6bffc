"""One packet's way through the chains, a matched rule at a time, to turn."""

from random import Random

from course.plots.picture import Picture
from course.units.u12_kube_proxy.answers import NODE_IP
from course.units.u12_kube_proxy.plots.proxy_chains import plot_chains
from insideout.proxy.netfilter.tracer import Tracer, Verdict

PACKETS = {
    "from outside to the node port": ("198.51.100.7", NODE_IP, 30080),
    "from a pod to the node port": ("10.244.1.99", NODE_IP, 30080),
    "from the node itself to its port": (NODE_IP, NODE_IP, 30080),
    "from a pod to the cluster IP": ("10.244.1.99", "10.96.0.11", 80),
}
"""Source, destination and port of the packets for the Service at 10.96.0.11:80 with the node port 30080."""


def plot_step(rules: str, packet: str, step: int) -> Picture:
    """Draw the way of one of PACKETS up to its rule `step`; from its last rule on, with its end."""
    source, destination, port = PACKETS[packet]
    return plot_chains(rules, walked(rules, packet), sent=f"{source} to {destination}:{port}", upto=step)


def walked(rules: str, packet: str) -> Verdict:
    """Return how one of PACKETS goes through the rules, a new connection; chance is the same each time."""
    source, destination, port = PACKETS[packet]
    return Tracer(rules, [NODE_IP]).connect(source, destination, port, "tcp", Random(1), now_s=0)


def most_steps(rules: str) -> int:
    """Return how many rules the longest of the ways has."""
    return max(len(walked(rules, packet).rules) for packet in PACKETS)
