"""Which plugin waits for which events.

Source: EventsToRegister of each plugin under pkg/scheduler/framework/plugins@v1.36.2.
"""

from insideout.scheduler.events import CLAIM, NODE, POD, STORAGE_CLASS, VOLUME, Action, ClusterEvent
from insideout.scheduler.hints import Hint, always, itself
from insideout.scheduler.hints.neighbours import (
    affinity_by_node,
    affinity_by_pod,
    spread_by_node,
    spread_by_pod,
)
from insideout.scheduler.hints.nodes import affinity_met, taint_gone, tolerates_cordon, uncordoned
from insideout.scheduler.hints.room import (
    claim_user_gone,
    node_grew,
    other_topologies,
    own_claim,
    port_freed,
    room_freed,
)
from insideout.scheduler.podinfo import PodInfo

_ADD, _DELETE = Action.ADD, Action.DELETE
_LABEL, _TAINT = Action.UPDATE_NODE_LABEL, Action.UPDATE_NODE_TAINT

HINTS: dict[str, tuple[Hint, ...]] = {
    "SchedulingGates": (Hint(POD, Action.UPDATE_POD_GATES_GONE, itself),),
    "NodeUnschedulable": (
        Hint(NODE, _ADD | _TAINT, uncordoned),
        Hint(POD, Action.UPDATE_POD_TOLERATION, tolerates_cordon),
    ),
    "NodeName": (Hint(NODE, _ADD, always),),
    "TaintToleration": (
        Hint(NODE, _ADD | _TAINT, taint_gone),
        Hint(POD, Action.UPDATE_POD_TOLERATION, itself),
    ),
    "NodeAffinity": (Hint(NODE, _ADD | _LABEL, affinity_met),),
    "NodePorts": (Hint(POD, _DELETE, port_freed), Hint(NODE, _ADD, always)),
    "NodeResourcesFit": (
        Hint(POD, _DELETE | Action.UPDATE_POD_SCALE_DOWN, room_freed),
        Hint(NODE, _ADD | Action.UPDATE_NODE_ALLOCATABLE, node_grew),
    ),
    "VolumeRestrictions": (
        Hint(POD, _DELETE, claim_user_gone),
        Hint(NODE, _ADD, always),
        Hint(CLAIM, _ADD, own_claim),
    ),
    "VolumeBinding": (
        Hint(CLAIM, _ADD | Action.UPDATE, own_claim),
        Hint(VOLUME, _ADD | Action.UPDATE, always),
        Hint(STORAGE_CLASS, _ADD | Action.UPDATE, other_topologies),
        Hint(NODE, _ADD | _LABEL, always),
    ),
    "PodTopologySpread": (
        Hint(
            POD,
            _ADD | _DELETE | Action.UPDATE_POD_LABEL | Action.UPDATE_POD_TOLERATION,
            spread_by_pod,
        ),
        Hint(NODE, _ADD | _DELETE | _LABEL | _TAINT, spread_by_node),
    ),
    "InterPodAffinity": (
        Hint(POD, _ADD | _DELETE | Action.UPDATE_POD_LABEL, affinity_by_pod),
        Hint(NODE, _ADD | _LABEL, affinity_by_node),
    ),
    "DynamicResources": (Hint(NODE, _ADD | _LABEL, always),),
}


def worth_a_try(pod: PodInfo, plugins: frozenset[str], event: ClusterEvent) -> bool:
    """Return whether `event` could make one of the plugins that turned `pod` down change its mind.

    A plugin that says nothing about events, such as a learner's own, may be helped by any.
    """
    for plugin in sorted(plugins):
        hints = HINTS.get(plugin)
        if hints is None:
            return True
        for hint in hints:
            if hint.resource == event.resource and event.action & hint.actions and hint.helps(pod, event):
                return True
    return False
