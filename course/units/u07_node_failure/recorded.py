"""What the records of lost nodes say, as cases and as tables for the lesson."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from course.checks.report import Case, kept
from course.units.u07_node_failure.objects import PREFIX, Object
from insideout import records

_ONE_STATE = {
    "one-node": "recorded pods on a node that fell silent",
    "one-node-not-ready": "recorded pods on a node that reported trouble",
}
"""The cases in which a node gets its NoExecute taint once and keeps it, and a rule for each."""


def case_of(name: str) -> dict[str, Any]:
    """Return the recorded case of this name from zones.jsonl."""
    return next(row for row in records.read("zones") if row["case"] == name)


def tainted_at(case: str, run: int = 0) -> list[float]:
    """Return when each node of a recorded case got its NoExecute taint, in seconds."""
    found: dict[str, float] = {}
    for entry in case_of(case)["runs"][run]["log"]:
        if "node" in entry and any(effect == "NoExecute" for _, effect in entry["taints"]):
            found.setdefault(entry["node"], entry["t_s"])
    return sorted(found.values())


class Rate(NamedTuple):
    """How fast the nodes of zone a were tainted NoExecute in a recorded case."""

    case: str
    silent: str
    well: str
    tainted: int
    between_s: tuple[int, ...]

    @property
    def qps(self) -> float:
        """Nodes a second; 0 when no second one followed."""
        return 1 / self.between_s[0] if self.between_s else 0.0

    @property
    def words(self) -> tuple[str, ...]:
        """The same for a table."""
        between = ", ".join(map(str, self.between_s)) or "-"
        return self.case, self.silent, self.well, str(self.tainted), between


PACED = ("one-node", "partial-small-zone", "partial-large-zone", "whole-zone")
"""The recorded cases in which nodes of zone a fall silent, all at second 0, and no other."""


def rate(case: str) -> Rate:
    """Return how fast a recorded case went."""
    row, times = case_of(case), tainted_at(case)
    silent = f"{len(row['actions'][0][2])} of {row['zones']['a']} in a"
    well = " ".join(f"{count} in {zone}" for zone, count in row["zones"].items() if zone != "a")
    gaps = tuple(round(after - before) for before, after in pairwise(times))
    return Rate(case, silent, well or "-", len(times), gaps)


def stays(case: str, run: int = 0) -> dict[str, tuple[list[Object], float | None]]:
    """Return, for each pod of a case, its tolerations and how long after its node's taint it was deleted."""
    row = case_of(case)
    since_s = tainted_at(case, run)[0]
    deleted: dict[str, float] = {}
    for entry in row["runs"][run]["log"]:
        if entry.get("deleting"):
            deleted.setdefault(entry["pod"], entry["t_s"])
    return {
        name: (tolerations, max(0.0, round(deleted[name] - since_s)) if name in deleted else None)
        for name, tolerations in row["pods"].items()
    }


@kept
def evict_cases() -> Iterator[Case]:
    """Yield what every recorded pod's tolerations and its node's taints came to."""
    for case, rule in _ONE_STATE.items():
        final = case_of(case)["runs"][0]["final"]["nodes"]
        shown = next(node["taints"] for node in final.values() if node["taints"])
        taints = [{"key": PREFIX + key, "effect": effect} for key, effect in shown]
        for tolerations, after_s in stays(case).values():
            yield Case(rule, (taints, tolerations), after_s)
