"""Hard spread constraints: no domain may run ahead of the emptiest by more than maxSkew.

A node is turned down when  pods in its domain + 1 if the pod counts itself - pods in the emptiest domain
exceeds maxSkew.  With fewer domains than minDomains, the emptiest counts as empty.

Source: pkg/scheduler/framework/plugins/podtopologyspread/filtering.go@v1.36.2.
"""

from typing import NamedTuple

from insideout.scheduler.filters import Prepared
from insideout.scheduler.nodeinfo import NodeInfo
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.snapshot import Snapshot
from insideout.scheduler.spreading import tally_constraint
from insideout.scheduler.status import Status, unresolvable, unschedulable

NAME = "PodTopologySpread"
_REASON = "node(s) didn't match pod topology spread constraints"
TOO_SKEWED = unschedulable(NAME, _REASON)
NO_LABEL = unresolvable(NAME, f"{_REASON} (missing required label)")


class _Bound(NamedTuple):
    """A constraint for this pod: a domain of `counts` may hold at most `most` pods before it comes."""

    key: str
    counts: dict[str, int]
    most: int


def prepare(pod: PodInfo, snapshot: Snapshot) -> Prepared:
    """Ask whether the pod would make the node's domain too full, for each hard constraint."""
    constraints = [each for each in pod.spread if each.hard]
    if not constraints:
        return None
    keys = [each.topology_key for each in constraints]
    bounds = []
    for each in constraints:
        domains = tally_constraint(snapshot, pod, each, keys).domains
        least = min(domains.values()) if len(domains) >= each.min_domains and domains else 0
        itself = 1 if each.selector is not None and each.selector.matches(pod.labels) else 0
        bounds.append(_Bound(each.topology_key, domains, each.max_skew + least - itself))

    def check(node: NodeInfo) -> Status | None:
        for key, counts, most in bounds:
            value = node.labels.get(key)
            if value is None:
                return NO_LABEL
            if counts.get(value, 0) > most:
                return TOO_SKEWED
        return None

    return check
