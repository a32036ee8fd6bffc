"""A node whose pods' use of memory the reader turns: who stands where in the order, and who has to go."""

from collections.abc import Sequence

from course.plots.picture import Picture
from course.units.u06_qos.plots.eviction import plot_order
from insideout.kubelet.eviction import THRESHOLD_BYTES, PodMemory, rank_memory

Mi = 2**20


def plot_use(
    pods: Sequence[PodMemory], classes: dict[str, str], *, capacity_bytes: int, **uses_mi: int
) -> Picture:
    """Draw the node when the pods named in `uses_mi` use so many MiB, with the pods that are evicted.

    Pods are ended one after the other until the node has THRESHOLD_BYTES left.  A pod without statistics uses
    memory all the same, but nobody knows how much: it is left out of `pods` here.
    """
    moved = [pod._replace(usage_bytes=uses_mi.get(pod.name, pod_mi(pod)) * Mi) for pod in pods]
    ranked = [pod for pod in rank_memory(moved) if not pod.critical]
    used = sum(pod.usage_bytes or 0 for pod in moved)
    left, gone = capacity_bytes - used, []
    for pod in ranked:
        if left >= THRESHOLD_BYTES:
            break
        gone.append(pod.name)
        left += pod.usage_bytes or 0
    went = f"{', then '.join(gone)} must go" if gone else "nobody must go"
    if used > capacity_bytes:
        went, gone = "too fast for the kubelet, the kernel kills", []
    title = f"{used // Mi} of {capacity_bytes // Mi} MiB are used: {went}"
    return plot_order(moved, [pod.name for pod in ranked], classes, gone=gone, title=title)


def pod_mi(pod: PodMemory) -> int:
    """Return what a pod uses, in MiB."""
    return (pod.usage_bytes or 0) // Mi
