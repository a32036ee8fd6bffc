"""Plays recorded exchanges with an API server: requests, and the answers that came.

The further keys of a step, beside m(ethod), p(ath), q(uery), b(ody), t(ype), a(ccept), h(eaders) and save:

| key | meaning |
|---|---|
| seconds, bookmarks | of a WATCH: how long it lasts (1), and whether its BOOKMARK events count |
| until | repeat, for 40 s at most, until this status code; only the last answer counts |
| show | headers of the answer that count, too |
| pick | only this part of the body counts, such as status.conditions |
| brief | whether this answer is told in few words, whatever the scenario says |
| sleep | wait, ask nothing |
| later | ask this many seconds after the next WATCH began |
| compact | wait until the server has compacted its history |

Source: the recorder of the records, described in insideout/records/README.md.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from insideout.verify.brief import brief
from insideout.verify.marks import Marks
from insideout.verify.normal import aged, differences, normal, sorted_causes
from insideout.verify.outcome import Outcome, Row
from insideout.verify.wire import Answer, Wire

_UNTIL_S = 40.0
_AGAIN_S = 0.1


def play_http(wire: Wire, rows: Sequence[Row]) -> Iterator[Outcome]:
    """Send the steps of every scenario, each in a namespace of its own; one outcome an exchange.

    A scenario that needs a server with other flags is played on such a server, where the wire knows one.
    """
    for number, row in enumerate(rows):
        server = wire.elsewhere(row["server"]) if row.get("server") else wire
        if server is None:
            why = f"not played: it needs a server with {row['server']}"
            yield Outcome(f"{row['scenario']}", (why,))
            continue
        played = _Scenario(server, row, f"ns-{row['scenario']}-{number}")
        told = {each.step: each for each in played.play()}
        for step, code, want, *headers in row["want"]:
            if step >= played.stopped_at:
                continue
            found = list(_compared(told.get(step), code, want, headers))
            sent = row["steps"][step]
            yield Outcome(f"{row['scenario']}[{step}] {sent['m']} {sent['p']}", tuple(found))


class _Told(NamedTuple):
    """One answer as a record has it."""

    step: int
    code: int
    body: Any
    headers: list[dict[str, Any]]


def _compared(told: _Told | None, code: int, want: Any, headers: list[Any]) -> Iterator[str]:
    if told is None:
        yield "not answered"
        return
    if told.code != code:
        yield f"code: want {code}, got {told.code}"
    yield from differences(aged(want), told.body)
    yield from differences(headers, told.headers, "headers")


class _Scenario:
    """One scenario being played."""

    def __init__(self, wire: Wire, row: Row, namespace: str) -> None:
        self.stopped_at = len(row["steps"])
        """The step from which nothing is played, because the server cannot be made to compact here."""
        self._wire = wire
        self._row = row
        self._saved: dict[str, Any] = {"ns": namespace}
        self._marks = Marks()

    def play(self) -> Iterator[_Told]:
        """Send every step."""
        body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self._saved["ns"]}}
        self._wire.request("POST", "/api/v1/namespaces", body=body)
        waiting: list[int] = []
        for number, step in enumerate(self._row["steps"]):
            if "later" in step:
                waiting.append(number)
            elif "sleep" in step:
                self._wire.sleep(step["sleep"])
            elif "compact" in step:
                if not self._wire.compacted():
                    self.stopped_at = number
                    return
            elif step["m"] == "WATCH" and waiting:
                yield from self._watch_while(number, waiting)
                waiting = []
            else:
                answer = self._ask(number)
                yield self._told(number, answer)

    def _watch_while(self, number: int, others: list[int]) -> Iterator[_Told]:
        """Watch while the steps `others` are sent."""
        answers: dict[int, Answer] = {}

        def act(which: int) -> None:
            answers[others[which]] = self._ask(others[which])

        steps = self._row["steps"]
        wait = self._wire.later([steps[other]["later"] for other in others], act)
        answer = self._ask(number)
        wait()
        for other in others:
            yield self._told(other, answers[other])
        yield self._told(number, answer)

    def _ask(self, number: int) -> Answer:
        """Send a step, again and again where it waits for a status code, and save what it saves."""
        step = self._row["steps"][number]
        sent = {key: _filled(value, self._saved) for key, value in step.items() if key != "save"}
        answer = self._send(sent)
        waited_s = 0.0
        while "until" in sent and answer.code != sent["until"] and waited_s < _UNTIL_S:
            self._wire.sleep(_AGAIN_S)
            waited_s += _AGAIN_S
            answer = self._send(sent)
        if "save" in step:
            self._saved[step["save"]] = answer.body
            self._marks.save(step["save"], answer.body)
        return answer

    def _send(self, step: Row) -> Answer:
        accept = step.get("a", "application/json")
        if step["m"] == "WATCH":
            seconds, headers = step.get("seconds", 1), step.get("h")
            answer = self._wire.watch(step["p"], step.get("q"), seconds, accept=accept, headers=headers)
            if isinstance(answer.body, list):
                events = _counted(answer.body, bookmarks=step.get("bookmarks", False))
                answer = answer._replace(body=events)
            return answer
        return self._wire.ask(
            step["m"],
            step["p"],
            body=step.get("b"),
            query=step.get("q"),
            content_type=step.get("t", "application/json"),
            accept=accept,
            headers=step.get("h"),
        )

    def _told(self, number: int, answer: Answer) -> _Told:
        step, row, body = self._row["steps"][number], self._row, answer.body
        if "pick" in step:
            body = _picked(body, step["pick"])
        if step.get("brief", row.get("brief")):
            shown = brief(body, self._marks)
        else:
            shown = normal(body, self._marks.tell if row.get("rvs") else None)
        if row.get("unordered"):
            shown = sorted_causes(shown)
        headers = (
            [{name: normal(answer.headers.get(name)) for name in step["show"]}] if "show" in step else []
        )
        return _Told(number, answer.code, shown, headers)


def _counted(events: list[Any], *, bookmarks: bool) -> list[Any]:
    """Return the events that count: of several bookmarks in a row the last, or none at all."""

    def mark(event: Any) -> Any:
        if event is None or event["type"] != "BOOKMARK":
            return None
        return event["object"]["metadata"].get("annotations") or True

    following = [*events[1:], None]
    kept = [
        event
        for event, then in zip(events, following, strict=False)
        if mark(event) is None or mark(event) != mark(then)
    ]
    return [event for event in kept if bookmarks or event["type"] != "BOOKMARK"]


def _picked(value: Any, path: str) -> Any:
    for part in path.split("."):
        if isinstance(value, list):
            value = value[int(part)] if int(part) < len(value) else None
        else:
            value = value.get(part) if isinstance(value, dict) else None
    return value


def _filled(value: Any, saved: dict[str, Any]) -> Any:
    """Return `value` with every ${x.y.z} replaced by what an earlier answer has there.

    {"$repeat": [text, n]} stands for a long string.
    """
    if isinstance(value, dict):
        if set(value) == {"$repeat"}:
            return str(value["$repeat"][0]) * value["$repeat"][1]
        return {_filled(key, saved): _filled(each, saved) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, saved) for each in value]
    if not isinstance(value, str):
        return value

    def found(match: re.Match[str]) -> str:
        place: Any = saved
        for step in match[1].split("."):
            if isinstance(place, list) and step.isdigit() and int(step) < len(place):
                place = place[int(step)]
            else:
                place = place.get(step, "<missing>") if isinstance(place, dict) else "<missing>"
        return str(place)

    return re.sub(r"\$\{([^}]+)\}", found, value)
