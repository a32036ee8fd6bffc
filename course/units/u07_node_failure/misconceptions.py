"""What is believed of lost nodes and does not hold, as functions that answer by it."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from insideout.apimachinery.taints import first_toleration, tolerates
from insideout.controllers.nodelifecycle.taints import no_schedule_keys
from insideout.controllers.nodelifecycle.zones import taint_qps
from insideout.controllers.tainteviction.delay import evict_after

Object = dict[str, Any]
Zones = dict[str, list[bool]]

_DEFAULT_S = 300.0
_NOT_READY, _UNREACHABLE = "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"


def _polled(renewals: list[float], period: float) -> float:
    return math.ceil(max(renewals) / period) * period


def _forty(renewals: list[float], period: float = 5, grace: float = 40) -> float:
    return _polled(renewals, period) + (grace // period + 1) * period


def _from_the_renewal(renewals: list[float], period: float = 5, grace: float = 50) -> float:
    return (math.floor((max(renewals) + grace) / period) + 1) * period


def _not_less(renewals: list[float], period: float = 5, grace: float = 50) -> float:
    return _polled(renewals, period) + math.ceil(grace / period) * period


def _at_once(renewals: list[float], period: float = 5, grace: float = 50) -> float:
    return _polled(renewals, period) + grace


def _first_renewal(renewals: list[float], period: float = 5, grace: float = 50) -> float:
    return _forty(renewals[:1], period, grace)


def _keys(conditions: list[Object], unschedulable: bool) -> set[tuple[str, str]]:
    return {(key, "NoSchedule") for key in no_schedule_keys(conditions, unschedulable)}


def _one_key_for_both(conditions: list[Object], unschedulable: bool) -> set[tuple[str, str]]:
    found = _keys(conditions, unschedulable)
    return {(_NOT_READY if key == _UNREACHABLE else key, effect) for key, effect in found}


def _unknown_is_pressure(conditions: list[Object], unschedulable: bool) -> set[tuple[str, str]]:
    pressed = [
        one | {"status": "True"} if one["type"] != "Ready" and one["status"] == "Unknown" else one
        for one in conditions
    ]
    return _keys(pressed, unschedulable)


def _evicts_too(conditions: list[Object], unschedulable: bool) -> set[tuple[str, str]]:
    found = _keys(conditions, unschedulable)
    return found | {(key, "NoExecute") for key, _ in found if key in (_NOT_READY, _UNREACHABLE)}


def _only_ready(conditions: list[Object], unschedulable: bool) -> set[tuple[str, str]]:
    return _keys([one for one in conditions if one["type"] == "Ready"], unschedulable)


def _not_cordoned(conditions: list[Object], unschedulable: bool) -> set[tuple[str, str]]:
    return _keys(conditions, False)


def _smallest_match(taints: list[Object], tolerations: list[Object]) -> float | None:
    ordered = sorted(tolerations, key=lambda one: one.get("tolerationSeconds", math.inf))
    return evict_after(taints, ordered)


def _counts_no_schedule(taints: list[Object], tolerations: list[Object]) -> float | None:
    return evict_after([taint | {"effect": "NoExecute"} for taint in taints], tolerations)


def _missing_is_zero(taints: list[Object], tolerations: list[Object]) -> float | None:
    return evict_after(taints, [{"tolerationSeconds": 0} | one for one in tolerations])


def _adds_defaults(taints: list[Object], tolerations: list[Object]) -> float | None:
    keys = {one.get("key") for one in tolerations}
    added = [
        {"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": _DEFAULT_S}
        for key in (_NOT_READY, _UNREACHABLE)
        if key not in keys
    ]
    return evict_after(taints, added + tolerations)


def _five_minutes(taints: list[Object], tolerations: list[Object]) -> float | None:
    return _DEFAULT_S if any(taint["effect"] == "NoExecute" for taint in taints) else None


def _one_tolerated_is_enough(taints: list[Object], tolerations: list[Object]) -> float | None:
    kept = [taint for taint in taints if first_toleration(taint, tolerations) is not None]
    return evict_after(kept or taints, tolerations)


def _value_does_not_matter(taints: list[Object], tolerations: list[Object]) -> float | None:
    return evict_after(taints, [one | {"operator": "Exists"} for one in tolerations])


def _longest_taint(taints: list[Object], tolerations: list[Object]) -> float | None:
    delays = [evict_after([taint], tolerations) for taint in taints if taint["effect"] == "NoExecute"]
    return None if None in delays else max((delay for delay in delays if delay is not None), default=None)


def _effect_does_not_matter(taints: list[Object], tolerations: list[Object]) -> float | None:
    anyhow = [{key: value for key, value in one.items() if key != "effect"} for one in tolerations]
    kept = [taint for taint in taints if taint["effect"] == "NoExecute"]
    return (
        evict_after(kept, anyhow)
        if any(tolerates(one, taint) for one in anyhow for taint in kept)
        else (evict_after(taints, tolerations))
    )


def _down(ready: list[bool]) -> int:
    return ready.count(False)


def _dead_everywhere(zones: Zones) -> bool:
    return not any(any(ready) for ready in zones.values())


def _fifty_is_large(zones: Zones) -> dict[str, float]:
    return taint_qps({zone: [*ready, *ready] if len(ready) == 50 else ready for zone, ready in zones.items()})


def _two_are_partial(zones: Zones) -> dict[str, float]:
    rates = taint_qps(zones)
    for zone, ready in zones.items():
        if len(ready) == _down(ready) == 2:
            rates[zone] = 0.0
    return rates


def _dead_zone_stops(zones: Zones) -> dict[str, float]:
    return {zone: rate if any(zones[zone]) else 0.0 for zone, rate in taint_qps(zones).items()}


def _dead_cluster_goes_on(zones: Zones) -> dict[str, float]:
    return dict.fromkeys(zones, 0.1) if _dead_everywhere(zones) else taint_qps(zones)


def _never_stops(zones: Zones) -> dict[str, float]:
    if _dead_everywhere(zones):
        return taint_qps(zones)
    return {zone: 0.01 if rate == 0 else rate for zone, rate in taint_qps(zones).items()}


def _more_than_55(zones: Zones) -> dict[str, float]:
    rates = taint_qps(zones)
    exact = [zone for zone, ready in zones.items() if _down(ready) / len(ready) == 0.55]
    return rates | dict.fromkeys(exact, 0.1)


def _share_alone(zones: Zones) -> dict[str, float]:
    if _dead_everywhere(zones):
        return taint_qps(zones)
    return {
        zone: 0.0 if any(ready) and _down(ready) / len(ready) >= 0.55 and len(ready) <= 50 else rate
        for (zone, ready), rate in zip(zones.items(), taint_qps(zones).values(), strict=True)
    }


KNOWN: Mapping[str, Mapping[str, Callable[..., Any]]] = {
    "unknown_at": {
        "the grace is 40 s, as it was before v1.32": _forty,
        "the clock starts at the renewal, not at the poll that sees it": _from_the_renewal,
        "exactly the grace is too long already": _not_less,
        "the node becomes Unknown the moment the grace is over, between polls": _at_once,
        "only the first renewal counts": _first_renewal,
    },
    "taints_for": {
        "Unknown and False have one taint, not-ready": _one_key_for_both,
        "pressure that is Unknown is tainted": _unknown_is_pressure,
        "these taints evict too": _evicts_too,
        "only the condition Ready is tainted": _only_ready,
        "a cordon is no taint": _not_cordoned,
    },
    "evict_after": {
        "of all tolerations that match, the shortest counts": _smallest_match,
        "NoSchedule taints evict too": _counts_no_schedule,
        "a toleration without seconds is for no time at all": _missing_is_zero,
        "defaults of 300 s are added here, whatever the list says": _adds_defaults,
        "every pod stays five minutes": _five_minutes,
        "a pod stays when it tolerates one of the taints": _one_tolerated_is_enough,
        "values do not matter": _value_does_not_matter,
        "of several taints the one tolerated longest decides": _longest_taint,
        "a toleration's effect does not matter": _effect_does_not_matter,
    },
    "taint_qps": {
        "a zone of exactly 50 nodes is large": _fifty_is_large,
        "two of two is a partial outage": _two_are_partial,
        "a dead zone stops": _dead_zone_stops,
        "a dead cluster goes on like a dead zone": _dead_cluster_goes_on,
        "a small zone is slowed down, not stopped": _never_stops,
        "exactly 55 % is not yet too much": _more_than_55,
        "the share alone counts, also of one or two nodes": _share_alone,
    },
}
"""For each exercise, the sentence that says a belief and a function that answers by it."""
