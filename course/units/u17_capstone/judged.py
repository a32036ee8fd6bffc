"""The right answers of this unit: who counts, what is broken in a series of moments, what led to what."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

Object = dict[str, Any]
ENDED = ("Succeeded", "Failed")
ALWAYS = ("overfull", "too many", "claim twice")
SOON = ("too few", "not ready")


def counts(rule: str, phase: str, leaving: bool, ready: bool) -> bool:
    """Return whether a pod counts for a rule."""
    if rule in ("overfull", "claim twice"):
        return phase not in ENDED
    if rule == "too many":
        return phase not in ENDED and not leaving
    return ready and not leaving


def broken(moment: Object) -> set[tuple[str, str]]:
    """Return what is broken at one moment, as (rule, name)."""
    return set(_overfull(moment)) | set(_claims(moment)) | set(_sizes(moment)) | set(_services(moment))


def violations(moments: list[Object], grace: float) -> list[list[Any]]:
    """Return every break as [rule, name, t]: at once, or when it has lasted for `grace` seconds."""
    found: list[list[Any]] = []
    since: dict[tuple[str, str], float] = {}
    told: set[tuple[str, str]] = set()
    for moment in moments:
        now = broken(moment)
        since = {one: since[one] if one in since else float(moment["t"]) for one in now}
        told &= now
        for rule, name in now - told:
            if rule in ALWAYS or moment["t"] - since[rule, name] >= grace:
                told.add((rule, name))
                found.append([rule, name, moment["t"]])
    return sorted(found, key=lambda one: (one[2], one[0], one[1]))


def _counting(rule: str, moment: Object) -> list[Object]:
    return [pod for pod in moment["pods"] if counts(rule, pod["phase"], pod["leaving"], pod["ready"])]


def _overfull(moment: Object) -> Iterator[tuple[str, str]]:
    asked: Counter[str] = Counter()
    for pod in _counting("overfull", moment):
        asked[pod["node"]] += pod["cpu"]
    for name, room in moment["nodes"].items():
        if asked[name] > room:
            yield "overfull", name


def _claims(moment: Object) -> Iterator[tuple[str, str]]:
    held = Counter(pod["claim"] for pod in _counting("claim twice", moment) if pod["claim"])
    for claim, pods in held.items():
        if pods > 1:
            yield "claim twice", claim


def _sizes(moment: Object) -> Iterator[tuple[str, str]]:
    there = Counter(pod["app"] for pod in _counting("too many", moment))
    ready = Counter(pod["app"] for pod in _counting("too few", moment))
    for name, app in moment["apps"].items():
        if there[name] > app["replicas"] + app["surge"]:
            yield "too many", name
        if ready[name] < app["replicas"] - app["unavailable"]:
            yield "too few", name


def _services(moment: Object) -> Iterator[tuple[str, str]]:
    fine = {pod["name"] for pod in _counting("not ready", moment)}
    for service, listed in moment["services"].items():
        for pod in listed:
            if pod not in fine:
                yield "not ready", f"{service}/{pod}"


def chain(events: list[Object], links: dict[str, list[list[Any]]], last: int) -> list[int]:
    """Return the ids of the events that led to the event `last`, from the first cause to it.

    A cause is the last event before its effect in the list that is linked to it, in time, and about the same.
    """
    by_id = {event["id"]: place for place, event in enumerate(events)}
    found = [last]
    while True:
        place = by_id[found[0]]
        causes = [event for event in events[:place] if _may_be(event, events[place], links)]
        if not causes:
            return found
        found.insert(0, causes[-1]["id"])


def _may_be(cause: Object, effect: Object, links: dict[str, list[list[Any]]]) -> bool:
    passed_s = effect["t"] - cause["t"]
    return not set(cause["on"]).isdisjoint(effect["on"]) and any(
        what == cause["what"] and least <= passed_s <= most
        for what, least, most in links.get(effect["what"], [])
    )
