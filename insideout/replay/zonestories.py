"""Compares what happened to nodes and their Pods with two recorded runs, as far as the runs themselves agree.

Exact are the states that a node or a Pod passes, how many nodes get NoExecute, and times within a second once
the order of the nodes is known.  Which of several equal nodes comes first is not; nor is whether a Pod's
Ready=False or its deletion is written first.  Where tainting stops, one node more or less may have been
tainted before it did: such nodes are compared up to there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

WITHIN_S = 1.0
_ROUNDING_S = 0.051

State = tuple[str, ...]
Group = tuple[str, str]


@dataclass
class PodStory:
    """How a Pod ended, if it did: seconds, None for what did not happen."""

    unready: bool = False
    disruption: str | None = None
    deleted_s: float | None = None
    gone_s: float | None = None

    @property
    def summary(self) -> tuple[bool, str | None, bool, bool]:
        """What happened to it, whenever."""
        return self.unready, self.disruption, self.deleted_s is not None, self.gone_s is not None


@dataclass
class NodeStory:
    """The states that a node passed, each with its second, and its Pods by the rest of their names."""

    name: str
    zone: str
    states: list[tuple[float, State]] = field(default_factory=list)
    pods: dict[str, PodStory] = field(default_factory=dict)

    @property
    def tainted_s(self) -> float | None:
        """When it first had a NoExecute taint."""
        return next((t_s for t_s, state in self.states if _is_tainted(state)), None)

    @property
    def ends_tainted(self) -> bool:
        """Whether it has a NoExecute taint at the end."""
        return bool(self.states) and _is_tainted(self.states[-1][1])

    @property
    def is_left_out(self) -> bool:
        """Whether it is not ready at the end, and has no NoExecute taint all the same."""
        return bool(self.states) and not self.ends_tainted and not self.states[-1][1][0].startswith("True")

    def until_tainted(self) -> list[tuple[float, State]]:
        """Return its states without the tainted ones that it ends in."""
        states = list(self.states)
        while states and _is_tainted(states[-1][1]):
            states.pop()
        return states


def disagreements(row: Mapping[str, Any], log: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return where a log is unlike both runs of a recorded case."""
    recorded = [_groups(row, run["log"]) for run in row["runs"]]
    ours = _groups(row, log)
    found: list[str] = []
    for group, nodes in ours.items():
        runs = [each[group] for each in recorded]
        stops = any(node.is_left_out for run in runs for node in run)
        if stops and sum(node.ends_tainted for node in nodes) > 1:
            found.append(
                f"{_names(nodes)}: more than one has NoExecute at the end, and tainting should have stopped"
            )
        found += _states_differ(nodes, runs, stops)
        found += _times_differ(nodes, runs, stops)
        for node in nodes:
            found += _pods_differ(node, [one for run in runs for one in run])
    return found


def _groups(row: Mapping[str, Any], log: Sequence[Mapping[str, Any]]) -> dict[Group, list[NodeStory]]:
    """Return the nodes' stories, tainted ones first; a group is of one zone, and the same was done to it."""
    stories = {
        f"{zone}{number}": NodeStory(f"{zone}{number}", zone)
        for zone, count in row["zones"].items()
        for number in range(count)
    }
    for pod in row["pods"]:
        name, _, variant = pod.partition("-")
        stories[name].pods[variant] = PodStory()
    for entry in log:
        if "node" in entry:
            state = (" ".join(entry["ready"]), *sorted(" ".join(taint) for taint in entry["taints"]))
            stories[entry["node"]].states.append((entry["t_s"], state))
            continue
        name, _, variant = entry["pod"].partition("-")
        _tell(stories[name].pods[variant], entry)
    groups: dict[Group, list[NodeStory]] = {}
    for name, story in stories.items():
        done = [(t_s, verb) for t_s, verb, names in row["actions"] if name in names]
        groups.setdefault((story.zone, str(done)), []).append(story)
    for nodes in groups.values():
        nodes.sort(key=lambda node: (node.tainted_s is None, node.tainted_s or 0.0, len(node.pods) == 0))
    return groups


def _tell(pod: PodStory, entry: Mapping[str, Any]) -> None:
    if entry.get("gone"):
        pod.gone_s = entry["t_s"]
        return
    pod.unready = pod.unready or entry["ready"] == "False"
    pod.disruption = entry["disruption"] or pod.disruption
    if entry["deleting"] and pod.deleted_s is None:
        pod.deleted_s = entry["t_s"]


def _states_differ(nodes: list[NodeStory], runs: list[list[NodeStory]], stops: bool) -> Iterator[str]:
    ours = sorted(_passed(node, stops) for node in nodes)
    theirs = [sorted(_passed(node, stops) for node in run) for run in runs]
    if ours not in theirs:
        yield f"{_names(nodes)}: states {ours}, recorded {theirs[0]}"


def _passed(node: NodeStory, stops: bool) -> list[State]:
    return [state for _, state in (node.until_tainted() if stops else node.states)]


def _times_differ(nodes: list[NodeStory], runs: list[list[NodeStory]], stops: bool) -> Iterator[str]:
    for place, node in enumerate(nodes):
        theirs = [run[place] for run in runs]
        columns = [one.until_tainted() if stops else one.states for one in (node, *theirs)]
        for (t_s, state), *recorded in zip(*columns, strict=False):
            if not _is_within(t_s, [each[0] for each in recorded]):
                yield f"{node.name}: {state} at {t_s} s, recorded at {recorded[0][0]} s"


def _pods_differ(node: NodeStory, recorded: list[NodeStory]) -> Iterator[str]:
    """Compare a node's Pods with those of nodes that fared as it did; seconds count from its taint."""
    alike = [one for one in recorded if (one.tainted_s is None) == (node.tainted_s is None)]
    alike = [one for one in alike if one.name == node.name] or alike
    for variant, pod in node.pods.items():
        theirs = [(one, one.pods[variant]) for one in alike if variant in one.pods]
        if not theirs:
            continue
        name = f"{node.name}-{variant}"
        if pod.summary not in [story.summary for _, story in theirs]:
            yield f"{name}: {pod}, recorded {theirs[0][1]}"
        for what in ("deleted_s", "gone_s"):
            after = [
                _after(one, getattr(story, what)) for one, story in theirs if getattr(story, what) is not None
            ]
            if getattr(pod, what) is None or not after:
                continue
            ours_s = _after(node, getattr(pod, what))
            if not _is_within(ours_s, after):
                yield f"{name}: {what} {ours_s:.1f} after the taint, recorded {after[0]:.1f}"


def _after(node: NodeStory, t_s: float) -> float:
    return t_s - (node.tainted_s or 0.0)


def _is_within(t_s: float, recorded_s: Sequence[float]) -> bool:
    bound_s = WITHIN_S + _ROUNDING_S
    return min(recorded_s) - bound_s <= t_s <= max(recorded_s) + bound_s


def _is_tainted(state: State) -> bool:
    return any(taint.endswith(" NoExecute") for taint in state[1:])


def _names(nodes: list[NodeStory]) -> str:
    return " ".join(sorted(node.name for node in nodes))
