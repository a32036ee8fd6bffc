"""Solutions of unit 11 as learners write them: wrong ones, each with its misconception, and right ones.

A wrong solution is the lesson's own with a few words changed; it names the test cells that must take points,
and no other test of its exercise may.
"""

import functools
from typing import NamedTuple

from tests.course.units.graded import GradedLesson

UNIT = "11_services"


class Wrong(NamedTuple):
    """A misconception: its exercise, one sentence, the test cells meant for it, and what is changed."""

    exercise: str
    belief: str
    caught_by: tuple[str, ...]
    changes: tuple[tuple[str, str], ...]

    @property
    def code(self) -> str:
        """The text that goes into the exercise's cell."""
        code = _solution(self.exercise)
        for right, wrong in self.changes:
            assert code.count(right) == 1, (self.belief, right)
            code = code.replace(right, wrong)
        return code


@functools.cache
def _solution(exercise: str) -> str:
    return GradedLesson(UNIT).cells[exercise].source


_ALL = tuple(f"endpoint-groups-{cell}" for cell in ("examples", "records", "unseen"))
_OWN = tuple(f"endpoint-groups-{cell}" for cell in ("examples", "unseen"))
_USABLE = ("usable-cases", "usable-unseen")
_PLAN = ("plan-examples", "plan-unseen")
_WORK = (*_PLAN, "plan-at-work")


_SPREAD = """if fitting and len(waiting) < limit:
            pass
        elif with_room := [name for name in untouched if len(untouched[name]) < limit]:
            name = max(with_room, key=lambda each: len(untouched[each]))
            room = limit - len(untouched[name])
            update[name] = untouched.pop(name) + waiting[:room]
            waiting = waiting[room:]
            continue
        if fitting and len(waiting) < limit:"""


def _groups(belief: str, right: str, wrong: str, cells: tuple[str, ...] = _ALL) -> Wrong:
    return Wrong("endpoint-groups", belief, cells, ((right, wrong),))


def _usable(belief: str, right: str, wrong: str, cells: tuple[str, ...] = _USABLE) -> Wrong:
    return Wrong("usable", belief, cells, ((right, wrong),))


def _plan(belief: str, right: str, wrong: str, cells: tuple[str, ...] = _PLAN) -> Wrong:
    return Wrong("plan", belief, cells, ((right, wrong),))


WRONG = [
    _groups(
        "an unready pod is in no slice",
        'if status.get("phase") in ("Succeeded", "Failed") or not ips:',
        'if status.get("phase") in ("Succeeded", "Failed") or not ips or not any('
        'c["status"] == "True" for c in status.get("conditions", [])):',
    ),
    _groups(
        "a terminating pod is in no slice",
        'if status.get("phase") in ("Succeeded", "Failed") or not ips:',
        'if status.get("phase") in ("Succeeded", "Failed") or not ips or "deletionTimestamp" in metadata:',
    ),
    _groups(
        "a terminating pod that serves is ready",
        "ready = publish or (serving and not terminating)",
        "ready = publish or serving",
    ),
    _groups(
        "publishNotReadyAddresses makes a pod serving",
        '"serving": serving,',
        '"serving": publish or serving,',
    ),
    _groups(
        "publishNotReadyAddresses changes no condition",
        "ready = publish or (serving and not terminating)",
        "ready = serving and not terminating",
    ),
    _groups(
        "a Service selects pods in all namespaces",
        'if metadata["namespace"] != service["metadata"]["namespace"]:',
        "if False:",
        _OWN,
    ),
    _groups(
        "one matching label is enough",
        'if not spec["selector"].items() <= metadata.get("labels", {}).items():',
        'if not spec["selector"].items() & metadata.get("labels", {}).items():',
    ),
    _groups(
        "an address whose port name cannot be found is removed",
        "groups.setdefault(ports, []).append(endpoint)",
        'if len(ports) == len(spec.get("ports", [])): groups.setdefault(ports, []).append(endpoint)',
    ),
    _groups(
        "a Service without a selector has no endpoints: {}",
        "return None\n    publish",
        "return {}\n    publish",
        ("endpoint-groups-examples",),
    ),
    _groups(
        "a pod counts wherever it is said to run",
        "if node not in labels_of and not publish:",
        "if False:",
        _OWN,
    ),
    _groups(
        "a pod without a Node never counts",
        "if node not in labels_of and not publish:",
        "if node not in labels_of:",
        _OWN,
    ),
    _groups(
        "a pod that has ended is listed",
        'if status.get("phase") in ("Succeeded", "Failed") or not ips:',
        "if not ips:",
        _OWN,
    ),
    _groups("sidecars have no ports", "+ sidecars:", "+ []:", _OWN),
    _groups(
        "sidecars come first",
        'pod["spec"]["containers"] + sidecars',
        'sidecars + pod["spec"]["containers"]',
        _OWN,
    ),
    _groups(
        "all init containers are sidecars",
        ' if c.get("restartPolicy") == "Always"]',
        "]",
        ("endpoint-groups-examples",),
    ),
    _groups("the protocol does not matter", "if same and each", "if each", _OWN),
    _groups(
        "all addresses, whatever the family", ' if (":" in each["ip"]) == (family == "IPv6")]', "]", _OWN
    ),
    _groups(
        "without a targetPort there is no port",
        'port.get("targetPort", port["port"])',
        'port.get("targetPort", "")',
    ),
    _groups(
        "without a targetPort the port is 80",
        'port.get("targetPort", port["port"])',
        'port.get("targetPort", 80)',
        ("endpoint-groups-examples",),
    ),
    _groups(
        "a pod of which nobody knows whether it is ready serves",
        """serving = {"Ready": "True"}.items() <= {""",
        """serving = ("Ready", "False") not in {
            c["type"]: c["status"] for c in status.get("conditions", [])
        }.items() and bool(status.get("conditions")) or {"Ready": "True"}.items() <= {""",
        ("endpoint-groups-examples",),
    ),
    _groups("a port's number is a text", "            return target\n", "            return str(target)\n"),
    _groups(
        "only running pods are listed",
        'if status.get("phase") in ("Succeeded", "Failed") or not ips:',
        'if status.get("phase") != "Running" or not ips:',
        ("endpoint-groups-examples",),
    ),
    _usable(
        "where hints for nodes are missing, those for zones do not count",
        "if mine and all(hinted(one, kind) for one in candidates):",
        "if any(hinted(one, kind) for one in candidates) and not all("
        "hinted(one, kind) for one in candidates):\n            break\n"
        "        if mine and all(hinted(one, kind) for one in candidates):",
    ),
    _usable(
        "who does not serve is not ready",
        'if says(one, "ready", True)]',
        'if says(one, "ready", True) and says(one, "serving", True)]',
        ("usable-cases",),
    ),
    _usable("a missing ready means false", 'says(one, "ready", True)', 'says(one, "ready", False)'),
    _usable("a missing serving means false", 'says(one, "serving", True)', 'says(one, "serving", False)'),
    _usable(
        "a missing terminating means true",
        'says(one, "terminating", False)',
        'says(one, "terminating", True)',
    ),
    _usable(
        "terminating endpoints are used beside ready ones",
        'if says(one, "ready", True)]',
        'if says(one, "ready", True) or says(one, "terminating", False)]',
    ),
    _usable(
        "terminating endpoints are never used",
        'return {one["addresses"][0] for one in leaving}',
        "return set()",
    ),
    _usable(
        "hints count one by one", "if mine and all(hinted(one, kind) for one in candidates):", "if mine:"
    ),
    _usable(
        "hints count when all endpoints have them, unready ones too",
        "all(hinted(one, kind) for one in candidates)",
        "all(hinted(one, kind) for one in endpoints)",
    ),
    _usable(
        "zones come before nodes",
        '(("forNodes", node), ("forZones", zone))',
        '(("forZones", zone), ("forNodes", node))',
    ),
    _usable("a zone without endpoints of its own gets none", "if mine and all", "if all"),
    _usable(
        "whoever is not ready serves",
        'if says(one, "serving", True) and says(one, "terminating", False)]',
        'if says(one, "serving", True)]',
    ),
    Wrong(
        "plan",
        "slices are filled anew from the front",
        _WORK,
        (
            (
                "        if kept == members:\n            untouched[name] = kept\n",
                "        if False:\n            pass\n",
            ),
            (
                "kept = [endpoint for endpoint in found if endpoint is not None]",
                "waiting.update({tuple(e['addresses']): e for e in found if e}); kept = []",
            ),
        ),
    ),
    _plan(
        "what remains is spread over several untouched slices",
        "if fitting and len(waiting) < limit:",
        _SPREAD,
    ),
    _plan(
        "a whole slice's worth may go into an empty one",
        "if fitting and len(waiting) < limit:",
        "if fitting and len(waiting) <= limit:",
        ("plan-examples", "plan-unseen"),
    ),
    _plan("the emptiest slice is filled first", "max(fitting, key", "min(fitting, key"),
    _plan("slices that are written anyway get nothing more", "room = limit - len(members)", "room = 0"),
    _plan("the emptiest of the written slices is filled first", "key=len, reverse=True", "key=len"),
    _plan(
        "a creation and a deletion are two writes",
        "while create and delete:",
        "while False:",
        ("plan-examples", "plan-unseen"),
    ),
    _plan(
        "an emptied slice stays", "            delete.append(name)", "            update[name] = []", _WORK
    ),
    _plan(
        "an endpoint that only changes is left as it was",
        'found = [waiting.pop(tuple(endpoint["addresses"]), None) for endpoint in members]',
        'gone = {tuple(e["addresses"]) for e in members if not waiting.pop(tuple(e["addresses"]), None)}\n'
        '        found = [e for e in members if tuple(e["addresses"]) not in gone]',
        ("plan-examples", "plan-unseen", "plan-at-work"),
    ),
    _plan(
        "an endpoint that changes is a new one, and may go elsewhere",
        'found = [waiting.pop(tuple(endpoint["addresses"]), None) for endpoint in members]',
        'same = [waiting.get(tuple(e["addresses"])) == e for e in members]\n'
        '        found = [waiting.pop(tuple(e["addresses"])) if s else None for e, s in zip(members, same)]',
        _WORK,
    ),
    _plan("every new endpoint gets a new slice", "if fitting and len(waiting) < limit:", "if False:", _WORK),
    _plan(
        "the limit is 100, whatever is given",
        "    waiting = {tuple(",
        "    limit = 100\n    waiting = {tuple(",
        _WORK,
    ),
    Wrong(
        "bytes-sent", "each endpoint is a write", ("bytes-sent-examples",), (("in set(moment)", "in moment"),)
    ),
    Wrong(
        "bytes-sent",
        "all slices are sent",
        ("bytes-sent-examples",),
        (("sizes[number] for moment in flips for number in set(moment)", "sum(sizes) for moment in flips"),),
    ),
    Wrong(
        "bytes-sent",
        "all moments together are one write",
        ("bytes-sent-examples",),
        (
            (
                "for moment in flips for number in set(moment)",
                "for number in {n for moment in flips for n in moment}",
            ),
        ),
    ),
]

_GROUPS_BY_CLASSES = """
from collections import defaultdict

ZONE = "topology.kubernetes.io/zone"


def endpoint_groups(service, pods, nodes, family):
    spec = service["spec"]
    selector = spec.get("selector") or {}
    if not selector or spec.get("type", "ClusterIP") == "ExternalName":
        return None
    by_name = {}
    for node in nodes:
        by_name[node["metadata"]["name"]] = node
    groups = defaultdict(list)
    for pod in pods:
        if not _selected(service, selector, pod) or _over(pod):
            continue
        wanted = family == "IPv6"
        ips = [ip["ip"] for ip in pod.get("status", {}).get("podIPs") or [] if (":" in ip["ip"]) is wanted]
        name = pod["spec"].get("nodeName", "")
        if not ips:
            continue
        if not spec.get("publishNotReadyAddresses") and name not in by_name:
            continue
        serving = _is_ready(pod)
        going = bool(pod["metadata"].get("deletionTimestamp"))
        one = {
            "addresses": ips,
            "conditions": {
                "ready": True if spec.get("publishNotReadyAddresses") else serving and not going,
                "serving": serving,
                "terminating": going,
            },
            "targetRef": {"kind": "Pod", "name": pod["metadata"]["name"]},
        }
        if name:
            one["nodeName"] = name
        if name in by_name and by_name[name]["metadata"].get("labels", {}).get(ZONE):
            one["zone"] = by_name[name]["metadata"]["labels"][ZONE]
        groups[_ports(spec, pod)].append(one)
    return dict(groups)


def _selected(service, selector, pod):
    meta = pod["metadata"]
    if meta["namespace"] != service["metadata"]["namespace"]:
        return False
    return all((meta.get("labels") or {}).get(key) == value for key, value in selector.items())


def _over(pod):
    return pod.get("status", {}).get("phase") in {"Succeeded", "Failed"}


def _is_ready(pod):
    for condition in pod.get("status", {}).get("conditions") or []:
        if condition["type"] == "Ready":
            return condition["status"] == "True"
    return False


def _ports(spec, pod):
    ports = []
    for port in spec.get("ports") or []:
        protocol = port.get("protocol") or "TCP"
        target = port.get("targetPort") or port["port"]
        if isinstance(target, str):
            target = _named(pod, target, protocol)
        if target:
            ports.append((port.get("name") or "", target, protocol))
    return tuple(ports)


def _named(pod, name, protocol):
    containers = list(pod["spec"]["containers"])
    for init in pod["spec"].get("initContainers") or []:
        if init.get("restartPolicy") == "Always":
            containers.append(init)
    for container in containers:
        for port in container.get("ports") or []:
            if port.get("name") == name and (port.get("protocol") or "TCP") == protocol:
                return port["containerPort"]
    return None
"""

_USABLE_BY_STEPS = """
def usable(endpoints, zone, node):
    ready, leaving = [], set()
    for e in endpoints:
        c = e.get("conditions") or {}
        if c.get("ready") is None or c["ready"]:
            ready.append(e)
        elif c.get("terminating") and c.get("serving") is not False:
            leaving.add(e["addresses"][0])
    if ready == []:
        return leaving
    nodes = [{h["name"] for h in (e.get("hints") or {}).get("forNodes", ())} for e in ready]
    zones = [{h["name"] for h in (e.get("hints") or {}).get("forZones", ())} for e in ready]
    addresses = [e["addresses"][0] for e in ready]
    for named, mine in ((nodes, node), (zones, zone)):
        if min(len(n) for n in named) > 0 and any(mine in n for n in named):
            return [a for a, n in zip(addresses, named) if mine in n]
    return addresses
"""

_PLAN_BY_HAND = """
def plan(slices, desired, limit=100):
    import copy

    by_address = {e["addresses"][0]: e for e in copy.deepcopy(desired)}
    state, changed, gone = {}, set(), []
    for name in sorted(slices, reverse=True):
        state[name] = []
        for old in slices[name]:
            new = by_address.pop(old["addresses"][0], None)
            if new is None or new != old:
                changed.add(name)
            if new is not None:
                state[name].append(new)
        if name in changed and not state[name]:
            changed.discard(name)
            gone.append(name)
    rest = [by_address[a] for a in by_address]
    for name in sorted(changed, key=lambda n: -len(state[n])):
        while rest and len(state[name]) < limit:
            state[name].append(rest.pop())
    create = []
    while rest:
        best = None
        if len(rest) < limit:
            for name in state:
                if name in changed or name in gone or len(state[name]) + len(rest) > limit:
                    continue
                if best is None or len(state[name]) > len(state[best]):
                    best = name
        if best is not None:
            state[best] += rest
            changed.add(best)
            rest = []
        else:
            create.append(rest[:limit])
            del rest[:limit]
    update = {name: state[name] for name in changed}
    for name in list(gone):
        if create:
            update[name] = create.pop(0)
            gone.remove(name)
    return create, update, gone
"""

_BYTES_BY_LOOP = """
def bytes_sent(sizes, flips, watchers):
    total = 0
    for moment in flips:
        for number, size in enumerate(sizes):
            if number in moment:
                total += size
    return total * watchers
"""

RIGHT = {
    "by small functions": {"endpoint-groups": _GROUPS_BY_CLASSES},
    "step by step": {"usable": _USABLE_BY_STEPS, "bytes-sent": _BYTES_BY_LOOP},
    "with another order of slices": {"plan": _PLAN_BY_HAND},
    "all of them": {
        "endpoint-groups": _GROUPS_BY_CLASSES,
        "usable": _USABLE_BY_STEPS,
        "plan": _PLAN_BY_HAND,
        "bytes-sent": _BYTES_BY_LOOP,
    },
}
