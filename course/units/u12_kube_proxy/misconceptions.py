"""What people believe about the exercises of unit 12, each with a function that answers by it."""

import hashlib
from base64 import b32encode
from collections.abc import Callable
from typing import Any

from course.units.u12_kube_proxy.rules_beliefs import RULES
from course.units.u12_kube_proxy.tracing_beliefs import TRACING
from insideout.client import Object


def _chain_name(
    kind: str,
    namespace: str,
    service: str,
    port: str,
    protocol: str,
    endpoint: str = "",
    *,
    lower: bool = True,
    colon_always: bool = False,
    with_port: bool = True,
    with_protocol: bool = True,
    with_endpoint: bool = True,
    as_hex: bool = False,
) -> str:
    """Name a chain as kube-proxy does, but for what the keywords say."""
    named = with_port and (port or colon_always)
    owner = f"{namespace}/{service}:{port}" if named else f"{namespace}/{service}"
    text = owner + ((protocol.lower() if lower else protocol) if with_protocol else "")
    digest = hashlib.sha256((text + (endpoint if with_endpoint else "")).encode())
    return f"KUBE-{kind}-{(digest.hexdigest() if as_hex else b32encode(digest.digest()).decode())[:16]}"


def _naming(**how: bool) -> Callable[..., str]:
    return lambda kind, namespace, service, port, protocol, endpoint="": _chain_name(
        kind, namespace, service, port, protocol, endpoint, **how
    )


def _printed(text: str, bits: int = 31, cut: bool = False) -> str:
    units = float(text) * 2**bits
    return f"{(int(units) if cut else round(units)) / 2**bits:.11f}"


def _written(n: int) -> list[str]:
    return [f"{1 / left:.10f}" for left in range(n, 1, -1)]


def _refusal(
    endpoints: list[Object],
    policy: str,
    node: str,
    *,
    leaving: bool = True,
    missing: bool = True,
    silent: bool = True,
    local: bool = True,
) -> str:
    """Refuse as kube-proxy does, but for what the keywords say."""

    def says(one: Object, condition: str, default: bool) -> bool:
        value = one["conditions"].get(condition)
        return default if value is None else bool(value)

    def usable(some: list[Object]) -> list[Object]:
        ready = [one for one in some if says(one, "ready", missing)]
        going = [
            one for one in some if says(one, "serving", missing) and says(one, "terminating", default=False)
        ]
        return ready or (going if leaving else [])

    if not usable(endpoints):
        return "REJECT"
    here = [one for one in endpoints if one.get("nodeName") == node]
    if local and policy == "Local" and not usable(here):
        return "DROP" if silent else "REJECT"
    return ""


def refusal(endpoints: list[Object], policy: str, node: str) -> str:
    """Return "", "REJECT" or "DROP" as kube-proxy decides."""
    return _refusal(endpoints, policy, node)


def _refusing(**how: bool) -> Callable[[list[Object], str, str], str]:
    return lambda endpoints, policy, node: _refusal(endpoints, policy, node, **how)


KNOWN: dict[str, dict[str, Callable[..., Any]]] = {
    "chain_name": {
        "the protocol is in capital letters": _naming(lower=False),
        "a port without a name still brings its colon": _naming(colon_always=True),
        "the name of the port is not in the hash": _naming(with_port=False),
        "the protocol is not in the hash": _naming(with_protocol=False),
        "all endpoints of a Service share a chain": _naming(with_endpoint=False),
        "the hash is written with sixteen digits of hexadecimal": _naming(as_hex=True),
    },
    "probabilities": {
        "every rule takes the same share of the whole, 1/n": lambda n: [
            (f"{1 / n:.10f}", _printed(f"{1 / n:.10f}")) for _ in range(n - 1)
        ],
        "what is printed is what was written, with one digit more": lambda n: [
            (text, f"{float(text):.11f}") for text in _written(n)
        ],
        "what 31 bits do not hold is cut off": lambda n: [
            (text, _printed(text, cut=True)) for text in _written(n)
        ],
        "the kernel keeps 32 bits": lambda n: [(text, _printed(text, bits=32)) for text in _written(n)],
        "what is printed is kept of the fraction itself": lambda n: [
            (text, f"{round(2**31 / left) / 2**31:.11f}")
            for text, left in zip(_written(n), range(n, 1, -1), strict=True)
        ],
        "the last rule has a probability too": lambda n: [
            (text, _printed(text)) for text in [*_written(n), f"{1:.10f}"]
        ],
    },
    "refusal": {
        "an endpoint that leaves does not count": _refusing(leaving=False),
        "a condition that is missing counts as no": _refusing(missing=False),
        "without an endpoint here the client is told": _refusing(silent=False),
        "the policy does not matter": _refusing(local=False),
    },
    "nat_rules": RULES,
    "trace": TRACING,
}
