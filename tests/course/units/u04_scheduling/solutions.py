"""Solutions of unit 04 as learners write them: wrong ones, each with its misconception, and right ones.

Every known misconception is a switch of the exercise as `misconceptions` writes it; here it becomes the text
of a cell.  Some more are written by hand, as people write them.
"""

import inspect
from typing import NamedTuple

from course.units.u04_scheduling import misconceptions

MEANT = {
    "restart_delays": "restart-delays-examples",
    "fit_message": "filters-message",
    "filters": "filters-examples",
    "score": "score-examples",
    "pick_node": "pick-node-examples",
    "may_acquire": "scale-out-examples",
    "feasible_target": "scale-out-examples",
}
"""The test cell in which a wrong version of each function must lose points."""


class Wrong(NamedTuple):
    """A misconception: of which function, in one sentence, and its code."""

    function: str
    belief: str
    code: str


def _as_cell(function: str, **switches: object) -> str:
    """Return the text of a cell that defines `function` with the switches on."""
    source = inspect.getsource(getattr(misconceptions, f"_{function}"))
    given = ", ".join(f"{name}={value!r}" for name, value in switches.items())
    return f"""
from typing import Any

{source}

def {function}(*arguments):
    return _{function}(*arguments, {given})
"""


WRONG = [
    Wrong(function, belief, _as_cell(function, **switches))
    for function, beliefs in misconceptions.SWITCHES.items()
    for belief, switches in beliefs.items()
] + [
    Wrong(
        "restart_delays",
        "the delay belongs to the run after it",
        """
def restart_delays(runs, initial=10, cap=300):
    return [0] + [min(initial * 2 ** i, cap) for i in range(len(runs) - 1)]
""",
    ),
    Wrong(
        "restart_delays", "there is no delay", "def restart_delays(runs, *a):\n    return [0] * len(runs)\n"
    ),
    Wrong(
        "filters",
        "only resources are asked about",
        """
def filters(pod, nodes):
    def total(p, name):
        return sum(c.get(name, 0) for c in p["containers"])
    return {n["name"]: [f"Insufficient {r}" for r in ("cpu", "memory")
                        if total(pod, r) + sum(total(p, r) for p in n["pods"]) > n[r]] for n in nodes}
""",
    ),
    Wrong(
        "filters", "everything fits", 'def filters(pod, nodes):\n    return {n["name"]: [] for n in nodes}\n'
    ),
    Wrong(
        "filters",
        "the result names only nodes that refuse",
        _as_cell("filters")
        + """
def filters(pod, nodes):
    return {name: said for name, said in _filters(pod, nodes).items() if said}
""",
    ),
    Wrong(
        "filters",
        "a taint is borne by a toleration of its key alone",
        _as_cell("filters").replace(
            'toleration["operator"] == "Exists" or toleration["value"] == taint["value"]', "True"
        ),
    ),
    Wrong(
        "filters",
        "the pod may be changed",
        _as_cell("filters")
        + """
def filters(pod, nodes):
    answer = _filters(pod, nodes)
    pod["tolerations"].append({"key": "", "operator": "Exists", "value": "", "effect": ""})
    return answer
""",
    ),
    Wrong("fit_message", "no full stop", _as_cell("fit_message").replace("(items)}.", "(items)}")),
    Wrong(
        "score",
        "scores come with their weights",
        _as_cell("score")
        + """
def score(pod, nodes):
    table = _score(pod, nodes)
    for row in table.values():
        row["TaintToleration"] *= 3
    return table
""",
    ),
    Wrong(
        "pick_node",
        "the smallest total number of victims",
        'def pick_node(c):\n    return min(c, key=lambda n: (c[n]["pdb"], len(c[n]["victims"])))\n',
    ),
    Wrong("may_acquire", "always", "def may_acquire(*a):\n    return True\n"),
    Wrong(
        "feasible_target",
        "less than 5 per cent cannot be asked for",
        """
def feasible_target(n, pct=0):
    if n < 100:
        return n
    return max(100, n * max(5, pct or 50 - n // 125) // 100)
""",
    ),
    Wrong("feasible_target", "all nodes", "def feasible_target(n, pct=0):\n    return n\n"),
    Wrong(
        "feasible_target",
        "a rounded percentage",
        """
def feasible_target(n, pct=0):
    if n < 100:
        return n
    return max(100, round(n * (pct or max(5, 50 - n // 125)) / 100))
""",
    ),
]

_SWITCHED_OFF = {
    "restart-delays": _as_cell("restart_delays"),
    "filters": _as_cell("filters") + _as_cell("fit_message"),
    "score": _as_cell("score"),
    "pick-node": _as_cell("pick_node"),
    "scale-out": _as_cell("may_acquire") + _as_cell("feasible_target"),
}

_WITH_CLASSES = {
    "restart-delays": """
class BackOff:
    def __init__(self, initial, cap):
        self.initial, self.cap, self.failures = initial, cap, 0

    def after(self, ran):
        if ran > 10 * 60:
            self.failures = 0
        delay = 0 if self.failures == 0 else min(self.initial * 2 ** (self.failures - 1), self.cap)
        self.failures += 1
        return delay

def restart_delays(runs, initial=10, cap=300):
    back_off = BackOff(initial, cap)
    return [back_off.after(run) for run in runs]
""",
    "filters": """
from collections import Counter, defaultdict

SPREAD = "node(s) didn't match pod topology spread constraints"

class Cycle:
    def __init__(self, pod, nodes):
        self.pod, self.nodes = pod, nodes

    def bears(self, key, value, effect):
        for t in self.pod["tolerations"]:
            if t["effect"] and t["effect"] != effect:
                continue
            if t["key"] and t["key"] != key:
                continue
            if t["operator"] == "Exists" or t["value"] == value:
                return True
        return False

    def term(self, term, labels):
        for e in term:
            there = e["key"] in labels
            if e["operator"] == "Exists" and not there:
                return False
            if e["operator"] == "DoesNotExist" and there:
                return False
            if e["operator"] == "In" and (not there or labels[e["key"]] not in e["values"]):
                return False
            if e["operator"] == "NotIn" and there and labels[e["key"]] in e["values"]:
                return False
        return True

    def chosen(self, node):
        for key, value in self.pod["node_selector"].items():
            if node["labels"].get(key) != value:
                return False
        terms = self.pod["affinity"]
        return not terms or any(self.term(term, node["labels"]) for term in terms)

    def reasons(self, node):
        if node["unschedulable"] and not self.bears("node.kubernetes.io/unschedulable", "", "NoSchedule"):
            return ["node(s) were unschedulable"]
        for t in node["taints"]:
            if t["effect"] != "PreferNoSchedule" and not self.bears(t["key"], t["value"], t["effect"]):
                return ["node(s) had untolerated taint(s)"]
        if not self.chosen(node):
            return ["node(s) didn't match Pod's node affinity/selector"]
        return self.room(node) or self.skew(node)

    def room(self, node):
        asked, used = Counter(), Counter()
        for c in self.pod["containers"]:
            asked.update(c)
        for p in node["pods"]:
            for c in p["containers"]:
                used.update(c)
        found = []
        if len(node["pods"]) + 1 > node["max_pods"]:
            found.append("Too many pods")
        for name in "cpu", "memory":
            if asked[name] > 0 and asked[name] + used[name] > node[name]:
                found.append("Insufficient " + name)
        return found

    def skew(self, node):
        keys = {c["key"] for c in self.pod["spread"]}
        for c in self.pod["spread"]:
            if c["key"] not in node["labels"]:
                return [SPREAD + " (missing required label)"]
            counts = defaultdict(int)
            for other in self.nodes:
                if keys <= set(other["labels"]) and self.chosen(other):
                    counts[other["labels"][c["key"]]] += len([
                        p for p in other["pods"]
                        if not p["leaving"] and set(c["match"].items()) <= set(p["labels"].items())])
            least = 0 if len(counts) < c["min_domains"] else min(counts.values())
            own = set(c["match"].items()) <= set(self.pod["labels"].items())
            if counts[node["labels"][c["key"]]] + own > least + c["max_skew"]:
                return [SPREAD]
        return []

def filters(pod, nodes):
    cycle = Cycle(pod, nodes)
    return {node["name"]: cycle.reasons(node) for node in nodes}

def fit_message(n, statuses):
    counts = Counter()
    for reasons in statuses.values():
        counts.update(reasons)
    items = sorted("%d %s" % (c, r) for r, c in counts.items())
    return "0/%d nodes are available: %s." % (n, ", ".join(items))
""",
    "score": """
from fractions import Fraction
from math import floor

def score(pod, nodes):
    def bears(t, taint):
        if t["effect"] not in ("", taint["effect"]) or t["key"] not in ("", taint["key"]):
            return False
        return t["operator"] == "Exists" or t["value"] == taint["value"]

    def real(pods, what):
        return sum(c.get(what) or 0 for p in pods for c in p["containers"])

    def even(node, pods):
        shares = [min(Fraction(real(pods, what), node[what]), 1) for what in ("cpu", "memory")]
        return floor((1 - abs(shares[0] - shares[1]) / 2) * 100)

    soft = {n["name"]: len([t for t in n["taints"] if t["effect"] == "PreferNoSchedule"
                            and not any(bears(e, t) for e in pod["tolerations"])]) for n in nodes}
    most = max(soft.values()) if soft else 0
    answer = {}
    for n in nodes:
        everyone = n["pods"] + [pod]
        row = {"TaintToleration": 100 if most == 0 else 100 - soft[n["name"]] * 100 // most}
        parts = []
        for what, default in [("cpu", 100), ("memory", 209715200)]:
            if n[what] == 0:
                continue
            wanted = sum(c[what] if what in c else default for p in everyone for c in p["containers"])
            parts.append(0 if wanted > n[what] else (n[what] - wanted) * 100 // n[what])
        row["NodeResourcesFit"] = sum(parts) // len(parts)
        if real([pod], "cpu") + real([pod], "memory") > 0:
            row["NodeResourcesBalancedAllocation"] = 50 + (50 + even(n, everyone) - even(n, n["pods"])) // 2
        answer[n["name"]] = row
    return answer
""",
    "pick-node": """
def pick_node(candidates):
    left = dict(candidates)
    def keep(value):
        best = min(value(c) for c in left.values())
        for name in [name for name, c in left.items() if value(c) != best]:
            del left[name]
    top = lambda c: max(v[0] for v in c["victims"])
    keep(lambda c: c["pdb"])
    keep(top)
    keep(lambda c: sum(v[0] + (1 << 31) for v in c["victims"]))
    keep(lambda c: len(c["victims"]))
    keep(lambda c: -min(v[1] for v in c["victims"] if v[0] == top(c)))
    return next(iter(left))
""",
    "scale-out": """
def may_acquire(now, seen_at, duration, holder, me):
    if not holder or holder == me:
        return True
    return not now < seen_at + duration

def feasible_target(n, pct=0):
    if n >= 100:
        share = pct if pct else 50 - n // 125
        if not pct and share < 5:
            share = 5
        wanted = (n * share) // 100
        return wanted if wanted > 100 else 100
    return n
""",
}

RIGHT = {
    "with every switch off": _SWITCHED_OFF,
    "with classes and loops": _WITH_CLASSES,
    "noisy, in a littered namespace": {
        "restart-delays": "course = records = checks = points = grade = None\nprint = str\n"
        + _WITH_CLASSES["restart-delays"],
        "filters": "import sys, warnings\n"
        + _SWITCHED_OFF["filters"].replace(
            "    def bears(",
            '    warnings.warn("asking")\n    sys.stderr.write(pod["name"])\n    def bears(',
            1,
        ),
        "score": _SWITCHED_OFF["score"] + "\n_ = __ = Out = In = 'spoilt'\nzip = filter = repr = None\n",
        "pick-node": _SWITCHED_OFF["pick-node"],
        "scale-out": _WITH_CLASSES["scale-out"],
    },
}
