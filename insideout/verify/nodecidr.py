"""Plays recorded allocations of node ranges."""

from collections.abc import Iterator, Sequence
from typing import Any

from insideout.controllers.nodeipam.cidrset import CidrSet, NoRangesRemainingError, SubnetTooBigError
from insideout.verify.normal import differences
from insideout.verify.outcome import Row


def verify_node_cidr(rows: Sequence[Row]) -> Iterator[tuple[str, list[str]]]:
    """Do what each sequence did with a set of node ranges, and compare every answer."""
    for row in rows:
        yield row["id"], list(differences(row["want"], play(row)))


def play(row: Row) -> dict[str, Any]:
    """Do what one sequence did; return what would have been recorded."""
    try:
        ranges = CidrSet(row["cluster"], row["node_mask"])
    except SubnetTooBigError as error:
        return {"error": str(error)}
    held: dict[str, str] = {}
    results = [_do(ranges, held, verb, what) for verb, what in row["ops"]]
    return {"allocated": ranges.allocated, "max": ranges.size, "results": results}


def _do(ranges: CidrSet, held: dict[str, str], verb: str, what: str) -> str | dict[str, str]:
    try:
        if verb == "alloc":
            held[what] = ranges.allocate()
            return held[what]
        if verb == "release":
            ranges.release(held[what])
            return f"released {held.pop(what)}"
        if verb == "occupy":
            ranges.occupy(what)
            return "occupied"
    except (NoRangesRemainingError, ValueError) as error:
        return {"error": str(error)}
    raise ValueError(f"{verb!r} is no step of a record of node ranges")
