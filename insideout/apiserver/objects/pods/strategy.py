"""The strategy of Pods.

Left out: states of containers that a status update may not go back to.

Source: pkg/registry/core/pod/strategy.go, plugin/pkg/admission/defaulttolerationseconds/admission.go@v1.36.2.
"""

from typing import Any

from insideout.apimachinery.qos import qos_class
from insideout.apiserver.objects import field, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.pods import annotations, defaults, status, subresources, update
from insideout.apiserver.objects.pods.rules import metadata_and_spec
from insideout.apiserver.objects.strategy import Strategy

Object = dict[str, Any]

_NOT_READY, _UNREACHABLE = "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"
_EVICTION_S = 300


def validate(pod: Object) -> Causes:
    """Return what is wrong with a new pod."""
    spec = pod["spec"]
    causes = metadata_and_spec(pod)
    if spec.get("ephemeralContainers"):
        causes.append(field.forbidden("spec.ephemeralContainers", "cannot be set on create"))
    if spec.get("nodeName") and spec.get("schedulingGates"):
        detail = "cannot be set until all schedulingGates have been cleared"
        causes.append(field.forbidden("spec.nodeName", detail))
    return causes


def validate_update(new: Object, old: Object) -> Causes:
    """Return what is wrong with a change of a pod."""
    causes = metadata.validate_kubernetes_update(new["metadata"], old["metadata"])
    causes += metadata_and_spec(new)
    causes += annotations.validate_update(new, old, "metadata.annotations")
    return causes + update.validate(new["spec"], old["spec"])


def tolerate_outages(spec: Object) -> None:
    """Let a pod stay 300 s on a node in trouble, unless it says otherwise: an admission plugin does."""
    tolerations = list(spec.get("tolerations") or ())
    for key in (_NOT_READY, _UNREACHABLE):
        if not any(
            toleration.get("key", "") in (key, "") and toleration.get("effect", "") in ("NoExecute", "")
            for toleration in spec.get("tolerations") or ()
        ):
            tolerations.append(
                {"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": _EVICTION_S}
            )
    spec["tolerations"] = tolerations


def _on_create(pod: Object) -> None:
    spec = pod["spec"]
    tolerate_outages(spec)
    if not spec.get("priorityClassName"):
        spec.setdefault("priority", 0)
        spec.setdefault("preemptionPolicy", "PreemptLowerPriority")
    pod["status"] = {"phase": "Pending", "qosClass": qos_class(pod)}
    if spec.get("schedulingGates"):
        pod["status"]["conditions"] = [
            {
                "type": "PodScheduled",
                "status": "False",
                "lastProbeTime": None,
                "lastTransitionTime": pod["metadata"].get("creationTimestamp"),
                "reason": "SchedulingGated",
                "message": "Scheduling is blocked due to non-empty scheduling gates",
            }
        ]
    _merge_label_keys(pod)


def _merge_label_keys(pod: Object) -> None:
    """Make selectors out of matchLabelKeys and mismatchLabelKeys and the pod's own labels."""
    labels: Object = pod["metadata"].get("labels") or {}
    terms = list(pod["spec"].get("topologySpreadConstraints") or ())
    for name in ("podAffinity", "podAntiAffinity"):
        affinity = (pod["spec"].get("affinity") or {}).get(name) or {}
        preferred = affinity.get("preferredDuringSchedulingIgnoredDuringExecution") or ()
        terms += [each["podAffinityTerm"] for each in preferred if each.get("podAffinityTerm")]
        terms += affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or ()
    for term in terms:
        for name, operator in (("matchLabelKeys", "In"), ("mismatchLabelKeys", "NotIn")):
            for key in term.get(name) or ():
                if key in labels and term.get("labelSelector") is not None:
                    requirement = {"key": key, "operator": operator, "values": [labels[key]]}
                    term["labelSelector"].setdefault("matchExpressions", []).append(requirement)


POD = Strategy(
    pod_spec_at=("spec",),
    defaults=defaults.pod,
    status_defaults=defaults.pod_status,
    on_create=_on_create,
    on_status_update=status.prepare,
    validate=validate,
    validate_update=validate_update,
    validate_status=status.validate,
    counts_generation=True,
    has_status=True,
    subresources={
        "ephemeralcontainers": subresources.EPHEMERAL_CONTAINERS,
        "resize": subresources.RESIZE,
    },
)
