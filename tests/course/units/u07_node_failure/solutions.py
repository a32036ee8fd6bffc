"""Solutions of lesson 07 as learners write them: wrong ones, each with its misconception, and right ones.

Each is the text that goes into a cell of an exercise.  A wrong one names the test cells that must take
points; no other test of its exercise may.
"""

from tests.course.units.graded import Wrong

_UNKNOWN = """
import math
def unknown_at(renewals, period=5, grace={grace}):
    last = {last}
    seen = {seen}
    now = {begin}
    while {patient}:
        now += period
    return now
"""
_UNKNOWN_PARTS = {
    "grace": "50",
    "last": "max(renewals)",
    "seen": "math.ceil(last / period) * period",
    "begin": "seen",
    "patient": "now - seen <= grace",
}

_TAINTS = """
def taints_for(conditions, unschedulable):
    found = set()
    for each in conditions:
        kind, status = each["type"], each["status"]
        if kind == "Ready" and status == "False":
            found.add("not-ready")
        elif kind == "Ready" and status == "Unknown":
            found.add("{unknown}")
        elif kind.endswith("Pressure") and {pressed}:
            found.add(kind.removesuffix("Pressure").lower() + "-pressure")
        elif kind == "NetworkUnavailable" and {cut}:
            found.add("network-unavailable")
    if {cordoned}:
        found.add("unschedulable")
    pairs = {{("node.kubernetes.io/" + end, "NoSchedule") for end in found}}
    {more}
    return pairs
"""
_TAINTS_PARTS = {
    "unknown": "unreachable",
    "pressed": 'status == "True"',
    "cut": 'status == "True"',
    "cordoned": "unschedulable",
    "more": "",
}

_EVICT = """
def evict_after(taints, tolerations):
    def fits(tol, taint):
        return ({effect} and tol.get("key", taint["key"]) == taint["key"]
                and ({exists} or tol.get("value", "") == taint.get("value", "")))

    tolerations = {given}
    waits = []
    for taint in taints:
        if {evicts}:
            fitting = [tol for tol in tolerations if fits(tol, taint)]
            if not fitting:
                {untolerated}
            waits.append({wait})
    waits = {bounded}
    return {decision}
"""
_EVICT_PARTS = {
    "effect": 'tol.get("effect", taint["effect"]) == taint["effect"]',
    "exists": 'tol.get("operator") == "Exists"',
    "given": "tolerations",
    "evicts": 'taint["effect"] == "NoExecute"',
    "untolerated": "return 0",
    "wait": 'fitting[0].get("tolerationSeconds")',
    "bounded": "[max(0, wait) for wait in waits if wait is not None]",
    "decision": "min(waits) if waits else None",
}

_QPS = """
def taint_qps(zones):
    dead = {dead}
    rates = {{}}
    for zone, ready in zones.items():
        out, size = ready.count(False), len(ready)
        if dead:
            rates[zone] = {when_dead}
        elif {whole}:
            rates[zone] = {when_whole}
        elif {partly}:
            rates[zone] = 0.01 if {large} else {small}
        else:
            rates[zone] = 0.1
    return rates
"""
_QPS_PARTS = {
    "dead": "not any(True in ready for ready in zones.values())",
    "when_dead": "0",
    "whole": "out == size",
    "when_whole": "0.1",
    "partly": "out > 2 and out / size >= 0.55",
    "large": "size > 50",
    "small": "0",
}


def _unknown(**parts: str) -> str:
    return _UNKNOWN.format(**{**_UNKNOWN_PARTS, **parts})


def _taints(**parts: str) -> str:
    return _TAINTS.format(**{**_TAINTS_PARTS, **parts})


def _evict(**parts: str) -> str:
    return _EVICT.format(**{**_EVICT_PARTS, **parts})


def _qps(**parts: str) -> str:
    return _QPS.format(**{**_QPS_PARTS, **parts})


_DEFAULTS = """tolerations + [
        {"key": "node.kubernetes.io/" + end, "operator": "Exists",
         "effect": "NoExecute", "tolerationSeconds": 300}
        for end in ("not-ready", "unreachable")
        if not any(tol.get("key") == "node.kubernetes.io/" + end for tol in tolerations)]"""

EXAMPLES, RECORDS, UNSEEN, WORK = "examples", "records", "unseen", "at-work"


def _wrong(exercise: str, belief: str, cells: tuple[str, ...], code: str) -> Wrong:
    return Wrong(exercise, belief, tuple(f"{exercise}-{cell}" for cell in cells), code)


WRONG = (
    _wrong("unknown-at", "the grace is 40 s", (EXAMPLES, UNSEEN), _unknown(grace="40")),
    _wrong(
        "unknown-at",
        "the clock starts at the renewal",
        (EXAMPLES, UNSEEN, WORK),
        _unknown(begin="seen", patient="now - last <= grace"),
    ),
    _wrong(
        "unknown-at",
        "exactly the grace is too long",
        (EXAMPLES, UNSEEN, WORK),
        _unknown(patient="now - seen < grace"),
    ),
    _wrong(
        "unknown-at", "only the first renewal counts", (EXAMPLES, UNSEEN, WORK), _unknown(last="renewals[0]")
    ),
    _wrong(
        "unknown-at",
        "a renewal at the time of a look is seen by the next",
        (EXAMPLES, UNSEEN),
        _unknown(seen="(last // period + 1) * period"),
    ),
    _wrong(
        "unknown-at",
        "the period is always five seconds",
        (EXAMPLES, UNSEEN),
        _unknown(last="max(renewals); period = 5"),
    ),
    _wrong(
        "taints-for",
        "Unknown and False are one taint",
        (EXAMPLES, UNSEEN, WORK),
        _taints(unknown="not-ready"),
    ),
    _wrong(
        "taints-for",
        "pressure that is Unknown is tainted",
        (EXAMPLES, UNSEEN, WORK),
        _taints(pressed='status != "False"'),
    ),
    _wrong(
        "taints-for",
        "a node that is NotReady gets NoExecute by this rule",
        (EXAMPLES, UNSEEN, WORK),
        _taints(
            more='pairs |= {(key, "NoExecute") for key, _ in pairs if key.endswith(("ready", "reachable"))}'
        ),
    ),
    _wrong("taints-for", "a cordon is no taint", (EXAMPLES, UNSEEN), _taints(cordoned="False")),
    _wrong(
        "taints-for", "a network that is unavailable is no taint", (EXAMPLES, UNSEEN), _taints(cut="False")
    ),
    _wrong(
        "evict-after",
        "of all tolerations that match, the shortest counts",
        (EXAMPLES, RECORDS, UNSEEN, WORK),
        _evict(
            wait='min([t["tolerationSeconds"] for t in fitting if "tolerationSeconds" in t], default=None)'
        ),
    ),
    _wrong(
        "evict-after", "NoSchedule taints evict", (EXAMPLES, RECORDS, UNSEEN, WORK), _evict(evicts="True")
    ),
    _wrong(
        "evict-after",
        "missing seconds are zero",
        (EXAMPLES, RECORDS, UNSEEN, WORK),
        _evict(wait='fitting[0].get("tolerationSeconds", 0)'),
    ),
    _wrong(
        "evict-after",
        "defaults are added beside a bare Exists",
        (EXAMPLES, RECORDS, UNSEEN),
        _evict(given=_DEFAULTS),
    ),
    _wrong(
        "evict-after",
        "a taint that nothing tolerates does not matter when another is tolerated",
        (EXAMPLES, UNSEEN),
        _evict(
            untolerated="continue",
            decision="min(waits) if waits else 0 if hard and not met else None",
            bounded="[max(0, wait) for wait in waits if wait is not None]\n"
            "    hard = [taint for taint in taints if taint['effect'] == 'NoExecute']\n"
            "    met = [taint for taint in hard if any(fits(tol, taint) for tol in tolerations)]",
        ),
    ),
    _wrong(
        "evict-after",
        "the longest of several taints decides",
        (EXAMPLES, UNSEEN),
        _evict(decision="max(waits) if waits else None"),
    ),
    _wrong(
        "evict-after",
        "negative seconds are for ever",
        (EXAMPLES, RECORDS, UNSEEN),
        _evict(bounded="[wait for wait in waits if wait is not None and wait >= 0]"),
    ),
    _wrong("evict-after", "values do not matter", (EXAMPLES, UNSEEN), _evict(exists="True")),
    _wrong(
        "evict-after",
        "a missing value is not an empty one",
        (EXAMPLES,),
        _evict(exists='tol.get("operator") == "Exists" or tol.get("value") == taint.get("value")').replace(
            """ or tol.get("value", "") == taint.get("value", "")""", ""
        ),
    ),
    _wrong(
        "evict-after",
        "every pod stays five minutes",
        (EXAMPLES, RECORDS, UNSEEN, WORK),
        "def evict_after(taints, tolerations):\n    return 300\n",
    ),
    _wrong("taint-qps", "a zone of exactly 50 is large", (EXAMPLES, UNSEEN), _qps(large="size >= 50")),
    _wrong(
        "taint-qps",
        "two of two is a partial outage",
        (EXAMPLES, UNSEEN, WORK),
        _qps(
            whole="out == size and size != 2",
            partly="out >= 2 and out / size >= 0.55 and size == 2 or out > 2 and out / size >= 0.55",
        ),
    ),
    _wrong("taint-qps", "a single dead zone stops", (EXAMPLES, UNSEEN, WORK), _qps(when_whole="0")),
    _wrong("taint-qps", "a dead cluster goes on", (EXAMPLES, UNSEEN, WORK), _qps(when_dead="0.1")),
    _wrong(
        "taint-qps",
        "more than 55 % is needed",
        (EXAMPLES, UNSEEN),
        _qps(partly="out > 2 and out / size > 0.55"),
    ),
    _wrong("taint-qps", "small zones go on slowly", (EXAMPLES, UNSEEN, WORK), _qps(small="0.01")),
    _wrong("taint-qps", "the share alone counts", (EXAMPLES, UNSEEN), _qps(partly="out / size >= 0.55")),
)

RIGHT = {
    "looks as arithmetic, tests in a row": {
        "unknown-at": """
def unknown_at(renewals, period=5, grace=50):
    looks = -(-renewals[-1] // period)
    return (looks + grace // period + 1) * period
""",
        "taints-for": _taints(),
        "evict-after": _evict(),
        "taint-qps": _qps(),
    },
    "look by look, sets, recursion": {
        "unknown-at": """
def unknown_at(renewals, period=5, grace=50):
    left, look, seen = list(renewals), 0, None
    while left or look - seen <= grace:
        if left and left[0] <= look:
            while left and left[0] <= look:
                left.pop(0)
            seen = look
        look += period
    return look - period if look - period - seen > grace else look
""",
        "taints-for": """
RULES = [("Ready", "False", "not-ready"), ("Ready", "Unknown", "unreachable"),
         ("MemoryPressure", "True", "memory-pressure"), ("DiskPressure", "True", "disk-pressure"),
         ("PIDPressure", "True", "pid-pressure"),
         ("NetworkUnavailable", "True", "network-unavailable"), ("cordon", "True", "unschedulable")]
def taints_for(conditions, unschedulable):
    now = [(c["type"], c["status"]) for c in conditions] + [("cordon", str(bool(unschedulable)))]
    ends = [end for kind, status, end in RULES if (kind, status) in now]
    return {("node.kubernetes.io/" + end, "NoSchedule") for end in ends}
""",
        "evict-after": """
INF = float("inf")
def evict_after(taints, tolerations):
    def one(taint):
        for t in tolerations:
            same_key = not t.get("key") or t["key"] == taint["key"]
            same_effect = not t.get("effect") or t["effect"] == "NoExecute"
            same_value = (t.get("value") or "") == (taint.get("value") or "")
            same_value = same_value or t.get("operator", "Equal") == "Exists"
            if same_key and same_effect and same_value:
                return max(t.get("tolerationSeconds", INF), 0.0)
        return 0.0
    least = min((one(t) for t in taints if t["effect"] == "NoExecute"), default=INF)
    return None if least == INF else least
""",
        "taint-qps": """
def taint_qps(zones):
    if sum(map(sum, zones.values())) == 0:
        return {zone: 0.0 for zone in zones}
    def rate(ready):
        share = 1 - sum(ready) / len(ready)
        down = len(ready) - sum(ready)
        if sum(ready) == 0 or down < 3 or down * 100 < 55 * len(ready):
            return 0.1
        return 0.0 if len(ready) <= 50 else 0.01
    return {zone: rate(ready) for zone, ready in zones.items()}
""",
    },
    "classes and filters": {
        "unknown-at": """
from itertools import count
from math import ceil
def unknown_at(renewals, period=5, grace=50):
    seen = max(ceil(r / period) for r in renewals) * period
    return next(seen + n * period for n in count(1) if n * period > grace)
""",
        "taints-for": """
class Node:
    def __init__(self, conditions):
        self.status = {c["type"]: c["status"] for c in conditions}
    def taints(self):
        ready = self.status.get("Ready")
        if ready in ("False", "Unknown"):
            yield "not-ready" if ready == "False" else "unreachable"
        for name, end in [("MemoryPressure", "memory-pressure"), ("DiskPressure", "disk-pressure"),
                          ("PIDPressure", "pid-pressure"), ("NetworkUnavailable", "network-unavailable")]:
            if self.status.get(name) == "True":
                yield end
def taints_for(conditions, unschedulable):
    ends = list(Node(conditions).taints()) + ["unschedulable"] * unschedulable
    return set((f"node.kubernetes.io/{end}", "NoSchedule") for end in ends)
""",
        "evict-after": """
def evict_after(taints, tolerations):
    hard = list(filter(lambda taint: taint["effect"] == "NoExecute", taints))
    chosen = []
    for taint in hard:
        matching = [t for t in tolerations
                    if t.get("key") in (None, "", taint["key"])
                    and t.get("effect") in (None, "", taint["effect"])
                    and (t.get("operator") == "Exists" or t.get("value", "") == taint.get("value", ""))]
        if len(matching) == 0:
            return 0
        chosen.append(matching[0])
    seconds = sorted(t["tolerationSeconds"] for t in chosen if t.get("tolerationSeconds") is not None)
    if not seconds:
        return None
    return seconds[0] if seconds[0] > 0 else 0
""",
        "taint-qps": """
def taint_qps(zones):
    states = {}
    for zone, ready in zones.items():
        bad = sum(1 for r in ready if not r)
        part = bad > 2 and bad / len(ready) >= 0.55
        states[zone] = "dead" if bad == len(ready) else "part" if part else "well"
    if set(states.values()) == {"dead"}:
        return {zone: 0 for zone in zones}
    def rate(zone):
        return 0.1 if states[zone] != "part" else 0.01 if len(zones[zone]) > 50 else 0
    return {zone: rate(zone) for zone in zones}
""",
    },
}
"""Whole sets of answers, each by exercise; all of them earn everything."""
