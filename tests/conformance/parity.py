"""`python -m tests.conformance.parity`: the records on every backend that is there, side by side.

Only records that need nothing but an API server, each asked over HTTPS.  They were recorded without
controllers and without service accounts of pods, so a control plane of ours is started that way.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import kubernetes.client
import kubernetes.config

from insideout import records
from insideout.backends.controlplane import programs
from insideout.backends.controlplane.backend import ControlPlaneBackend
from insideout.backends.embedded import EmbeddedBackend
from insideout.backends.interface import Backend
from insideout.backends.kubeconfig.backend import CONTEXT, KubeconfigBackend
from insideout.verify.outcome import Outcome
from insideout.verify.players import PLAYERS, kind_of
from insideout.verify.wire import Wire
from tests.conformance.excuses import excuses

KINDS = ("http", "http2", "crd", "crd_status", "watch", "qos", "pod_requests")
_ONE_CASE = ("qos", "pod_requests")
_IN_ONE_NAMESPACE = ("qos",)
_WITHOUT_ACCOUNTS = ("--disable-admission-plugins=ServiceAccount",)


class Case(NamedTuple):
    """What is played at once: a scenario, or all rows of a kind whose rows are alone."""

    kind: str
    name: str
    rows: list[dict[str, Any]]

    @property
    def title(self) -> str:
        """The case as the table names it."""
        return f"{self.kind} {self.name}".strip()


class Result(NamedTuple):
    """What came of a case: its outcomes, or why it was not played; what may differ, by place, and why."""

    outcomes: tuple[Outcome, ...] = ()
    skipped: str = ""
    excuses: Mapping[str, str] = {}

    def told(self) -> str:
        """Return the cell of the table: how many answers were as recorded, of how many."""
        if self.skipped:
            return "skipped"
        matched = sum(not outcome.differences for outcome in self.outcomes)
        explained = len(list(self.explained()))
        more = f" ({explained} explained)" if explained else ""
        return f"{matched}/{len(self.outcomes)}{more}"

    def unexplained(self) -> Iterator[Outcome]:
        """Yield what differs and is not meant to."""
        return (each for each in self.outcomes if each.differences and not self._excuse(each))

    def explained(self) -> Iterator[tuple[Outcome, str]]:
        """Yield what differs and may, and why."""
        for outcome in self.outcomes:
            if outcome.differences and (why := self._excuse(outcome)):
                yield outcome, why

    def _excuse(self, outcome: Outcome) -> str:
        return self.excuses.get(outcome.place.split(" ")[0], "")


class Side:
    """A backend, or why there is none, and whether the environment asks for it all the same."""

    def __init__(
        self, name: str, make: Callable[[], Backend], why_not: str = "", is_wanted: bool = False
    ) -> None:
        self.name = name
        self.why_not = why_not
        self.is_wanted = is_wanted
        self._make = make

    def play(self, cases: Sequence[Case]) -> list[Result]:
        """Play the cases on a fresh one."""
        if self.why_not:
            return [Result(skipped=self.why_not) for _ in cases]
        backend = self._make()
        wire = None
        try:
            if isinstance(backend, EmbeddedBackend):
                client = kubernetes.config.new_client_from_config(str(backend.kubeconfig()))
            else:
                client = backend.api_client()
            wire = Wire(client, backend.loop)
            may = excuses(self.name, kubernetes.client.VersionApi(client).get_code().git_version)
            return [self._result(wire, case)._replace(excuses=may) for case in cases]
        finally:
            if wire is not None:
                wire.close()
            backend.stop()

    def _result(self, wire: Wire, case: Case) -> Result:
        flags = next((row["server"] for row in case.rows if row.get("server")), "")
        if flags:
            return Result(skipped=f"it needs a server with {flags}")
        if self.name == "kubeconfig" and case.kind not in _IN_ONE_NAMESPACE:
            return Result(skipped="it needs namespaces of its own, on a server without controllers")
        return Result(tuple(PLAYERS[kind_of(case.kind)](wire, case.rows)))


def cases(every: int = 1) -> list[Case]:
    """Return every so many-eth case of all."""
    found: list[Case] = []
    names: set[str] = set()
    for kind in KINDS:
        rows = records.read(kind)
        if kind in _ONE_CASE:
            found.append(Case(kind, "", rows[::every]))
            continue
        for row in rows:
            name = row["scenario"]
            if name in names:  # its namespace is called after it, and is to be its own
                name = f"{name}-of-{kind.replace('_', '-')}"
            names.add(name)
            found.append(Case(kind, name, [row | {"scenario": name}]))
    return found[::every]


def sides(environment: dict[str, str] | None = None) -> list[Side]:
    """Return the three backends, those that are not here with the reason."""
    given = dict(os.environ) if environment is None else environment
    try:
        programs.find(environment=given)
        missing = ""
    except programs.MissingProgramError as problem:
        missing = str(problem)
    context = "" if given.get(CONTEXT) else f"{CONTEXT} names no context"
    return [
        Side("embedded", lambda: EmbeddedBackend(realtime=True)),
        Side(
            "controlplane",
            lambda: ControlPlaneBackend(flags=_WITHOUT_ACCOUNTS),
            missing,
            programs.FOLDER in given,
        ),
        Side("kubeconfig", KubeconfigBackend, context),
    ]


def table(played: Sequence[Case], results: Sequence[tuple[Side, Sequence[Result]]]) -> Iterator[str]:
    """Yield the table's lines, the reasons of what was skipped, and what differs."""
    width = max(len(case.title) for case in played)
    names = "  ".join(f"{side.name:20}" for side, _ in results)
    yield f"{'case':{width}}  {names}".rstrip()
    for number, case in enumerate(played):
        cells = "  ".join(f"{found[number].told():20}" for side, found in results)
        yield f"{case.title:{width}}  {cells}".rstrip()
    for side, found in results:
        reasons: dict[str, int] = {}
        for result in found:
            if result.skipped:
                reasons[result.skipped] = reasons.get(result.skipped, 0) + 1
        for reason, count in reasons.items():
            yield f"{side.name}: {count} skipped: {reason}"
        for case, result in zip(played, found, strict=True):
            for outcome in result.unexplained():
                for line in outcome.differences:
                    yield f"{side.name}: {case.kind} {outcome.place}: {line}"
            for outcome, why in result.explained():
                yield f"{side.name}: {case.kind} {outcome.place}: may differ: {why}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; return 1 when anything differs that may not."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.parity", description=__doc__)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every N-th case (default: 1)")
    options = parser.parse_args(arguments)
    if options.every < 1:
        parser.error(f"--every {options.every}: give 1 or more")
    played = cases(options.every)
    results = [(side, side.play(played)) for side in sides()]
    for line in table(played, results):
        print(line)
    return int(any(list(each.unexplained()) for side, found in results for each in found))


if __name__ == "__main__":
    sys.exit(main())
