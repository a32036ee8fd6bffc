"""The eviction subresource: a deletion that asks the pod's disruption budget first.

Source: pkg/registry/core/pod/storage/eviction.go@v1.36.2.
"""

from typing import Any

from insideout.apimachinery import selectors
from insideout.apiserver import keys
from insideout.apiserver.kinds import Kind
from insideout.apiserver.options import DeleteOptions, WriteOptions
from insideout.apiserver.resources import Resources
from insideout.apiserver.status import Cause, StatusError, bad_request, forbidden, success, too_many_requests
from insideout.apiserver.subresources.conditions import with_condition
from insideout.apiserver.views import Object, View, show

_MOST_DISRUPTED_PODS = 2000
_REFUSED = "Cannot evict pod as it would violate the pod's disruption budget."
_DISRUPTION_TARGET = {
    "type": "DisruptionTarget",
    "lastProbeTime": None,
    "status": "True",
    "reason": "EvictionByEvictionAPI",
    "message": "Eviction API: evicting",
}


def evict(
    resources: Resources,
    pods: Kind,
    budgets: Kind,
    namespace: str,
    name: str,
    eviction: Object,
    delete: DeleteOptions,
) -> Object:
    """Evict a pod if its budget allows; raise 429 when it does not."""
    if (eviction.get("metadata") or {}).get("name") != name:
        raise bad_request("name in URL does not match name in Eviction object")
    pod = resources.get(pods, namespace, name).object
    if not _ignores_budgets(pod):
        found = _budgets_of(resources, budgets, namespace, pod)
        if len(found) > 1:
            raise StatusError(
                500,
                "",
                "This pod has more than one PodDisruptionBudget, "
                "which the eviction subresource does not support.",
            )
        if found and not _unready_may_go(pod, found[0].object):
            _take_disruption(resources, budgets, found[0], name, bool(delete.dry_run))
    _delete(resources, pods, namespace, name, delete)
    return {**success(), "code": 201}


def _ignores_budgets(pod: Object) -> bool:
    """Say whether the pod serves nobody: it has not started, is over, or is ending already."""
    over = pod.get("status", {}).get("phase") in ("Succeeded", "Failed", "Pending")
    return over or "deletionTimestamp" in pod["metadata"]


def _budgets_of(resources: Resources, budgets: Kind, namespace: str, pod: Object) -> list[View]:
    found = []
    for pair in resources.store.range(keys.prefix(budgets, namespace)).items:
        view = show(pair)
        try:
            selector = selectors.from_object(view.object["spec"].get("selector"))
        except ValueError:
            continue  # a selector that makes no sense selects nothing
        if selector is not None and selector.matches(pod["metadata"].get("labels")):
            found.append(view)
    return found


def _unready_may_go(pod: Object, budget: Object) -> bool:
    """Say whether the pod does not count as healthy, and may go without a disruption."""
    conditions = pod.get("status", {}).get("conditions") or []
    if any(each.get("type") == "Ready" and each.get("status") == "True" for each in conditions):
        return False
    if budget["spec"].get("unhealthyPodEvictionPolicy") == "AlwaysAllow":
        return True
    status = budget.get("status", {})
    desired = status.get("desiredHealthy", 0)
    return bool(status.get("currentHealthy", 0) >= desired > 0)


def _take_disruption(resources: Resources, budgets: Kind, view: View, pod_name: str, dry_run: bool) -> None:
    """Note the disruption in the budget's status, or raise 429 when none is left."""
    metadata = view.object["metadata"]
    name, status = metadata["name"], view.object.get("status", {})
    if status.get("observedGeneration", 0) < metadata.get("generation", 0):
        text = f"The disruption budget {name} is still being processed by the server."
        raise too_many_requests(_REFUSED, 10, [Cause("DisruptionBudget", "", text)])
    allowed = status.get("disruptionsAllowed", 0)
    if allowed < 0:
        raise forbidden(budgets, name, "pdb disruptions allowed is negative")
    if len(status.get("disruptedPods") or {}) > _MOST_DISRUPTED_PODS:
        why = "DisruptedPods map too big - too many evictions not confirmed by PDB controller"
        raise forbidden(budgets, name, why)
    if allowed == 0:
        raise too_many_requests(_REFUSED, 0, [Cause("DisruptionBudget", "", _why_none(name, status))])
    if dry_run:
        return

    def take(before: View) -> Object:
        taken: Object = {**before.object["status"], "disruptionsAllowed": allowed - 1}
        taken["disruptedPods"] = {**(taken.get("disruptedPods") or {}), pod_name: resources.now()}
        if allowed == 1:
            none_left = {
                "type": "DisruptionAllowed",
                "status": "False",
                "reason": "InsufficientPods",
                "message": "",
                "observedGeneration": metadata.get("generation", 0),
            }
            taken["conditions"] = with_condition(taken.get("conditions") or [], none_left, resources.now())
        return {**before.object, "status": taken}

    options = WriteOptions(field_manager="kube-apiserver")
    resources.change(budgets, metadata["namespace"], name, take, options, subresource="status")


def _why_none(name: str, status: Object) -> str:
    conditions: list[dict[str, Any]] = status.get("conditions") or []
    condition = next((each for each in conditions if each.get("type") == "DisruptionAllowed"), {})
    message = condition.get("message", "") if condition.get("status") == "False" else ""
    if message and condition.get("reason") == "SyncFailed":
        return (
            f"The disruption budget {name} does not allow evicting pods currently because it failed sync: "
            f"{message}"
        )
    desired, current = status.get("desiredHealthy", 0), status.get("currentHealthy", 0)
    if current <= desired:
        return f"The disruption budget {name} needs {desired} healthy pods and has {current} currently"
    text = f"The disruption budget {name} does not allow evicting pods currently"
    return f"{text} ({condition['reason']}): {message}" if message else text


def _delete(resources: Resources, pods: Kind, namespace: str, name: str, options: DeleteOptions) -> None:
    if not options.dry_run:

        def mark(before: View) -> Object:
            pod = before.object
            status = {**pod.get("status", {})}
            status["conditions"] = with_condition(
                status.get("conditions") or [], _DISRUPTION_TARGET, resources.now()
            )
            return {**pod, "status": status}

        write = WriteOptions(field_manager="kube-apiserver")
        resources.change(pods, namespace, name, mark, write, subresource="eviction")
    resources.delete(pods, namespace, name, options, is_admitted=True)
