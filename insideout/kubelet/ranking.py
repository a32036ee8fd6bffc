"""An eviction order written by a learner, in the kubelet's hands."""

from collections.abc import Callable, Sequence

from insideout.kubelet.eviction import PodMemory, Rank


def rank_by_name(order: Callable[[list[dict[str, object]]], list[str]]) -> Rank:
    """Turn a function from dicts to names, as a learner writes it, into the kubelet's ranking.

    Each dict has name, priority, usage, request (bytes) and critical.  A name that the function makes up is
    refused with a ValueError.
    """

    def rank(pods: Sequence[PodMemory]) -> list[PodMemory]:
        by_name = {pod.name: pod for pod in pods}
        names = order(
            [
                {
                    "name": pod.name,
                    "priority": pod.priority,
                    "usage": pod.usage_bytes,
                    "request": pod.request_bytes,
                    "critical": pod.critical,
                }
                for pod in pods
            ]
        )
        unknown = [name for name in names if name not in by_name]
        if unknown:
            raise ValueError(f"the order names {unknown[0]!r}, which is no pod of this node")
        return [by_name[name] for name in names]

    return rank
