"""What may help a pod that other pods' places turned away: spreading, affinity and anti-affinity.

Source: isSchedulableAfterPodChange and isSchedulableAfterNodeChange in
pkg/scheduler/framework/plugins/podtopologyspread/plugin.go and interpodaffinity/plugin.go@v1.36.2.
"""

from insideout.scheduler.events import Action, ClusterEvent
from insideout.scheduler.hints import itself, takes_room
from insideout.scheduler.nodeinfo import NodeInfo
from insideout.scheduler.podinfo import AffinityTerm, PodInfo


def spread_by_pod(pod: PodInfo, event: ClusterEvent) -> bool:
    """Return whether a pod that a constraint counts has come, gone or changed."""
    old, new = event.old_pod, event.new_pod
    states = [each for each in (old, new) if each is not None]
    if not itself(pod, event) and not all(_is_neighbour(pod, each) for each in states):
        return False
    hard = [each for each in pod.spread if each.hard and each.selector is not None]
    chosen = [
        [each.selector is not None and each.selector.matches(state.labels) for each in hard]
        for state in states
    ]
    if old is not None and new is not None:
        if itself(pod, event) and event.action is Action.UPDATE_POD_TOLERATION:
            return any(each.honors_taints for each in hard)
        return chosen[0] != chosen[1]
    return any(chosen[0])


def spread_by_node(pod: PodInfo, event: ClusterEvent) -> bool:
    """Return whether a domain has come, gone or changed."""
    keys = [each.topology_key for each in pod.spread if each.hard]
    old, new = event.old_node, event.new_node
    had = old is not None and all(key in old.labels for key in keys)
    has = new is not None and all(key in new.labels for key in keys)
    if old is None or new is None:
        return had or has
    if had != has:
        return True
    moved = any(old.labels.get(key) != new.labels.get(key) for key in keys)
    return has and (moved or old.hard_taints != new.hard_taints)


def affinity_by_pod(pod: PodInfo, event: ClusterEvent) -> bool:
    """Return whether a wanted pod has come or an unwanted one has gone."""
    old, new = event.old_pod, event.new_pod
    if old is not None and new is not None and itself(pod, event):
        return True
    if not all(takes_room(each) for each in (old, new) if each is not None):
        return False
    wanted, avoided = pod.required_affinity, pod.required_anti_affinity
    if old is None:
        return new is not None and _means_all(wanted, new)
    if new is not None:
        came = not _means_all(wanted, old) and _means_all(wanted, new)
        return came or (_means_all(avoided, old) and not _means_all(avoided, new))
    return _means_all(avoided, old) or _means_all(old.required_anti_affinity, pod)


def affinity_by_node(pod: PodInfo, event: ClusterEvent) -> bool:
    """Return whether a node has come into a wanted domain or out of an avoided one."""
    old, new = event.old_node, event.new_node
    wanted, avoided = pod.required_affinity, pod.required_anti_affinity
    if new is None:
        return False
    if old is None:
        return bool(avoided) or any(term.topology_key in new.labels for term in wanted)
    if any(_moved(old, new, term) and term.topology_key in new.labels for term in wanted):
        return True
    return any(_moved(old, new, term) and term.topology_key in old.labels for term in avoided)


def _means_all(terms: tuple[AffinityTerm, ...], other: PodInfo) -> bool:
    return bool(terms) and all(term.matches(other, {}) for term in terms)


def _moved(old: NodeInfo, new: NodeInfo, term: AffinityTerm) -> bool:
    return old.labels.get(term.topology_key) != new.labels.get(term.topology_key)


def _is_neighbour(pod: PodInfo, other: PodInfo) -> bool:
    """Return whether spreading may count `other`: it stands on a node, in the pod's namespace."""
    return takes_room(other) and other.namespace == pod.namespace
