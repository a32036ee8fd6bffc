"""What people believe about evidence, as functions that answer by it."""

from collections.abc import Callable
from typing import Any

from course.units.u16_troubleshooting import answers
from course.units.u16_troubleshooting.objects import Object

_BY_TYPE = {(kind, type_): where for (kind, type_, _, _), where in reversed(answers.NEXT.items())}


def _conditions(obj: Object) -> list[Object]:
    found: list[Object] = (obj.get("status") or {}).get("conditions") or []
    return found


def _type_is_enough(obj: Object) -> str | None:
    for one in _conditions(obj):
        if (obj["kind"], one["type"]) in _BY_TYPE and answers.next_look(obj) is None:
            return _BY_TYPE[obj["kind"], one["type"]]
    return answers.next_look(obj)


def _not_ready_is_not_ready(obj: Object) -> str | None:
    found = answers.next_look(obj)
    return "daemonsets" if found == "leases" else found


def _pending_wants_a_node(obj: Object) -> str | None:
    if any(one["type"] == "PodScheduled" and one["status"] == "False" for one in _conditions(obj)):
        return "nodes"
    return answers.next_look(obj)


def _no_condition_no_trouble(obj: Object) -> str | None:
    found = answers.next_look(obj)
    return None if found == "spec.schedulerName" else found


def _every_429(obj: Object) -> str | None:
    return "poddisruptionbudgets" if obj.get("code") == 429 else answers.next_look(obj)


def _first_condition(obj: Object) -> str | None:
    for one in _conditions(obj):
        alone = {**obj, "status": {"conditions": [one]}}
        if found := answers.next_look(alone):
            return None if found == "spec.schedulerName" else found
    return answers.next_look(obj)


def _by_the_words(obj: Object) -> str | None:
    said = [str(one.get("message", "")) for one in (*_conditions(obj), obj)]
    for words, where in (
        ("exceeded quota", "resourcequotas"),
        ("nodes are available", "nodes"),
        ("evict", "poddisruptionbudgets"),
    ):
        if any(words in text for text in said):
            return where
    return None if any(said) else answers.next_look(obj)


def _false_is_trouble(obj: Object) -> str | None:
    for one in _conditions(obj):
        if one["status"] == "False" and (obj["kind"], one["type"]) in _BY_TYPE:
            return _BY_TYPE[obj["kind"], one["type"]]
    return None if _conditions(obj) else answers.next_look(obj)


LOOKS: dict[str, Callable[..., Any]] = {
    "what counts is that a condition of that type is there": _type_is_enough,
    "False means trouble and True means well": _false_is_trouble,
    "NotReady is NotReady, whoever says so": _not_ready_is_not_ready,
    "a pod that is not scheduled waits for a node": _pending_wants_a_node,
    "where there is no condition there is no trouble": _no_condition_no_trouble,
    "every 429 comes from a budget": _every_429,
    "the first condition in the list decides": _first_condition,
    "the message says what is wrong": _by_the_words,
}
