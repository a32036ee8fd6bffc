"""What is right: `next_look`, `diagnose` and `repair`, as the lesson's solutions have them."""

from typing import Any

from course.units.u16_troubleshooting.objects import Object

Snapshot = dict[str, list[Object]]
Diagnosis = tuple[str, str, str]

NEXT = {
    ("Deployment", "ReplicaFailure", "True", "FailedCreate"): "resourcequotas",
    ("ReplicaSet", "ReplicaFailure", "True", "FailedCreate"): "resourcequotas",
    ("Deployment", "Progressing", "False", "ProgressDeadlineExceeded"): "pods",
    ("Pod", "PodScheduled", "False", "Unschedulable"): "nodes",
    ("Node", "Ready", "False", "KubeletNotReady"): "daemonsets",
    ("Node", "Ready", "Unknown", "NodeStatusUnknown"): "leases",
    ("Namespace", "NamespaceFinalizersRemaining", "True", "SomeFinalizersRemain"): "configmaps",
    ("Namespace", "NamespaceDeletionDiscoveryFailure", "True", "DiscoveryFailed"): "apiservices",
}
"""Where a condition leads: kind, type, status and reason; those nearer to the cause come first."""


def next_look(obj: Object) -> str | None:
    """Return what to look at next, None where nothing is wrong."""
    kind = obj["kind"]
    if kind == "Status":
        causes = (obj.get("details") or {}).get("causes") or []
        by_budget = any(cause.get("reason") == "DisruptionBudget" for cause in causes)
        return "poddisruptionbudgets" if obj["code"] == 429 and by_budget else None
    conditions = (obj.get("status") or {}).get("conditions") or []
    said = {(kind, one["type"], one["status"], one.get("reason")) for one in conditions}
    for condition, where in NEXT.items():
        if condition in said:
            return where
    if kind == "Pod" and not any(one["type"] == "PodScheduled" for one in conditions):
        return "spec.schedulerName"
    return None


def condition(obj: Object, kind: str) -> tuple[str, str]:
    """Return status and reason of a condition; two empty texts where there is none."""
    for one in (obj.get("status") or {}).get("conditions") or []:
        if one["type"] == kind:
            return one["status"], one.get("reason", "")
    return "", ""


def selects(selector: dict[str, str], obj: Object) -> bool:
    """Tell whether an object has all labels of a selector."""
    return selector.items() <= (obj["metadata"].get("labels") or {}).items()


def tolerates(spec: Object, taint: Object) -> bool:
    """Tell whether pods with this spec may be on a node with this taint."""
    for one in spec.get("tolerations") or []:
        key = one.get("key") in (None, taint["key"])
        value = one.get("operator") == "Exists" or one.get("value", "") == taint.get("value", "")
        if key and value and one.get("effect") in (None, taint["effect"]):
            return True
    return False


def path(resource: str, obj: Object) -> str:
    """Return RESOURCE/NAMESPACE/NAME, or RESOURCE/NAME outside of namespaces."""
    metadata = obj["metadata"]
    return "/".join([resource, *filter(None, [metadata.get("namespace")]), metadata["name"]])


def inside(snapshot: Snapshot, resource: str, namespace: str) -> list[Object]:
    """Return the objects of a resource in a namespace."""
    return [obj for obj in snapshot[resource] if obj["metadata"]["namespace"] == namespace]


def _taints(node: Object) -> list[Object]:
    found: list[Object] = node["spec"].get("taints") or []
    return found


def diagnose(snapshot: Snapshot) -> Diagnosis | None:
    """Return cause, object and field of what is wrong, None when nothing is."""
    pods = snapshot["pods"]
    for one in snapshot["deployments"]:
        if condition(one, "ReplicaFailure")[0] == "True":
            for quota in inside(snapshot, "resourcequotas", one["metadata"]["namespace"]):
                hard, used = quota["spec"]["hard"], quota["status"]["used"]
                if "pods" in hard and int(used["pods"]) >= int(hard["pods"]):
                    return "quota", path("resourcequotas", quota), "spec.hard"
        if condition(one, "Progressing")[1] == "ProgressDeadlineExceeded":
            return "image", path("deployments", one), "spec.template.spec.containers"
    for pod in pods:
        if condition(pod, "PodScheduled")[1] == "Unschedulable":
            nodes = [
                node for node in snapshot["nodes"] if selects(pod["spec"].get("nodeSelector") or {}, node)
            ]
            shut = [node for node in nodes if not all(tolerates(pod["spec"], one) for one in _taints(node))]
            if shut == nodes:
                return "taint", path("nodes", nodes[0]), "spec.taints"
    classes = [one["metadata"]["name"] for one in snapshot["storageclasses"]]
    for claim in snapshot["persistentvolumeclaims"]:
        if claim["status"]["phase"] == "Pending" and claim["spec"].get("storageClassName") not in classes:
            return "storageclass", path("persistentvolumeclaims", claim), "spec.storageClassName"
    for one in snapshot["statefulsets"]:
        for pod in inside(snapshot, "pods", one["metadata"]["namespace"]):
            revision = pod["metadata"].get("labels", {}).get("controller-revision-hash")
            mine = any(
                owner["uid"] == one["metadata"]["uid"] for owner in pod["metadata"].get("ownerReferences", [])
            )
            if mine and condition(pod, "Ready")[0] != "True" and revision != one["status"]["updateRevision"]:
                return "revision", path("pods", pod), "metadata.labels.controller-revision-hash"
    asked = {}
    for one in snapshot["validatingwebhookconfigurations"]:
        for hook in one["webhooks"]:
            if hook["failurePolicy"] == "Fail" and "service" in hook["clientConfig"]:
                where = hook["clientConfig"]["service"]
                asked[where["namespace"], where["name"]] = hook
    for service in snapshot["services"]:
        selector, namespace = service["spec"].get("selector"), service["metadata"]["namespace"]
        if not selector:
            continue
        chosen = [pod for pod in inside(snapshot, "pods", namespace) if selects(selector, pod)]
        templates = [one["spec"]["template"] for one in inside(snapshot, "deployments", namespace)]
        if not chosen and not any(selects(selector, template) for template in templates):
            by_webhook = (namespace, service["metadata"]["name"]) in asked
            cause = "webhook" if by_webhook else "selector"
            return cause, path("services", service), "spec.selector"
        names = {
            port.get("name")
            for pod in chosen
            for one in pod["spec"]["containers"]
            for port in one.get("ports", [])
        }
        for port in service["spec"]["ports"] if chosen else []:
            if isinstance(port["targetPort"], str) and port["targetPort"] not in names:
                return "port", path("services", service), "spec.ports"
    for policy in snapshot["networkpolicies"]:
        beside = inside(snapshot, "networkpolicies", policy["metadata"]["namespace"])
        rules = [rule for one in beside for rule in one["spec"].get("egress", [])]
        asks = any(
            "ports" not in rule or 53 in [port.get("port") for port in rule["ports"]] for rule in rules
        )
        if "Egress" in policy["spec"]["policyTypes"] and not asks:
            return "egress", path("networkpolicies", policy), "spec.egress"
    for reply in snapshot["replies"]:
        causes = (reply["status"].get("details") or {}).get("causes") or []
        if any(cause.get("reason") == "DisruptionBudget" for cause in causes):
            namespace, name = reply["request"]["namespace"], reply["request"]["name"]
            (pod,) = [one for one in inside(snapshot, "pods", namespace) if one["metadata"]["name"] == name]
            for budget in inside(snapshot, "poddisruptionbudgets", namespace):
                if selects(budget["spec"]["selector"]["matchLabels"], pod):
                    field = "minAvailable" if "minAvailable" in budget["spec"] else "maxUnavailable"
                    return "budget", path("poddisruptionbudgets", budget), f"spec.{field}"
    for one in snapshot["namespaces"]:
        if condition(one, "NamespaceFinalizersRemaining")[0] == "True":
            for held in inside(snapshot, "configmaps", one["metadata"]["name"]):
                if held["metadata"].get("finalizers"):
                    return "finalizer", path("configmaps", held), "metadata.finalizers"
    for one in snapshot["apiservices"]:
        if condition(one, "Available")[0] == "False":
            return "apiservice", path("apiservices", one), "spec.service"
    for node in snapshot["nodes"]:
        if condition(node, "Ready") == ("False", "KubeletNotReady"):
            taint = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}
            for one in inside(snapshot, "daemonsets", "kube-system"):
                spec = one["spec"]["template"]["spec"]
                if spec.get("hostNetwork") and not tolerates(spec, taint):
                    return "toleration", path("daemonsets", one), "spec.template.spec.tolerations"
    return None


def repair(api: Any) -> None:
    """Repair what is wrong, and nothing else."""
    found = diagnose(api.snapshot())
    if found is None:
        return
    cause, where, _ = found
    resource, *place = where.split("/")
    name, namespace = place[-1], place[0] if len(place) == 2 else None
    obj = api.get(resource, name, namespace)
    spec = obj.get("spec", {})

    def merge(patch: Object) -> None:
        api.patch(resource, name, patch, namespace)

    if cause == "image":
        for one in api.list("replicasets", namespace)["items"]:
            mine = one["metadata"]["ownerReferences"][0]["uid"] == obj["metadata"]["uid"]
            if mine and one["status"].get("availableReplicas"):
                containers = one["spec"]["template"]["spec"]["containers"]
        merge({"spec": {"template": {"spec": {"containers": containers}}}})
    elif cause == "quota":
        wanted = sum(one["spec"]["replicas"] for one in api.list("deployments", namespace)["items"])
        merge({"spec": {"hard": {"pods": str(wanted)}}})
    elif cause == "taint":
        waiting = [
            pod for pod in api.list("pods")["items"] if condition(pod, "PodScheduled")[1] == "Unschedulable"
        ]
        mine = [pod["spec"] for pod in waiting if selects(pod["spec"].get("nodeSelector") or {}, obj)]
        merge({"spec": {"taints": [taint for taint in spec["taints"] if tolerates(mine[0], taint)]}})
    elif cause == "storageclass":
        provisioner = api.list("storageclasses")["items"][0]["provisioner"]
        made = {"metadata": {"name": spec["storageClassName"]}, "provisioner": provisioner}
        api.create("storageclasses", {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", **made})
    elif cause == "revision":
        api.delete(resource, name, namespace)
    elif cause in ("selector", "webhook"):
        workload = api.get("deployments", name, namespace)
        api.update(
            resource, {**obj, "spec": {**spec, "selector": workload["spec"]["selector"]["matchLabels"]}}
        )
    elif cause == "port":
        workload = api.get("deployments", name, namespace)
        port = workload["spec"]["template"]["spec"]["containers"][0]["ports"][0]["name"]
        merge({"spec": {"ports": [{**spec["ports"][0], "targetPort": port}]}})
    elif cause == "egress":
        ports = [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]
        merge({"spec": {"egress": [*spec.get("egress", []), {"ports": ports}]}})
    elif cause == "budget":
        merge({"spec": {"minAvailable": None, "maxUnavailable": 1}})
    elif cause == "finalizer":
        merge({"metadata": {"finalizers": None}})
    elif cause == "apiservice":
        asked = spec["service"]
        workload = api.get("deployments", asked["name"], asked["namespace"])["spec"]
        number = workload["template"]["spec"]["containers"][0]["ports"][0]["containerPort"]
        ports = [{"port": asked["port"], "targetPort": number}]
        made = {"selector": workload["selector"]["matchLabels"], "ports": ports}
        metadata = {"name": asked["name"]}
        new = {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": made}
        api.create("services", new, asked["namespace"])
    elif cause == "toleration":
        new = {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoSchedule"}
        pod = spec["template"]["spec"]
        merge({"spec": {"template": {"spec": {"tolerations": [*pod.get("tolerations", []), new]}}}})
