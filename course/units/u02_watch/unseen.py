"""Seeded cases for unit 02; the right answers come from the package's own ring, queue and reflector."""

import random
from collections.abc import Iterator
from typing import Any

from course.checks.report import Case, kept
from course.units.u02_watch import playing
from course.units.u02_watch.answers import WorkQueue
from course.units.u02_watch.cases import Calls, reflector_case, ring_case, thing


@kept
def ring_cases(seed: int) -> Iterator[Case]:
    """Yield random additions and questions for the class Ring."""
    rng = random.Random(f"ring/{seed}")
    for rule, most in (
        ("a ring with room gives every event after the revision", 4),
        ("a ring that overflows forgets its oldest, and says when it cannot know", 12),
    ):
        for _ in range(25):
            cap, begin = (5, 6) if most == 4 else (rng.randint(1, 4), rng.randint(6, 20))
            rv, added = begin, list[int]()
            calls: list[Any] = []
            for _ in range(rng.randint(1, most)):
                rv += rng.randint(1, 3)
                calls.append(rv)
                added.append(rv)
                if rng.random() < 0.4:
                    calls.append(("since", rng.randint(begin - 2, rv + 1)))
            oldest = added[-cap:][0]
            calls += [("since", rv) for rv in sorted({oldest - 2, oldest - 1, oldest, begin, begin - 1})]
            yield ring_case(rule, cap, begin, calls)


@kept
def queue_cases(seed: int) -> Iterator[Case]:
    """Yield random calls for the class WorkQueue, as two workers would make them."""
    rng = random.Random(f"queue/{seed}")
    for rule, names in (
        ("a key is in one hand at a time, whatever is added meanwhile, two keys", "ab"),
        ("a key is in one hand at a time, whatever is added meanwhile, four keys", "abcd"),
    ):
        for _ in range(25):
            one, at_work = WorkQueue(), list[str]()
            calls: Calls = []
            for _ in range(rng.randint(4, 14)):
                if at_work and rng.random() < 0.35:
                    key = at_work.pop(rng.randrange(len(at_work)))
                    one.done(key)
                    calls.append(["done", key])
                elif rng.random() < 0.45:
                    calls.append(["get"])
                    taken = one.get()
                    at_work += [] if taken is None else [taken]
                else:
                    key = rng.choice(names)
                    one.add(key)
                    calls.append(["add", key])
            calls += [["done", key] for key in at_work]
            calls += [["get"], ["get"], ["get"]]
            yield Case(rule, (calls,), playing.queue(WorkQueue)(calls))


@kept
def reflector_cases(seed: int) -> Iterator[Case]:
    """Yield random conversations between a Reflector and a server."""
    rng = random.Random(f"reflector/{seed}")
    for rule, breaks in (
        ("every event reaches the handler once, in order", False),
        ("after a break nothing is missed, nor told twice", True),
    ):
        for _ in range(25):
            yield reflector_case(rule, [*_conversation(rng, breaks=breaks)])


def _conversation(rng: random.Random, *, breaks: bool) -> Iterator[list[Any]]:
    """Yield calls: a list, then events, and now and then what ends a watch and a list after it."""
    objects: dict[str, int] = {}
    rv = rng.randint(3, 9)

    def change() -> list[Any]:
        nonlocal rv
        rv += rng.randint(1, 3)
        name = rng.choice("abc")
        if name in objects and rng.random() < 0.4:
            del objects[name]
            return ["on_event", "DELETED", thing(name, rv)]
        type_ = "MODIFIED" if name in objects else "ADDED"
        objects[name] = rv
        return ["on_event", type_, thing(name, rv)]

    def listing() -> list[Any]:
        return ["on_list", 200, str(rv), [thing(name, version) for name, version in objects.items()]]

    for _ in range(2):
        change()
    yield ["ask"]
    yield listing()
    for _ in range(rng.randint(2, 6)):
        happens = rng.random() if breaks else 1.0
        if happens < 0.25:
            yield from (["on_close"], ["ask"])
        elif happens < 0.5:
            yield from (["on_event", "ERROR", {"code": rng.choice([410, 410, 500])}], ["ask"])
            for _ in range(rng.randint(0, 3)):
                change()
            for code in rng.sample([410, 504, 500], rng.randint(0, 2)):
                yield from (["on_list", code, "", []], ["ask"])
            yield from (listing(), ["ask"])
        elif happens < 0.6:
            rv += 1
            yield ["on_event", "BOOKMARK", {"version": str(rv)}]
        else:
            yield change()
    yield from (["on_close"], ["ask"], ["objects"])
