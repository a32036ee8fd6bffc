"""A learner's class, played: a list of calls in, what each call returned out.

A check grades functions on plain data.  So a class becomes a function here: it makes one object, calls its
methods in turn and returns their answers.
"""

from collections.abc import Callable
from typing import Any

from course.checks.call import kinds_of
from insideout.client.workqueue import WorkQueue
from insideout.sim.loop import Loop

Calls = list[list[Any]]

GONE = "Gone"


def ring(made: Any) -> Callable[[int, int, Calls], list[Any]]:
    """Return a function (cap, list_rv, calls) that plays a class Ring.

    Calls are ["add", rv, ev] and ["since", rv]; the answers are those of since, "Gone" where it raised that.
    """

    def play_ring(cap: int, list_rv: int, calls: Calls) -> list[Any]:
        one, answers = made(cap, list_rv), []
        for name, *arguments in calls:
            if name == "add":
                one.add(*arguments)
            else:
                answers.append(_since(one, arguments[0]))
        return answers

    return play_ring


def _since(one: Any, rv: int) -> Any:
    try:
        return one.since(rv)
    except Exception as raised:
        if GONE not in kinds_of(raised):
            raise
    return GONE


def queue(made: Any) -> Callable[[Calls], list[Any]]:
    """Return a function (calls) that plays a class WorkQueue.

    Calls are ["add", key], ["get"] and ["done", key]; the answers are those of get.
    """

    def play_queue(calls: Calls) -> list[Any]:
        one, answers = made(), []
        for name, *arguments in calls:
            answer = {"add": one.add, "get": one.get, "done": one.done}[name](*arguments)
            if name == "get":
                answers.append(answer)
        return answers

    return play_queue


def real_queue() -> WorkQueue[str]:
    """Return the cluster's own work queue."""
    return WorkQueue(Loop())


def reflector(made: Any) -> Callable[[Calls], list[Any]]:
    """Return a function (calls) that plays a class Reflector.

    Calls are ["ask"], ["on_list", code, version, items], ["on_event", type, obj], ["on_close"] and
    ["objects"]; the answers are those of each but on_close.  The order of changes does not count.
    """

    def play_reflector(calls: Calls) -> list[Any]:
        one, answers = made(), []
        for name, *arguments in calls:
            methods = {
                "ask": one.ask,
                "on_list": one.on_list,
                "on_event": one.on_event,
                "on_close": one.on_close,
                "objects": one.objects,
            }
            answer = methods[name](*arguments)
            if name in ("on_list", "on_event"):
                answer = _sorted(answer)
            if name == "objects" and isinstance(answer, dict):
                answer = {key: answer[key] for key in sorted(answer)}
            if name != "on_close":
                answers.append(answer)
        return answers

    return play_reflector


def _sorted(changes: Any) -> Any:
    """Return the changes in the order of their text."""
    if not isinstance(changes, list | tuple):
        return changes
    return sorted((list(each) if isinstance(each, list | tuple) else each for each in changes), key=repr)
