"""When a node counts as silent: nothing new was seen from it for longer than the grace period.

The controller goes by its own clock.  It notes when it saw a change, of the Lease or of the status, and never
believes the time that is written in either; so a node whose clock is wrong is as well as any other.

Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go:tryUpdateNodeHealth@v1.36.2.
"""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate

from insideout.apimachinery import conditions, timestamps
from insideout.client import Object

ROUNDING_S = 1e-6
"""Times are sums of floating point numbers; two that differ by less are one."""
OVERWRITTEN = ("Ready", "MemoryPressure", "DiskPressure", "PIDPressure")
"""The conditions that become Unknown; NetworkUnavailable is not the kubelet's."""


@dataclass
class NodeHealth:
    """What was last seen of a node, and when, by the controller's clock in seconds."""

    seen_s: float
    heartbeat: str
    renewal: str
    renewals: list[str] = field(default_factory=list)
    """The signs of life since the last silence, oldest first, as timestamps."""
    silent: bool = False

    def observe(self, heartbeat: str, renewal: str, now_s: float) -> None:
        """Note a heartbeat in the status, or a renewal of the Lease, that was not seen before."""
        renewed = renewal > self.renewal
        if renewed or heartbeat != self.heartbeat:
            self.reprieve(renewal if renewed else heartbeat, now_s)
        self.heartbeat, self.renewal = heartbeat, max(renewal, self.renewal)

    def reprieve(self, sign: str, now_s: float) -> None:
        """Count the grace period from now; `sign` is the timestamp of what gives reason to."""
        if self.silent:
            self.renewals.clear()
        self.silent, self.seen_s = False, now_s
        self.renewals.append(sign)

    def is_silent(self, now_s: float, grace_s: float) -> bool:
        """Tell whether the grace period is over; exactly at its end it is not."""
        return now_s > self.seen_s + grace_s + ROUNDING_S

    def times_s(self, began: datetime) -> list[float]:
        """Return the signs of life since the last silence in seconds from `began`, in ascending order."""
        since_s = [(timestamps.parse(sign) - began).total_seconds() for sign in self.renewals]
        # A heartbeat is written in whole seconds, and may seem older than a renewal that came before it.
        return list(accumulate((max(0.0, one) for one in since_s), max))


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
