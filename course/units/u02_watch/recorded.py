"""What a real API server showed for each way to list and watch, read out of the records."""

from collections.abc import Iterator
from typing import Any

from course.checks.report import Case, kept
from insideout import records
from insideout.view.tables import Table

Exchange = tuple[dict[str, Any], list[Any]]


def exchanges(scenario: str) -> list[Exchange]:
    """Return the steps of a recorded scenario, each with its answer [number, code, body, ...]."""
    (row,) = [row for row in records.read("watch") if row["scenario"] == scenario]
    return [(row["steps"][want[0]], want) for want in row["want"]]


def asked_and_told(scenario: str, step: int) -> tuple[int, Any]:
    """Return the status code and the body of the answer to one step of a recorded scenario."""
    (want,) = [want for _, want in exchanges(scenario) if want[0] == step]
    return want[1], want[2]


def lists(scenario: str) -> Table:
    """Return the lists of a scenario as a table: what was asked, and which objects at which version came."""
    rows = []
    for step, (_, code, body, *_) in exchanges(scenario):
        if step["m"] == "GET" and step["p"].endswith("/configmaps") and code == 200:
            query = step.get("q") or {}
            if {"fieldSelector", "labelSelector"} & {*query}:
                continue
            more = f"and {body['remainingItemCount']} more" if body.get("continue") else ""
            names = " ".join(item["rv"].lstrip("=") for item in body["items"])
            rows.append((*_asked(query), f"{names} {more}".strip()))
    return Table(("RESOURCEVERSION", "MATCH", "LIMIT", "CAME"), tuple(rows))


def _asked(query: dict[str, str]) -> tuple[str, str, str]:
    version = query.get("resourceVersion", "").removeprefix("${").removesuffix(".metadata.resourceVersion}")
    return version or "-", query.get("resourceVersionMatch", "-"), query.get("limit", "-")


@kept
def list_cases() -> Iterator[Case]:
    """Yield the recorded lists with the state that they showed; a version stands as "7".

    A list that names a version and shows nothing newer showed exactly that one.  Those that name the newest
    version are left out: they would look the same either way.
    """
    for scenario in ("list-versions", "list-limit"):
        marks: list[str] = []
        for step, (_, code, body, *_) in exchanges(scenario):
            if "save" in step:
                marks.append(step["save"])
            if step["m"] != "GET" or not step["p"].endswith("/configmaps") or code != 200:
                continue
            query = step.get("q") or {}
            named, match, limit = _asked(query)
            if named in marks[-1:]:
                continue
            shown = {"-": "latest", "0": "any"}.get(named) or _state(marks, named, body)
            version = {"-": "", "0": "0"}.get(named, "7")
            arguments = (version, match.strip("-"), int(limit.strip("-") or 0))
            rule = "recorded lists with a limit" if arguments[2] else "recorded lists without a limit"
            yield Case(rule, arguments, shown)


def _state(marks: list[str], named: str, body: dict[str, Any]) -> str:
    """Return "exact" when a list shows nothing newer than the version saved as `named`, else "not older"."""
    seen = [body["rv"].lstrip(">="), *(item["rv"].lstrip("=") for item in body["items"])]
    newest = max(marks.index(mark) for mark in seen)
    return "exact" if newest <= marks.index(named) else "not older"
