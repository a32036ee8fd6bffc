"""Who decides the order in which a Pod's containers start and stop: the kubelet's rules, or others put in.

Rules put in speak of plain data.  What they raise, or an answer that cannot be used, ends the look at the Pod
as a crash of the kubelet would; it is raised where the cluster is run.

Source: pkg/kubelet/kuberuntime/{kuberuntime_container,kuberuntime_termination_order}.go@v1.36.2.
"""

from collections.abc import Callable, Sequence
from typing import Any

from insideout.kubelet.initcontainers import Actions, Kind, State, next_starts

Starts = Callable[[list[str], list[str], bool], Any]
"""From the kinds and states of init containers and whether a main one runs to (indices, ready for main)."""

Stops = Callable[[list[int], list[int], int], Any]
"""From the seconds that mains and sidecars need to exit, and the grace period, to each sidecar's TERM."""


class Order:
    """The order of one node; nothing put in means the kubelet's own."""

    def __init__(self) -> None:
        self._starts: Starts | None = None
        self._stops: Stops | None = None

    def start_by(self, starts: Starts | None) -> None:
        """Ask `starts` from now on which init containers to start."""
        self._starts = starts

    def stop_by(self, stops: Stops | None) -> None:
        """Ask `stops` from now on when sidecars are told to stop."""
        self._stops = stops

    @property
    def has_plan(self) -> bool:
        """Whether sidecars stop by a plan that is made when stopping begins, not by waiting."""
        return self._stops is not None

    def next_starts(
        self, kinds: Sequence[Kind], states: Sequence[State], *, main_running: bool, restart_on_failure: bool
    ) -> Actions:
        """Return what to do next for a Pod with these init containers."""
        own = next_starts(kinds, states, main_running=main_running, restart_on_failure=restart_on_failure)
        if self._starts is None or not kinds or own.kill_pod:
            return own
        answer = self._starts(list(kinds), list(states), main_running)
        match answer:
            case [list() | tuple() as indices, bool() as ready] if all(
                type(one) is int and 0 <= one < len(kinds) for one in indices
            ):
                return Actions(list(indices), ready, False)
        raise ValueError(
            f"the start order gave {answer!r}; give ([indices of init containers], True or False)"
        )

    def stop_times_s(self, mains: list[int], sidecars: list[int], grace_s: int) -> list[float]:
        """Return when each sidecar is told to stop, in seconds from the start of stopping."""
        assert self._stops is not None
        if not sidecars:
            return []
        answer = self._stops(mains or [0], sidecars, grace_s)  # of mains that are gone nobody waits for one
        if not isinstance(answer, list | tuple) or len(answer) != len(sidecars):
            raise ValueError(
                f"the stop order gave {answer!r}; give a list, a number for each of {len(sidecars)} sidecars"
            )
        if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in answer):
            raise ValueError(f"the stop order gave {answer!r}; its entries must be seconds")
        return [float(one) for one in answer]
