"""Judges `reconcile(api, key)`: what there is in the end, and what the explorer finds on the way."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from course.units.u10_operators.operator import Hopeless, Reconcile, operator
from course.units.u10_operators.situation import scenario_of
from insideout.client.interface import Client, Object
from insideout.controllers.cache.kinds import BUCKETS, CACHES, CHILDREN, NAMESPACE, is_child
from insideout.explore import Fault, State, Verdict, Write
from insideout.explore.faults import (
    EARLY,
    KILL_AFTER,
    KILL_BEFORE,
    LAG,
    LONG_LAG,
    LOSE,
    POSTPONE,
    REFUSE,
    RESTART,
    SKIP,
)
from insideout.explore.search import Explorer
from insideout.explore.story import lines_of
from insideout.explore.trace import CALL, START
from insideout.explore.verdict import verdict_of
from insideout.explore.world import QUIETNESS

KILLS = (RESTART, KILL_AFTER, KILL_BEFORE)
FAILED_WRITES = (REFUSE, LOSE)
USERS = (EARLY,)
LATE = (LAG, POSTPONE, LONG_LAG, SKIP)
ALL = (*KILLS, *FAILED_WRITES, *USERS, *LATE)
FAULTS: dict[str, Sequence[str]] = {
    "none": (),
    "kills": KILLS,
    "refused and unanswered writes": FAILED_WRITES,
    "users who act meanwhile": USERS,
    "all": ALL,
}
"""What may happen in a case, by the words that say so."""

Listed = Callable[..., Sequence[Object]]
"""Returns all objects of a resource, in one namespace or in all, as `State.list` does."""

MOST_EXECUTIONS = 200
MOST_LINES = 14


def judged(reconcile: Reconcile) -> Callable[[Object], list[str]]:
    """Return a function from a case to what it says of `reconcile`: the end, and what broke."""

    def run(situation: Object) -> list[str]:
        try:
            return _run(reconcile, situation)
        except Hopeless as hopeless:
            raise hopeless.error from None

    return run


def _run(reconcile: Reconcile, situation: Object) -> list[str]:
    faults = FAULTS[situation["faults"]]
    scenario = scenario_of(situation, checks=situation["rules"], goal=bool(faults))
    seen: list[State] = []

    def keep(state: State, write: Write) -> None:
        """Remember the first execution's state: it is the one without a fault."""
        if not seen:
            seen.append(state)

    scenario = replace(scenario, always={**scenario.always, "kept": keep})
    stepped = operator(reconcile, failing_reads=situation.get("failing reads", 0))
    explorer = Explorer(stepped, scenario, kinds=faults)
    by_chance = situation.get("by chance", 0)
    search = explorer.search(
        by_chance or MOST_EXECUTIONS, depth=0 if by_chance else 1, chance=bool(by_chance)
    )
    verdict = verdict_of(search)
    if verdict and situation.get("quiet") and (written := _written_after_a_start(explorer)):
        return ["broken: it is started again when all is done, and writes", *written]
    restless = verdict.rule == QUIETNESS and not faults and not situation.get("quiet")
    if not verdict and not restless:
        return [f"broken: {verdict.rule}: {verdict.why}", *told(verdict)]
    return ["nothing breaks", *described(seen[0].list, situation["look at"])]


def _written_after_a_start(explorer: Explorer) -> list[str]:
    """Start the operator again when all is done; return what it writes then."""
    pauses = [moment.spot for moment in explorer.play(()).moments if RESTART in moment.offered]
    trace = explorer.play((Fault(pauses[-1], RESTART),)).trace
    last = max(place for place, entry in enumerate(trace) if entry.kind == START)
    done = [entry for entry in trace[last:] if entry.kind == CALL and entry.code < 300]
    return [str(line) for line in lines_of(done)]


def _flaws(child: Object, caches: Sequence[Object]) -> str:
    """Say what is wrong with a child's label, data and owner reference."""
    owner = next(each for each in caches if is_child(child, each["metadata"]["uid"]))
    metadata = owner["metadata"]
    flaws = []
    if (child["metadata"].get("labels") or {}).get("cache") != metadata["name"]:
        flaws.append("without its label")
    if more := sorted(set(child.get("data") or {}) - {"size"}):
        flaws.append(f"with the data {', '.join(more)} too")
    right = {"apiVersion": owner["apiVersion"], "kind": owner["kind"], "controller": True}
    right |= {"name": metadata["name"], "uid": metadata["uid"]}
    reference = {key: value for key, value in child["metadata"]["ownerReferences"][0].items() if key in right}
    if reference != right or len(child["metadata"]["ownerReferences"]) != 1:
        flaws.append("with another owner reference")
    return "".join(f", {flaw}" for flaw in flaws)


def told(verdict: Verdict) -> list[str]:
    """Return the end of a story, in lines that fit: what the operator and the user did, and the faults."""
    lines = [f"({line.fault}) {line}" if line.fault else str(line) for line in verdict.lines]
    if len(lines) > MOST_LINES:
        first = next((n for n, line in enumerate(verdict.lines) if line.fault), len(lines))
        begin = max(0, min(first - 3, len(lines) - MOST_LINES))
        lines = ["..."] * (begin > 0) + lines[begin : begin + MOST_LINES]
    return [line if len(line) <= 150 else f"{line[:147]}..." for line in lines]


def listed_by(client: Client) -> Listed:
    """Return what lists the objects of a whole cluster."""

    def listed(resource: str, namespace: str = "") -> Sequence[Object]:
        found: list[Object] = client.list(resource, namespace or None)["items"]
        return found

    return listed


def described(listed: Listed, parts: Sequence[str]) -> list[str]:
    """Return a line for each object of `parts`: "children", "foreign", "status", "buckets", "caches"."""
    lines: list[str] = []
    caches = list(listed(CACHES))
    uids = [each["metadata"]["uid"] for each in caches]
    for obj in listed(CHILDREN, NAMESPACE):
        name, size = obj["metadata"]["name"], (obj.get("data") or {}).get("size")
        owned = any(is_child(obj, uid) for uid in uids)
        if owned and "children" in parts:
            lines.append(f"ConfigMap {name}, owned, size {size}{_flaws(obj, caches)}")
        elif not owned and "foreign" in parts:
            lines.append(f"ConfigMap {name}, not owned, size {size}")
    for obj in caches:
        metadata, status = obj["metadata"], obj.get("status") or {}
        if "caches" in parts:
            ending = " being deleted" if metadata.get("deletionTimestamp") else ""
            lines.append(f"Cache {metadata['name']}{ending}, finalizers {metadata.get('finalizers', [])}")
        if "status" in parts:
            ready = [each for each in status.get("conditions") or [] if each.get("type") == "Ready"]
            said = ready[0].get("status") if ready else "no condition"
            lines.append(
                f"status of {metadata['name']}: generation {status.get('observedGeneration')}, "
                f"ready {status.get('ready')}, Ready {said}"
            )
    if "buckets" in parts:
        for obj in listed(BUCKETS):
            flaw = ", with an owner reference" if obj["metadata"].get("ownerReferences") else ""
            lines.append(f"Bucket {obj['metadata']['name']}{flaw}")
    return lines or ["nothing is there"]
