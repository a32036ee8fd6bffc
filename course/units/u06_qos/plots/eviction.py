"""The order in which a node under memory pressure ends its pods, drawn over what decides it."""

from collections.abc import Sequence

from course.plots import picture
from course.plots.picture import Picture
from insideout.kubelet.eviction import PodMemory

_MARKS = {
    "Guaranteed": ("s", picture.BLUE),
    "Burstable": ("o", picture.ORANGE),
    "BestEffort": ("^", picture.GREEN),
}
Mi = 2**20


def plot_order(
    pods: Sequence[PodMemory],
    order: Sequence[str],
    classes: dict[str, str],
    *,
    gone: Sequence[str] = (),
    title: str = "",
) -> Picture:
    """Draw each pod at its excess over the request and its priority, numbered by its place in `order`.

    `order` are names; a pod that is not in it is never evicted.  `classes` are the QoS classes by name, drawn
    as marks to show that they do not decide.  `gone` are those that a node without memory ends.
    """
    levels = {priority: row for row, priority in enumerate(sorted({pod.priority for pod in pods}))}
    known = [pod for pod in pods if pod.usage_bytes is not None]
    excess = {
        pod.name: (pod.usage_bytes - pod.request_bytes) / Mi for pod in known if pod.usage_bytes is not None
    }
    low, high = min(0, *excess.values()), max(0, *excess.values())
    width = high - low
    right = high + 0.22 * width  # where pods without statistics stand
    at = {pod.name: (excess.get(pod.name, right), levels[pod.priority]) for pod in pods}
    with picture.figure(8, 0.75 * len(levels) + 1.9) as drawn:
        axes = drawn.subplots()
        axes.axvline(0, color=picture.GREY, linewidth=1)
        axes.text(0.01 * width, len(levels) - 0.45, "above its request: earlier", va="bottom")
        axes.text(-0.01 * width, len(levels) - 0.45, "within its request: later", va="bottom", ha="right")
        if len(known) < len(pods):
            axes.axvline(high + 0.11 * width, color=picture.GREY, linewidth=1)
            axes.text(right, len(levels) - 0.45, "unknown: first", va="bottom", ha="center")
        path = [at[name] for name in order]
        axes.plot(*zip(*path, strict=True), color=picture.GREY, linewidth=0.8, linestyle=":", zorder=1)
        for pod in pods:
            x, y = at[pod.name]
            mark, colour = _MARKS[classes[pod.name]]
            leaves = pod.name in order
            axes.scatter(
                [x],
                [y],
                marker=mark,
                s=420,
                zorder=2,
                linewidth=3.5 if pod.name in gone else 1.5,
                facecolor=colour if leaves else "white",
                edgecolor=picture.VERMILION if pod.name in gone else picture.BLACK if leaves else colour,
            )
            number = str(order.index(pod.name) + 1) if leaves else "-"
            axes.text(
                x,
                y - (0.05 if mark == "^" else 0),
                number,
                ha="center",
                va="center",
                zorder=3,
                fontweight="bold",
                color="white" if mark == "s" and leaves else picture.BLACK,
            )
            label = f"{pod.name}: goes" if pod.name in gone else pod.name if leaves else f"{pod.name}: never"
            axes.text(x, y - 0.33, label, ha="center", va="top", fontsize=9)
        for name, (mark, colour) in _MARKS.items():
            axes.scatter([], [], marker=mark, color=colour, edgecolor=picture.BLACK, s=90, label=name)
        axes.legend(loc="upper left", bbox_to_anchor=(0, -0.16), ncols=3)
        axes.set_yticks(list(levels.values()), [f"{priority:,}" for priority in levels])
        axes.set_ylim(-0.75, len(levels) - 0.1)
        axes.set_xlim(low - 0.08 * width, right + 0.11 * width)
        axes.set_xlabel("usage less request, MiB")
        axes.set_ylabel("priority")
        if title:
            axes.set_title(title, pad=22)
        words = _alt(pods, order, classes)
        return picture.finish(drawn, f"{title}. {words}" if title else words)


def _alt(pods: Sequence[PodMemory], order: Sequence[str], classes: dict[str, str]) -> str:
    by_name = {pod.name: pod for pod in pods}

    def say(name: str) -> str:
        pod = by_name[name]
        if pod.usage_bytes is None:
            return f"{name} ({classes[name]}, no statistics)"
        excess = (pod.usage_bytes - pod.request_bytes) // Mi
        return f"{name} ({classes[name]}, priority {pod.priority}, {excess:+} MiB)"

    never = [pod.name for pod in pods if pod.name not in order]
    text = "Eviction order: " + ", then ".join(map(say, order)) + "."
    return text + (f" Never: {', '.join(never)}." if never else "")
