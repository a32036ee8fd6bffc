"""The space-time diagram of a Raft run: time to the right, a line for each node, an arrow for each message.

A thick line is a leader, with its term; a dashed one asks for votes; where there is none, the node is down.
An arrow that ends in a cross never arrived.  Heartbeats without entries are left out unless asked for, and so
are repetitions of what was lost.  Quiet stretches are drawn short and say how long they are.
"""

from collections.abc import Iterable, Mapping, Sequence

from course.plots import picture
from course.plots.picture import Picture
from course.plots.svg.axes import Axes
from course.units.u03_raft.plots.marks import (
    CONFIRMS,
    ENTRIES,
    HEARTBEAT,
    NO,
    SNAPSHOT,
    VOTE,
    YES,
    Arrow,
    Axis,
    Span,
    arrows_of,
    spans_of,
)
from insideout.raft.broken import Broken
from insideout.raft.story import sides_of, tell
from insideout.raft.trace import Event, Trace


def plot_run(
    trace: Trace,
    members: Sequence[str],
    *,
    from_s: float = 0.0,
    to_s: float | None = None,
    heartbeats: bool = False,
    broken: Broken | None = None,
    only: str = "",
    until_s: float | None = None,
) -> Picture:
    """Draw what happened from `from_s` to `to_s` seconds.

    `only` keeps the messages from or to one node.  `until_s` leaves the rest of the picture empty, as if
    it had not happened yet.
    """
    end_s = to_s if to_s is not None else trace.events[-1].t_s + 0.05
    spans = [span for span in spans_of(trace, members, end_s) if span.to_s > from_s]
    arrows = [
        arrow
        for arrow in arrows_of(trace, heartbeats)
        if from_s <= arrow.sent_s <= end_s
        and (not only or only in (arrow.message["from"], arrow.message["to"]))
    ]
    events = [event for event in trace.events if from_s <= event.t_s <= end_s]
    axis = Axis(from_s, end_s, _times(spans, arrows, events))
    whole = (arrows, events)
    if until_s is not None:
        spans = [s._replace(to_s=min(s.to_s, until_s)) for s in spans if s.from_s <= until_s]
        arrows = [arrow for arrow in arrows if arrow.sent_s <= until_s]
        events = [event for event in events if event.t_s <= until_s]
    with picture.figure(9, 0.75 * len(members) + 1.6) as drawn:
        axes = drawn.subplots()
        row = {id: len(members) - 1 - place for place, id in enumerate(members)}
        _shade_partitions(axes, axis, trace, row, end_s if until_s is None else until_s)
        if until_s is not None:
            axes.axvline(axis.x(until_s), color=picture.VERMILION, linewidth=1)
        for id in members:
            if not any(span.node == id for span in spans):
                axes.plot([axis.x(from_s), axis.x(end_s)], [row[id]] * 2, color=picture.GREY, linewidth=0.7,
                          linestyle=(0, (1, 4)), zorder=1)  # fmt: skip
        for span in spans:
            followed = any(
                s.node == span.node and s.from_s == span.to_s and s.role == "leader" for s in spans
            )
            _draw_span(axes, axis, span, row[span.node], label=not (followed and span.role != "leader"))
        for arrow in arrows:
            _draw_arrow(axes, axis, arrow, row, end_s if until_s is None else until_s)
        for event in events:
            if event.node in row:
                _draw_event(axes, axis.x(event.t_s), row[event.node], event)
        if broken is not None and broken.node in row and broken.t_s is not None:
            x = axis.x(broken.t_s)
            axes.plot([x], [row[broken.node]], "*", markersize=18, color=picture.VERMILION, zorder=6)
            axes.text(x, row[broken.node] + 0.3, "rule broken", ha="center", zorder=6)
        _legend(axes, *whole)
        drawn.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=4, fontsize=9)
        for left_s, right_s in axis.gaps:
            middle = (axis.x(left_s) + axis.x(right_s)) / 2
            axes.text(middle, -0.62, f"{right_s - left_s:.1f} s", ha="center", va="bottom", fontsize=8,
                      color=picture.GREY)  # fmt: skip
            axes.axvline(middle, color=picture.GREY, linewidth=0.6, linestyle=(0, (1, 3)), zorder=0)
        axes.set_yticks(list(row.values()), list(row))
        axes.set_xticks(*axis.ticks())
        axes.set_ylim(-0.68, len(members) - 0.3)
        axes.set_xlim(axis.x(from_s), axis.x(end_s) * 1.01)
        axes.set_xlabel("seconds")
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)
        return picture.finish(
            drawn, describe(trace, spans, from_s, end_s if until_s is None else until_s, broken)
        )


def _times(spans: Sequence[Span], arrows: Sequence[Arrow], events: Sequence[Event]) -> Iterable[float]:
    """Return when something is drawn."""
    for span in spans:
        yield from (span.from_s, span.to_s)
    for arrow in arrows:
        yield arrow.sent_s
        if arrow.arrives_s is not None:
            yield arrow.arrives_s
    drawn = ("crash", "restart", "propose", "cut", "heal", "served")
    yield from (event.t_s for event in events if event.kind in drawn or _commits(event))


def _commits(event: Event) -> bool:
    return event.kind == "status" and event.data["after"]["commit"] > event.data["before"]["commit"]


def describe(
    trace: Trace, spans: Sequence[Span], from_s: float, to_s: float, broken: Broken | None = None
) -> str:
    """Say in words what a diagram shows: who led when, what was done to the group, what broke."""
    led = [s for s in spans if s.role == "leader" and s.to_s > from_s and s.from_s < to_s]
    leaders = [f"{s.node} leads term {s.term} from {max(s.from_s, from_s):.2f} s" for s in led]
    part = Trace()
    part.events = [
        event
        for event in trace.events
        if from_s <= event.t_s <= to_s and event.kind in ("crash", "restart", "cut", "heal")
    ]
    said = "; ".join(leaders or ["nobody leads"])
    done = "; ".join(line.removeprefix("t=") for line in tell(part, last=12))
    text = f"Space-time diagram, {from_s:.2f} to {to_s:.2f} s: {said}."
    text += f" Done to the group: {done}." if done else ""
    return text + (f" Broken at {broken.t_s:.2f} s: {broken.what}." if broken and broken.t_s else "")


def _draw_span(axes: Axes, axis: Axis, span: Span, y: float, *, label: bool) -> None:
    left, right = axis.x(span.from_s), axis.x(span.to_s)
    if span.role == "leader":
        axes.plot([left, right], [y, y], color=picture.BLACK, linewidth=8, solid_capstyle="butt", zorder=2)
        said = f"leads term {span.term}"
    elif span.role == "follower":
        axes.plot([left, right], [y, y], color=picture.GREY, linewidth=1.6, zorder=1)
        said = ""
    else:
        axes.plot(
            [left, right], [y, y], color=picture.ORANGE, linewidth=4, linestyle=(0, (1.2, 0.8)), zorder=2
        )
        said = f"asks for term {span.term + (span.role == 'pre-candidate')}"
    if said and label:
        axes.annotate(said, (left, y), (7, 7), textcoords="offset points", fontsize=8, zorder=5, bbox=_GROUND)


_GROUND = {"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.6}
"""What lies under a label, so that arrows do not cross it out."""


def _draw_arrow(axes: Axes, axis: Axis, arrow: Arrow, row: Mapping[str, int], until_s: float) -> None:
    x, y = axis.x(arrow.sent_s), row[arrow.message["from"]]
    to = row[arrow.message["to"]]
    colour, line = arrow.look.colour, arrow.look.line
    if arrow.arrives_s is not None and arrow.arrives_s > until_s:
        share = (axis.x(until_s) - x) / (axis.x(arrow.arrives_s) - x)
        axes.plot(
            [x, axis.x(until_s)], [y, y + share * (to - y)], color=colour, linewidth=1.1, linestyle=line
        )
        return
    if arrow.arrives_s is None:
        # It goes a third of the way, as steep as if it took 30 ms.
        end = (axis.x(arrow.sent_s + 0.01), y + (to - y) / 3)
        axes.plot([x, end[0]], [y, end[1]], color=colour, linewidth=0.9, linestyle=line)
        axes.plot(*([value] for value in end), "x", color=colour, markersize=5)
        return
    style = {"arrowstyle": "-|>", "color": colour, "linewidth": 1.1, "linestyle": line,
             "shrinkA": 0, "shrinkB": 1, "mutation_scale": 8}  # fmt: skip
    axes.annotate("", xy=(axis.x(arrow.arrives_s), to), xytext=(x, y), arrowprops=style, zorder=3)


def _draw_event(axes: Axes, x: float, y: float, event: Event) -> None:
    if event.kind == "crash":
        axes.plot([x], [y], "X", color=picture.VERMILION, markeredgecolor="white", markersize=10, zorder=5)
    elif event.kind == "restart":
        axes.plot([x], [y], ">", color=picture.GREEN, markeredgecolor="white", markersize=9, zorder=5)
    elif event.kind == "propose":
        axes.plot([x], [y + 0.13], "v", color=picture.BLUE, markeredgecolor="white", markersize=7, zorder=5)
    elif _commits(event):
        axes.plot(
            [x], [y], "D", color=picture.YELLOW, markeredgecolor=picture.BLACK, markersize=5.5, zorder=5
        )
        axes.text(x, y - 0.15, f"{event.data['after']['commit']}", va="top", ha="center", fontsize=8,
                  bbox=_GROUND, zorder=4)  # fmt: skip


def _shade_partitions(axes: Axes, axis: Axis, trace: Trace, row: Mapping[str, int], end_s: float) -> None:
    """Shade the times in which links were cut, and name what was cut."""
    cuts = [event for event in trace.events if event.kind in ("cut", "heal")]
    for number, event in enumerate(cuts):
        if event.kind == "heal":
            continue
        left = axis.x(event.t_s)
        right = axis.x(min(cuts[number + 1].t_s if number + 1 < len(cuts) else end_s, end_s))
        if right <= left:
            continue
        cut = {tuple(link) for link in event.data["links"]}
        axes.axvspan(left, right, color=picture.YELLOW, alpha=0.18, zorder=0, linewidth=0)
        axes.text(left, len(row) - 0.34, f" {_sides(list(row), cut)}", va="top", fontsize=8)


def _sides(ids: Sequence[str], cut: set[tuple[str, ...]]) -> str:
    sides = sides_of(ids, cut)
    return " | ".join(" ".join(side) for side in sides) if len(sides) > 1 else "some links cut"


def _legend(axes: Axes, arrows: Sequence[Arrow], events: Sequence[Event]) -> None:
    """Name what is drawn, and nothing that is not."""
    for look in (VOTE, YES, NO, ENTRIES, CONFIRMS, SNAPSHOT, HEARTBEAT):
        if any(arrow.look is look for arrow in arrows):
            axes.plot([], [], color=look.colour, linestyle=look.line, linewidth=1.6, label=look.label)
    kinds = {event.kind for event in events}
    if "propose" in kinds:
        axes.plot([], [], "v", color=picture.BLUE, label="a client proposes")
    if any(_commits(event) for event in events):
        axes.plot([], [], "D", color=picture.YELLOW, markeredgecolor=picture.BLACK, label="commits up to")
    if "crash" in kinds:
        axes.plot([], [], "X", color=picture.VERMILION, label="crashes")
    if "restart" in kinds:
        axes.plot([], [], ">", color=picture.GREEN, label="restarts")
