"""Required affinity and anti-affinity between pods, the newcomer's and that of pods already placed.

A node is turned down when a domain that it stands in lacks the pods that the newcomer wants, holds pods
that it avoids, or holds pods that avoid it.  The first pod of a group that wants its own kind goes anywhere.

Source: pkg/scheduler/framework/plugins/interpodaffinity/filtering.go@v1.36.2.
"""

from collections.abc import Mapping

from insideout.scheduler.affinity import all_match, resolved
from insideout.scheduler.filters import Prepared
from insideout.scheduler.nodeinfo import NodeInfo
from insideout.scheduler.podinfo import AffinityTerm, PodInfo
from insideout.scheduler.snapshot import Snapshot
from insideout.scheduler.status import Status, unresolvable, unschedulable

NAME = "InterPodAffinity"
NO_FRIENDS = unresolvable(NAME, "node(s) didn't match pod affinity rules")
FOES = unschedulable(NAME, "node(s) didn't match pod anti-affinity rules")
UNWANTED = unschedulable(NAME, "node(s) didn't satisfy existing pods anti-affinity rules")

Domains = list[tuple[str, Mapping[str, int]]]
"""Topology keys, each with the number of pods in each of its values."""


def prepare(pod: PodInfo, snapshot: Snapshot) -> Prepared:
    """Ask about the domains that the node stands in, in all three ways that apply."""
    namespace_labels = snapshot.namespaces.get(pod.namespace, {})
    unwanted: Domains = [
        (term.topology_key, domains)
        for term, domains in snapshot.repelling.items()
        if term.matches(pod, namespace_labels)
    ]
    wanted = tuple(resolved(term, snapshot) for term in pod.required_affinity)
    avoided = tuple(resolved(term, snapshot) for term in pod.required_anti_affinity)
    if not (unwanted or wanted or avoided):
        return None
    friends = [(term.topology_key, _count(snapshot, wanted, term)) for term in wanted]
    foes = [(term.topology_key, _count(snapshot, (term,), term)) for term in avoided]
    nobody_yet = not any(any(domains.values()) for _, domains in friends)
    is_first = nobody_yet and all_match(wanted, pod)

    def check(node: NodeInfo) -> Status | None:
        labels = node.labels
        if friends and not _has_friends(labels, friends, is_first):
            return NO_FRIENDS
        if _stands_in(labels, foes):
            return FOES
        return UNWANTED if _stands_in(labels, unwanted) else None

    return check


def _has_friends(labels: Mapping[str, str], friends: Domains, is_first: bool) -> bool:
    if any(key not in labels for key, _ in friends):
        return False
    return is_first or all(domains.get(labels[key], 0) > 0 for key, domains in friends)


def _stands_in(labels: Mapping[str, str], domains: Domains) -> bool:
    for key, counts in domains:
        value = labels.get(key)
        if value is not None and counts.get(value, 0) > 0:
            return True
    return False


def _count(snapshot: Snapshot, terms: tuple[AffinityTerm, ...], term: AffinityTerm) -> Mapping[str, int]:
    """Return how many pods that all of `terms` mean stand in each domain of `term`'s key."""
    key = term.topology_key
    rule = ("affinity", terms, key)
    return snapshot.tally(rule, key, lambda pod: all_match(terms, pod), lambda _: True).domains
