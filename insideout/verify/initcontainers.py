"""Plays recorded states of a pod's init containers: what the kubelet starts next."""

from collections.abc import Iterator, Sequence

from insideout.kubelet.initcontainers import next_starts
from insideout.verify.normal import differences
from insideout.verify.outcome import Row


def verify_init_containers(rows: Sequence[Row]) -> Iterator[tuple[int, list[str]]]:
    """Ask the kubelet what it would start next in each recorded state of a pod's init containers."""
    for number, row in enumerate(rows):
        actions = next_starts(row["init"], row["status"], main_running=row["main_running"])
        got = dict(zip(("start", "ready_for_main", "kill_pod"), actions, strict=True))
        yield number, list(differences({key: row[key] for key in got}, got))
