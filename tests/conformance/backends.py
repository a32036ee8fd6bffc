"""The backends that other programs can reach: the embedded one in real time, and the real control plane."""

import contextlib
from collections.abc import Iterator

import pytest

from insideout import Cluster
from insideout.backends.controlplane import programs

PROGRAMS = ("embedded", "controlplane")


@contextlib.contextmanager
def reachable(backend: str) -> Iterator[Cluster]:
    """Give a cluster with one node; skip where the programs of the real control plane are not to be had."""
    if backend == "embedded":
        with Cluster.create(nodes=1, realtime=True) as made:
            yield made
        return
    try:
        programs.find()
    except programs.MissingProgramError as missing:
        pytest.skip(str(missing))
    with Cluster.create(nodes=1, backend=backend) as made:
        yield made
