"""One attempt to place a pod: a cycle, and when it finds no node, the try to make room.

Source: pkg/scheduler/schedule_one.go@v1.36.2 (schedulingAlgorithm) and RunPostFilterPlugins in
pkg/scheduler/framework/runtime/framework.go.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from insideout.scheduler import messages
from insideout.scheduler.cycle import Cycle, Outcome
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.preemption import Budget, Candidate, Preemption


@dataclass(frozen=True)
class Attempt:
    """What came of it: a node; or a message, the plugins that said no, and perhaps whom to evict.

    `plugins` is empty when nothing said no in particular, as without nodes; the pod is then tried again after
    its back-off rather than after an event.  `nominate` is the node to nominate the pod to, "" to take a
    nomination back, None to leave it as it is.
    """

    node_name: str = ""
    message: str = ""
    plugins: frozenset[str] = frozenset()
    candidate: Candidate | None = None
    nominate: str | None = ""
    outcome: Outcome | None = None


def attempt(
    cycle: Cycle,
    preemption: Preemption,
    pod: PodInfo,
    budgets: Callable[[], Sequence[Budget]] = tuple,
) -> Attempt:
    """Find a node for the pod, or the node to make room on, or the message to report.

    `budgets` is asked for the disruption budgets when pods may have to be evicted.
    """
    nodes = len(cycle.snapshot.nodes)
    if not nodes:
        return Attempt(message=messages.NO_NODES)
    outcome = cycle.schedule(pod)
    if outcome.node_name:
        return Attempt(outcome.node_name, outcome=outcome)
    diagnosis = outcome.diagnosis
    plugins = frozenset(diagnosis.plugins())
    if diagnosis.before is not None:
        # DynamicResources comes before preemption and fails when it was not asked earlier: nobody preempts.
        before = ", ".join(diagnosis.before.reasons)
        message = messages.fit_message(nodes, (), before=before, after=messages.DEVICE_CLAIMS_NOT_READ)
        return Attempt("", message, plugins, nominate=None, outcome=outcome)
    result = preemption.preempt(pod, diagnosis, budgets())
    after = "" if result.candidate else f"{messages.NO_DEVICE_CLAIMS}, preemption: {result.message}"
    say = cycle.profile.message
    if say is None:
        message = messages.fit_message(nodes, diagnosis.reasons(nodes), after=after)
    else:
        rejected = {name: list(status.reasons) for name, status in diagnosis.rejected.items()}
        message = " ".join(part for part in (say(nodes, rejected), after) if part)
    nominate = result.candidate.node_name if result.candidate else None if result.keeps_nomination else ""
    return Attempt("", message, plugins, result.candidate, nominate, outcome)
