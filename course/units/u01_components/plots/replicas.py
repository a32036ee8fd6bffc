"""How many pods there are and how many are wanted, over time, with the moments at which pods were killed."""

from collections.abc import Sequence
from typing import NamedTuple

from course.plots import picture
from course.plots.picture import Picture
from course.plots.svg.ticker import MaxNLocator
from insideout.apimachinery import pods as podutil
from insideout.client.history import History
from insideout.client.interface import Object


class Count(NamedTuple):
    """How many there are from `time_s` on: active, and of those ready."""

    time_s: float
    active: int
    ready: int


def counts_of(history: History) -> list[Count]:
    """Return the numbers of active and of ready pods at each moment of a history of pods."""
    return [Count(time_s, *_count(list(present.values()))) for time_s, present in history.moments()]


def say_until(counts: Sequence[Count], active: int, *, after_s: float) -> str:
    """Return how long after `after_s` there were so many active pods: "0.1 s", or "never"."""
    moments = [one.time_s for one in counts if one.time_s >= after_s and one.active == active]
    return f"{moments[0] - after_s:.1f} s" if moments else "never"


def _count(pods: Sequence[Object]) -> tuple[int, int]:
    active = [pod for pod in pods if podutil.is_active(pod)]
    return len(active), sum(podutil.is_ready(pod) for pod in active)


def plot_replicas(
    counts: Sequence[Count],
    wanted: Sequence[tuple[float, int]],
    kills: Sequence[float] = (),
    *,
    end_s: float,
    down: tuple[float, float] | None = None,
) -> Picture:
    """Draw the counts as steps against what is `wanted` from each time on; marks below for the `kills`.

    `down` is when the controller was stopped, from and until.
    """
    began_s = min(counts[0].time_s, wanted[0][0])
    with picture.figure(8, 3.2) as drawn:
        axes = drawn.subplots()
        top = max([one.active for one in counts] + [number for _, number in wanted]) + 1
        times = [one.time_s - began_s for one in counts] + [end_s - began_s]
        for name, numbers, colour, width in (
            ("pods that count", [one.active for one in counts], picture.BLUE, 2.2),
            ("of these ready", [one.ready for one in counts], picture.GREEN, 1.4),
        ):
            axes.step(
                times,
                [*numbers, numbers[-1]],
                where="post",
                color=colour,
                linewidth=width,
                linestyle="-" if name.startswith("pods") else (0, (3, 1.5)),
                label=name,
            )
        axes.step(
            [time_s - began_s for time_s, _ in wanted] + [end_s - began_s],
            [number for _, number in wanted] + [wanted[-1][1]],
            where="post",
            color=picture.BLACK,
            linewidth=1.2,
            linestyle=":",
            label="wanted",
        )
        if down is not None:
            axes.axvspan(down[0] - began_s, down[1] - began_s, color=picture.YELLOW, alpha=0.3, linewidth=0)
            middle = (down[0] + down[1]) / 2 - began_s
            axes.text(middle, top - 0.15, "controller stopped", ha="center", va="top")
        if kills:
            axes.plot(
                [time_s - began_s for time_s in kills],
                [0.25] * len(kills),
                linestyle="",
                marker="x",
                color=picture.VERMILION,
                markeredgewidth=2,
                label="pod killed",
            )
        axes.set_ylim(0, top)
        axes.set_xlim(0, end_s - began_s)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_xlabel("seconds")
        axes.set_ylabel("pods")
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=4)
        said = _alt(counts, wanted, kills, began_s, end_s)
        if down is not None:
            said += f" The controller was stopped from {down[0] - began_s:.0f} to {down[1] - began_s:.0f} s."
        return picture.finish(drawn, said)


def _alt(
    counts: Sequence[Count],
    wanted: Sequence[tuple[float, int]],
    kills: Sequence[float],
    began_s: float,
    end_s: float,
) -> str:
    asked = ", then ".join(f"{number} from {time_s - began_s:.0f} s" for time_s, number in wanted)
    low = min(one.active for one in counts if one.time_s > began_s) if len(counts) > 1 else counts[0].active
    return (
        f"Pods over {end_s - began_s:.0f} s; wanted: {asked}. Killed: {len(kills)}. "
        f"After the start never fewer than {low}, at the end {counts[-1].active}, {counts[-1].ready} ready."
    )
