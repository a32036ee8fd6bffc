"""Solutions of lesson 08 as learners write them: wrong ones, each with its misconception, and right ones.

Each is the text that goes into a cell of an exercise.  A wrong one names the test cells that must take
points; no other test of its exercise may.
"""

from tests.course.units.graded import Wrong


def _filler(template, right):
    """Return a function that fills a template with right parts, but for those it is given."""
    return lambda **parts: template.format(**{**right, **parts})


_fenceposts = _filler(
    """
import math

def fenceposts(replicas, max_surge, max_unavailable):
    def pods(amount, rounded):
        if isinstance(amount, str):
            return rounded({percent})
        return amount

    surge = {surge}
    unavailable = {unavailable}
    {both_zero}
    return surge, unavailable
""",
    {
        "percent": "int(amount[:-1]) * replicas / 100",
        "surge": "pods(max_surge, math.ceil)",
        "unavailable": "pods(max_unavailable, math.floor)",
        "both_zero": "if surge == 0 and unavailable == 0: unavailable = 1",
    },
)

_step = _filler(
    """
def rolling_step(replicas, surge, unavailable, rss):
    sizes = {{rs["name"]: rs["spec"] for rs in rss}}
    new = {find_new}
    old = sorted([rs for rs in rss if not rs["is_new"]], key=lambda rs: {order})
    total = sum(sizes.values())
    if new["spec"] > replicas:
        wanted = {cut}
    else:
        wanted = new["spec"] + max(0, min(replicas + surge - total, replicas - new["spec"]))
    sizes[new["name"]] = wanted
    if wanted != new["spec"] {one_thing}:
        return [{{**rs, "spec": sizes[rs["name"]]}} for rs in rss]
    least = replicas - unavailable
    budget = {budget}
    if budget > 0:
        {cleanup}
        spare = {spare}
        for rs in {then}:
            gone = max(0, min(spare, sizes[rs["name"]]))
            sizes[rs["name"]] -= gone
            spare -= gone
    return [{{**rs, "spec": sizes[rs["name"]]}} for rs in {result}]
""",
    {
        "find_new": 'next(rs for rs in rss if rs["is_new"])',
        "order": 'rs["created"]',
        "cut": "replicas",
        "one_thing": "",
        "budget": 'total - least - (new["spec"] - new["available"])',
        "cleanup": """for rs in old:
            gone = min(budget, rs["spec"] - rs["available"])
            sizes[rs["name"]] -= gone
            budget -= gone""",
        "spare": 'sum(rs["available"] for rs in rss) - least',
        "then": "old",
        "result": "rss",
    },
)

_scale = _filler(
    """
import math

def scale_proportionally(rss, replicas, surge, status_replicas):
    result = {start}
    active = [rs for rs in rss if rs["replicas"] > 0]
    if len(active) == 1:
        result[active[0]["name"]] = {alone}
        return result
    if not active:
        newest = {newest}
        result[newest["name"]] = replicas
        return result
    missing = {target} - sum(rs["replicas"] for rs in active)
    if missing == 0:
        return result
    active.sort(key=lambda rs: {order})
    added = 0
    for rs in active:
        left = missing - added
        before = {before}
        if replicas == 0:
            share = -rs["replicas"]
        elif not before:
            share = 0
        else:
            share = {rounded}(rs["replicas"] * (replicas + surge) / before) - rs["replicas"]
        share = {clamped}
        result[rs["name"]] += share
        added += share
    {leftover}
    {finally_}
    return result

def half_away(x):
    return math.floor(x + 0.5)
""",
    {
        "start": '{rs["name"]: rs["replicas"] for rs in rss}',
        "alone": "replicas",
        "newest": 'max(rss, key=lambda rs: rs["created"])',
        "target": "(replicas + surge if replicas else 0)",
        "order": '(-rs["replicas"], -rs["created"] if missing > 0 else rs["created"])',
        "before": 'rs["max_replicas"] or status_replicas',
        "rounded": "half_away",
        "clamped": "0 if not left else min(share, left) if missing > 0 else max(share, left)",
        "leftover": 'first = active[0]["name"]; result[first] = max(0, result[first] + missing - added)',
        "finally_": "",
    },
)

_switch = _filler(
    """
def switch_service(api, svc, colour):
    own = svc + "-" + colour
    deployment = api.get("deployments", own, "default")
    status, want = deployment.get("status", {{}}), deployment["spec"]["replicas"]
    {early}
    {seen}
    for key in {counts}:
        if status.get(key, 0) != want:
            raise ValueError(key)
    items = api.list("endpointslices", "default", label_selector={selector})["items"]
    ready = 0
    for one in items:
        for endpoint in one.get("endpoints") or []:
            ready += {is_ready}
    {enough}
    {write}
""",
    {
        "early": "",
        "seen": 'if status.get("observedGeneration", 0) < deployment["metadata"]["generation"]: raise ValueError("old")',
        "counts": '("replicas", "updatedReplicas", "availableReplicas")',
        "selector": '"kubernetes.io/service-name=" + own',
        "is_ready": 'endpoint.get("conditions", {}).get("ready", True) is not False',
        "enough": 'if ready < want: raise ValueError("not ready")',
        "write": 'api.patch("services", svc, {"spec": {"selector": {"colour": colour}}}, "default")',
    },
)

_canary = _filler(
    """
from math import gcd

def canary_weights(ready, weights=None):
    if weights is None:
        parts = {by_pods}
    else:
        parts = {by_weights}
    total = {total}
    shares = {{}}
    for name, part in parts.items():
        common = {common}
        shares[name] = [part // common, total // common] if part and total else [0, 1]
    return shares
""",
    {
        "by_pods": "dict(ready)",
        "by_weights": "{n: (1 if weights[n] is None else weights[n]) if n in weights else 0 for n in ready}",
        "total": "sum(parts.values())",
        "common": "gcd(part, total) or 1",
    },
)

_config = _filler(
    """
def config_effect(pod_spec, configmap, key):
    files = {{}}
    for volume in pod_spec.get("volumes", []):
        sources = [volume["configMap"]] if "configMap" in volume else []
        for source in {projected}:
            if "configMap" in source:
                sources.append(source["configMap"])
        files[volume["name"]] = set()
        for source in sources:
            if {same_map}:
                for item in {items}:
                    if item["key"] == key:
                        files[volume["name"]].add({file})
    effects = {{}}
    for c in {containers}:
        found = []
        for entry in c.get("env", []):
            ref = entry.get("valueFrom", {{}}).get("configMapKeyRef")
            if ref and ref["name"] == configmap {same_key}:
                found.append("restart")
        for entry in {env_from}:
            if entry.get("configMapRef", {{}}).get("name") == configmap:
                found.append("restart")
        for mount in c.get("volumeMounts", []):
            shown = files.get(mount["name"], set())
            if "subPath" in mount {ignore_sub_path}:
                if {sub_path}:
                    found.append("{of_sub_path}")
            elif shown:
                found.append("live")
        effects[c["name"]] = "none"
        for each in {rank}:
            if each in found:
                effects[c["name"]] = each
    return effects
""",
    {
        "projected": 'volume.get("projected", {}).get("sources", [])',
        "same_map": 'source["name"] == configmap',
        "items": 'source.get("items") or [{"key": key, "path": key}]',
        "file": 'item["path"]',
        "containers": 'pod_spec.get("initContainers", []) + pod_spec["containers"]',
        "same_key": 'and ref["key"] == key',
        "env_from": 'c.get("envFrom", [])',
        "ignore_sub_path": "",
        "sub_path": 'mount["subPath"] in shown',
        "of_sub_path": "restart",
        "rank": '("live", "restart")',
    },
)

_FENCE_CELLS = ("fenceposts-examples", "fenceposts-unseen")
_STEP_CELLS = ("rolling-step-examples", "rolling-step-records", "rolling-step-unseen", "rolling-step-at-work")
_STEP_PURE = ("rolling-step-examples", "rolling-step-records", "rolling-step-unseen")
_STEP_OWN = ("rolling-step-examples", "rolling-step-unseen")
_SCALE_CELLS = (
    "scale-proportionally-examples",
    "scale-proportionally-records",
    "scale-proportionally-unseen",
)
_SCALE_OWN = ("scale-proportionally-examples", "scale-proportionally-unseen")
_SWITCH_CELLS = ("switch-service-audit",)
_CANARY_CELLS = ("canary-weights-examples",)
_CONFIG_CELLS = ("config-effect-examples", "config-effect-unseen")

WRONG = [
    Wrong(
        "fenceposts",
        "both round up",
        _FENCE_CELLS,
        _fenceposts(unavailable="pods(max_unavailable, math.ceil)"),
    ),
    Wrong("fenceposts", "both round down", _FENCE_CELLS, _fenceposts(surge="pods(max_surge, math.floor)")),
    Wrong(
        "fenceposts",
        "both round to the nearest",
        _FENCE_CELLS,
        _fenceposts().replace("math.ceil)", "round)").replace("math.floor)", "round)"),
    ),
    Wrong(
        "fenceposts",
        "each is at least 1",
        _FENCE_CELLS,
        _fenceposts(both_zero="surge, unavailable = max(1, surge), max(1, unavailable)"),
    ),
    Wrong(
        "fenceposts",
        "unavailable is at least 1",
        _FENCE_CELLS,
        _fenceposts(both_zero="unavailable = max(1, unavailable)"),
    ),
    Wrong("fenceposts", "two zeros stay", _FENCE_CELLS, _fenceposts(both_zero="")),
    Wrong(
        "fenceposts",
        "the surge becomes 1 when both are 0",
        _FENCE_CELLS,
        _fenceposts(both_zero="if surge == unavailable == 0: surge = 1"),
    ),
    Wrong(
        "fenceposts",
        "floating point is exact",
        _FENCE_CELLS,
        _fenceposts(percent="replicas * (int(amount[:-1]) / 100)"),
    ),
    Wrong(
        "fenceposts",
        "a surge is at most replicas",
        _FENCE_CELLS,
        _fenceposts(surge="min(replicas, pods(max_surge, math.ceil))"),
    ),
    Wrong("fenceposts", "always one and one", _FENCE_CELLS, "def fenceposts(*_):\n    return 1, 1\n"),
    Wrong(
        "rolling-step",
        "new Pods count as available once they are asked for",
        _STEP_CELLS,
        _step(budget="total - least", spare='sum(rs["available"] for rs in old) + new["spec"] - least'),
    ),
    Wrong(
        "rolling-step",
        "new Pods that are not available make room for sick old ones",
        _STEP_PURE,
        _step(budget="total - least"),
    ),
    Wrong("rolling-step", "up and down in one step", _STEP_PURE, _step(one_thing="and False")),
    Wrong("rolling-step", "sick old Pods need no cleanup", _STEP_PURE, _step(cleanup="pass")),
    Wrong(
        "rolling-step",
        "after the cleanup the step is over",
        _STEP_OWN,
        _step(
            spare='0 if any(rs["spec"] != sizes[rs["name"]] for rs in old) else sum(rs["available"] for rs in rss) - least'
        ),
    ),
    Wrong("rolling-step", "the youngest goes first", _STEP_OWN, _step(order='-rs["created"]')),
    Wrong("rolling-step", "in the order of the list", _STEP_OWN, _step(order="0")),
    Wrong("rolling-step", "a new ReplicaSet that is too large waits", _STEP_OWN, _step(cut='new["spec"]')),
    Wrong("rolling-step", "the last one is the new one", _STEP_OWN, _step(find_new="rss[-1]")),
    Wrong(
        "rolling-step",
        "the result is sorted by age",
        _STEP_OWN,
        _step(result='sorted(rss, key=lambda rs: rs["created"])'),
    ),
    Wrong(
        "rolling-step",
        "surge is not for the new ReplicaSet",
        _STEP_CELLS,
        _step().replace("replicas + surge - total", "replicas - total"),
    ),
    Wrong(
        "rolling-step",
        "one Pod at a time",
        _STEP_PURE,
        _step().replace(
            'min(replicas + surge - total, replicas - new["spec"])',
            'min(1, replicas + surge - total, replicas - new["spec"])',
        ),
    ),
    Wrong(
        "rolling-step",
        "everything at once",
        _STEP_CELLS,
        'def rolling_step(replicas, surge, unavailable, rss):\n    return [{**rs, "spec": replicas if rs["is_new"] else 0} for rs in rss]\n',
    ),
    Wrong(
        "rolling-step",
        "nothing ever moves",
        _STEP_CELLS,
        "def rolling_step(replicas, surge, unavailable, rss):\n    return rss\n",
    ),
    Wrong("scale-proportionally", "Python's round", _SCALE_OWN, _scale(rounded="round")),
    Wrong("scale-proportionally", "rounded down", _SCALE_CELLS, _scale(rounded="math.floor")),
    Wrong(
        "scale-proportionally",
        "by age only",
        _SCALE_OWN,
        _scale(order='-rs["created"] if missing > 0 else rs["created"]'),
    ),
    Wrong(
        "scale-proportionally",
        "the newer first, also when removing",
        _SCALE_OWN,
        _scale(order='(-rs["replicas"], -rs["created"])'),
    ),
    Wrong(
        "scale-proportionally",
        "the leftover goes to the last",
        _SCALE_CELLS,
        _scale(leftover='last = active[-1]["name"]; result[last] = max(0, result[last] + missing - added)'),
    ),
    Wrong(
        "scale-proportionally",
        "the leftover goes to the newest",
        _SCALE_OWN,
        _scale(
            leftover='last = max(active, key=lambda rs: rs["created"])["name"]; result[last] = max(0, result[last] + missing - added)'
        ),
    ),
    Wrong("scale-proportionally", "the leftover is lost", _SCALE_CELLS, _scale(leftover="")),
    Wrong(
        "scale-proportionally",
        "no ReplicaSet passes replicas",
        _SCALE_CELLS,
        _scale(finally_="result = {name: min(size, replicas) for name, size in result.items()}"),
    ),
    Wrong("scale-proportionally", "the target has no surge", _SCALE_CELLS, _scale(target="replicas")),
    Wrong(
        "scale-proportionally",
        "a sole one gets the surge, too",
        _SCALE_CELLS,
        _scale(alone="replicas + surge if replicas else 0"),
    ),
    Wrong(
        "scale-proportionally",
        "the oldest takes all when none has Pods",
        _SCALE_OWN,
        _scale(newest='min(rss, key=lambda rs: rs["created"])'),
    ),
    Wrong(
        "scale-proportionally",
        "max_replicas is what is there",
        _SCALE_OWN,
        _scale(before='sum(rs["replicas"] for rs in active)'),
    ),
    Wrong(
        "scale-proportionally",
        "a missing max_replicas is no change",
        _SCALE_OWN,
        _scale(before='rs["max_replicas"]'),
    ),
    Wrong(
        "scale-proportionally",
        "shares are not held back by what is left",
        _SCALE_OWN,
        _scale(clamped="share"),
    ),
    Wrong(
        "scale-proportionally",
        "a share goes one way only",
        _SCALE_OWN,
        _scale(clamped="max(0, min(share, left)) if missing > 0 else min(0, max(share, left))"),
    ),
    Wrong(
        "scale-proportionally",
        "where nothing is left, a share can still go the other way",
        ("scale-proportionally-examples",),
        _scale(clamped="min(share, left) if missing > 0 else max(share, left)"),
    ),
    Wrong(
        "scale-proportionally",
        "empty ones are not in the answer",
        _SCALE_OWN,
        _scale(
            start='{rs["name"]: rs["replicas"] for rs in rss if rs["replicas"] or not any(r["replicas"] for r in rss)}'
        ),
    ),
    Wrong(
        "switch-service",
        "the selector is all that matters",
        _SWITCH_CELLS,
        "def switch_service(api, svc, colour):\n    api.patch('services', svc, {'spec': {'selector': {'colour': colour}}}, 'default')\n",
    ),
    Wrong("switch-service", "the status is always about the latest spec", _SWITCH_CELLS, _switch(seen="")),
    Wrong(
        "switch-service", "available Pods are enough", _SWITCH_CELLS, _switch(counts='("availableReplicas",)')
    ),
    Wrong(
        "switch-service",
        "old Pods do not matter",
        _SWITCH_CELLS,
        _switch(counts='("updatedReplicas", "availableReplicas")'),
    ),
    Wrong("switch-service", "endpoints follow from the Deployment", _SWITCH_CELLS, _switch(enough="")),
    Wrong(
        "switch-service",
        "the endpoints that count are those of the Service that is switched",
        _SWITCH_CELLS,
        _switch(selector='"kubernetes.io/service-name=" + svc'),
    ),
    Wrong("switch-service", "a listed endpoint is a ready one", _SWITCH_CELLS, _switch(is_ready="1")),
    Wrong(
        "switch-service",
        "a condition that is missing is false",
        _SWITCH_CELLS,
        _switch(is_ready='endpoint.get("conditions", {}).get("ready") is True'),
    ),
    Wrong(
        "switch-service",
        "one slice holds all endpoints",
        _SWITCH_CELLS,
        _switch().replace("for one in items", "for one in items[:1]"),
    ),
    Wrong(
        "switch-service",
        "first write, then look",
        _SWITCH_CELLS,
        _switch(
            early='api.patch("services", svc, {"spec": {"selector": {"colour": colour}}}, "default")',
            write="",
        ),
    ),
    Wrong(
        "switch-service",
        "the selector has no keys but app and colour",
        _SWITCH_CELLS,
        _switch(
            write='api.patch("services", svc, [{"op": "replace", "path": "/spec/selector", "value": {"app": svc, "colour": colour}}], "default", type="json")'
        ),
    ),
    Wrong(
        "switch-service",
        "the whole Service is written back",
        _SWITCH_CELLS,
        _switch(
            write='service = api.get("services", svc, "default"); service["spec"]["selector"]["colour"] = colour; api.update("services", service, "default")'
        ),
    ),
    Wrong(
        "switch-service",
        "a label says which colour is live",
        _SWITCH_CELLS,
        _switch(
            write='api.patch("services", svc, {"metadata": {"labels": {"live": colour}}, "spec": {"selector": {"colour": colour}}}, "default")'
        ),
    ),
    Wrong(
        "switch-service",
        "the old colour is scaled down at once",
        _SWITCH_CELLS,
        _switch(
            write='api.patch("services", svc, {"spec": {"selector": {"colour": colour}}}, "default"); other = {"green": "blue"}.get(colour, "green"); api.patch("deployments", svc + "-" + other, {"spec": {"replicas": 0}}, "default")'
        ),
    ),
    Wrong(
        "switch-service",
        "refusing is doing nothing",
        _SWITCH_CELLS,
        _switch().replace('raise ValueError("not ready")', "return"),
    ),
    Wrong(
        "canary-weights",
        "each Deployment gets the same share",
        _CANARY_CELLS,
        _canary(by_pods="{name: 1 if pods else 0 for name, pods in ready.items()}"),
    ),
    Wrong(
        "canary-weights",
        "weights are per cent",
        _CANARY_CELLS,
        _canary(total="100 if weights else sum(parts.values())"),
    ),
    Wrong(
        "canary-weights",
        "weights times Pods",
        _CANARY_CELLS,
        _canary(
            by_weights="{n: ready[n] * ((1 if weights[n] is None else weights[n]) if n in weights else 0) for n in ready}"
        ),
    ),
    Wrong(
        "canary-weights",
        "a missing weight is 0",
        _CANARY_CELLS,
        _canary(by_weights="{n: weights.get(n) or 0 for n in ready}"),
    ),
    Wrong(
        "canary-weights",
        "a weight of 0 is 1",
        _CANARY_CELLS,
        _canary(by_weights="{n: (weights[n] or 1) if n in weights else 0 for n in ready}"),
    ),
    Wrong(
        "canary-weights",
        "a name without a weight has weight 1",
        _CANARY_CELLS,
        _canary(by_weights="{n: 1 if weights.get(n) is None else weights[n] for n in ready}"),
    ),
    Wrong(
        "canary-weights",
        "a backend without Pods loses its share",
        _CANARY_CELLS,
        _canary(
            by_weights="{n: (1 if weights[n] is None else weights[n]) if n in weights and ready[n] else 0 for n in ready}"
        ),
    ),
    Wrong("canary-weights", "not in lowest terms", _CANARY_CELLS, _canary(common="1")),
    Wrong("config-effect", "subPath is live", _CONFIG_CELLS, _config(ignore_sub_path="and False")),
    Wrong("config-effect", "a file of a subPath is live", _CONFIG_CELLS, _config(of_sub_path="live")),
    Wrong("config-effect", "any subPath needs a restart", _CONFIG_CELLS, _config(sub_path="shown")),
    Wrong(
        "config-effect", "items do not matter", _CONFIG_CELLS, _config(items='[{"key": key, "path": key}]')
    ),
    Wrong("config-effect", "files are named by their keys", _CONFIG_CELLS, _config(file="key")),
    Wrong("config-effect", "live wins", _CONFIG_CELLS, _config(rank='("restart", "live")')),
    Wrong("config-effect", "projected volumes do not follow", _CONFIG_CELLS, _config(projected="[]")),
    Wrong(
        "config-effect",
        "init containers do not count",
        _CONFIG_CELLS,
        _config(containers='pod_spec["containers"]'),
    ),
    Wrong("config-effect", "any variable from the ConfigMap counts", _CONFIG_CELLS, _config(same_key="")),
    Wrong("config-effect", "envFrom is not a use of a key", _CONFIG_CELLS, _config(env_from="[]")),
    Wrong("config-effect", "the ConfigMap's name does not matter", _CONFIG_CELLS, _config(same_map="True")),
    Wrong(
        "config-effect",
        "mounted is live, all else restart",
        _CONFIG_CELLS,
        'def config_effect(pod_spec, configmap, key):\n    return {c["name"]: "live" if c.get("volumeMounts") else "restart" for c in pod_spec.get("initContainers", []) + pod_spec["containers"]}\n',
    ),
]

RIGHT = {
    "from the templates": {
        "fenceposts": _fenceposts(),
        "rolling-step": _step(),
        "scale-proportionally": _scale(),
        "switch-service": _switch(),
        "canary-weights": _canary(),
        "config-effect": _config(),
    },
    "with classes, fractions and changes in place": {
        "fenceposts": """
from fractions import Fraction
from math import ceil, floor

fenceposts = lambda replicas, s, u: (lambda a, b: (a, b or (0 if a else 1)))(*(
    f(Fraction(x.strip("%")) * replicas / 100) if isinstance(x, str) else x for x, f in ((s, ceil), (u, floor))))
""",
        "rolling-step": """
class Rollout:
    def __init__(self, replicas, surge, unavailable, rss):
        self.most, self.least, self.replicas, self.rss = replicas + surge, replicas - unavailable, replicas, rss
        self.new = [rs for rs in rss if rs["is_new"]][0]
        self.old = [rs for rs in rss if rs is not self.new]
        self.old.sort(key=lambda rs: (rs["created"], rs["name"]))
        self.available = sum(rs["available"] for rs in rss)

    def grow(self):
        before = self.new["spec"]
        while self.new["spec"] > self.replicas:
            self.new["spec"] -= 1
        while before < self.replicas and self.new["spec"] < self.replicas and self.total() < self.most:
            self.new["spec"] += 1
        return self.new["spec"] != before

    def total(self):
        return sum(rs["spec"] for rs in self.rss)

    def shrink(self):
        budget = self.total() - self.least - self.new["spec"] + self.new["available"]
        if budget <= 0:
            return
        for rs in self.old:
            while budget and rs["spec"] > rs["available"]:
                rs["spec"] -= 1
                budget -= 1
        spare = self.available - self.least
        for rs in self.old:
            while spare > 0 and rs["spec"]:
                rs["spec"] -= 1
                spare -= 1

def rolling_step(replicas, surge, unavailable, rss):
    rollout = Rollout(replicas, surge, unavailable, rss)
    rollout.grow() or rollout.shrink()
    return rss
""",
        "scale-proportionally": """
from decimal import ROUND_HALF_UP, Decimal

def scale_proportionally(rss, replicas, surge, status_replicas):
    busy = [rs for rs in rss if rs["replicas"]]
    sizes = dict((rs["name"], rs["replicas"]) for rs in rss)
    if len(busy) < 2:
        sizes[(busy or sorted(rss, key=lambda rs: rs["created"]))[-1]["name"]] = replicas
        return sizes
    left = (replicas and replicas + surge) - sum(sizes.values())
    sign = 1 if left > 0 else -1
    busy.sort(key=lambda rs: -sign * rs["created"])
    busy.sort(key=lambda rs: rs["replicas"], reverse=True)
    for rs in busy:
        most = rs["max_replicas"] or status_replicas
        if not replicas:
            share = rs["replicas"]
        elif most:
            exact = Decimal(rs["replicas"] * (replicas + surge)) / most
            share = sign * (int(exact.quantize(Decimal(1), ROUND_HALF_UP)) - rs["replicas"])
        else:
            share = 0
        share = sign * min(share, sign * left) if left else 0
        sizes[rs["name"]] += share
        left -= share
    sizes[busy[0]["name"]] = max(sizes[busy[0]["name"]] + left, 0)
    return sizes
""",
        "switch-service": """
def switch_service(api, svc, colour):
    deployment = api.get("deployments", f"{svc}-{colour}")
    status = deployment["status"]
    n = deployment["spec"]["replicas"]
    observed = status.get("observedGeneration", 0) >= deployment["metadata"]["generation"]
    counts = {status.get(key, 0) for key in ("replicas", "updatedReplicas", "availableReplicas")}
    endpoints = []
    for one in api.list("endpointslices")["items"]:
        if one["metadata"]["labels"]["kubernetes.io/service-name"] == f"{svc}-{colour}":
            endpoints += one.get("endpoints", [])
    if not observed or counts != {n} or sum(e["conditions"].get("ready", True) for e in endpoints) < n:
        raise ValueError(f"{svc}-{colour} is not all there")
    path = "/spec/selector/colour"
    api.patch("services", svc, [{"op": "replace", "path": path, "value": colour}], type="json")
""",
        "canary-weights": """
from fractions import Fraction

def canary_weights(ready, weights=None):
    if weights is not None:
        ready = {name: {None: 1}.get(weights.get(name, 0), weights.get(name, 0)) for name in ready}
    total = sum(ready.values())
    return {name: list((Fraction(n, total) if total else Fraction(0)).as_integer_ratio()) for name, n in ready.items()}
""",
        "config-effect": """
def config_effect(pod_spec, configmap, key):
    def paths(volume):
        for source in [volume] + volume.get("projected", {}).get("sources", []):
            source = source.get("configMap", {})
            if source.get("name") == configmap:
                if "items" not in source:
                    yield key
                for item in source.get("items", ()):
                    if item["key"] == key:
                        yield item["path"]

    volumes = {v["name"]: list(paths(v)) for v in pod_spec.get("volumes", ())}

    def rank(c):
        yield 0
        for e in c.get("env", ()):
            ref = (e.get("valueFrom") or {}).get("configMapKeyRef") or {}
            yield 2 * (ref.get("name") == configmap and ref.get("key") == key)
        for e in c.get("envFrom", ()):
            yield 2 * ((e.get("configMapRef") or {}).get("name") == configmap)
        for m in c.get("volumeMounts", ()):
            if m.get("subPath"):
                yield 2 * (m["subPath"] in volumes[m["name"]])
            else:
                yield int(bool(volumes[m["name"]]))

    every = pod_spec["containers"] + pod_spec.get("initContainers", [])
    return {c["name"]: ["none", "live", "restart"][max(rank(c))] for c in every}
""",
    },
    "noisy, in a littered namespace": {
        "fenceposts": "course = records = checks = points = None\n"
        + _fenceposts().replace("    surge =", "    print('rounding')\n    surge ="),
        "rolling-step": "import warnings\n"
        + _step().replace("    least =", "    warnings.warn('looking')\n    least ="),
        "scale-proportionally": "print = str\n" + _scale(),
        "switch-service": _switch(early="print('switching')"),
        "canary-weights": _canary() + "\n_ = __ = 'spoilt'\nfilter = repr = None\n",
        "config-effect": _config(),
    },
}
