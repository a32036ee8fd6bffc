"""Solutions of unit 05 as learners write them: wrong ones, each with its misconception, and right ones.

Each is the text that goes into a cell of an exercise.  A wrong one names the test cells that must take
points; no other test of its exercise may.
"""

from tests.course.units.graded import Wrong

_OWNER = """
def ns_owner(spec, container, kind):
    on = {k for k in ("hostNetwork", "hostIPC", "hostPID", "shareProcessNamespace") if spec.get(k) %(truth)s}
    if %(pair)s:
        raise ValueError("not allowed")
    if kind in %(net)s and "hostNetwork" in on:
        return "host"
    if kind in %(ipc)s and "hostIPC" in on:
        return "host"
    if kind == "pid":
        if "hostPID" in on:
            return "host"
        return "pod" if %(share)s else f"container:{container}"
    return %(mnt)s if kind == "mnt" else "pod"
"""
_OWNER_PARTS = {
    "truth": "",
    "pair": '{"hostPID", "shareProcessNamespace"} <= on',
    "net": '("net", "uts")',
    "ipc": '("ipc",)',
    "share": '"shareProcessNamespace" in on',
    "mnt": 'f"container:{container}"',
}


def _owner(**parts: str) -> str:
    return _OWNER % {**_OWNER_PARTS, **parts}


_EFFECTIVE = """
from fractions import Fraction
from kubernetes.utils.quantity import parse_quantity

def effective(pod):
    spec = pod["spec"]

    def asked(c):
        requests = c.get("resources", {}).get("requests", {})
        unit = {"cpu": 1000}
        return {k: int(Fraction(parse_quantity(v)) * unit.get(k, 1)) for k, v in requests.items()}

    def add(*many):
        return {k: sum(one.get(k, 0) for one in many) for one in many for k in one}

    inits = spec.get("initContainers", [])
    is_sidecar = [%(sidecar)s for c in inits]
    stay = spec["containers"] + [c for c, s in zip(inits, is_sidecar) if s]
    total = add({}, *[asked(c) for c in stay])
    for index, init in enumerate(inits):
        if not is_sidecar[index]:
            beside = [asked(c) for c, s in %(beside)s if s]
            for name, value in add(asked(init), *beside).items():
                total[name] = %(combine)s(total.get(name, 0), value)
    if %(own)s:
        %(replace)s
    for name, value in asked({"resources": {"requests": spec.get("overhead", {})}}).items():
        total[name] = %(overhead)s
    return total
"""
_EFFECTIVE_PARTS = {
    "sidecar": 'c.get("restartPolicy") == "Always"',
    "beside": "list(zip(inits, is_sidecar))[:index]",
    "combine": "max",
    "own": 'spec.get("resources")',
    "replace": "total.update(asked(spec))",
    "overhead": "total.get(name, 0) + value",
}


def _effective(**parts: str) -> str:
    return _EFFECTIVE % {**_EFFECTIVE_PARTS, **parts}


_STARTS = """
def next_starts(kinds, status, main_running):
    last = len(kinds) - 1
    traces = [i for i, state in enumerate(status) if state != "none"]
    latest = last + 1 if main_running else (traces[-1] if traces else -1)
    up = {"init": {"ok"}, "side": %(side_up)s, "sideP": %(probed_up)s}
    back = {"init": {"bad"}, "side": {"ok", "bad"}, "sideP": %(probed_back)s}
    if latest < 0:
        return [0], False
    start = []
    for i in range(min(latest, last + 1)):
        if kinds[i] != "init" and (status[i] == "none" and %(missing)s or status[i] in back[kinds[i]]):
            start.append(i)
        elif %(plain)s:
            start.append(i)
    ready = main_running
    if latest <= last:
        kind, state = kinds[latest], status[latest]
        if state in back[kind]:
            start.append(latest)
        elif state in up[kind] and latest < last:
            start.append(latest + 1)
    ready = ready or %(ready)s
    return start, ready
"""
_STARTS_PARTS = {
    "side_up": '{"run"}',
    "probed_up": '{"runOK"}',
    "probed_back": '{"ok", "bad", "runFail"}',
    "missing": "True",
    "plain": "False",
    "ready": "status[last] in up[kinds[last]]",
}


def _starts(**parts: str) -> str:
    return _STARTS % {**_STARTS_PARTS, **parts}


_TERM = """
def term_at(mains, sidecars, grace):
    told = []
    gone = %(first)s
    for seconds in %(order)s:
        at = %(at)s
        told.append(at)
        gone = %(gone)s
    return %(back)s
"""
_TERM_PARTS = {
    "first": "max(min(m, max(2, grace)) for m in mains)",
    "order": "sidecars[::-1]",
    "at": "gone if gone < grace else grace",
    "gone": "max(gone, at + min(seconds, max(2, grace - at)))",
    "back": "list(reversed(told))",
}


def _term(**parts: str) -> str:
    return _TERM % {**_TERM_PARTS, **parts}


_OWNER_CELLS = ("ns-owner-examples", "ns-owner-unseen")
_EFFECTIVE_CELLS = ("effective-examples", "effective-records", "effective-unseen")
_START_CELLS = ("next-starts-examples", "next-starts-records", "next-starts-unseen")
_START_WORK = (*_START_CELLS, "next-starts-at-work")
_TERM_CELLS = ("term-at-examples", "term-at-records", "term-at-unseen")
_TERM_WORK = (*_TERM_CELLS, "term-at-at-work")

WRONG = [
    Wrong("owner-cases", "no example at all", ("owner-cases-judged",), "owner_examples = []"),
    Wrong(
        "owner-cases",
        "examples that would not catch who takes mounts for shared",
        ("owner-cases-judged",),
        'owner_examples = [({}, "a", "pid", "container:a"), ({"hostNetwork": True}, "a", "uts", "host"),'
        ' ({"hostIPC": True}, "a", "net", "pod")]',
    ),
    Wrong(
        "owner-cases",
        "one wrong example",
        ("owner-cases-judged",),
        'owner_examples = [({}, "a", "pid", "pod")]',
    ),
    Wrong("ns-owner", "pid is shared by default", _OWNER_CELLS, _owner(share="True")),
    Wrong("ns-owner", "uts is always the pod's", _OWNER_CELLS, _owner(net='("net",)')),
    Wrong("ns-owner", "hostIPC changes net", _OWNER_CELLS, _owner(ipc='("ipc", "net")')),
    Wrong("ns-owner", "mounts are shared", _OWNER_CELLS, _owner(mnt='"pod"')),
    Wrong("ns-owner", "the illegal pair is accepted", _OWNER_CELLS, _owner(pair="False")),
    Wrong(
        "ns-owner",
        "the pair is refused only when pid is asked for",
        _OWNER_CELLS,
        _owner(pair='kind == "pid" and {"hostPID", "shareProcessNamespace"} <= on'),
    ),
    Wrong("ns-owner", "false is as good as true", _OWNER_CELLS, _owner(truth="is not None")),
    Wrong(
        "ns-owner",
        "any error is a refusal",
        _OWNER_CELLS,
        _owner().replace("raise ValueError", "raise KeyError"),
    ),
    Wrong("ns-owner", "hostNetwork opens ipc too", _OWNER_CELLS, _owner(net='("net", "uts", "ipc")')),
    Wrong("reaper", "pause always reaps", ("reaper-examples",), 'def reaper(spec):\n    return "pause"\n'),
    Wrong(
        "reaper",
        "pause reaps unless the host's PIDs are shared",
        ("reaper-examples",),
        'def reaper(spec):\n    return "host-init" if spec.get("hostPID") else "pause"\n',
    ),
    Wrong(
        "reaper",
        "false is as good as true",
        ("reaper-examples",),
        'def reaper(spec):\n    return "host-init" if spec.get("hostPID") else '
        '"pause" if "shareProcessNamespace" in spec else "container"\n',
    ),
    Wrong("effective", "everything adds up", _EFFECTIVE_CELLS, _effective(sidecar="True")),
    Wrong("effective", "sidecars are plain init containers", _EFFECTIVE_CELLS, _effective(sidecar="False")),
    Wrong(
        "effective",
        "a later sidecar is charged to an earlier init container",
        _EFFECTIVE_CELLS,
        _effective(beside="zip(inits, is_sidecar)"),
    ),
    Wrong(
        "effective",
        "an init container runs alone",
        _EFFECTIVE_CELLS,
        _effective(beside="()"),
    ),
    Wrong(
        "effective",
        "any restartPolicy makes a sidecar",
        ("effective-examples",),
        _effective(sidecar='"restartPolicy" in c'),
    ),
    Wrong(
        "effective",
        "a restartPolicy on a main container makes it a sidecar, which is counted elsewhere",
        ("effective-examples",),
        _effective().replace(
            'stay = spec["containers"]',
            'stay = [c for c in spec["containers"] if c.get("restartPolicy") != "Always"]',
        ),
    ),
    Wrong("effective", "the pod's own requests are ignored", _EFFECTIVE_CELLS, _effective(own="False")),
    Wrong(
        "effective",
        "the pod's own requests replace everything",
        _EFFECTIVE_CELLS,
        _effective(replace="total = asked(spec)"),
    ),
    Wrong("effective", "overhead is ignored", _EFFECTIVE_CELLS, _effective(overhead="total.get(name, 0)")),
    Wrong(
        "effective",
        "thousandths as floating-point numbers",
        ("effective-examples",),
        _effective().replace("Fraction(", "float("),
    ),
    Wrong(
        "next-starts",
        "readiness gates: a sidecar without a probe holds up",
        _START_WORK,
        _starts(side_up="set()"),
    ),
    Wrong(
        "next-starts",
        "a startup probe holds nobody up",
        _START_WORK,
        _starts(probed_up='{"run", "runOK", "runFail"}', probed_back='{"ok", "bad"}'),
    ),
    Wrong(
        "next-starts",
        "sidecars are treated as plain init containers",
        _START_WORK,
        "def next_starts(kinds, status, main_running):\n"
        "    if main_running:\n        return [], True\n"
        "    for i, state in enumerate(status):\n"
        '        if state != "ok":\n'
        '            return ([i] if state in ("none", "bad") else []), False\n'
        "    return [], True\n",
    ),
    Wrong(
        "next-starts",
        "a sidecar that is not there any more stays away",
        _START_CELLS,
        _starts(missing="False"),
    ),
    Wrong(
        "next-starts",
        "an init container that failed long ago is run again",
        _START_CELLS,
        _starts(plain='status[i] == "bad"'),
    ),
    Wrong(
        "next-starts",
        "main containers start when every one has made room",
        _START_CELLS,
        _starts(ready="all(s in up[k] for k, s in zip(kinds, status))"),
    ),
    Wrong(
        "next-starts",
        "what failed its startup probe is left running",
        _START_CELLS,
        _starts(probed_back='{"ok", "bad"}'),
    ),
    Wrong(
        "next-starts",
        "all start at once",
        _START_WORK,
        "def next_starts(kinds, status, main_running):\n"
        '    return [i for i, state in enumerate(status) if state == "none"], True\n',
    ),
    Wrong(
        "term-at",
        "sidecars stop in the order of their start",
        _TERM_WORK,
        _term(order="sidecars", back="told"),
    ),
    Wrong("term-at", "a sidecar waits past the grace period", _TERM_WORK, _term(at="gone")),
    Wrong("term-at", "everybody is told at once", _TERM_WORK, _term(at="0")),
    Wrong("term-at", "sidecars do not wait for each other", _TERM_WORK, _term(gone="gone")),
    Wrong("term-at", "the first main container that leaves is enough", _TERM_WORK, _term(first="min(mains)")),
]

RIGHT = {
    "with tables and comprehensions": {
        "ns-owner": _owner(),
        "reaper": """
reaper = lambda spec: "host-init" if spec.get("hostPID") else (
    "pause" if spec.get("shareProcessNamespace") else "container")
""",
        "effective": _effective(),
        "next-starts": _starts(),
        "term-at": _term(),
    },
    "with classes and loops": {
        "ns-owner": """
class NotAllowed(ValueError):
    pass

def ns_owner(spec, container, kind):
    host_pid = spec.get("hostPID", False)
    share = spec.get("shareProcessNamespace", False)
    if host_pid and share:
        raise NotAllowed("choose one")
    if kind == "mnt":
        return "container:" + container
    if kind == "pid":
        if host_pid:
            return "host"
        elif share:
            return "pod"
        else:
            return "container:" + container
    if kind == "ipc":
        return "host" if spec.get("hostIPC", False) else "pod"
    return "host" if spec.get("hostNetwork", False) else "pod"
""",
        "reaper": """
def reaper(spec):
    owner = ns_owner(spec, "x", "pid")
    if owner == "host":
        return "host-init"
    if owner == "pod":
        return "pause"
    return "container"
""",
        "effective": """
from decimal import Decimal
from kubernetes.utils.quantity import parse_quantity

class Tally(dict):
    def plus(self, requests, sign=1):
        out = Tally(self)
        for name, text in requests.items():
            out[name] = out.get(name, Decimal(0)) + parse_quantity(text)
        return out

def effective(pod):
    spec = pod["spec"]
    def req(x):
        return x.get("resources", {}).get("requests", {})
    moments, beside = [], Tally()
    for c in spec.get("initContainers", []):
        if c.get("restartPolicy") == "Always":
            beside = beside.plus(req(c))
            moments.append(beside)
        else:
            moments.append(beside.plus(req(c)))
    for c in spec["containers"]:
        beside = beside.plus(req(c))
    moments.append(beside)
    peak = {}
    for m in moments:
        for k, v in m.items():
            peak[k] = max(peak.get(k, 0), v)
    for k, v in req(spec).items():
        peak[k] = parse_quantity(v)
    total = Tally(peak).plus(spec.get("overhead", {}))
    return {k: int(v * 1000) if k == "cpu" else int(v) for k, v in total.items()}
""",
        "next-starts": """
def next_starts(kinds, status, main_running):
    start = []
    ready = seen = main_running
    for i in reversed(range(len(kinds))):
        k, s = kinds[i], status[i]
        if s == "none":
            if k.startswith("side") and seen:
                start.insert(0, i)
            continue
        if k == "init":
            if seen:
                continue
            if s == "bad":
                start.insert(0, i)
            elif s == "ok":
                if i + 1 == len(kinds):
                    ready = True
                else:
                    start.insert(0, i + 1)
        else:
            is_up = s == "runOK" if k == "sideP" else s == "run"
            if is_up and i + 1 == len(kinds):
                ready = True
            elif is_up and not seen:
                start.insert(0, i + 1)
            elif s in ("ok", "bad", "runFail"):
                start.insert(0, i)
        seen = True
    if not seen:
        return [0], ready
    return sorted(start), ready
""",
        "term-at": """
def term_at(mains, sidecars, grace):
    running = {("main", i): None for i in range(len(mains))}
    told = {}
    now = 0
    ends = {("main", i): min(s, max(2, grace)) for i, s in enumerate(mains)}
    while len(told) < len(sidecars):
        i = len(sidecars) - len(told) - 1
        if now >= grace or all(end <= now for end in ends.values()):
            told[i] = now
            ends["side", i] = now + min(sidecars[i], max(2, grace - now))
        else:
            now += 1
    return [told[i] for i in range(len(sidecars))]
""",
    },
    "in a littered namespace, noisy": {
        "ns-owner": "course = records = checks = points = grade = None\nprint = str\n" + _owner(),
        "reaper": """
import sys, warnings
def reaper(spec):
    sys.stderr.write("looking")
    warnings.warn("still looking")
    share = spec.get("shareProcessNamespace")
    return "host-init" if spec.get("hostPID") else "pause" if share else "container"
""",
        "effective": _effective() + "\n_ = __ = Out = In = 'spoilt'\nzip_ = filter = repr = None\n",
        "next-starts": _starts().replace(
            "last = len", "import logging\n    logging.warning('state')\n    last = len"
        ),
        "term-at": _term(back="tuple(reversed(told))"),
    },
}
