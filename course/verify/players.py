"""How each kind of golden record is played: one outcome for everything that the record says.

Source: the recorders of the records, described in course/records/README.md.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from course import replay
from course.kubelet.initcontainers import next_starts
from course.proxy import verify as proxy
from course.scheduler import verify as scheduler
from course.verify.normal import differences, normal
from course.verify.wire import Wire

Row = dict[str, Any]


class Outcome(NamedTuple):
    """One thing that a record says: where, and in what the cluster differs from it."""

    place: str
    differences: tuple[str, ...]


Play = Callable[[Wire, Sequence[Row]], Iterator[Outcome]]


class Player(NamedTuple):
    """A kind of record: which rows are of it, and how they are played against a fresh cluster."""

    fits: Callable[[Row], bool]
    play: Play


def play_http(wire: Wire, rows: Sequence[Row]) -> Iterator[Outcome]:
    """Send the steps of every scenario, each in a namespace of its own; one outcome an exchange."""
    for number, row in enumerate(rows):
        namespace = f"ns-{row['scenario']}-{number}"
        body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
        wire.request("POST", "/api/v1/namespaces", body=body)
        answers = _play_steps(wire, row["steps"], {"ns": namespace})
        for step, code, want in row["want"]:
            got_code, got = answers[step]
            found = [] if got_code == code else [f"code: want {code}, got {got_code}"]
            found += differences(normal(want), got)
            sent = row["steps"][step]
            yield Outcome(f"{row['scenario']}[{step}] {sent['m']} {sent['p']}", tuple(found))


def _play_steps(wire: Wire, steps: Sequence[Row], saved: dict[str, Any]) -> dict[int, tuple[int, Any]]:
    answers = {}
    for number, step in enumerate(steps):
        sent = {key: _filled(value, saved) for key, value in step.items() if key != "save"}
        if "sleep" in sent:
            wire.sleep(sent["sleep"])
            continue
        if sent["m"] == "WATCH":
            code, body = wire.watch(sent["p"], sent.get("q"), sent.get("seconds", 1))
        else:
            code, body = wire.request(
                sent["m"],
                sent["p"],
                body=sent.get("b"),
                query=sent.get("q"),
                content_type=sent.get("t", "application/json"),
                accept=sent.get("a", "application/json"),
            )
        if "save" in step:
            saved[step["save"]] = body
        answers[number] = code, normal(body)
    return answers


def _filled(value: Any, saved: dict[str, Any]) -> Any:
    """Return `value` with every ${x.y.z} replaced by what an earlier answer has there."""
    if isinstance(value, dict):
        return {key: _filled(each, saved) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, saved) for each in value]
    if not isinstance(value, str):
        return value

    def found(match: re.Match[str]) -> str:
        place: Any = saved
        for step in match[1].split("."):
            place = place[int(step)] if isinstance(place, list) else place.get(step, "<missing>")
        return str(place)

    return re.sub(r"\$\{([^}]+)\}", found, value)


def play_qos(wire: Wire, rows: Sequence[Row]) -> Iterator[Outcome]:
    """Create every pod as a dry run; one outcome a pod.

    Causes are compared in one order: upstream finds those about a map, such as requests, in Go's random one.
    """
    for number, row in enumerate(rows):
        path = "/api/v1/namespaces/default/pods"
        code, answer = wire.request("POST", path, body=row["pod"], query={"dryRun": "All"})
        got: Row = {"code": code}
        if code == 201:
            got["qosClass"] = answer["status"]["qosClass"]
        else:
            causes = (answer.get("details") or {}).get("causes") or []
            got["reason"] = answer.get("reason")
            got["causes"] = _sorted({key: each.get(key) for key in _CAUSE} for each in causes)
        want = {key: row[key] for key in ("code", "qosClass", "reason", "causes") if key in row}
        if "causes" in want:
            want["causes"] = _sorted(want["causes"])
        yield Outcome(f"pod {number}", tuple(differences(want, got)))


_CAUSE = ("reason", "field", "message")


def _sorted(causes: Iterable[Row]) -> list[Row]:
    return sorted(causes, key=lambda cause: [cause[key] or "" for key in _CAUSE])


def rows_of(verify: Callable[[Sequence[Row]], Iterable[tuple[object, Sequence[str]]]]) -> Play:
    """Play a record whose rows each bring up what they need: one outcome a row."""

    def play(wire: Wire, rows: Sequence[Row]) -> Iterator[Outcome]:
        for place, found in verify(rows):
            yield Outcome(str(place), tuple(found))

    return play


def _replayed(kind: str) -> Play:
    return rows_of(lambda rows: replay.verify(kind, rows))


def verify_init_containers(rows: Sequence[Row]) -> Iterator[tuple[int, list[str]]]:
    """Ask the kubelet what it would start next in each recorded state of a pod's init containers."""
    for number, row in enumerate(rows):
        actions = next_starts(row["init"], row["status"], main_running=row["main_running"])
        got = dict(zip(("start", "ready_for_main", "kill_pod"), actions, strict=True))
        yield number, list(differences({key: row[key] for key in got}, got))


PLAYERS = {
    "http": Player(lambda row: {"scenario", "steps", "want"} <= row.keys(), play_http),
    "qos": Player(lambda row: {"pod", "code"} <= row.keys(), play_qos),
    "scheduler": Player(lambda row: {"scenario", "nodes", "steps"} <= row.keys(), rows_of(scheduler.verify)),
    "rollout": Player(lambda row: {"case", "trace"} <= row.keys(), _replayed("rollout")),
    "statefulset": Player(lambda row: {"case", "replicas", "steps"} <= row.keys(), _replayed("statefulset")),
    "endpointslice": Player(
        lambda row: {"case", "service", "steps"} <= row.keys(), _replayed("endpointslice")
    ),
    "eviction": Player(lambda row: {"log", "defaults"} <= row.keys(), _replayed("eviction")),
    "init_containers": Player(
        lambda row: {"init", "status", "start"} <= row.keys(), rows_of(verify_init_containers)
    ),
    "kubeproxy": Player(lambda row: {"case", "objects", "rules"} <= row.keys(), rows_of(proxy.verify)),
}
"""How each kind of record is played; the first that fits a file's rows is taken."""
