"""Plays recorded exchanges with an API server: requests, and the answers that came.

Source: the recorder of the records, described in insideout/records/README.md.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from insideout.verify.normal import differences, normal
from insideout.verify.outcome import Outcome, Row
from insideout.verify.wire import Wire


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
