"""How long a Pod may stay on a node with NoExecute taints.

Source: pkg/controller/tainteviction/taint_eviction.go:processPodOnNode, getMinTolerationTime,
pkg/apis/core/v1/helper/helpers.go:GetMatchingTolerations@v1.36.2.
"""

from collections.abc import Sequence

from insideout.apimachinery.taints import Taint, Toleration, first_toleration


def evict_after(taints: Sequence[Taint], tolerations: Sequence[Toleration]) -> float | None:
    """Return the seconds until the Pod goes: 0.0 for now, None for never.

    Only the first listed toleration that matches a taint counts for it.  A taint that nothing tolerates means
    now; otherwise the shortest tolerationSeconds of those used does, and without any the Pod stays.
    """
    delays = []
    for taint in taints:
        if taint["effect"] != "NoExecute":
            continue
        used = first_toleration(taint, tolerations)
        if used is None:
            return 0.0
        if used.get("tolerationSeconds") is not None:
            delays.append(max(0.0, float(used["tolerationSeconds"])))
    return min(delays, default=None)
