"""What the records of NetworkPolicies say, as cases and as tables for the lesson."""

from collections.abc import Iterator
from typing import Any

from course.checks.report import Case, kept
from insideout import records

_OF_A_TABLE = 6
"""How many cells of a recorded table are cases: enough to have both answers, few enough to be quick."""


@kept
def e2e_cases() -> Iterator[Case]:
    """Yield cells of the upstream e2e tests' truth tables."""
    for row in records.read("netpol_e2e"):
        yield from _cells(row, f"e2e tables: {_kind(row)}")


@kept
def random_cases() -> Iterator[Case]:
    """Yield cells of the recorded random clusters, and of those about which two engines disagree."""
    for row in records.read("netpol"):
        yield from _cells(row, "recorded random clusters")
    for row in records.read("netpol_disputed"):
        yield from _cells(row, "recorded clusters about which two engines disagree")


def _kind(row: dict[str, Any]) -> str:
    specs = [each["spec"] for each in row["policies"]]
    if any("Egress" in spec.get("policyTypes", ()) for spec in specs):
        return "with egress"
    return "ingress alone"


def _cells(row: dict[str, Any], rule: str) -> Iterator[Case]:
    """Yield some cells of one recorded cluster, allowed and denied ones, from the whole of its tables."""
    cells: dict[str, list[tuple[str, str, str]]] = {".": [], "X": []}
    for port, lines in row["want"].items():
        for source, line in zip(row["order"], lines, strict=True):
            for destination, cell in zip(row["order"], line, strict=True):
                if cell in cells:
                    cells[cell].append((port, source, destination))
    for cell, found in cells.items():
        step = max(1, len(found) // (_OF_A_TABLE // 2))
        for port, source, destination in found[::step][: _OF_A_TABLE // 2]:
            protocol, _, number = port.partition("/")
            clusters = (row["policies"], row["namespaces"], row["pods"])
            yield Case(rule, (*clusters, source, destination, int(number), protocol), cell == ".")


def peers() -> dict[str, dict[str, bool]]:
    """Return, for the peers of each e2e policy that lets in by peers alone, which sources reach x/a."""
    found: dict[str, dict[str, bool]] = {}
    for row in records.read("netpol_e2e"):
        specs = [each["spec"] for each in row["policies"]]
        rules = specs[0].get("ingress", []) if len(specs) == 1 else []
        if len(rules) != 1 or list(rules[0]) != ["from"] or row["order"][0] != "x/a":
            continue
        column = next(iter(row["want"].values()))
        words = "; or ".join(_words(peer) for peer in rules[0]["from"])
        sources = zip(row["order"][1:], column[1:], strict=True)
        found.setdefault(words, {source: line[0] == "." for source, line in sources})
    return dict(sorted(found.items(), key=lambda item: (len(item[0]), item[0])))


def _words(peer: dict[str, Any]) -> str:
    """Write a peer as one reads it."""
    parts = []
    for name, selector in peer.items():
        labels = [
            f"{key.rpartition('/')[2]}={value}" for key, value in selector.get("matchLabels", {}).items()
        ]
        labels += [
            f"{one['key'].rpartition('/')[2]} {one['operator']} {', '.join(one.get('values', []))}".rstrip()
            for one in selector.get("matchExpressions", [])
        ]
        parts.append(f"{name}({', '.join(labels)})" if name != "ipBlock" else f"ipBlock({selector})")
    return " with ".join(parts)
