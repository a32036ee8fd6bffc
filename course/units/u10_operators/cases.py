"""Cases of unit 10 by hand: conditions, and situations for an operator, a rule at a time."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from course.checks.cases import kept
from course.checks.report import Case
from course.checks.written import as_yaml
from course.units.u10_operators.situation import steps_of
from insideout.apimachinery.conditions import after

Object = dict[str, Any]
T1, T2, T3 = "2026-01-01T10:00:00Z", "2026-01-01T11:00:00Z", "2026-01-01T12:00:00Z"


def condition(type: str, status: str, reason: str = "", message: str = "", **more: Any) -> Object:
    """Return a condition; `time` is its lastTransitionTime, `seen` its observedGeneration."""
    made: Object = {"type": type, "status": status, "reason": reason, "message": message}
    if "seen" in more:
        made["observedGeneration"] = more["seen"]
    if "time" in more:
        made["lastTransitionTime"] = more["time"]
    return made


READY = condition("Ready", "False", "Starting", "0 of 2", seen=1, time=T1)
_BARE: Object = {"type": "Synced", "status": "True", "lastTransitionTime": T1}
OTHER = condition("Synced", "True", "Done", "", seen=1, time=T1)


def _conditions(rule: str, *trials: tuple[list[Object], Object]) -> Iterator[Case]:
    for conds, new in trials:
        changed, then = after(conds, new, T3)
        yield Case(rule, (conds, new, T3), {"returned": changed, "conditions": shown(then)})


def shown(conds: Sequence[Object]) -> list[Object]:
    """Return conditions without empty fields: a field that is missing and an empty one are the same."""
    return [
        {key: value for key, value in sorted(each.items()) if value not in ("", 0, None)} for each in conds
    ]


@kept
def condition_cases() -> Iterator[Case]:
    """Yield lists of conditions and a new one, a rule at a time."""
    yield from _conditions(
        "a condition of a new type comes last, with the time of the call",
        ([], condition("Ready", "True", "Done", seen=1)),
        ([OTHER], condition("Ready", "False", "Starting", "0 of 2", seen=1)),
    )
    yield from _conditions(
        "a change of status moves the time",
        ([READY], condition("Ready", "True", "Done", "2 of 2", seen=1)),
        ([OTHER, READY], condition("Ready", "Unknown", "Lost", "", seen=1)),
        ([OTHER, READY], condition("Synced", "False", "Done", "", seen=1)),
    )
    yield from _conditions(
        "any other change leaves the time as it is",
        ([READY], condition("Ready", "False", "Waiting", "0 of 2", seen=1)),
        ([READY], condition("Ready", "False", "Starting", "1 of 2", seen=1)),
        ([READY, OTHER], condition("Ready", "False", "Starting", "0 of 2", seen=2)),
        ([OTHER, READY], condition("Ready", "False", "Waiting", "1 of 2", seen=3)),
    )
    yield from _conditions(
        "what is the same already is no change",
        ([READY], condition("Ready", "False", "Starting", "0 of 2", seen=1)),
        ([OTHER, READY], condition("Synced", "True", "Done", "", seen=1)),
        ([OTHER], condition("Synced", "True", "Done", "", seen=1, time=T2)),
        ([READY], condition("Ready", "False", "Starting", "", seen=1)),
    )
    yield from _conditions(
        "a field that is missing is the same as an empty one",
        ([OTHER], {"type": "Synced", "status": "True", "reason": "Done", "observedGeneration": 1}),
        ([_BARE], {**_BARE, "reason": "", "message": "", "observedGeneration": 0}),
        ([_BARE], {**_BARE, "reason": "", "message": "new"}),
    )
    yield from _conditions(
        "a time that comes with the new condition is taken where a time is set",
        ([], condition("Ready", "True", "Done", time=T2)),
        ([READY], condition("Ready", "True", "Done", "0 of 2", seen=1, time=T2)),
        ([READY], condition("Ready", "False", "Waiting", "0 of 2", seen=1, time=T2)),
    )
    yield from _conditions(
        "a field that the new condition leaves out is empty from then on",
        ([READY], {"type": "Ready", "status": "False", "reason": "Starting"}),
        ([OTHER], {"type": "Synced", "status": "True", "reason": "Done", "message": ""}),
        (
            [{"type": "Synced", "status": "True", "lastTransitionTime": T1}],
            {"type": "Synced", "status": "True"},
        ),
    )


def situation(name: str, *steps: Sequence[Any], **more: Any) -> Object:
    """Return a case for an operator in plain data."""
    return {"name": name, "steps": [list(step) for step in steps], **more}


CHILDREN_RULES: Mapping[str, list[Object]] = {
    "a new Cache gets its ConfigMaps, by number, and owns them": [
        situation("web", ("create", 2, 64)),
        situation("shop", ("create", 1, 16)),
        situation("tiles", ("create", 3, 8)),
    ],
    "what is missing comes back, what is too many goes, what differs is put right": [
        situation("web", ("create", 3, 64), ("scale", 1)),
        situation("web", ("create", 2, 64), ("take", 0)),
        situation("web", ("create", 2, 64), ("break", 1)),
        situation("web", ("create", 1, 64), ("pad", 0)),
        situation("shop", ("create", 1, 16), ("resize", 32), ("scale", 2)),
        situation("shop", ("create", 1, 16), ("scale", 0)),
        situation("shop", ("create", 2, 16), ("delete",), ("create", 1, 8)),
    ],
}
ALONE_RULES: Mapping[str, list[Object]] = {
    "ConfigMaps of others are left alone": [
        situation("web", ("create", 2, 64), foreign=["web-9"]),
        situation("web", ("create", 2, 64), foreign=["web-1"]),
        situation("shop", ("create", 2, 16), ("scale", 1), foreign=["shop-2", "shop-0"]),
        situation("web", ("nest", 1), ("create", 2, 64)),
        situation("web", ("create", 2, 64), ("nest", 7)),
        situation("tiles", ("create", 3, 8), foreign=["tiles-0"]),
        situation("web", ("create", 2, 64), ("lean", 7), ("scale", 1)),
    ],
}
STATUS_RULES: Mapping[str, list[Object]] = {
    "the status says how many are ready, and for which generation": [
        situation("web", ("create", 2, 64)),
        situation("web", ("create", 1, 64), ("scale", 3)),
        situation("shop", ("create", 2, 16), ("resize", 32), ("scale", 0)),
        situation("shop", ("create", 2, 16), foreign=["shop-1"]),
        situation("web", ("create", 2, 64), ("doubt",)),
    ],
}
BUCKET_RULES: Mapping[str, list[Object]] = {
    "a Cache rents a bucket, and gives it back before it goes": [
        situation("web", ("create", 1, 64)),
        situation("shop", ("create", 2, 16), ("delete",)),
    ],
    "finalizers of others stay": [
        situation("web", ("create", 1, 64), ("backup",)),
        situation("shop", ("create", 1, 16), ("backup",), ("delete",)),
        situation("tiles", ("create held", 1, 16), ("delete",)),
    ],
}
FAULT_RULES: Mapping[str, tuple[str, list[str], list[str], list[Object]]] = {
    "killed at any write, it makes no child twice": (
        "kills",
        ["no child twice"],
        ["children"],
        [situation("web", ("create", 2, 64)), situation("shop", ("create", 1, 16), ("scale", 2))],
    ),
    "killed at any write, it leaves no bucket behind": (
        "kills",
        ["the bucket is given back before the Cache goes"],
        ["buckets", "caches"],
        [
            situation("web", ("create", 1, 64), ("delete",)),
            situation("shop", ("create", 1, 16), ("resize", 32)),
        ],
    ),
    "a write that is refused, or whose answer is lost, is made good": (
        "refused and unanswered writes",
        [],
        ["children", "buckets"],
        [
            situation("web", ("create", 2, 64), ("scale", 1)),
            situation("shop", ("create", 1, 16), ("delete",)),
            situation("tiles", ("create", 1, 16), ("take", 0)),
        ],
    ),
    "a read that fails says nothing about the object: it is tried again": (
        "none",
        [],
        ["children", "buckets"],
        [
            situation("web", ("create", 2, 64), **{"failing reads": 1}),
            situation("shop", ("create", 1, 16), **{"failing reads": 2}),
        ],
    ),
    "what somebody puts in a child's place is not touched": (
        "users who act meanwhile",
        ["nothing foreign is touched"],
        ["children", "foreign"],
        [
            situation("web", ("create", 2, 64), ("scale", 1), ("swap", 1)),
            situation("shop", ("create", 1, 16), ("scale", 0), ("swap", 0)),
        ],
    ),
    "whatever users do meanwhile, spec and status stay right": (
        "users who act meanwhile",
        ["the status is about the generation that was read", "the spec is the user's"],
        ["status", "buckets"],
        [
            situation("web", ("create", 1, 64), ("scale", 2)),
            situation("shop", ("create", 2, 16), ("scale", 0), ("resize", 4)),
            situation("tiles", ("create", 1, 16), ("delete",)),
        ],
    ),
}
QUIET_RULES: Mapping[str, list[Object]] = {
    "when all is done it writes nothing": [
        situation("web", ("create", 2, 64), quiet=True),
        situation("shop", ("create", 1, 16), ("scale", 2), quiet=True),
        situation("tiles", ("create", 1, 16), quiet=True, foreign=["tiles-0"]),
        situation("mail", ("create held", 1, 16), ("delete",), quiet=True),
    ],
}
_ALL_RULES: list[tuple[Mapping[str, list[Object]], str, list[str], list[str]]] = [
    (CHILDREN_RULES, "none", [], ["children"]),
    (ALONE_RULES, "none", ["nothing foreign is touched"], ["children", "foreign"]),
    (STATUS_RULES, "none", [], ["status"]),
    (BUCKET_RULES, "none", ["another's finalizer stays"], ["buckets", "caches"]),
    (QUIET_RULES, "none", [], ["children", "status"]),
]


def _plain(*wanted: Mapping[str, list[Object]]) -> Iterator[Case]:
    for rules, faults, checks, look in _ALL_RULES:
        if rules in wanted:
            for rule, situations in rules.items():
                for each in situations:
                    full = {**each, "faults": faults, "rules": checks, "look at": look}
                    yield Case(rule, (full,), expected(full))


@kept
def children_cases() -> Iterator[Case]:
    """Yield situations about children and status, without faults."""
    yield from _plain(CHILDREN_RULES, ALONE_RULES, STATUS_RULES)


@kept
def bucket_cases() -> Iterator[Case]:
    """Yield situations about the bucket and finalizers, without faults."""
    yield from _plain(BUCKET_RULES)


@kept
def fault_cases() -> Iterator[Case]:
    """Yield situations in which one thing goes wrong, anywhere."""
    for rule, (faults, checks, look, situations) in FAULT_RULES.items():
        for each in situations:
            full = {**each, "faults": faults, "rules": checks, "look at": look}
            yield Case(rule, (full,), expected(full))
    yield from _plain(QUIET_RULES)


def expected(full: Object) -> list[str]:
    """Return what a right operator comes to: computed from the steps, without running one."""
    name, foreign = full["name"], [*full.get("foreign", [])]
    spec: dict[str, int] | None = None
    generation, held, ending = 0, False, False
    for word, *args in full["steps"]:
        if word in ("create", "create held"):
            spec, generation, ending = {"replicas": args[0], "size": args[1]}, 1, False
            held = word == "create held"
        elif word == "scale" and spec is not None:
            generation += spec["replicas"] != args[0]
            spec["replicas"] = args[0]
        elif word == "resize" and spec is not None:
            generation += spec["size"] != args[0]
            spec["size"] = args[0]
        elif word == "backup":
            held = True
        elif word == "nest":
            foreign += [name, f"{name}-{args[0]}"]
        elif word in ("lean", "swap"):
            foreign.append(f"{name}-{args[0]}")
        elif word == "delete":
            if held:
                ending = True
            else:
                spec = None
    return ["nothing breaks", *_lines(full, name, foreign, spec, generation, held, ending)]


def _lines(
    full: Object,
    name: str,
    foreign: Sequence[str],
    spec: dict[str, int] | None,
    generation: int,
    held: bool,
    ending: bool,
) -> list[str]:
    parts = full["look at"]
    own = (
        []
        if spec is None
        else [f"{name}-{n}" for n in range(spec["replicas"]) if f"{name}-{n}" not in foreign]
    )
    maps = {
        each: f"ConfigMap {each}, owned, size {spec['size']}" for each in own if spec and "children" in parts
    }
    maps |= {each: f"ConfigMap {each}, not owned, size 0" for each in foreign if "foreign" in parts}
    lines = [maps[each] for each in sorted(maps)]
    if spec is not None:
        finalizers = ([] if ending else ["example.com/bucket"]) + (["other.org/backup"] if held else [])
        if "caches" in parts:
            lines.append(f"Cache {name}{' being deleted' if ending else ''}, finalizers {finalizers}")
        if "status" in parts:
            ready = "True" if len(own) == spec["replicas"] else "False"
            lines.append(f"status of {name}: generation {generation}, ready {len(own)}, Ready {ready}")
        if "buckets" in parts and not ending:
            lines.append(f"Bucket {name}")
    return lines or ["nothing is there"]


def show_conditions(conds: list[Object], new: Object, now: str) -> str:
    """Write a case of set_condition."""
    return as_yaml({"conds": conds, "new": new, "now": now})


def show_situation(full: Object) -> str:
    """Write a situation as sentences."""
    lines = [f"a user {step.text}" for step in steps_of(full["name"], full["steps"])]
    lines = [f"there is a ConfigMap {each} of somebody else" for each in full.get("foreign", [])] + lines
    if full["faults"] != "none":
        lines.append(f"what may go wrong: {full['faults']}, once, anywhere")
    if full.get("failing reads"):
        lines.append(f"after a start, api.get fails with code 500, {full['failing reads']} times")
    return "\n".join(lines)
