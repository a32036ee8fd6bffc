"""Which init containers to start next: one after another, except that sidecars stay.

The scan goes backwards from the last, because what a runtime knew about an earlier one may be gone: the
latest trace tells how far the Pod has come.  What comes before it is looked at only to keep sidecars running.

Source: pkg/kubelet/kuberuntime/kuberuntime_container.go:computeInitContainerActions@v1.36.2.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

Kind = Literal["init", "side", "sideP"]
"""A plain init container, a sidecar, or a sidecar with a startup probe."""

State = Literal["none", "run", "runOK", "runFail", "ok", "bad"]
"""Never seen; running, its startup probe pending, passed or failed; exited with 0 or otherwise."""


class Actions(NamedTuple):
    """Indices to start, in order; whether main containers may start; whether the Pod has failed for good."""

    start: list[int]
    ready_for_main: bool
    kill_pod: bool


def next_starts(
    kinds: Sequence[Kind],
    states: Sequence[State],
    *,
    main_running: bool,
    restart_on_failure: bool = True,
) -> Actions:
    """Return what to do next for a Pod with these init containers in these states."""
    if not kinds:
        return Actions([], True, False)
    start: list[int] = []
    last = len(kinds) - 1
    seen = main_running
    ready = main_running
    for index in range(last, -1, -1):
        kind, state = kinds[index], states[index]
        if state == "none":
            if seen and kind != "init":
                start.append(index)
            continue
        if seen and kind == "init":
            continue
        if _is_done(kind, state):
            if index == last:
                ready = True
            elif not seen:
                start.append(index + 1)
        elif _must_restart(kind, state):
            if kind == "init" and not restart_on_failure:
                return Actions([], False, True)
            start.append(index)
        seen = True
    if not seen:
        start.append(0)
    return Actions(start[::-1], ready, False)


def _is_done(kind: Kind, state: State) -> bool:
    """Tell whether the next one may start: an init container succeeded, or a sidecar is up."""
    if kind == "init":
        return state == "ok"
    return state == "runOK" or (state == "run" and kind == "side")


def _must_restart(kind: Kind, state: State) -> bool:
    if kind == "init":
        return state == "bad"
    return state in ("ok", "bad") or (state == "runFail" and kind == "sideP")
