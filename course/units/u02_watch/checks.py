"""Checks of unit 02: `list_shows`, `Ring`, `WorkQueue`, `Reflector`, and the last two at work."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from course.checks import examples as worked
from course.checks.call import call
from course.checks.place import Place
from course.checks.report import grade, number
from course.units.u02_watch import cases, misconceptions, playing, recorded, unseen, weather
from course.units.u02_watch.judged import judge
from insideout.scheduler.fed import feeder_of

_LISTS = Place("1. Four ways to list", "k8s.io/apiserver/pkg/storage/cacher/delegator.go")
_RING = Place("2. Where a watch can begin", "k8s.io/apiserver/pkg/storage/cacher/watch_cache.go")
_REFLECTOR = Place("4. A copy that loses nothing", "k8s.io/client-go/tools/cache/reflector.go")
_QUEUE = Place("5. Keys, not events", "k8s.io/client-go/util/workqueue/queue.go")
_WORK = Place("6. At work, in bad weather")

STORMS = 10
LINE = 100
LIMIT_S = 20.0
"""How long all storms, or one exploration, may take; sound ones need a tenth of it."""


def lists_examples(function: Any, *, points: float) -> float:
    """Check `list_shows(version, match, limit)`, a rule at a time."""
    return _lists(function, cases.list_cases(), points)


def lists_records(function: Any, *, points: float) -> float:
    """Check `list_shows(version, match, limit)` on the recorded lists."""
    return _lists(function, recorded.list_cases(), points)


def _lists(function: Any, members: Any, points: float) -> float:
    arguments = ("version", "match", "limit")
    known = misconceptions.LIST_SHOWS
    return grade(
        "list_shows", function, members, points=points, read=_LISTS, arguments=arguments, misconceptions=known
    )


def ring_own_examples(examples: Any, *, points: float) -> float:
    """Check the learner's own examples (cap, list_rv, added, rv, answer)."""
    return worked.grade(
        "my_rings",
        examples,
        misconceptions.since,
        misconceptions.SINCE,
        points=points,
        read=_RING,
        refuse=_no_ring,
        raises=("Gone",),
    )


def _no_ring(cap: Any, list_rv: Any, added: Any, rv: Any) -> str | None:
    if not all(type(each) is int for each in (cap, list_rv, rv)) or not isinstance(added, list):
        return "cap, list_rv and rv are whole numbers, added is a list of them"
    if not all(type(each) is int for each in added):
        return "added is a list of whole numbers"
    if cap < 1:
        return "a ring has room for one event at least"
    if any(later <= earlier for earlier, later in zip([list_rv, *added], added, strict=False)):
        return "versions grow: each added one is larger than the one before and than list_rv"
    return None


def ring_examples(made: Any, *, points: float) -> float:
    """Check the class Ring, a rule at a time."""
    return _ring(made, cases.ring_cases(), points)


def ring_unseen(made: Any, *, seed: int, points: float) -> float:
    """Check the class Ring on calls drawn with `seed`."""
    return _ring(made, unseen.ring_cases(seed), points)


def _ring(made: Any, members: Any, points: float) -> float:
    function = playing.ring(made) if callable(made) else made
    known = misconceptions.RING
    return grade("Ring", function, members, points=points, read=_RING, show=show_ring, misconceptions=known)


def queue_examples(made: Any, *, points: float) -> float:
    """Check the class WorkQueue, a rule at a time."""
    return _queue(made, cases.queue_cases(), points)


def queue_unseen(made: Any, *, seed: int, points: float) -> float:
    """Check the class WorkQueue on calls drawn with `seed`."""
    return _queue(made, unseen.queue_cases(seed), points)


def _queue(made: Any, members: Any, points: float) -> float:
    function = playing.queue(made) if callable(made) else made
    known = misconceptions.QUEUE
    return grade(
        "WorkQueue", function, members, points=points, read=_QUEUE, show=show_calls, misconceptions=known
    )


def reflector_examples(made: Any, *, points: float) -> float:
    """Check the class Reflector, a rule at a time."""
    return _reflector(made, cases.reflector_cases(), points)


def reflector_unseen(made: Any, *, seed: int, points: float) -> float:
    """Check the class Reflector on conversations drawn with `seed`."""
    return _reflector(made, unseen.reflector_cases(seed), points)


def _reflector(made: Any, members: Any, points: float) -> float:
    function = playing.reflector(made) if callable(made) else made
    known = misconceptions.REFLECTOR
    return grade(
        "Reflector", function, members, points=points, read=_REFLECTOR, show=show_calls, misconceptions=known
    )


def work_weather(reflector: Any, queue: Any, *, seed: int, points: float) -> float:
    """Check a Reflector and a WorkQueue by the scheduler that they feed, in storms drawn with `seed`."""

    def storms() -> list[str]:
        found: list[str] = []
        for number_ in range(seed * STORMS, (seed + 1) * STORMS):
            run = weather.Run(feeder_of(reflector, queue), number_)
            if run.problem is not None:
                found.append(f"{run.problem}\n  Before: {_weather(run.weather.log)}")
        return found

    return _judged("work in bad weather", reflector, queue, storms, f"in {STORMS} storms", points)


def _weather(log: list[str]) -> str:
    words = {
        "break": "watches broke",
        "late": "events came late",
        "expired": "watches were answered with 410",
        "refused": "lists were refused with 504",
        "stale": "lists at 0 came from a cache that lags",
    }
    counts = Counter(log)
    return ", ".join(f"{counts[word]} {text}" for word, text in words.items() if counts[word])


def work_explored(reflector: Any, queue: Any, *, seed: int, points: float) -> float:
    """Check a Reflector and a WorkQueue by the scheduler that they feed, as the explorer judges it."""

    def explored() -> list[str]:
        verdict = judge(reflector, queue, seed=seed)
        return [] if verdict else [short(str(verdict))]

    return _judged("work under exploration", reflector, queue, explored, "whatever was tried", points)


def _judged(
    name: str, reflector: Any, queue: Any, look: Callable[[], list[str]], where: str, points: float
) -> float:
    """Print what was found and return the points: all of them, or none."""
    for made, called in ((reflector, "Reflector"), (queue, "WorkQueue")):
        if not callable(made):
            return _tell([f"{called} is not a class: run the cell that defines it."], 0, points)
        asked = call(lambda made=made, called=called: _begin(made, called), ())
        if asked.raised is not None and asked.raised.kind == "NotImplementedError":
            return _tell([f"{name}: {called} is not written yet."], 0, points)
    found: list[str] = []
    outcome = call(lambda: found.extend(look()), (), LIMIT_S)
    if outcome.raised is not None:
        return _tell([f"{name}: {outcome.raised}", f"  {outcome.raised.where}".rstrip()], 0, points)
    if not found:
        return _tell(
            [f"{name}: nothing was missed and nothing handled twice at once, {where}"], points, points
        )
    smallest = min(found, key=len)
    more = f"\n{len(found) - 1} more go wrong" if len(found) > 1 else ""
    return _tell([f"{name}: {smallest}{more}", "", f"Read: {_WORK}"], 0, points)


def _begin(made: Any, called: str) -> None:
    """Ask a new object for what it says first."""
    one = made()
    (one.ask if called == "Reflector" else one.get)()


def _tell(lines: list[str], earned: float, points: float) -> float:
    text = "\n".join(line for line in lines if line.strip() or line == "")
    print(f"{text}\n{number(earned)} of {number(points)} points")  # noqa: T201  the report is the output
    return number(earned)


def short(story: str) -> str:
    """Cut the lines of a story to what a reader can take in."""
    return "\n".join(line if len(line) <= LINE else f"{line[: LINE - 3]}..." for line in story.splitlines())


def show_ring(cap: int, list_rv: int, calls: list[list[Any]]) -> str:
    """Write the calls of a Ring, a line each."""
    return "\n".join([f"Ring(cap={cap}, list_rv={list_rv})", show_calls(calls)])


def show_calls(calls: list[list[Any]]) -> str:
    """Write calls of methods, a line each."""
    return "\n".join(f"{name}({', '.join(map(repr, arguments))})" for name, *arguments in calls)
