"""Solutions of lesson 06 as learners write them: wrong ones, each with its misconception, and right ones.

Each is the text that goes into a cell of an exercise.  A wrong one names the test cells that must take
points; no other test of its exercise may.
"""

from tests.course.units.graded import Wrong

_QOS = """
def qos(pod):
    def filled(resources):
        return {{**resources.get("limits", {{}}), **resources.get("requests", {{}})}} {no_default}

    def positive(amounts, names={names}):
        return {{n: parse_quantity(amounts[n]) for n in names if n in amounts {zero}}}

    def together(name):
        def value(c):
            return parse_quantity(filled(c.get("resources", {{}})).get(name, 0))
        peak = beside = 0
        for c in spec.get("initContainers", []):
            peak = max(peak, beside + value(c))
            beside += value(c) if c.get("restartPolicy") == "Always" else 0
        return max(peak, beside + sum(map(value, spec["containers"])))

    spec = pod["spec"]
    if {pod_level}:
        own = spec["resources"]
        limits, requests = own.get("limits", {{}}), dict(own.get("requests", {{}}))
        for name in ("cpu", "memory") if limits else ():
            asked = [c for c in spec["containers"] + spec.get("initContainers", [])
                     if name in filled(c.get("resources", {{}}))]
            if name not in requests and (asked or name in limits):
                requests[name] = {pod_default}
        pairs = [(requests, limits)]
    else:
        containers = spec["containers"] + {inits}
        each = [c.get("resources", {{}}) for c in containers]
        pairs = [(filled(resources), resources.get("limits", {{}})) for resources in each]
    if not any(positive(r) or positive(l) for r, l in pairs):
        return "BestEffort"
    guaranteed = {how_many}({equal} and set(l) >= {{"cpu", "memory"}} for r, l in
                     [({as_text}(positive(r)), {as_text}(positive(l))) for r, l in pairs])
    return "Guaranteed" if guaranteed else "Burstable"
"""

_RIGHT_PARTS = {
    "no_default": "",
    "names": '("cpu", "memory")',
    "zero": "and parse_quantity(amounts[n]) > 0",
    "pod_level": '"resources" in spec',
    "pod_default": "together(name) if asked else limits[name]",
    "inits": 'spec.get("initContainers", [])',
    "how_many": "all",
    "equal": "r == l",
    "as_text": "dict",
}


def _qos(**parts: str) -> str:
    return _QOS.format(**{**_RIGHT_PARTS, **parts})


_OOM = """
def oom_adj(pod, name, capacity):
    spec = pod["spec"]
    mains, inits = spec["containers"], spec.get("initContainers", [])

    def memory(resources):
        return int(parse_quantity(resources.get("requests", {{}}).get("memory", 0)))

    def request(c):
        return memory(c.get("resources", {{}}))

    def sidecar(c):
        return {sidecar}

    if {critical}:
        return -997
    if qos(pod) != "Burstable":
        return {{"Guaranteed": {guaranteed}, "BestEffort": 1000}}[qos(pod)]
    beside = top = 0
    for init in inits:
        top = max(top, beside + request(init))
        beside += request(init) if init.get("restartPolicy") == "Always" else 0
    together = max(top, beside + sum(map(request, mains)))
    own = memory(spec.get("resources", {{}}))
    share = (own - together) // len({sharers}) if own and {pod_level} else 0
    container = next(c for c in mains + inits if c["name"] == name)
    mine = request(container)
    if sidecar(container):
        mine = max(mine, {beside_mains})
    return {bounds}
"""

_RIGHT_OOM = {
    "sidecar": 'c in inits and c.get("restartPolicy") == "Always"',
    "critical": 'spec.get("priorityClassName") == "system-node-critical"',
    "guaranteed": "-997",
    "sharers": "mains + inits",
    "pod_level": "True",
    "beside_mains": "min(map(request, mains))",
    "bounds": "min(max(1000 - 1000 * (mine + share) // capacity, 3), 999)",
}


def _oom(**parts: str) -> str:
    return _OOM.format(**{**_RIGHT_OOM, **parts})


_EVICT = """
def evict_order(pods):
    def key(p):
        if p["usage"] is None:
            return (0, p["priority"], 0)
        return (1 if {above} else 2, p["priority"], {last})

    return [p["name"] for p in sorted(pods, key={key}) if not p["critical"]]
"""
_RIGHT_EVICT = {"above": 'p["usage"] > p["request"]', "last": 'p["request"] - p["usage"]', "key": "key"}


def _evict(**parts: str) -> str:
    return _EVICT.format(**{**_RIGHT_EVICT, **parts})


_CLASS_CELLS = ("qos-examples", "qos-records", "qos-unseen")
_OOM_CELLS = ("oom-adj-examples", "oom-adj-unseen")
_EVICT_CELLS = ("evict-order-examples", "evict-order-unseen")

WRONG = [
    Wrong("qos", "init containers do not count", _CLASS_CELLS, _qos(inits="[]")),
    Wrong("qos", "one container with requests equal to limits is enough", _CLASS_CELLS, _qos(how_many="any")),
    Wrong(
        "qos",
        "ephemeral storage counts like memory",
        ("qos-examples", "qos-records", "qos-unseen"),
        _qos(names='("cpu", "memory", "ephemeral-storage")'),
    ),
    Wrong("qos", "a limit of zero counts as set", _CLASS_CELLS, _qos(zero="")),
    Wrong(
        "qos",
        "a request of zero takes the limit",
        ("qos-examples", "qos-records"),
        _qos().replace(
            '**resources.get("requests", {})',
            '**{n: a for n, a in resources.get("requests", {}).items() if parse_quantity(a) > 0}',
        ),
    ),
    Wrong(
        "oom-adj",
        "the memory limit counts, not the request",
        ("oom-adj-examples",),
        _oom().replace(
            'resources.get("requests", {}).get("memory", 0)',
            '{**resources.get("requests", {}), **resources.get("limits", {})}.get("memory", 0)',
        ),
    ),
    Wrong(
        "qos",
        "`resources: {}` on the pod is the same as none",
        ("qos-examples", "qos-unseen"),
        _qos(pod_level='spec.get("resources")'),
    ),
    Wrong("qos", "resources on the pod are ignored", _CLASS_CELLS, _qos(pod_level="False")),
    Wrong(
        "qos",
        "limits without requests are not Guaranteed",
        _CLASS_CELLS,
        _qos(no_default='if False else resources.get("requests", {})'),
    ),
    Wrong(
        "qos",
        "a request missing on the pod is its limit",
        ("qos-examples", "qos-unseen"),
        _qos(pod_default="limits.get(name, 0)"),
    ),
    Wrong(
        "qos",
        "requests and limits are equal when their texts are",
        ("qos-examples",),
        _qos().replace("parse_quantity(amounts[n]) for", "str(amounts[n]) for"),
    ),
    Wrong("qos", "limits everywhere are enough for Guaranteed", _CLASS_CELLS, _qos(equal="True")),
    Wrong("qos", "cpu alone is enough", _CLASS_CELLS, _qos().replace('>= {"cpu", "memory"}', '>= {"cpu"}')),
    Wrong("qos", "everything is Burstable", _CLASS_CELLS, 'def qos(pod):\n    return "Burstable"\n'),
    Wrong("oom-adj", "a sidecar is scored alone", _OOM_CELLS, _oom(sidecar="False")),
    Wrong(
        "oom-adj",
        "a sidecar takes the largest main request",
        ("oom-adj-examples", "oom-adj-unseen"),
        _oom(beside_mains="max(map(request, mains))"),
    ),
    Wrong("oom-adj", "plain init containers are sidecars", _OOM_CELLS, _oom(sidecar="c in inits")),
    Wrong("oom-adj", "the pod's own request is ignored", _OOM_CELLS, _oom(pod_level="False")),
    Wrong("oom-adj", "only main containers share the pod's request", _OOM_CELLS, _oom(sharers="mains")),
    Wrong("oom-adj", "Guaranteed is -998", ("oom-adj-examples",), _oom(guaranteed="-998")),
    Wrong(
        "oom-adj",
        "no lower bound",
        ("oom-adj-examples",),
        _oom(bounds="min(1000 - 1000 * (mine + share) // capacity, 999)"),
    ),
    Wrong(
        "oom-adj",
        "Burstable without a request is 1000",
        _OOM_CELLS,
        _oom(bounds="max(1000 - 1000 * (mine + share) // capacity, 3)"),
    ),
    Wrong(
        "oom-adj",
        "the class does not matter to critical pods, but neither does the class name",
        ("oom-adj-examples",),
        _oom(critical='"priorityClassName" in spec'),
    ),
    Wrong(
        "oom-adj",
        "divided as real numbers",
        _OOM_CELLS,
        _oom(bounds="min(max(int(1000 - 1000 * (mine + share) / capacity), 3), 999)"),
    ),
    Wrong(
        "evict-order",
        "BestEffort first, then Burstable, then Guaranteed",
        _EVICT_CELLS,
        _evict(key='lambda p: (p["request"] > 0, -(p["usage"] or 0))'),
    ),
    Wrong("evict-order", "the largest usage goes first", _EVICT_CELLS, _evict(last='-p["usage"]')),
    Wrong(
        "evict-order",
        "equal to the request is above it",
        ("evict-order-examples",),
        _evict(above='p["usage"] >= p["request"]'),
    ),
    Wrong(
        "evict-order",
        "priority before the request",
        _EVICT_CELLS,
        _evict(key='lambda p: (p["usage"] is not None, p["priority"], (p["request"] - (p["usage"] or 0)))'),
    ),
    Wrong(
        "evict-order",
        "higher priority goes first",
        _EVICT_CELLS,
        _evict()
        .replace('2, p["priority"]', '2, -p["priority"]')
        .replace('0, p["priority"]', '0, -p["priority"]'),
    ),
    Wrong(
        "evict-order",
        "a pod without statistics uses nothing",
        _EVICT_CELLS,
        _evict().replace('p["usage"] is None', "False").replace('p["usage"]', '(p["usage"] or 0)'),
    ),
    Wrong(
        "evict-order",
        "critical pods go last",
        _EVICT_CELLS,
        _evict()
        .replace(' if not p["critical"]', "")
        .replace("sorted(pods, key=key)", 'sorted(pods, key=lambda p: (p["critical"], key(p)))'),
    ),
]

RIGHT = {
    "in one expression each": {
        "qos": _qos(),
        "oom-adj": _oom(),
        "evict-order": """
evict_order = lambda pods: [p["name"] for p in sorted(
    (p for p in pods if not p["critical"]),
    key=lambda p: (p["usage"] is not None, (p["usage"] or 0) <= p["request"] and p["usage"] is not None,
                   p["priority"], p["request"] - (p["usage"] or 0)))]
""",
    },
    "with classes and loops": {
        "qos": """
from decimal import Decimal

class Tally:
    def __init__(self):
        self.requests, self.limits, self.limited = {}, {}, True

    def add(self, resources, fill=True):
        limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
        for name in ["cpu", "memory"]:
            limit = Decimal(parse_quantity(limits.get(name, 0)))
            asked = requests[name] if name in requests else (limits.get(name, 0) if fill else 0)
            self.limits[name] = self.limits.get(name, 0) + limit
            self.requests[name] = self.requests.get(name, 0) + parse_quantity(asked)
            self.limited = self.limited and limit > 0

    def verdict(self):
        if not any(self.requests.values()) and not any(self.limits.values()):
            return "BestEffort"
        return "Guaranteed" if self.limited and self.requests == self.limits else "Burstable"

def qos(pod):
    spec, tally = pod["spec"], Tally()
    if "resources" not in spec:
        for c in spec["containers"] + spec.get("initContainers", []):
            tally.add(c.get("resources", {}))
        return tally.verdict()
    own = {"limits": dict(spec["resources"].get("limits", {})),
           "requests": dict(spec["resources"].get("requests", {}))}
    for name in ["cpu", "memory"]:
        if not own["limits"] or name in own["requests"]:
            continue
        def ask(c):
            r = c.get("resources", {})
            return r.get("requests", {}).get(name, r.get("limits", {}).get(name))
        inits, mains = spec.get("initContainers", []), spec["containers"]
        if all(ask(c) is None for c in mains + inits):
            continue
        value = lambda c: parse_quantity(ask(c) or 0)
        peak, side = Decimal(0), Decimal(0)
        for c in inits:
            peak = max(peak, side + value(c))
            side += value(c) if c.get("restartPolicy") == "Always" else 0
        own["requests"][name] = str(max(peak, side + sum(map(value, mains))))
    tally.add(own)
    return tally.verdict()
""",
        "oom-adj": _oom(),
        "evict-order": """
def evict_order(pods):
    left = [p for p in pods if not p["critical"]]
    order = []
    while left:
        first = left[0]
        for p in left[1:]:
            if before(p, first):
                first = p
        order.append(first["name"])
        left.remove(first)
    return order

def before(a, b):
    if a["usage"] is None or b["usage"] is None:
        if (a["usage"] is None) != (b["usage"] is None):
            return a["usage"] is None
        return a["priority"] < b["priority"]
    over_a, over_b = a["usage"] > a["request"], b["usage"] > b["request"]
    if over_a != over_b:
        return over_a
    if a["priority"] != b["priority"]:
        return a["priority"] < b["priority"]
    return a["usage"] - a["request"] > b["usage"] - b["request"]
""",
    },
    "in a littered namespace": {
        "qos": _qos(),
        "oom-adj": "course = records = checks = points = grade = None\nprint = str\n" + _oom(),
        "evict-order": _evict() + "\n_ = __ = Out = In = 'spoilt'\nzip = filter = repr = None\n",
    },
    "noisy, with warnings and logging": {
        "qos": """
import logging, sys, warnings
"""
        + _qos().replace(
            'spec = pod["spec"]',
            'spec = pod["spec"]\n    print("pod", pod["metadata"]["name"], file=sys.stderr)\n'
            '    warnings.warn("looking at a pod")\n    logging.warning("still looking")',
        ),
        "oom-adj": _oom().replace("spec = pod", "import os\n    os.write(2, b'from below')\n    spec = pod"),
        "evict-order": _evict().replace("def key", 'print("sorting", len(pods))\n    def key'),
    },
}
