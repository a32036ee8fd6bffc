"""Hand-made cases of unit 17: moments of a cluster, and events with their causes."""

from collections.abc import Iterator
from typing import Any

from course.checks.report import Case, as_yaml, kept, with_keeping
from course.units.u17_capstone import judged

Object = dict[str, Any]
GRACE = 30


def pod(name: str, app: str = "web", **more: Any) -> Object:
    """Return a pod of one CPU on node a that runs and is ready, unless `more` says otherwise."""
    plain: Object = {"name": name, "app": app, "node": "a", "cpu": 1000, "phase": "Running", "ready": True}
    return plain | {"leaving": False, "claim": ""} | more


def at(t: float, *pods: Object, **more: Any) -> Object:
    """Return a moment with a node a of four CPUs and no apps or services, unless `more` says otherwise."""
    return {"t": t, "nodes": {"a": 4000}, "pods": list(pods), "apps": {}, "services": {}} | more


def _app(replicas: int, surge: int = 0, unavailable: int = 0) -> Object:
    return {"apps": {"web": {"replicas": replicas, "surge": surge, "unavailable": unavailable}}}


def _pods(number: int, **more: Any) -> list[Object]:
    return [pod(f"p{one}", **more) for one in range(1, number + 1)]


_BIG, _TWO = pod("big", cpu=3500), _app(2)
_LEFT, _ENDED = pod("p1", leaving=True), pod("p1", phase="Failed", ready=False)
_CLAIM = {"claim": "data-db-0", "app": "db"}

_MOMENTS: dict[str, list[list[Object]]] = {
    "overfull: the pods of a node ask for more than it has": [
        [at(5, *_pods(4))],
        [at(5, *_pods(5))],
        [at(5, _BIG, pod("p1", cpu=500))],
        [at(5, _BIG, pod("p1", cpu=501))],
        [at(5, _BIG, pod("p1", node=""), pod("p2", node="b"), nodes={"a": 4000, "b": 500})],
    ],
    "overfull: a pod that leaves still holds its room, one that ended holds none": [
        [at(5, _BIG, pod("p1", leaving=True))],
        [at(5, _BIG, pod("p1", phase="Failed", ready=False))],
        [at(5, _BIG, pod("p1", phase="Succeeded", ready=False))],
        [at(5, _BIG, pod("p1", phase="Pending", ready=False))],
    ],
    "too many: more pods than replicas and surge, but for those that leave or ended": [
        [at(5, *_pods(3), **_app(2, 1))],
        [at(5, *_pods(4), **_app(2, 1))],
        [at(5, *_pods(2), pod("p3", ready=False), **_TWO)],
        [at(5, *_pods(2), pod("p3", leaving=True), pod("p4", phase="Succeeded", ready=False), **_TWO)],
        [at(5, *_pods(2), pod("p3", "db"), pod("p4", "zoo"), **_TWO)],
        [at(5, *_pods(1), **_app(0))],
    ],
    "claim twice: two pods that have not ended hold one claim": [
        [at(5, pod("db-0", **_CLAIM), pod("db-1", **_CLAIM))],
        [at(5, pod("db-0", **_CLAIM, leaving=True), pod("new", **_CLAIM, phase="Pending", ready=False))],
        [at(5, pod("db-0", **_CLAIM, phase="Failed", ready=False), pod("new", **_CLAIM))],
        [at(5, pod("db-0"), pod("db-1"))],
        [at(5, pod("db-0", **_CLAIM), pod("db-1", claim="data-db-1"))],
    ],
    "a break that must never be is told at its first moment, and again when it came back": [
        [at(5, *_pods(5)), at(10, *_pods(5)), at(15, *_pods(4))],
        [at(5, *_pods(5)), at(10, *_pods(4)), at(15, *_pods(5))],
        [at(5, *_pods(4)), at(10, *_pods(5)), at(15, *_pods(6))],
    ],
    "too few: fewer ready pods that stay than replicas less unavailable, for the grace": [
        [at(t, *_pods(1), **_TWO) for t in (0, 29)],
        [at(t, *_pods(1), **_TWO) for t in (0, 30)],
        [at(t, *_pods(1), **_app(2, 0, 1)) for t in (0, 30)],
        [at(t, *_pods(1), pod("p2", leaving=True), **_TWO) for t in (0, 40)],
        [at(t, *_pods(1), pod("p2", ready=False), **_TWO) for t in (0, 40)],
        [at(t, pod("p1", "db"), pod("p2", "zoo"), **_app(1)) for t in (0, 40)],
    ],
    "the grace begins anew when all was well in between, and is told once": [
        [at(0, *_pods(1), **_TWO), at(20, *_pods(2), **_TWO), at(40, *_pods(1), **_TWO)],
        [at(t, *_pods(1), **_TWO) for t in (0, 20, 40, 60, 80)],
        [at(t, *_pods(2 if t == 50 else 1), **_TWO) for t in (0, 40, 50, 60, 90)],
        [at(t, *_pods(1), **_TWO) for t in (10, 39, 41)],
    ],
    "not ready: a Service sends to a pod that is not ready, leaves or is gone, for the grace": [
        [at(t, pod("p1", ready=False), services={"web": ["p1"]}) for t in (0, 30)],
        [at(t, _LEFT, services={"web": ["p1"]}) for t in (0, 30)],
        [at(t, services={"web": ["p1"]}) for t in (0, 30)],
        [at(t, pod("p1"), services={"web": ["p1"]}) for t in (0, 30)],
        [at(t, _LEFT, pod("p2"), services={"web": ["p2"]}) for t in (0, 30)],
        [at(0, _LEFT, services={"web": ["p1"]}), at(30, pod("p2", ready=False), services={"web": ["p2"]})],
    ],
}


@kept
def violation_cases() -> Iterator[Case]:
    """Yield cases for `violations(moments, grace)`."""
    yield from with_keeping(
        Case(rule, (moments, GRACE), judged.violations(moments, GRACE))
        for rule, series in _MOMENTS.items()
        for moments in series
    )


def event(number: int, t: float, what: str, *on: str) -> Object:
    """Return an event."""
    return {"id": number, "t": t, "what": what, "on": list(on)}


_LINKS: dict[str, list[list[Any]]] = {"b": [["a", 0, 10]], "c": [["b", 5, 20], ["x", 0, 1]]}

_EVENTS: dict[str, list[tuple[list[Object], int]]] = {
    "a cause is linked to its effect, earlier, and about something of the same": [
        ([event(1, 0, "a", "n"), event(2, 5, "b", "n")], 2),
        ([event(1, 0, "a", "m"), event(2, 5, "b", "n")], 2),
        ([event(1, 0, "a", "n", "m"), event(2, 5, "b", "p", "m")], 2),
        ([event(1, 0, "b", "n")], 1),
        ([event(9, 0, "a", "n"), event(3, 5, "b", "n")], 3),
        ([event(1, 0, "a", "n"), event(2, 10, "c", "n")], 2),
        ([event(1, 0, "b", "n"), event(2, 5, "a", "n")], 1),
        ([event(1, 0, "a", "n"), event(2, 5, "z", "n")], 2),
        ([event(1, 0, "x", "n"), event(2, 5, "b", "n")], 2),
    ],
    "it lies as many seconds before as the link says, both ends included": [
        ([event(1, 0, "a", "n"), event(2, 10, "b", "n")], 2),
        ([event(1, 0, "a", "n"), event(2, 10.1, "b", "n")], 2),
        ([event(1, 0, "b", "n"), event(2, 4, "c", "n")], 2),
        ([event(1, 0, "b", "n"), event(2, 5, "c", "n")], 2),
        ([event(1, 0, "b", "n"), event(2, 20.5, "c", "n")], 2),
    ],
    "of several the last one is the cause, whichever link it is by": [
        ([event(1, 0, "a", "n"), event(2, 3, "a", "n"), event(3, 5, "b", "n")], 3),
        ([event(7, 0, "b", "n"), event(4, 9.5, "x", "n"), event(9, 10, "c", "n")], 9),
        ([event(1, 5, "a", "n"), event(2, 5, "a", "n"), event(3, 5, "b", "n")], 3),
    ],
    "and so on, back to the first cause": [
        ([event(1, 0, "a", "n"), event(2, 4, "b", "n", "p"), event(3, 10, "c", "p")], 3),
        ([event(5, 0, "a", "n"), event(6, 4, "b", "n", "p"), event(7, 10, "c", "p")], 6),
        ([event(1, 0, "a", "m"), event(2, 4, "b", "n", "p"), event(3, 10, "c", "p")], 3),
    ],
}


@kept
def chain_cases() -> Iterator[Case]:
    """Yield cases for `chain(events, links, last)`."""
    yield from with_keeping(
        Case(rule, (events, _LINKS, last), judged.chain(events, _LINKS, last))
        for rule, members in _EVENTS.items()
        for events, last in members
    )


def show_moments(moments: list[Object], grace: float) -> str:
    """Write moments, a line a pod, without what is as ever."""
    usual = pod("")
    lines = [f"grace: {grace} s"]
    for one in moments:
        lines.append(f"t {one['t']}: nodes {one['nodes']}")
        lines += [f"  {key}: {one[key]}" for key in ("apps", "services") if one[key]]
        for each in one["pods"]:
            odd = {key: value for key, value in each.items() if value != usual[key] and key != "name"}
            lines.append(f"  {each['name']}: {odd or 'runs on a, 1000 millicores'}")
    return "\n".join(lines)


def show_events(events: list[Object], links: dict[str, list[list[Any]]], last: int) -> str:
    """Write events, a line each, and the links."""
    lines = [f"{one['id']}: {one['what']} at {one['t']} on {', '.join(one['on'])}" for one in events]
    return "\n".join([*lines, f"last: {last}", "links:", as_yaml(links)])
