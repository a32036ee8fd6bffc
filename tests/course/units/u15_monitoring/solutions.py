"""Solutions of unit 15 as learners write them: wrong ones, each with its misconception, and right ones."""

from tests.course.units.graded import Wrong

_RATE = """
def prom_rate(samples, t, window, left_closed=False):
    start = t - window
    inside = [(at, v) for at, v in samples if {inside} and at <= t]
    if len(inside) < {least}:
        return {none}
    first, last = inside[0], inside[-1]
    increase = last[1] - first[1]
    for a, b in zip(inside, inside[1:]):
        if b[1] < a[1]:
            increase += {reset}
    measured = last[0] - first[0]
    spacing = measured / {steps}
    a, b = first[0] - start, t - last[0]
    if a {far} 1.1 * spacing:
        a = {half}
    if {zero}:
        a = min(a, measured * first[1] / increase)
    if b {far} 1.1 * spacing:
        b = {half}
    return {rate}
"""
_RATE_PARTS = {
    "inside": "(start < at or (left_closed and at == start))",
    "least": "2",
    "none": "None",
    "reset": "a[1]",
    "steps": "(len(inside) - 1)",
    "far": ">=",
    "half": "spacing / 2",
    "zero": "increase > 0",
    "rate": "increase * (measured + a + b) / measured / window",
}
_ALL_RATES = ("prom-rate-examples", "prom-rate-records", "prom-rate-unseen")


def _rate(belief: str, caught_by: tuple[str, ...] = _ALL_RATES, **parts: str) -> Wrong:
    return Wrong("prom-rate", belief, caught_by, _RATE.format(**{**_RATE_PARTS, **parts}))


_HPA = """
import math

def hpa_replicas(current, pods, target, tolerance=0.1):
    def percent(counted):
        return {percent}

    def stays(ratio):
        return {stays}

    if any(request is None for request, _, _ in pods):
        {no_request}
    there = [(r, u) for r, u, ready in pods if u is not None and {ready}]
    if not there or not sum(r for r, _ in there):
        raise ValueError("nothing measured")
    ratio = percent(there) / target
    unready = [r for r, u, ready in pods if u is not None and not ready]
    gone = [r for r, u, _ in pods if u is None]
    if not gone and not (unready and ratio > 1):
        return current if stays(ratio) else math.ceil(ratio * {count})
    full = list(there)
    if ratio < 1:
        full += [(r, {down}) for r in gone]
    if ratio > 1:
        full += [(r, 0) for r in gone{unready}]
    again = percent(full) / target
    if {turned}:
        return current
    size = math.ceil(again * len(full))
    if {against}:
        return current
    return size
"""
_HPA_PARTS = {
    "percent": "sum(u for _, u in counted) * 100 // sum(r for r, _ in counted)",
    "stays": "1 - tolerance <= ratio <= 1 + tolerance",
    "no_request": 'raise ValueError("no request")',
    "ready": "ready",
    "count": "len(there)",
    "down": "r * max(100, target) // 100",
    "unready": " + unready",
    "turned": "stays(again) or (ratio < 1) != (again < 1)",
    "against": "(again < 1 and size > current) or (again > 1 and size < current)",
}
_ALL_SIZES = ("hpa-replicas-examples", "hpa-replicas-records", "hpa-replicas-unseen")
_NOT_RECORDED = ("hpa-replicas-examples", "hpa-replicas-unseen")
_WORK = "hpa-replicas-work"


def _hpa(belief: str, *caught_by: str, **parts: str) -> Wrong:
    return Wrong("hpa-replicas", belief, caught_by, _HPA.format(**{**_HPA_PARTS, **parts}))


_ALERT = """
def alert_states(there, interval, hold, keep=0):
    states, state, since, missed = [], "inactive", None, None
    for number, result in enumerate(there):
        now = number * interval
        if result:
            if state == "inactive":
                state, since = "pending", {since}
            missed = {missed}
            if {fires}:
                state = "firing"
        elif {kept}:
            if missed is None:
                missed = now
            if now - missed {over} keep:
                state = "inactive"
        else:
            state = "inactive"
        states.append(state)
    return states
"""
_ALERT_PARTS = {
    "since": "now",
    "missed": "None",
    "fires": "now - since >= hold",
    "kept": 'state == "firing" and keep',
    "over": ">=",
}
_ALL_ALERTS = ("alert-states-examples", "alert-states-unseen")


def _alert(belief: str, **parts: str) -> Wrong:
    return Wrong("alert-states", belief, _ALL_ALERTS, _ALERT.format(**{**_ALERT_PARTS, **parts}))


WRONG = (
    _rate("the increase is divided by the window and not stretched", rate="increase / window"),
    _rate("the increase is divided by the time of the samples", rate="increase / measured"),
    _rate("a reset is a loss", reset="0"),
    _rate("a reset adds only what fell", reset="a[1] - b[1]"),
    _rate("one sample gives 0", least="2", none="0.0"),
    _rate("no samples give 0, one gives nothing", none="None if inside else 0.0", caught_by=_ALL_RATES),
    _rate("a sample at the beginning always counts", inside="start <= at"),
    _rate("a sample at the beginning never counts", inside="start < at"),
    _rate("the whole gap is always covered", half="a if a >= 1.1 * spacing else b"),
    _rate("an end that is not near is not stretched to", half="0"),
    _rate("a counter may come from below zero", zero="False"),
    _rate("the spacing is the time by the number of samples", steps="len(inside)"),
    _rate("a gap of exactly 1.1 spacings is near", ("prom-rate-examples",), far=">"),
    _rate("a rate is the increase", rate="increase * (measured + a + b) / measured"),
    Wrong(
        "working-set",
        "the working set is the usage",
        ("working-set-examples",),
        "def working_set(usage, inactive_file):\n    return usage",
    ),
    Wrong(
        "working-set",
        "it can be negative",
        ("working-set-examples",),
        "def working_set(usage, inactive_file):\n    return usage - inactive_file",
    ),
    _hpa("the ratio multiplies the current size", *_ALL_SIZES, count="current"),
    _hpa("any error says that there is no answer", *_ALL_SIZES, no_request='raise KeyError("no request")'),
    _hpa(
        "utilisation keeps its fractions",
        *_NOT_RECORDED,
        percent="sum(u for _, u in counted) * 100 / sum(r for r, _ in counted)",
    ),
    _hpa("the tolerance's edge is outside", *_ALL_SIZES, stays="1 - tolerance < ratio < 1 + tolerance"),
    _hpa("there is no tolerance", *_ALL_SIZES, _WORK, stays="ratio == 1"),
    _hpa("the tolerance is always a tenth", "hpa-replicas-examples", stays="0.9 <= ratio <= 1.1"),
    _hpa("a missing pod uses nothing on the way down", *_ALL_SIZES, _WORK, down="0"),
    _hpa("a missing pod uses what it requests, also beyond a target of 100", *_ALL_SIZES, down="r"),
    _hpa("an unready pod is measured like any other", *_NOT_RECORDED, ready="True"),
    _hpa("an unready pod never counts", "hpa-replicas-examples", unready=""),
    _hpa("what is assumed may turn the direction round", *_ALL_SIZES, _WORK, turned="stays(again)"),
    _hpa(
        "the size may go against the ratio",
        "hpa-replicas-examples",
        "hpa-replicas-records",
        against="False",
    ),
    _hpa(
        "a pod without a request does not matter",
        "hpa-replicas-examples",
        "hpa-replicas-records",
        no_request="pods = [p for p in pods if p[0] is not None]",
    ),
    _alert("it fires at once", fires="True"),
    _alert("the first evaluation does not count", fires="now - since > hold"),
    _alert("a gap does not begin the wait anew", since="now if since is None else since"),
    _alert("pending alerts are kept, too", kept='state != "inactive" and keep'),
    _alert("nothing is kept", kept="False"),
    _alert("a result does not end the keeping", missed="missed"),
    _alert("it is kept for one evaluation more", over=">"),
)

RIGHT = {
    "from the templates": {
        "prom-rate": _RATE.format(**_RATE_PARTS),
        "hpa-replicas": _HPA.format(**_HPA_PARTS),
        "alert-states": _ALERT.format(**_ALERT_PARTS),
        "working-set": """
def working_set(usage, inactive_file):
    return 0 if inactive_file > usage else usage - inactive_file
""",
    },
    "the counter made to grow first": {
        "prom-rate": """
from itertools import accumulate

def prom_rate(samples, t, window, left_closed=False):
    chosen = [s for s in samples if t - window <= s[0] <= t and (left_closed or s[0] != t - window)]
    if len(chosen) <= 1:
        return None
    times, values = zip(*chosen)
    steps = [b if b < a else b - a for a, b in zip(values, values[1:])]
    grown = list(accumulate(steps, initial=values[0]))
    increase, span = grown[-1] - grown[0], times[-1] - times[0]
    gap = span / len(steps)
    before, after = times[0] - t + window, t - times[-1]
    before = before if before < gap * 1.1 else gap / 2
    after = after if after < gap * 1.1 else gap / 2
    if increase:
        before = min(before, values[0] / increase * span)
    return (increase / span) * (span + before + after) / window
""",
        "alert-states": """
class Alert:
    def __init__(self, hold, keep):
        self.hold, self.keep, self.begin, self.gone, self.fires = hold, keep, None, None, False

    def see(self, result, now):
        if result:
            self.gone = None
            self.begin = now if self.begin is None else self.begin
            self.fires = self.fires or now - self.begin >= self.hold
        else:
            self.gone = now if self.gone is None else self.gone
            if not (self.fires and now - self.gone < self.keep):
                self.begin, self.gone, self.fires = None, None, False
        return "firing" if self.fires else "inactive" if self.begin is None else "pending"


def alert_states(there, interval, hold, keep=0):
    alert = Alert(hold, keep)
    return [alert.see(result, number * interval) for number, result in enumerate(there)]
""",
    },
    "with dicts of pods": {
        "hpa-replicas": """
from math import ceil

def hpa_replicas(current, pods, target, tolerance=0.1):
    table = {i: {"request": r, "usage": u, "ready": ok} for i, (r, u, ok) in enumerate(pods)}
    for pod in table.values():
        if pod["request"] is None:
            raise ValueError("request")
    usage = {i: p["usage"] for i, p in table.items() if p["usage"] is not None and p["ready"]}

    def utilization(usage):
        total = sum(table[i]["request"] for i in usage)
        if total == 0:
            raise ValueError("no metrics")
        return int(100 * sum(usage.values()) / total + 1e-9) / target

    first = utilization(usage)
    missing = [i for i, p in table.items() if p["usage"] is None]
    unready = [i for i, p in table.items() if not p["ready"] and p["usage"] is not None]
    up, down = first > 1, first < 1
    if not missing and not (up and unready):
        if 1 - tolerance <= first <= 1 + tolerance:
            return current
        return ceil(first * len(usage))
    for i in missing:
        if down:
            usage[i] = table[i]["request"] * max(target, 100) // 100
        elif up:
            usage[i] = 0
    for i in unready if up else []:
        usage[i] = 0
    second = utilization(usage)
    wanted = ceil(second * len(usage))
    if 1 - tolerance <= second <= 1 + tolerance or (up and second < 1) or (down and second > 1):
        return current
    return current if (second < 1 and wanted > current) or (second > 1 and wanted < current) else wanted
""",
    },
}
