"""Plays recorded reachability tables: who may connect to whom, cell for cell."""

from collections.abc import Iterator, Sequence

from insideout.network.policies import Object, allowed
from insideout.verify.outcome import Row


def verify_netpol(rows: Sequence[Row]) -> Iterator[tuple[str, list[str]]]:
    """Compare every cell of every table with what the cluster's own evaluator says."""
    for row in rows:
        yield row["id"], list(_differences(row))


def _differences(row: Row) -> Iterator[str]:
    for port, want in row["want"].items():
        got = table(row, port)
        for source, right, ours in zip(row["order"], want, got, strict=True):
            for destination, cell, our in zip(row["order"], right, ours, strict=True):
                if cell != our:
                    yield f"{port} from {source} to {destination}: want {cell}, got {our}"


def table(row: Row, port: str) -> list[str]:
    """Return a table for a port such as "TCP/80": a line a source, a character a destination."""
    protocol, _, number = port.partition("/")
    by_name = {f"{pod['namespace']}/{pod['name']}": pod for pod in row["pods"]}
    return [
        "".join(
            "#"
            if _is_undefined(source, destination, by_name)
            else _cell(row, source, destination, int(number), protocol)
            for destination in row["order"]
        )
        for source in row["order"]
    ]


def _cell(row: Row, source: str, destination: str, port: int, protocol: str) -> str:
    passes = allowed(row["policies"], row["namespaces"], row["pods"], source, destination, port, protocol)
    return "." if passes else "X"


def _is_undefined(source: str, destination: str, pods: dict[str, Object]) -> bool:
    """Tell whether nothing is promised: a pod to itself, host-network pods, external to external."""
    if source == destination or (source not in pods and destination not in pods):
        return True
    return any(name in pods and pods[name].get("hostNetwork") for name in (source, destination))
