"""What a broken cluster says that a healthy one does not: conditions, warnings, refused requests.

Where time is real, the calls are side by side in one cluster, with the healthy town among them.
"""

from collections.abc import Iterable, Iterator

from course.units.u16_troubleshooting.calls import call_of, number_of
from course.units.u16_troubleshooting.clusters import CLUSTERS
from course.units.u16_troubleshooting.judge import is_reworded
from course.units.u16_troubleshooting.objects import Object
from course.units.u16_troubleshooting.scene import broken, healthy, side_by_side
from course.units.u16_troubleshooting.snapshot import snapshot
from course.units.u16_troubleshooting.town import Town

Said = tuple[set[str], set[str], set[str]]
HEALTHY_SEED = 8
CHANCE = {
    "Endpoints: FailedToCreateEndpoint",
    "Deployment: Progressing=True, NewReplicaSetCreated",
    "Deployment: Progressing=True, ReplicaSetUpdated",
}
"""What is said or not, whatever is wrong: a controller was ahead of its cache, or a rollout at this step."""


def said(found: dict[str, list[Object]]) -> Said:
    """Return the conditions, the warnings and the refusals in a snapshot, without names and prose."""
    conditions = {
        f"{obj['kind']}: {one['type']}={one['status']}, {one.get('reason') or 'no reason'}"
        for objects in found.values()
        for obj in objects
        if "kind" in obj
        for one in (obj.get("status") or {}).get("conditions") or ()
    }
    warnings = {
        f"{_about(event)}: {event['reason']}" for event in found["events"] if event.get("type") == "Warning"
    }
    refusals = {" ".join(_refusal(reply["status"])) for reply in found["replies"]}
    return conditions - CHANCE, warnings - CHANCE, refusals


def _about(event: Object) -> str:
    about: Object = event.get("involvedObject") or event.get("regarding") or {}
    return str(about.get("kind"))


def _refusal(status: Object) -> Iterator[str]:
    yield f"{status['code']} {status.get('reason', '')}".strip()
    for cause in (status.get("details") or {}).get("causes") or ():
        if "reason" in cause:
            yield f"cause {cause['reason']}"


class Board:
    """Calls with what is said there and nowhere else."""

    def __init__(self) -> None:
        town = healthy(list(CLUSTERS), HEALTHY_SEED, live=True)
        self._usual = _words(town, reworded=False)
        self._first = town if town.is_real else None
        if self._first is None:
            town.cluster.stop()
        self.silent: list[int] = []
        """The calls in which nothing is said: no condition, no warning, no refusal."""

    def lines(self, numbers: Iterable[int]) -> Iterator[str]:
        """Look at calls, and yield what they say."""
        for number, symptom, now in self._looked_at([*map(call_of, numbers)]):
            yield f"call {number}: {symptom}"
            new = [sorted(one - usual) for one, usual in zip(now, self._usual, strict=True)]
            if not any(new) and number not in self.silent:
                self.silent.append(number)
            for kind, words in zip(("condition", "warning", "refused"), new, strict=True):
                yield from (f"     {kind:10} {one}" for one in words)

    def _looked_at(self, calls: list[tuple[str, int]]) -> Iterator[tuple[int, str, Said]]:
        if self._first is None:
            for cause, seed in calls:
                found = broken(cause, seed)
                with found.town.cluster:
                    yield number_of(cause, seed), found.symptom, _words(found.town, is_reworded(seed))
            return
        for found in side_by_side(calls, self._first):
            number = number_of(found.cause, found.town.seed)
            yield number, found.symptom, _words(found.town, is_reworded(found.town.seed))


def _words(town: Town, reworded: bool) -> Said:
    return said(snapshot(town, reworded=reworded))
