"""Judges a `Demux` at work: it stands between a client and the commands in a cluster's containers."""

import functools
import json
from collections.abc import Callable, Iterator
from typing import Any

from course.checks.report import Case, kept
from course.units.u14_exec.cases import what_was_raised
from course.units.u14_exec.hops import exec_in, pod
from insideout.cluster import Cluster

Object = dict[str, Any]


def at_work(make: Callable[[], Any]) -> Callable[[Object], list[Any]]:
    """Return a function from a command to what a client makes of it with this demultiplexer."""
    frames_of = _frames()  # before anything is timed: a real control plane takes seconds to begin

    def run(scenario: Object) -> list[Any]:
        demux = make()
        for frame in frames_of[json.dumps(scenario)]:
            demux.feed(list(frame))
        try:
            code = demux.exit_code()
        except Exception as error:
            code = what_was_raised(error)
        return [demux.stdout, demux.stderr, code]

    return run


@functools.cache
def _frames() -> dict[str, list[list[int]]]:
    """Run all commands in a cluster; return the frames that the client of each was sent, by what is run."""
    with Cluster.create(nodes=1) as cluster:
        cluster.core.create_namespaced_pod("default", pod("web"))
        cluster.wait(lambda: cluster.core.read_namespaced_pod("web", "default").status.phase == "Running")
        return {
            json.dumps(scenario): exec_in(cluster, "web", **scenario).frames
            for table in _CASES.values()
            for scenario, _ in table
        }


@kept
def cases() -> Iterator[Case]:
    """Yield commands, and what a client must see of them."""
    for rule, table in _CASES.items():
        for scenario, expected in table:
            yield Case(rule, (scenario,), expected)


_CASES: dict[str, list[tuple[Object, list[Any]]]] = {
    "outputs are apart, and the exit code is the command's": [
        (
            {"command": ["sh", "-c", "echo out; cat /no; exit 3"]},
            ["out\n", "cat: /no: No such file or directory\n", 3],
        ),
        ({"command": ["echo", "Grüße"]}, ["Grüße\n", "", 0]),
    ],
    "what is typed is read, up to its end": [
        ({"command": ["cat"], "stdin": "one\ntwo\n"}, ["one\ntwo\n", "", 0]),
        ({"command": ["sh"], "stdin": "echo $A\nexit 9\n"}, ["b\n", "", 9]),
    ],
    "a terminal has one output": [
        (
            {"command": ["sh", "-c", "cat /no; echo out"], "tty": True},
            ["cat: /no: No such file or directory\r\nout\r\n", "", 0],
        ),
        ({"command": ["stty", "size"]}, ["", "stty: standard input: Inappropriate ioctl for device\n", 1]),
    ],
    "a program that is not there has no exit code": [
        ({"command": ["nosuch"]}, ["", "", "raises ValueError"]),
        ({"command": ["false"]}, ["", "", 1]),
    ],
}
