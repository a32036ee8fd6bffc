"""What becomes of the nodes of a disaster over time, zone by zone: ready, Unknown, tainted NoExecute."""

from course.plots import picture
from course.plots.picture import Picture
from course.units.u07_node_failure.disasters import Moment, Story

_LOOKS = {
    "ready": ("#cfe8dd", picture.GREEN, ""),
    "Ready=Unknown, no NoExecute": ("#eeeeee", picture.GREY, ".."),
    "tainted NoExecute": ("#f7d9c4", picture.VERMILION, "//"),
}


def plot_outage(story: Story, title: str = "") -> Picture:
    """Draw a row for each node, and a cross where its pod was deleted."""
    names = sorted(story.nodes)
    with picture.figure(8.5, 0.34 * len(names) + 1.6) as drawn:
        axes = drawn.subplots()
        for row, name in enumerate(names):
            for start_s, end_s, look in _spans(story.nodes[name], story.seconds):
                face, edge, hatch = _LOOKS[look]
                axes.barh(
                    -row,
                    end_s - start_s,
                    left=start_s,
                    height=0.7,
                    facecolor=face,
                    edgecolor=edge,
                    hatch=hatch,
                )
            deleted_s = story.deleted_s.get(f"{name}-pod")
            if deleted_s is not None:
                axes.plot([deleted_s], [-row], "X", color=picture.BLACK, markersize=9)
        for look, (face, edge, hatch) in _LOOKS.items():
            axes.bar([0], [0], facecolor=face, edgecolor=edge, hatch=hatch, label=look)
        axes.plot([], [], "X", color=picture.BLACK, linestyle="", label="its pod is deleted")
        axes.set_yticks([-row for row in range(len(names))], names)
        axes.set_ylim(-len(names) + 0.4, 0.6)
        axes.set_xlim(0, story.seconds)
        axes.set_xlabel("seconds since the disaster began")
        axes.set_title(title)
        axes.legend(loc="upper center", bbox_to_anchor=(0.45, -0.35 if len(names) < 6 else -0.2), ncols=4)
        return picture.finish(drawn, f"{title}. {say_outage(story)}" if title else say_outage(story))


def say_outage(story: Story) -> str:
    """Say in words what became of the nodes that did not stay ready."""
    told = []
    for name in sorted(story.nodes):
        spans = _spans(story.nodes[name], story.seconds)
        if len(spans) == 1:
            continue
        words = ", ".join(f"{_SHORT[look]} from {start_s:.0f} s" for start_s, _, look in spans[1:])
        deleted_s = story.deleted_s.get(f"{name}-pod")
        gone = f", pod deleted at {deleted_s:.0f} s" if deleted_s is not None else ", pod stays"
        told.append(f"{name}: {words}{gone}")
    return "; ".join(told) + "." if told else "All nodes stay ready."


_SHORT = {"ready": "ready", "Ready=Unknown, no NoExecute": "Unknown", "tainted NoExecute": "NoExecute"}


def _spans(moments: list[Moment], seconds: float) -> list[tuple[float, float, str]]:
    """Return from when to when a node looked how, without those that nobody could see."""
    spans: list[tuple[float, float, str]] = []
    for number, moment in enumerate(moments):
        end_s = moments[number + 1].time_s if number + 1 < len(moments) else seconds
        look = _look(moment)
        if spans and spans[-1][2] == look:
            spans[-1] = (spans[-1][0], end_s, look)
        elif end_s - moment.time_s > 0.5:
            spans.append((moment.time_s if spans else 0.0, end_s, look))
    return spans


def _look(moment: Moment) -> str:
    if any(taint.endswith(":NoExecute") for taint in moment.taints):
        return "tainted NoExecute"
    return "ready" if moment.ready == "True" else "Ready=Unknown, no NoExecute"
