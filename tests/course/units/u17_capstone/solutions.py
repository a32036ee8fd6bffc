"""Solutions of unit 17, right and wrong; wrong parts are in `parts`."""

from tests.course.units.graded import Wrong

_CHECKER = """
def violations(moments, grace):
    def counts(pod, rule):
        alive = pod["phase"] not in %(ended)s
        if rule == "room":
            return alive %(room)s
        if rule == "replica":
            return alive %(replica)s
        return %(usable)s
    found, begun, said = [], {}, set()
    for m in moments:
        bad = []
        for node in m["nodes"]:
            if sum(p["cpu"] for p in m["pods"] if p["node"] == node and counts(p, "room")) > m["nodes"][node]:
                bad.append(("overfull", node))
        for app, size in m["apps"].items():
            mine = [p for p in m["pods"] if p["app"] == app]
            if len([p for p in mine if counts(p, "replica")]) > size["replicas"] + %(surge)s:
                bad.append(("too many", app))
            if len([p for p in mine if counts(p, "usable")]) < size["replicas"] - size["unavailable"]:
                bad.append(("too few", app))
        held = [p["claim"] for p in m["pods"] if p["claim"] and counts(p, "room")]
        bad += sorted({("claim twice", c) for c in held if held.count(c) > 1})
        there = {p["name"]: p for p in m["pods"]}
        for service, pods in m["services"].items():
            for name in pods:
                if %(gone)s:
                    bad.append(("not ready", service + "/" + name))
        %(forget)s
        for one in bad:
            begun.setdefault(one, m["t"])
            late = one[0] in ("too few", "not ready")
            if one not in said and (not late or m["t"] - begun[one] >= grace):
                said.add(one)
                found.append((one[0], one[1], %(when)s))
    return found
"""
_RIGHT = {
    "ended": '("Failed", "Succeeded")',
    "room": "",
    "replica": 'and not pod["leaving"]',
    "usable": 'pod["ready"] and not pod["leaving"]',
    "surge": 'size["surge"]',
    "gone": 'name not in there or not counts(there[name], "usable")',
    "forget": """for one in [one for one in begun if one not in bad]:
            del begun[one]
            said.discard(one)""",
    "when": 'm["t"]',
}


def _checker(**parts: str) -> str:
    return _CHECKER % (_RIGHT | parts)


_PARTS = ("parts-morning", "parts-afternoon", "parts-night")
_EXAMPLES = ("violations-examples",)
_BOTH = ("violations-examples", "violations-unseen")
_CHAIN = ("chain-examples",)
_STEP = """
def chain(events, links, last):
    place = next(i for i, e in enumerate(events) if e["id"] == last)
    effect, found = events[place], [last]
    for cause in %(candidates)s:
        fits = any(w == cause["what"] and %(time)s for w, a, b in links.get(effect["what"], []))
        if fits and %(same)s:
            found.insert(0, cause["id"])
            effect = cause
            %(end)s
    return found
"""
_STEPS = {
    "candidates": "reversed(events[:place])",
    "time": 'a <= effect["t"] - cause["t"] <= b',
    "same": 'set(cause["on"]) & set(effect["on"])',
    "end": "pass",
}


def _chain(**parts: str) -> str:
    return _STEP % (_STEPS | parts)


WRONG = [
    Wrong("parts", "nothing is theirs", _PARTS, "PARTS = {}"),
    Wrong("parts", "no dict at all", _PARTS, "PARTS = None"),
    Wrong(
        "violations", "a pod that leaves has left its room", _BOTH, _checker(room='and not pod["leaving"]')
    ),
    Wrong("violations", "an ended pod holds its room", _BOTH, _checker(ended="()")),
    Wrong("violations", "a pod that leaves is a replica", _BOTH, _checker(replica="")),
    Wrong("violations", "only ready pods are replicas", _BOTH, _checker(replica='and pod["ready"]')),
    Wrong("violations", "a ready pod is used until it is gone", _BOTH, _checker(usable='pod["ready"]')),
    Wrong("violations", "no surge", _BOTH, _checker(surge="0")),
    Wrong(
        "violations",
        "a pod that is gone needs no endpoint",
        _EXAMPLES,
        _checker(gone='name in there and not counts(there[name], "usable")'),
    ),
    Wrong("violations", "once is enough", _BOTH, _checker(forget="pass")),
    Wrong("violations", "told with the time of its beginning", _BOTH, _checker(when="begun[one]")),
    Wrong("violations", "nothing is ever broken", _BOTH, "def violations(moments, grace):\n    return []"),
    Wrong("chain", "whatever came before is the cause", _CHAIN, _chain(same="True")),
    Wrong("chain", "time does not matter", _CHAIN, _chain(time="True")),
    Wrong("chain", "one step back", _CHAIN, _chain(end="break")),
    Wrong("chain", "the first of several", _CHAIN, _chain(candidates="events[:place]")),
    Wrong("chain", "there are no causes", _CHAIN, "def chain(events, links, last):\n    return [last]"),
    Wrong("my-counts", "no example", ("my-counts-judged",), "my_counts = []"),
    Wrong(
        "my-counts",
        "only pods that are well",
        ("my-counts-judged",),
        'my_counts = [("overfull", "Running", False, True, True), ("too few", "Running", False, True, True)]',
    ),
]

RIGHT = {
    "with loops": {"violations": _checker(), "chain": _chain()},
    "with what the package has": {
        "violations": "from course.units.u17_capstone.judged import violations",
        "chain": "from course.units.u17_capstone.judged import chain",
    },
}
