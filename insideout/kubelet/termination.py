"""The order in which a Pod's containers stop: main containers together, then sidecars, the last first.

A sidecar waits for the main containers and for the next sidecar after it, no further: where that one does not
run, it stops together with the one after.

A preStop hook runs at once, sidecars' too, and its time comes off the grace period.  When the grace period is
over, whoever still waits for its turn is stopped; everyone is left at least two seconds to leave by itself.

Source: pkg/kubelet/kuberuntime/kuberuntime_termination_order.go,
kuberuntime_container.go:killContainer@v1.36.2.
"""

from insideout.apimachinery.resources import is_sidecar
from insideout.client import Object

MINIMUM_GRACE_S = 2


def predecessors(spec: Object, name: str) -> list[str]:
    """Return whom a container waits for before it is told to stop: none, unless it is a sidecar."""
    sidecars = [c["name"] for c in spec.get("initContainers") or () if is_sidecar(c)]
    if name not in sidecars:
        return []
    after = sidecars.index(name) + 1
    return [container["name"] for container in spec["containers"]] + sidecars[after : after + 1]


def remaining_grace_s(grace_s: int, waited_s: float) -> int:
    """Return how long a container has after it was told to stop, when it waited before for its turn."""
    return max(MINIMUM_GRACE_S, grace_s - whole_seconds(waited_s))


def whole_seconds(spent_s: float) -> int:
    """Return how many whole seconds passed; sums of fractions may miss one by a hair."""
    return int(spent_s + 1e-6)
