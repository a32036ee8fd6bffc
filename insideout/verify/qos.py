"""Plays recorded pods: the QoS class that the API server gave each, or why it refused it."""

from collections.abc import Iterable, Iterator, Sequence

from insideout.verify.normal import differences
from insideout.verify.outcome import Outcome, Row
from insideout.verify.wire import Wire


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
