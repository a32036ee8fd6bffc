"""Solutions of unit 16 as learners write them: wrong ones, each with its misconception, and right ones.

A wrong solution is the lesson's own with a few words changed, or code of its own; it names the test cells
that must take points, and no other test of its exercise may.
"""

import functools
from typing import NamedTuple

from tests.course.units.graded import GradedLesson

UNIT = "16_troubleshooting"


class Wrong(NamedTuple):
    """A misconception: its exercise, one sentence, the test cells meant for it, and what is changed.

    Without `right`, `wrong` is the whole cell.
    """

    exercise: str
    belief: str
    caught_by: tuple[str, ...]
    right: str
    wrong: str

    @property
    def code(self) -> str:
        """The text that goes into the exercise's cell."""
        if not self.right:
            return self.wrong
        code = _solution(self.exercise)
        assert code.count(self.right) == 1, self.belief
        return code.replace(self.right, self.wrong)


@functools.cache
def _solution(exercise: str) -> str:
    return GradedLesson(UNIT).cells[exercise].source


_RULES, _SEEN = ("next-look-rules", "next-look-unseen")
_D = {name: f"diagnose-{name}" for name in ("conditions", "fields", "others", "unseen")}
_R = {name: f"repair-{name}" for name in ("conditions", "fields", "others", "unseen")}
_WORK = "repair-at-work"


def _look(belief: str, cells: tuple[str, ...], right: str, wrong: str) -> Wrong:
    return Wrong("next-look", belief, cells, right, wrong)


def _diagnose(belief: str, cells: tuple[str, ...], right: str, wrong: str) -> Wrong:
    return Wrong("diagnose", belief, cells, right, wrong)


def _repair(belief: str, cells: tuple[str, ...], right: str, wrong: str) -> Wrong:
    return Wrong("repair", belief, cells, right, wrong)


_FIRST_EVENT = '''
def diagnose(snapshot):
    """Take the first Warning event for the cause."""
    about = {"Pod": "taint", "ReplicaSet": "quota", "Deployment": "image", "Node": "toleration"}
    for event in snapshot["events"]:
        if event["type"] == "Warning":
            object = event.get("involvedObject") or event["regarding"]
            kind = object["kind"]
            resource = {"Pod": "pods", "ReplicaSet": "replicasets"}.get(kind, kind.lower() + "s")
            place = [resource, object.get("namespace"), object["name"]]
            return about.get(kind, ""), "/".join(filter(None, place)), "spec"
    return None
'''
_BY_WORDS = '''
def diagnose(snapshot):
    """Look for words in messages."""
    words = {"exceeded quota": "quota", "didn\'t match": "taint", "untolerated taint": "taint"}
    words |= {"has timed out progressing": "image", "disruption budget": "budget"}
    for one in snapshot["deployments"] + snapshot["pods"]:
        for said in one["status"].get("conditions", []):
            for text, cause in words.items():
                if text in said.get("message", ""):
                    if cause == "quota":
                        for quota in inside(snapshot, "resourcequotas", one["metadata"]["namespace"]):
                            if f": {quota[\'metadata\'][\'name\']}," in said["message"]:
                                return cause, path("resourcequotas", quota), "spec.hard"
                    if cause == "image":
                        return cause, path("deployments", one), "spec.template.spec.containers"
    return None
'''

_FRAME = """
def repair(api):
    diagnosis = diagnose(api.snapshot())
    if diagnosis is None:
        return
    cause, where, field = diagnosis
    resource, *place = where.split("/")
    name, namespace = place[-1], place[0] if len(place) == 2 else None
    {}
"""
_DELETE_IT = """api.delete(resource, name, namespace)"""
_REMOVE_GUARD = """if cause in ("quota", "budget", "egress"):
        api.delete(resource, name, namespace)
    else:
        _right(api)"""
_WITHOUT = """if cause in {causes}:
        {act}
    else:
        _right(api)"""
_RIGHT = "\n\n_right = repair\n"


def _instead(belief: str, cells: tuple[str, ...], causes: tuple[str, ...], act: str) -> Wrong:
    """Return the right repair with another act for some causes."""
    body = _WITHOUT.format(causes=causes, act=act)
    return Wrong("repair", belief, cells, "", _solution("repair") + _RIGHT + _FRAME.format(body))


_SCALE = """if resource != "deployments":
            resource, name = "deployments", api.list("deployments", namespace)["items"][0]["metadata"]["name"]
        size = api.get(resource, name, namespace)["spec"]["replicas"]
        api.patch(resource, name, {"spec": {"replicas": 0}}, namespace)
        _right(api)
        api.patch(resource, name, {"spec": {"replicas": size}}, namespace)"""
_RECREATE = """workload = api.list("deployments", namespace)["items"][0]
        api.delete("deployments", workload["metadata"]["name"], namespace)
        new = {"metadata": {"name": workload["metadata"]["name"]}, "spec": workload["spec"]}
        api.create("deployments", {**new, "apiVersion": "apps/v1", "kind": "Deployment"}, namespace)
        _right(api)"""
_FINALIZE = """_right(api)
        space = api.get("namespaces", namespace)
        space["spec"]["finalizers"] = []
        api.update("namespaces", space, subresource="finalize")"""
_FORCE = """for space in api.list("namespaces")["items"]:
            if condition(space, "NamespaceDeletionDiscoveryFailure")[0] == "True":
                space["spec"]["finalizers"] = []
                api.update("namespaces", space, subresource="finalize")"""
_RESTART = """
def repair(api):
    for pod in api.list("pods")["items"]:
        api.delete("pods", pod["metadata"]["name"], pod["metadata"]["namespace"])
"""
_RESTART_FIRST = (
    _RIGHT
    + """
def repair(api):
    for one in api.list("deployments")["items"]:
        note = {"spec": {"template": {"metadata": {"annotations": {"restartedAt": "now"}}}}}
        api.patch("deployments", one["metadata"]["name"], note, one["metadata"]["namespace"])
    _right(api)
"""
)
_TOLERATE = """for pod in api.list("pods")["items"]:
            if condition(pod, "PodScheduled")[1] == "Unschedulable":
                app, namespace = pod["metadata"]["labels"]["app"], pod["metadata"]["namespace"]
                everything = {"spec": {"template": {"spec": {"tolerations": [{"operator": "Exists"}]}}}}
                api.patch("deployments", app, everything, namespace)"""
_EVERY = tuple(_R.values())

WRONG = [
    _look(
        "the type of a condition is enough",
        (_RULES, _SEEN),
        """    said = {(kind, one["type"], one["status"], one.get("reason")) for one in conditions}
    for condition, where in nearest_first.items():
        if condition in said:""",
        """    said = {(kind, one["type"]) for one in conditions}
    for condition, where in nearest_first.items():
        if condition[:2] in said:""",
    ),
    _look("NotReady is NotReady", (_RULES, _SEEN), '"leases"', '"daemonsets"'),
    _look("every 429 is a budget's", (_RULES, _SEEN), ' and "DisruptionBudget" in reasons', ""),
    _look(
        "a refusal with a budget's cause counts whatever its code",
        (_RULES, _SEEN),
        'obj["code"] == 429 and ',
        "",
    ),
    _look(
        "no condition, no trouble",
        (_RULES,),
        'if kind == "Pod" and "PodScheduled" not in',
        'if kind == "Pod" and conditions and "PodScheduled" not in',
    ),
    _look(
        "a gated pod has no condition about scheduling",
        (_RULES,),
        """"PodScheduled" not in [one["type"] for one in conditions]""",
        """"True" not in [one["status"] for one in conditions]""",
    ),
    _look(
        "the deadline comes first",
        (_RULES, _SEEN),
        """        ("Deployment", "ReplicaFailure", "True", "FailedCreate"): "resourcequotas",
""",
        """        ("Deployment", "Progressing", "False", "ProgressDeadlineExceeded"): "pods",
        ("Deployment", "ReplicaFailure", "True", "FailedCreate"): "resourcequotas",
""",
    ),
    _look(
        "the message says it",
        (_RULES, _SEEN),
        "    for condition, where in nearest_first.items():",
        """    if any("exceeded quota" in one.get("message", "") for one in conditions):
        return "resourcequotas"
    for condition, where in nearest_first.items():""",
    ),
    Wrong("diagnose", "the first event wins", tuple(_D.values()), "", _FIRST_EVENT),
    Wrong("diagnose", "the message says it", tuple(_D.values()), "", _BY_WORDS),
    _diagnose(
        "any full quota is to blame",
        (_D["conditions"],),
        '"pods" in hard and int(used["pods"]) >= int(hard["pods"])',
        "hard == used or True",
    ),
    _diagnose(
        "any unready pod of a StatefulSet blocks it",
        (
            _D["conditions"],
            _D["fields"],
            _D["others"],
            _D["unseen"],
        ),
        "            is_old = one",
        "            revision = '' if owners else revision\n            is_old = one",
    ),
    _diagnose(
        "an old revision blocks, ready or not",
        (
            _D["conditions"],
            _D["fields"],
            _D["others"],
            _D["unseen"],
        ),
        'if is_old and condition(pod, "Ready")[0] == "False":',
        "if is_old:",
    ),
    _diagnose(
        "a rollout that is not complete hangs",
        (
            _D["conditions"],
            _D["unseen"],
        ),
        'if condition(one, "Progressing")[1] == "ProgressDeadlineExceeded":',
        'if condition(one, "Progressing")[1] != "NewReplicaSetAvailable":',
    ),
    _diagnose(
        "every pod that is not scheduled waits for a node",
        (
            _D["conditions"],
            _D["fields"],
            _D["others"],
        ),
        'condition(pod, "PodScheduled")[1] == "Unschedulable"',
        'condition(pod, "PodScheduled")[0] == "False"',
    ),
    _diagnose(
        "any tainted node is to blame",
        (_D["conditions"],),
        "if not any(all(tolerates(spec, one) for one in those) for those in taints):",
        "if any(taints):",
    ),
    _diagnose(
        "a Service without a pod is broken",
        (
            _D["fields"],
            _D["others"],
        ),
        "if not pods and not any(selects(selector, template) for template in templates):",
        "if not pods:",
    ),
    _diagnose(
        "a Service always has a selector",
        (
            _D["conditions"],
            _D["fields"],
            _D["others"],
            _D["unseen"],
        ),
        """        if not selector:
            continue
""",
        """        if not selector:
            return "selector", path("services", service), "spec.selector"
""",
    ),
    _diagnose(
        "a target port is in the first container",
        (_D["fields"],),
        'for one in pod["spec"]["containers"]]',
        'for one in pod["spec"]["containers"][:1]]',
    ),
    _diagnose(
        "each policy alone closes egress",
        (_D["fields"],),
        'together = inside(snapshot, "networkpolicies", policy["metadata"]["namespace"])',
        "together = [policy]",
    ),
    _diagnose(
        "a rule without ports lets nothing pass",
        (_D["fields"],),
        'rule.get("ports", [{"port": 53}])',
        'rule.get("ports", [])',
    ),
    _diagnose(
        "every policy closes egress",
        (_D["fields"],),
        """if "Egress" in policy["spec"]["policyTypes"] and 53""",
        "if 53",
    ),
    _diagnose(
        "every 429 comes from a budget",
        (_D["others"], _D["unseen"]),
        'if next_look(reply["status"]) == "poddisruptionbudgets":',
        'if reply["status"]["code"] == 429:',
    ),
    _diagnose(
        "a budget that allows nothing is to blame",
        (
            _D["others"],
            _D["unseen"],
        ),
        'if selects(budget["spec"]["selector"]["matchLabels"], pod):',
        'if not budget["status"]["disruptionsAllowed"]:',
    ),
    _diagnose(
        "budgets have minAvailable",
        (
            _D["others"],
            _D["unseen"],
        ),
        'field = "minAvailable" if "minAvailable" in budget["spec"] else "maxUnavailable"',
        'field = "minAvailable"',
    ),
    _diagnose(
        "every finalizer holds something",
        (_D["others"],),
        """            for held in inside(snapshot, "configmaps", one["metadata"]["name"]):""",
        """            for held in snapshot["configmaps"]:""",
    ),
    _diagnose(
        "every group of the API has a server of its own",
        (
            _D["others"],
            _D["unseen"],
        ),
        'if condition(one, "Available")[0] == "False":',
        'if not one["spec"].get("service"):',
    ),
    _diagnose(
        "a webhook that calls a Service must be asked",
        (_D["fields"],),
        ' if hook["failurePolicy"] == "Fail"]',
        "]",
    ),
    _diagnose(
        "every agent belongs on every node", (_D["others"],), 'if spec.get("hostNetwork") and not', "if not"
    ),
    _instead(
        "delete what is broken",
        (
            _R["conditions"],
            _R["fields"],
            _R["others"],
            _R["unseen"],
            _WORK,
        ),
        ("image", "quota", "taint", "selector", "port", "egress", "budget", "finalizer", "toleration"),
        _DELETE_IT,
    ),
    _instead("remove the quota", (_R["conditions"], _WORK), ("quota",), _DELETE_IT),
    _instead("remove the budget", (_R["others"],), ("budget",), _DELETE_IT),
    _instead("remove the policy", (_R["fields"], _WORK), ("egress",), _DELETE_IT),
    _instead(
        "scale to zero and back",
        (
            _R["conditions"],
            _WORK,
        ),
        ("image", "quota"),
        _SCALE,
    ),
    _instead(
        "delete and create the workload", (_R["fields"], _R["unseen"], _WORK), ("selector", "port"), _RECREATE
    ),
    _instead(
        "force the namespace's finalizer",
        (_R["others"],),
        ("finalizer",),
        _FINALIZE,
    ),
    _instead("delete the APIService", (_R["others"], _R["unseen"]), ("apiservice",), _DELETE_IT),
    _instead(
        "finalize the namespace that nobody can look into",
        (_R["others"], _R["unseen"]),
        ("apiservice",),
        _FORCE,
    ),
    _instead("tolerate all taints", (_R["conditions"], _WORK), ("taint",), _TOLERATE),
    Wrong("repair", "restart everything", (*_EVERY, _WORK), "", _RESTART),
    Wrong("repair", "restart everything first", (*_EVERY, _WORK), "", _solution("repair") + _RESTART_FIRST),
    _repair(
        "the network agent tolerates everything",
        (
            _R["others"],
            _R["unseen"],
        ),
        '{"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoSchedule"}',
        '{"operator": "Exists"}',
    ),
    _repair(
        "a list in a merge patch is added to",
        (
            _R["others"],
            _R["unseen"],
        ),
        '[*spec["template"]["spec"]["tolerations"], new]',
        "[new]",
    ),
    _repair(
        "a taint more or less does not matter",
        (_R["conditions"], _WORK),
        '[taint for taint in spec["taints"] if tolerates(pods[0]["spec"], taint)]',
        "[]",
    ),
    _repair(
        "a merge patch replaces a selector",
        (
            _R["fields"],
            _R["others"],
            _R["unseen"],
        ),
        """api.update(
            resource, {**obj, "spec": {**spec, "selector": workload()["selector"]["matchLabels"]}}, namespace
        )""",
        'merge({"spec": {"selector": workload()["selector"]["matchLabels"]}})',
    ),
    _repair(
        "names are asked for over UDP only",
        (
            _R["fields"],
            _WORK,
        ),
        'for protocol in ("UDP", "TCP")',
        'for protocol in ("UDP",)',
    ),
    _repair("open egress", (_R["fields"], _WORK), '{"ports": ports}]', "{}]"),
    _repair("a budget of zero is looser", (_R["others"],), '"maxUnavailable": 1', '"maxUnavailable": "100%"'),
    _repair("a quota must be large", (_R["conditions"], _WORK), "str(wanted)", '"1000"'),
    _repair(
        "a budget can have both numbers",
        (_R["others"],),
        '{"minAvailable": None, "maxUnavailable": 1}',
        '{"maxUnavailable": 1}',
    ),
]

_LOOK_BY_IFS = """
def next_look(obj):
    kind = obj["kind"]
    if kind == "Status":
        if obj["code"] == 429:
            for cause in (obj.get("details") or {}).get("causes") or []:
                if cause.get("reason") == "DisruptionBudget":
                    return "poddisruptionbudgets"
        return None
    conditions = (obj.get("status") or {}).get("conditions") or []

    def says(type, status, reason):
        return any((c["type"], c["status"], c.get("reason")) == (type, status, reason) for c in conditions)

    if kind in ("Deployment", "ReplicaSet") and says("ReplicaFailure", "True", "FailedCreate"):
        return "resourcequotas"
    if kind == "Deployment" and says("Progressing", "False", "ProgressDeadlineExceeded"):
        return "pods"
    if kind == "Pod":
        if says("PodScheduled", "False", "Unschedulable"):
            return "nodes"
        if all(c["type"] != "PodScheduled" for c in conditions):
            return "spec.schedulerName"
    if kind == "Node":
        if says("Ready", "False", "KubeletNotReady"):
            return "daemonsets"
        if says("Ready", "Unknown", "NodeStatusUnknown"):
            return "leases"
    if kind == "Namespace" and says("NamespaceFinalizersRemaining", "True", "SomeFinalizersRemain"):
        return "configmaps"
    if kind == "Namespace" and says("NamespaceDeletionDiscoveryFailure", "True", "DiscoveryFailed"):
        return "apiservices"
"""
_REPAIR_OTHERWISE = (
    _solution("repair")
    + _RIGHT
    + _FRAME.format("""obj = api.get(resource, name, namespace)
    spec = obj.get("spec") or {}
    if cause == "egress":
        to = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}}
        ports = [{"port": 53, "protocol": p} for p in ("TCP", "UDP")]
        spec = {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"to": [to], "ports": ports}]}
        new = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "names"}}
        api.create("networkpolicies", {**new, "spec": spec}, namespace)
    elif cause == "budget":
        for key in ("minAvailable", "maxUnavailable"):
            spec.pop(key, None)
        spec["minAvailable"] = obj["status"]["expectedPods"] - 1
        api.update(resource, {**obj, "spec": spec}, namespace)
    elif cause == "port":
        workload = api.get("deployments", name, namespace)
        number = workload["spec"]["template"]["spec"]["containers"][0]["ports"][0]["containerPort"]
        patch = [{"op": "replace", "path": "/spec/ports/0/targetPort", "value": number}]
        api.patch(resource, name, patch, namespace, type="json")
    elif cause == "selector":
        labels = api.get("deployments", name, namespace)["spec"]["template"]["metadata"]["labels"]
        patch = [{"op": "replace", "path": "/spec/selector", "value": labels}]
        api.patch(resource, name, patch, namespace, type="json")
    elif cause == "quota":
        obj["spec"]["hard"]["pods"] = str(int(spec["hard"]["pods"]) + 3)
        api.update(resource, obj, namespace)
    elif cause == "apiservice":
        asked = spec["service"]
        found = api.get("deployments", asked["name"], asked["namespace"])["spec"]["template"]
        ports = [{"port": asked["port"], "targetPort": found["spec"]["containers"][0]["ports"][0]["name"]}]
        new = {"metadata": {"name": asked["name"]}, "spec": {"selector": found["metadata"]["labels"]}}
        api.create("services", {**new, "spec": {**new["spec"], "ports": ports}}, asked["namespace"])
    elif cause == "finalizer":
        obj["metadata"].pop("finalizers")
        api.update(resource, obj, namespace)
    elif cause == "image":
        image = obj["spec"]["template"]["spec"]["containers"][0]["image"]
        for one in api.list("pods", namespace)["items"]:
            app = one["metadata"]["labels"].get("app") == obj["spec"]["selector"]["matchLabels"]["app"]
            if app and condition(one, "Ready")[0] == "True":
                image = one["spec"]["containers"][0]["image"]
        obj["spec"]["template"]["spec"]["containers"][0]["image"] = image
        api.update(resource, obj, namespace)
    else:
        _right(api)""")
)

RIGHT = {
    "by ifs": {"next-look": _LOOK_BY_IFS},
    "with other writes": {"repair": _REPAIR_OTHERWISE},
}
