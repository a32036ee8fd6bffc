"""What a broken cluster says that a healthy one does not: conditions, warnings, refused requests."""

from collections.abc import Iterable, Iterator

from course.units.u16_troubleshooting.calls import call_of
from course.units.u16_troubleshooting.clusters import CLUSTERS
from course.units.u16_troubleshooting.judge import is_reworded
from course.units.u16_troubleshooting.objects import Object
from course.units.u16_troubleshooting.scene import broken, healthy
from course.units.u16_troubleshooting.snapshot import snapshot

Said = tuple[set[str], set[str], set[str]]
HEALTHY_SEED = 8


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
    return conditions, warnings, refusals


def _about(event: Object) -> str:
    about: Object = event.get("involvedObject") or event.get("regarding") or {}
    return str(about.get("kind"))


def _refusal(status: Object) -> Iterator[str]:
    yield f"{status['code']} {status.get('reason', '')}".strip()
    for cause in (status.get("details") or {}).get("causes") or ():
        if "reason" in cause:
            yield f"cause {cause['reason']}"


def healthy_words() -> Said:
    """Return what is said where nothing is wrong and everything looks broken."""
    town = healthy(list(CLUSTERS), HEALTHY_SEED)
    with town.cluster:
        return said(snapshot(town, reworded=False))


class Board:
    """Calls with what is said there and nowhere else."""

    def __init__(self) -> None:
        self._usual = healthy_words()
        self.silent: list[int] = []
        """The calls in which nothing is said: no condition, no warning, no refusal."""

    def lines(self, numbers: Iterable[int]) -> Iterator[str]:
        """Look at calls, and yield what they say."""
        for number in numbers:
            cause, seed = call_of(number)
            found = broken(cause, seed)
            with found.town.cluster:
                now = said(snapshot(found.town, reworded=is_reworded(seed)))
            yield f"call {number}: {found.symptom}"
            new = [sorted(one - usual) for one, usual in zip(now, self._usual, strict=True)]
            if not any(new) and number not in self.silent:
                self.silent.append(number)
            for kind, words in zip(("condition", "warning", "refused"), new, strict=True):
                yield from (f"     {kind:10} {one}" for one in words)
