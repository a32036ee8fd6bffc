"""When a node counts as silent: nothing new was seen from it for longer than the grace period.

The controller goes by its own clock.  It notes when it saw a change, of the Lease or of the status, and never
believes the time that is written in either; so a node whose clock is wrong is as well as any other.

Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go:tryUpdateNodeHealth,
config/v1alpha1/defaults.go@v1.36.2.
"""

from dataclasses import dataclass

from insideout.apimachinery import conditions
from insideout.client import Object

MONITOR_PERIOD_S = 5.0
MONITOR_GRACE_PERIOD_S = 50.0
STARTUP_GRACE_PERIOD_S = 60.0
OVERWRITTEN = ("Ready", "MemoryPressure", "DiskPressure", "PIDPressure")
"""The conditions that become Unknown; NetworkUnavailable is not the kubelet's."""


@dataclass
class NodeHealth:
    """What was last seen of a node, and when, by the controller's clock in seconds."""

    seen_s: float
    heartbeat: str
    renewal: str

    def observe(self, heartbeat: str, renewal: str, now_s: float) -> None:
        """Note a heartbeat in the status, or a renewal of the Lease, that was not seen before."""
        if heartbeat != self.heartbeat or renewal > self.renewal:
            self.seen_s = now_s
        self.heartbeat, self.renewal = heartbeat, max(renewal, self.renewal)

    def is_silent(self, now_s: float, grace_s: float) -> bool:
        """Tell whether the grace period is over; exactly at its end it is not."""
        return now_s > self.seen_s + grace_s


def heartbeat_of(node: Object) -> str:
    """Return when the kubelet last wrote the condition Ready, "" when it never did."""
    ready = conditions.find(node, "Ready")
    return str(ready.get("lastHeartbeatTime", "")) if ready else ""


def unknown_conditions(node: Object, now: str) -> list[Object]:
    """Return the node's conditions with those of the kubelet turned to Unknown."""
    changed = [dict(condition) for condition in (node.get("status") or {}).get("conditions") or ()]
    by_type = {condition["type"]: condition for condition in changed}
    for type_ in OVERWRITTEN:
        condition = by_type.get(type_)
        if condition is None:
            changed.append(
                {
                    "type": type_,
                    "status": "Unknown",
                    "reason": "NodeStatusNeverUpdated",
                    "message": "Kubelet never posted node status.",
                    "lastHeartbeatTime": node["metadata"]["creationTimestamp"],
                    "lastTransitionTime": now,
                }
            )
        elif condition["status"] != "Unknown":
            condition |= {
                "status": "Unknown",
                "reason": "NodeStatusUnknown",
                "message": "Kubelet stopped posting node status.",
                "lastTransitionTime": now,
            }
    return changed
