"""What a newcomer's affinity terms mean: filter and score read them alike.

Source: pkg/scheduler/framework/plugins/interpodaffinity/plugin.go and filtering.go@v1.36.2.
"""

from collections.abc import Iterable
from dataclasses import replace

from insideout.scheduler.nodeaffinity import Labels
from insideout.scheduler.podinfo import AffinityTerm, PodInfo
from insideout.scheduler.snapshot import Snapshot

_NO_LABELS: Labels = {}


def resolved(term: AffinityTerm, snapshot: Snapshot) -> AffinityTerm:
    """Return the newcomer's `term` with the namespaces that its selector selects written out.

    The selector stays and is then asked about a namespace without labels, as upstream does: a term such as
    "team NotIn (a)" so means every namespace.  (mergeAffinityTermNamespacesIfNotEmpty clears a copy.)
    """
    selector = term.namespace_selector
    if selector is None or not selector.requirements:
        return term
    selected = (name for name, labels in snapshot.namespaces.items() if selector.matches(labels))
    return replace(term, namespaces=term.namespaces.union(selected))


def means(term: AffinityTerm, pod: PodInfo) -> bool:
    """Return whether a newcomer's resolved term means the placed `pod`."""
    return term.matches(pod, _NO_LABELS)


def all_match(terms: Iterable[AffinityTerm], pod: PodInfo) -> bool:
    """Return whether every one of a newcomer's resolved terms means the placed `pod`."""
    return all(means(term, pod) for term in terms)
