"""Known wrong beliefs about conditions, each with a function that acts on it."""

from collections.abc import Callable
from typing import Any

Object = dict[str, Any]
SetCondition = Callable[[list[Object], Object, str], bool]

_FIELDS = ("status", "reason", "message", "observedGeneration")


def _setter(
    *,
    moves: Callable[[Object, Object], bool],
    time_of: Callable[[Object, str], str] = lambda new, now: str(new.get("lastTransitionTime") or now),
    fields: tuple[str, ...] = _FIELDS,
    first: bool = False,
    says_changed: bool = False,
) -> SetCondition:
    """Return a set_condition with one thing done otherwise."""

    def set_condition(conds: list[Object], new: Object, now: str) -> bool:
        found = next((each for each in conds if each["type"] == new["type"]), None)
        if found is None:
            made = {**new, "lastTransitionTime": time_of(new, now)}
            conds.insert(0 if first else len(conds), made)
            return True
        before = {field: found.get(field) or "" for field in fields}
        after = {field: new.get(field) or "" for field in fields}
        if moves(found, new):
            found["lastTransitionTime"] = time_of(new, now)
        for field in fields:
            if field in new:
                found[field] = new[field]
            else:
                found.pop(field, None)
        return says_changed or before != after

    return set_condition


def _status_moves(found: Object, new: Object) -> bool:
    return bool(found["status"] != new["status"])


def _any_moves(found: Object, new: Object) -> bool:
    return any((found.get(field) or "") != (new.get(field) or "") for field in _FIELDS)


def _appends(conds: list[Object], new: Object, now: str) -> bool:
    conds.append({**new, "lastTransitionTime": new.get("lastTransitionTime") or now})
    return True


def _replaces(conds: list[Object], new: Object, now: str) -> bool:
    conds[:] = [each for each in conds if each["type"] != new["type"]]
    return _appends(conds, new, now)


SET_CONDITION: dict[str, SetCondition] = {
    "the time says when the condition was last written": _setter(moves=lambda found, new: True),
    "the time moves with every change, also of reason or message": _setter(moves=_any_moves),
    "only a change of status is a change": _setter(moves=_status_moves, fields=("status",)),
    "the generation does not belong to what is compared": _setter(
        moves=_status_moves, fields=("status", "reason", "message")
    ),
    "every call is a change": _setter(moves=_status_moves, says_changed=True),
    "a condition is added each time, the last one counts": _appends,
    "an old condition is taken out and the new one comes last": _replaces,
    "the time is always that of the call": _setter(moves=_status_moves, time_of=lambda new, now: now),
    "a new condition comes first": _setter(moves=_status_moves, first=True),
}
"""Wrong beliefs about `set_condition`, and functions that act on them."""


def _after(wrong: SetCondition) -> Callable[[list[Object], Object, str], list[Object]]:
    def conditions_after(conds: list[Object], new: Object, now: str) -> list[Object]:
        then = [dict(each) for each in conds]
        wrong(then, new, now)
        return then

    return conditions_after


_SEEN_IN_THE_LIST = (
    "the time says when the condition was last written",
    "the time moves with every change, also of reason or message",
    "only a change of status is a change",
    "a condition is added each time, the last one counts",
    "the time is always that of the call",
)
CONDITIONS_AFTER = {belief: _after(SET_CONDITION[belief]) for belief in _SEEN_IN_THE_LIST}
"""Those that the conditions afterwards tell apart, for examples first."""
