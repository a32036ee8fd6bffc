"""Shares of a Service's endpoints, counted over connections, under kube-proxy's rules and a wrong idea.

The wrong idea is the common one: that each of n rules has the probability 1/n.
"""

import re
from collections import Counter
from random import Random

from insideout.proxy.netfilter.tracer import Tracer

_CHOICE = re.compile(r"^(-A KUBE-SV[CL]-\S+.*?)( -m statistic --mode random --probability \S+)? -j KUBE-SEP-")
_POD = "10.244.100.1"
"""A client; it is no endpoint, so it is never sent to itself."""


def one_nth_everywhere(text: str) -> str:
    """Return iptables-save text with 1/n as the probability of each of n rules that choose an endpoint."""
    lines = text.splitlines()
    chosen = Counter(line.split()[1] for line in lines if _CHOICE.match(line))
    for number, line in enumerate(lines):
        if match := _CHOICE.match(line):
            probability = f" -m statistic --mode random --probability {1 / chosen[line.split()[1]]:.11f}"
            lines[number] = match[1] + probability + line[match.end() - len(" -j KUBE-SEP-") :]
    return "\n".join(lines)


def count_shares(text: str, ip: str, port: int, *, connections: int, seed: int) -> dict[str, int]:
    """Return how many new connections from a pod reach each endpoint; "nowhere" when none is.

    The rules are walked once for each end that they can have; then the connections are drawn by the ends'
    probabilities, which is the same as to draw at each rule and takes a hundredth of the time.
    """
    ends = Tracer(text).trace(_POD, ip, port)
    names = [end.destination if end.ip != ip else "nowhere" for end in ends]
    drawn = Random(seed).choices(names, [float(end.probability) for end in ends], k=connections)
    return dict(sorted(Counter(drawn).items()))
