"""The flags of kube-controller-manager that concern lost nodes, with their defaults.

Source: pkg/controller/nodelifecycle/config/v1alpha1/defaults.go, cmd/kube-controller-manager/app/options
/nodelifecyclecontroller.go@v1.36.2.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Settings:
    """How often the controller looks, how patient it is, and how fast it taints; times in seconds."""

    monitor_period_s: float = 5.0
    monitor_grace_period_s: float = 50.0
    startup_grace_period_s: float = 60.0
    eviction_qps: float = 0.1
    """Nodes a second that may be tainted in a zone."""
    secondary_eviction_qps: float = 0.01
    """The same, in a large zone of which much is not ready."""
    large_cluster_nodes: int = 50
    """A zone with more nodes than this is large."""
    unhealthy_zone_threshold: float = 0.55
    """A zone is partially disrupted from this share of nodes not ready, if they are more than two."""
    pass_s: float = 0.01
    """How long a look at all nodes takes, about; no flag.  The next one begins a period after its end, so ten
    periods are a little longer than fifty seconds; the recorded node became Unknown after ten, not eleven."""

    @property
    def between_looks_s(self) -> float:
        """From one look at all nodes to the next."""
        return self.monitor_period_s + self.pass_s

    @classmethod
    def from_flags(cls, flags: Mapping[str, Any]) -> "Settings":
        """Return the settings for flags by their names, such as {"node-monitor-period": "1s"}.

        Raises ValueError for a flag that is not about lost nodes.
        """
        unknown = sorted(flags.keys() - _FLAGS.keys())
        if unknown:
            raise ValueError(f"no flag of the node lifecycle controller: {', '.join(unknown)}")
        values: dict[str, Any] = {_FLAGS[flag]: _number(value) for flag, value in flags.items()}
        return cls(**values)


_FLAGS = {
    "node-monitor-period": "monitor_period_s",
    "node-monitor-grace-period": "monitor_grace_period_s",
    "node-startup-grace-period": "startup_grace_period_s",
    "node-eviction-rate": "eviction_qps",
    "secondary-node-eviction-rate": "secondary_eviction_qps",
    "large-cluster-size-threshold": "large_cluster_nodes",
    "unhealthy-zone-threshold": "unhealthy_zone_threshold",
}
_UNITS_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def _number(value: Any) -> float:
    """Return a number as it is, and a duration such as "8s" or "1m30s" in seconds."""
    if not isinstance(value, str):
        return float(value)
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|s|m|h)", value)
    if not parts or "".join(number + unit for number, unit in parts) != value:
        raise ValueError(f"not a duration: {value!r}")
    return sum(float(number) * _UNITS_S[unit] for number, unit in parts)
