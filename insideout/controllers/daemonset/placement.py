"""Where a DaemonSet's Pods belong, and the Pod for one node.

Each Pod is made for its node by an affinity to the node's name; the scheduler then binds it.

Source: pkg/controller/daemon/daemon_controller.go:NodeShouldRunDaemonPod, podsShouldBeOnNode;
util/daemonset_util.go@v1.36.2.
"""

from typing import NamedTuple

from insideout.apimachinery import nodeselectors, taints
from insideout.apimachinery.copies import copied
from insideout.client import Object
from insideout.controllers.podcontrol import pod_from_template

REVISION_LABEL = "controller-revision-hash"
_EXISTS = {"operator": "Exists"}
_TOLERATIONS = (
    {"key": "node.kubernetes.io/not-ready", "effect": "NoExecute"},
    {"key": "node.kubernetes.io/unreachable", "effect": "NoExecute"},
    {"key": "node.kubernetes.io/disk-pressure", "effect": "NoSchedule"},
    {"key": "node.kubernetes.io/memory-pressure", "effect": "NoSchedule"},
    {"key": "node.kubernetes.io/pid-pressure", "effect": "NoSchedule"},
    {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"},
)
_HOST_NETWORK_TOLERATION = {"key": "node.kubernetes.io/network-unavailable", "effect": "NoSchedule"}


class Fit(NamedTuple):
    """Whether a node should get a Pod, and whether one that is there may stay."""

    should_run: bool
    may_stay: bool


def fit(daemon_set: Object, node: Object) -> Fit:
    """Judge one node; a taint that only keeps new Pods away does not drive out one that is there."""
    spec = daemon_set["spec"]["template"]["spec"]
    if spec.get("nodeName", node["metadata"]["name"]) != node["metadata"]["name"]:
        return Fit(False, False)
    if not nodeselectors.allows(spec, node):
        return Fit(False, False)
    tolerations = with_tolerations(spec)
    untolerated = {
        taint["effect"]
        for taint in node["spec"].get("taints") or ()
        if taints.first_toleration(taint, tolerations) is None
    }
    return Fit(not untolerated & {"NoSchedule", "NoExecute"}, "NoExecute" not in untolerated)


def with_tolerations(spec: Object) -> list[Object]:
    """Return a template's tolerations and those that every daemon has: node trouble does not move it.

    One of the template's that is the same but for its time gives way: a daemon tolerates for ever.

    Source: pkg/apis/core/v1/helper/helpers.go:AddOrUpdateTolerationInPodSpec@v1.36.2.
    """
    wanted = [*_TOLERATIONS, *([_HOST_NETWORK_TOLERATION] if spec.get("hostNetwork") else [])]
    daemons = {_matching(full): full for full in (_EXISTS | toleration for toleration in wanted)}
    given = list(spec.get("tolerations") or ())
    there = {_matching(each) for each in given}
    return [
        *(daemons.get(_matching(each), each) for each in given),
        *(full for key, full in daemons.items() if key not in there),
    ]


def _matching(toleration: Object) -> tuple[object, ...]:
    return tuple(toleration.get(field, "") for field in ("key", "operator", "value", "effect"))


def pod_for(daemon_set: Object, node_name: str, revision_hash: str) -> Object:
    """Return the Pod for one node."""
    pod = pod_from_template(daemon_set["spec"]["template"], daemon_set)
    pod["metadata"].setdefault("labels", {})[REVISION_LABEL] = revision_hash
    spec = pod["spec"]
    spec["tolerations"] = with_tolerations(spec)
    affinity = spec.setdefault("affinity", {}).setdefault("nodeAffinity", {})
    field = {"key": "metadata.name", "operator": "In", "values": [node_name]}
    # What the template says about nodes was asked when the node was judged; the name is enough now.
    affinity["requiredDuringSchedulingIgnoredDuringExecution"] = {
        "nodeSelectorTerms": [{"matchFields": [field]}]
    }
    return dict(copied(pod))


def node_of(pod: Object) -> str:
    """Return the node that a daemon's Pod is on, or is meant for."""
    spec = pod["spec"]
    if spec.get("nodeName"):
        return str(spec["nodeName"])
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or {}
    for term in required.get("nodeSelectorTerms") or ():
        for field in term.get("matchFields") or ():
            if field["key"] == "metadata.name" and field["operator"] == "In" and len(field["values"]) == 1:
                return str(field["values"][0])
    return ""
