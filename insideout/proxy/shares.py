"""Shares of a Service's endpoints, counted over connections, under kube-proxy's rules and a wrong idea.

The wrong idea is the common one: that each of n rules has the probability 1/n.
"""

import re
from collections import Counter
from random import Random

from insideout.proxy.netfilter.tracer import Tracer

_CHOICE = re.compile(r"^(-A KUBE-SV[CL]-\S+.*?)( -m statistic --mode random --probability \S+)? -j KUBE-SEP-")


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
    """Return how many new connections, each from another pod, reach each endpoint; "nowhere" when none is."""
    tracer, rng = Tracer(text), Random(seed)
    counts: Counter[str] = Counter()
    for number in range(connections):
        source = f"10.244.{100 + number // 250 % 100}.{number % 250 + 1}"
        end = tracer.connect(source, ip, port, "tcp", rng, now_s=0)
        counts[end.destination if end.ip != ip else "nowhere"] += 1
    return dict(sorted(counts.items()))
