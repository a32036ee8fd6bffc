"""What changed in the cluster, in the terms in which plugins say what may help a pod.

Source: pkg/scheduler/framework/events.go and k8s.io/kube-scheduler/framework/types.go@v1.36.2 (ActionType).
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import Flag, auto
from functools import cached_property

from insideout.apimachinery import quantity
from insideout.client import Object
from insideout.scheduler.nodeinfo import NodeInfo
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.resources import pod_requests


class Action(Flag):
    """What happened to an object; an event may name several, and then each of them counts."""

    ADD = auto()
    DELETE = auto()
    UPDATE_NODE_ALLOCATABLE = auto()
    UPDATE_NODE_LABEL = auto()
    UPDATE_NODE_TAINT = auto()
    UPDATE_NODE_CONDITION = auto()
    UPDATE_NODE_ANNOTATION = auto()
    UPDATE_POD_LABEL = auto()
    UPDATE_POD_SCALE_DOWN = auto()
    UPDATE_POD_TOLERATION = auto()
    UPDATE_POD_GATES_GONE = auto()
    UPDATE = auto()


@dataclass(eq=False)
class ClusterEvent:
    """A change: the resource it concerns, what happened, and the object before and after.

    Many waiting pods may ask about one event; what they ask for is read once.
    """

    resource: str
    action: Action
    old: Object | None = None
    new: Object | None = None

    @cached_property
    def old_pod(self) -> PodInfo | None:
        """Return the pod before the change."""
        return PodInfo(self.old) if self.old is not None else None

    @cached_property
    def new_pod(self) -> PodInfo | None:
        """Return the pod after the change."""
        return PodInfo(self.new) if self.new is not None else None

    @cached_property
    def old_node(self) -> NodeInfo | None:
        """Return the node before the change."""
        return _node_info(self.old)

    @cached_property
    def new_node(self) -> NodeInfo | None:
        """Return the node after the change."""
        return _node_info(self.new)

    @property
    def uid(self) -> str:
        """Return the uid of the object that changed."""
        metadata = (self.new or self.old or {}).get("metadata", {})
        return metadata.get("uid") or f"{metadata.get('namespace', 'default')}/{metadata.get('name')}"


def _node_info(obj: Object | None) -> NodeInfo | None:
    if obj is None:
        return None
    info = NodeInfo(obj["metadata"]["name"])
    info.set_node(obj)
    return info


POD = "pods"
NODE = "nodes"
CLAIM = "persistentvolumeclaims"
VOLUME = "persistentvolumes"
STORAGE_CLASS = "storageclasses"


def node_changes(old: Object, new: Object) -> list[ClusterEvent]:
    """Return what changed of a node that could matter; a heartbeat changes nothing."""
    tests: tuple[tuple[Action, Callable[[Object], object]], ...] = (
        (Action.UPDATE_NODE_ALLOCATABLE, lambda node: _amounts(_status(node).get("allocatable"))),
        (Action.UPDATE_NODE_LABEL, lambda node: node["metadata"].get("labels") or {}),
        (Action.UPDATE_NODE_TAINT, lambda node: _spec(node).get("taints") or []),
        (Action.UPDATE_NODE_CONDITION, _conditions),
        (Action.UPDATE_NODE_ANNOTATION, lambda node: node["metadata"].get("annotations") or {}),
    )
    changed = [action for action, part in tests if part(old) != part(new)]
    if _spec(old).get("unschedulable") and not _spec(new).get("unschedulable"):
        changed.insert(0, Action.UPDATE_NODE_TAINT)
    return [ClusterEvent(NODE, action, old, new) for action in dict.fromkeys(changed)]


def pod_changes(old: Object, new: Object) -> list[ClusterEvent]:
    """Return what changed of a pod; a plain update when it is none of the kinds that plugins name."""
    changed = []
    if (old["metadata"].get("labels") or {}) != (new["metadata"].get("labels") or {}):
        changed.append(Action.UPDATE_POD_LABEL)
    if _scaled_down(old, new):
        changed.append(Action.UPDATE_POD_SCALE_DOWN)
    if _spec(old).get("schedulingGates") and not _spec(new).get("schedulingGates"):
        changed.append(Action.UPDATE_POD_GATES_GONE)
    if len(_spec(old).get("tolerations") or ()) != len(_spec(new).get("tolerations") or ()):
        changed.append(Action.UPDATE_POD_TOLERATION)
    return [ClusterEvent(POD, action, old, new) for action in changed or [Action.UPDATE]]


def _scaled_down(old: Object, new: Object) -> bool:
    if old["spec"] is new["spec"]:
        return False
    before, after = pod_requests(old, use_status=True), pod_requests(new, use_status=True)
    return any(name not in after or amount > after[name] for name, amount in before.items())


def _spec(obj: Object) -> Object:
    return obj.get("spec") or {}


def _status(obj: Object) -> Object:
    return obj.get("status") or {}


def _amounts(resource_list: Object | None) -> dict[str, Decimal]:
    return {name: quantity.parse(text) for name, text in (resource_list or {}).items()}


def _conditions(node: Object) -> dict[str, str]:
    return {each["type"]: each["status"] for each in _status(node).get("conditions") or ()}
