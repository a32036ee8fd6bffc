"""What a Service's callers see while a machine is dead: answers and errors over time."""

from collections.abc import Mapping, Sequence

from course.plots import picture
from course.plots.picture import Picture
from insideout.network.caller import Seen

WINDOW_S = 5
FOLLOWS_S = 3
"""How long after a pod is marked requests may still go to it, until every kube-proxy knows."""


def errors_by_window(seen: Sequence[Seen]) -> list[tuple[int, int]]:
    """Return how many requests were answered and how many failed in each whole window of five seconds."""
    every_s = seen[1].time_s - seen[0].time_s
    windows = [[0, 0] for _ in range(int((seen[-1].time_s + every_s) // WINDOW_S))]
    for one in seen:
        number = int(one.time_s // WINDOW_S)
        if number < len(windows):
            windows[number][bool(one.error)] += 1
    return [(answered, failed) for answered, failed in windows]


def plot_callers(seen: Sequence[Seen], marks: Mapping[str, float], title: str = "") -> Picture:
    """Draw answers and errors in windows of five seconds; `marks` are moments with their names."""
    windows = errors_by_window(seen)
    starts = [number * WINDOW_S for number in range(len(windows))]
    with picture.figure(8.5, 3.2) as drawn:
        axes = drawn.subplots()
        answered, failed = [one for one, _ in windows], [other for _, other in windows]
        axes.bar(starts, answered, WINDOW_S, align="edge", color=picture.SKY, label="answered")
        axes.bar(
            starts,
            failed,
            WINDOW_S,
            bottom=answered,
            align="edge",
            color=picture.VERMILION,
            hatch="//",
            edgecolor="white",
            label="failed",
        )
        top = max(one + other for one, other in windows)
        for number, (name, time_s) in enumerate(marks.items()):
            axes.axvline(time_s, color=picture.BLACK, linewidth=1, linestyle="--")
            height = top * (1.28 - 0.11 * (number % 2))
            right = time_s < 0.6 * len(windows) * WINDOW_S
            axes.text(
                time_s + (3 if right else -3), height, name, va="center", ha="left" if right else "right"
            )
        axes.set_ylim(0, top * 1.35)
        axes.set_xlim(0, len(windows) * WINDOW_S)
        axes.set_xlabel("seconds since the machine died")
        axes.set_ylabel(f"requests in {WINDOW_S} s")
        axes.set_title(title)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.22), ncols=2)
        return picture.finish(drawn, _alt(seen, marks))


def _alt(seen: Sequence[Seen], marks: Mapping[str, float]) -> str:
    first, *others = sorted(marks, key=lambda name: marks[name])
    turned_s = marks[first] + FOLLOWS_S
    early, late = (
        "some requests" if any(failed) else "no request"
        for failed in (
            [one.error for one in seen if one.time_s <= turned_s],
            [one.error for one in seen if one.time_s > turned_s],
        )
    )
    then = f" Then: {', '.join(others)}." if others else ""
    return f"Until '{first}' {early} to a Service failed, afterwards {late}.{then}"
