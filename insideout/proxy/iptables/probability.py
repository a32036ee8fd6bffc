"""Equal shares from unequal probabilities.

Rules are tried one after another, so rule i of n may only take 1/(n-i) of what is left for everyone to get
1/n of the whole.  kube-proxy writes ten decimals; the kernel keeps 31 bits; iptables-save prints those.

Source: computeProbability, pkg/proxy/iptables/proxier.go@v1.36.2; libxt_statistic.c of iptables 1.8.
"""

_ONE = 1 << 31


def written(remaining: int) -> str:
    """Return what kube-proxy writes for a rule with `remaining` endpoints left, its own among them."""
    return f"{1 / remaining:.10f}"


def printed(probability: str) -> str:
    """Return what iptables-save prints for the probability that was written."""
    return f"{round(float(probability) * _ONE) / _ONE:.11f}"
