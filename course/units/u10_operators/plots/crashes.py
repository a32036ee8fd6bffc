"""An operator's writes when it is killed after each of them: a row an execution, a mark a write."""

from typing import NamedTuple

from course.plots import picture
from course.plots.picture import Picture
from course.units.u10_operators.judge import described
from course.units.u10_operators.operator import Hopeless, Reconcile, operator
from course.units.u10_operators.situation import scenario_of
from insideout.client.interface import Object
from insideout.explore import Fault, Spot, State, Write
from insideout.explore.faults import KILL_AFTER
from insideout.explore.search import Execution, Explorer
from insideout.explore.trace import CALL, FAULT

KINDS = {
    "caches.example.com": ("Cache", "o", picture.BLUE),
    "caches.example.com/status": ("status", "s", picture.SKY),
    "buckets.storage.example.com": ("Bucket", "D", picture.VERMILION),
    "configmaps": ("ConfigMap", "^", picture.GREEN),
}
"""What is written, as the picture names and marks it."""


class Killed(NamedTuple):
    """One execution: after which write the operator was killed (0: never), its writes, and the end."""

    after: int
    writes: tuple[str, ...]
    end: tuple[str, ...]


def killed_everywhere(reconcile: Reconcile, situation: Object) -> list[Killed]:
    """Play a situation without a kill, and once for each write, with a kill after it."""
    seen: list[State] = []

    def keep(state: State, write: Write) -> None:
        seen[:] = [state]

    scenario = scenario_of({"name": situation["name"], "steps": situation["steps"]}, checks=(), goal=False)
    scenario.always["kept"] = keep  # type: ignore[index]  # a dict
    explorer = Explorer(operator(reconcile), scenario)
    try:
        first = explorer.play(())
    except Hopeless as hopeless:
        raise hopeless.error from None
    rows = [_row(0, first, seen[0])]
    spots = [moment.spot for moment in first.moments if KILL_AFTER in moment.offered]
    for number, spot in enumerate(spots, 1):
        execution = explorer.play((Fault(spot, KILL_AFTER),))
        rows.append(_row(number, execution, seen[0]))
    return rows


def spots_of(reconcile: Reconcile, situation: Object) -> list[Spot]:
    """Return the operator's writes in a situation as moments of the explorer's."""
    scenario = scenario_of(situation, checks=(), goal=False)
    first = Explorer(operator(reconcile), scenario).play(())
    return [moment.spot for moment in first.moments if KILL_AFTER in moment.offered]


def _row(number: int, execution: Execution, state: State) -> Killed:
    writes: list[str] = []
    for entry in execution.trace:
        if entry.kind == CALL and entry.who == "operator":
            writes.append(f"{entry.resource}/{entry.subresource}" if entry.subresource else entry.resource)
        elif entry.kind == FAULT:
            writes.append("kill")
    if "kill" in writes:  # the fault is noted before the write that it follows
        place = writes.index("kill")
        writes[place : place + 2] = writes[place : place + 2][::-1]
    return Killed(number, tuple(writes), tuple(described(state.list, ["children", "buckets", "status"])))


def plot_kills(rows: list[Killed]) -> Picture:
    """Draw the executions from top to bottom, their writes from left to right."""
    widest = max(len(row.writes) for row in rows)
    with picture.figure(8.5, 0.32 * len(rows) + 1.3) as drawn:
        axes = drawn.subplots()
        for y, row in enumerate(rows):
            for x, what in enumerate(row.writes):
                if what == "kill":
                    axes.plot([x], [y], marker="X", markersize=10, color=picture.BLACK, linestyle="none")
                else:
                    _, marker, colour = KINDS.get(what, ("", ".", picture.GREY))
                    axes.plot([x], [y], marker=marker, markersize=7, color=colour, linestyle="none")
        for name, marker, colour in KINDS.values():
            axes.plot([], [], marker=marker, color=colour, linestyle="none", label=name)
        axes.plot([], [], marker="X", color=picture.BLACK, linestyle="none", label="killed, starts again")
        axes.set_yticks(range(len(rows)))
        axes.set_yticklabels(
            ["never killed" if not row.after else f"after write {row.after}" for row in rows]
        )
        axes.set_xticks([])
        axes.set_xlim(-0.6, widest + 0.2)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlabel("the operator's writes, in order")
        axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), fontsize=8)
        return picture.finish(drawn, _alt(rows))


def _alt(rows: list[Killed]) -> str:
    same = len({row.end for row in rows}) == 1
    kinds = {key: name for key, (name, _, _) in KINDS.items()}
    told = [
        f"{'never killed' if not row.after else f'killed after write {row.after}'}: "
        + ", ".join(kinds.get(what, what) for what in row.writes)
        for row in rows
    ]
    return "; ".join(told) + f". The end is {'the same' if same else 'not the same'} in all rows."
