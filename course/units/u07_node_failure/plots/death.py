"""A node's death on one time axis: what was recorded of a real control plane, and what this cluster did."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from course.plots import picture
from course.plots.picture import Picture

Entry = Mapping[str, Any]
WATCHED_S = 400.0


class Step(NamedTuple):
    """Something that happens once: what it is, and when it did in each of two logs; None is never."""

    what: str
    recorded_s: float | None
    simulated_s: float | None


def steps(recorded: Sequence[Entry], simulated: Sequence[Entry] = ()) -> list[Step]:
    """Return the steps from the node's silence to the successor of its pod, in the order of the record."""
    found = []
    for what, holds in _STEPS.items():
        found.append(Step(what, *(_first(log, holds) for log in (recorded, simulated))))
    return found


def plot_death(steps: Sequence[Step]) -> Picture:
    """Draw each step in a row of its own, recorded and simulated side by side."""
    with picture.figure(9, 0.36 * len(steps) + 1.5) as drawn:
        axes = drawn.subplots()
        for row, step in enumerate(steps):
            for time_s, mark, up, face in (
                (step.recorded_s, "o", 0.13, picture.BLUE),
                (step.simulated_s, "D", -0.13, "white"),
            ):
                if time_s is None:
                    continue
                edge = picture.BLUE if mark == "o" else picture.VERMILION
                axes.plot(
                    [time_s], [-row + up], mark, markersize=7, markerfacecolor=face, markeredgecolor=edge
                )
            known = [time_s for time_s in step[1:] if time_s is not None]
            said = " / ".join("never" if time_s is None else f"{time_s:.1f}" for time_s in step[1:])
            at = max(known) + 7 if known else 200
            axes.text(at, -row, said, va="center", fontsize=9)
        axes.plot([], [], "o", color=picture.BLUE, label="recorded, Kubernetes v1.36.2")
        axes.plot(
            [], [], "D", markerfacecolor="white", markeredgecolor=picture.VERMILION, label="simulated here"
        )
        axes.set_yticks([-row for row in range(len(steps))], [step.what for step in steps])
        axes.set_ylim(-len(steps) + 0.4, 0.6)
        axes.set_xlim(0, WATCHED_S + 20)
        axes.grid(axis="y", color="#dddddd", linewidth=0.6)
        axes.set_axisbelow(True)
        axes.set_xlabel("seconds since the node said its last word")
        axes.legend(loc="upper center", bbox_to_anchor=(0.4, -0.16), ncols=2)
        return picture.finish(drawn, _alt(steps))


def _alt(steps: Sequence[Step]) -> str:
    def said(time_s: float | None) -> str:
        return "never" if time_s is None else f"{time_s:.1f} s"

    told = "; ".join(f"{step.what}: {said(step.recorded_s)}, {said(step.simulated_s)}" for step in steps)
    return f"From a node's last word on, recorded and simulated. {told}."


def _first(log: Sequence[Entry], holds: Any) -> float | None:
    return next((float(entry["t_s"]) for entry in log if holds(entry)), None)


def _is_deleted(pod: str) -> Any:
    return lambda entry: entry.get("pod") == pod and entry["deleting"]


def _has_taint(effect: str) -> Any:
    return lambda entry: any(taint[1] == effect for taint in entry.get("taints", ()))


def _is_successor(entry: Entry) -> bool:
    return entry.get("pod") == "web-*" and entry["event"] == "ADDED"


def _is_ready_again(entry: Entry) -> bool:
    return entry.get("pod") == "web-*" and entry["ready"] == ["True"]


_STEPS: dict[str, Any] = {
    "node: Ready=Unknown": lambda entry: entry.get("node") and "taints" in entry and entry["ready"],
    "node: taint NoSchedule": _has_taint("NoSchedule"),
    "node: taint NoExecute": _has_taint("NoExecute"),
    "its pods: Ready=False": lambda entry: "pod" in entry and entry["ready"] == ["False"],
    "pod that tolerates 30 s: deleted": _is_deleted("tolerate-30s"),
    "bare pod as admission made it: deleted": _is_deleted("default-tolerations"),
    "pod of a Deployment: deleted": _is_deleted("web-*"),
    "its successor: created": _is_successor,
    "its successor: ready": _is_ready_again,
    "pod that tolerates it for ever: deleted": _is_deleted("tolerate-forever"),
}
