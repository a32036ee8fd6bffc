"""A rollout over time: old and new pods that serve, those that do not, and the bounds for both."""

from collections.abc import Sequence
from typing import NamedTuple

from course.plots import picture
from course.plots.picture import Picture
from course.plots.svg.axes import Axes
from course.plots.svg.ticker import MaxNLocator
from insideout.apimachinery import pods as podutil
from insideout.client.history import History
from insideout.client.interface import Object

TEMPLATE_HASH = "pod-template-hash"


class Sample(NamedTuple):
    """How many pods of a Deployment there are from `time_s` on: serving old and new ones, and all others.

    Pods that are being deleted are not in it: they count neither for maxSurge nor for maxUnavailable.
    """

    time_s: float
    old: int
    new: int
    unavailable: int


def samples_of(history: History, new_hash: str) -> list[Sample]:
    """Return what a history of pods shows, `new_hash` being the template hash of the new ReplicaSet."""
    return [
        Sample(time_s, *_sample(list(present.values()), new_hash)) for time_s, present in history.moments()
    ]


def _sample(pods: Sequence[Object], new_hash: str) -> tuple[int, int, int]:
    active = [pod for pod in pods if podutil.is_active(pod)]
    ready = [pod for pod in active if podutil.is_ready(pod)]
    new = sum((pod["metadata"].get("labels") or {}).get(TEMPLATE_HASH) == new_hash for pod in ready)
    return len(ready) - new, new, len(active) - len(ready)


def plot_rollout(
    samples: Sequence[Sample],
    *,
    most: int,
    least: int,
    end_s: float,
    start_s: float | None = None,
    title: str = "",
) -> Picture:
    """Draw the samples stacked; `most` pods may exist (replicas + maxSurge), `least` must serve."""
    began_s = samples[0].time_s if start_s is None else start_s
    with picture.figure(8, 3.4) as drawn:
        axes = drawn.subplots()
        draw_rollout(axes, samples, most=most, least=least, began_s=began_s, end_s=end_s)
        axes.set_title(title)
        axes.set_xlabel("seconds")
        axes.set_ylabel("pods")
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=5)
        return picture.finish(drawn, say(samples, most=most, least=least, end_s=end_s, began_s=began_s))


def draw_rollout(
    axes: Axes, samples: Sequence[Sample], *, most: int, least: int, began_s: float, end_s: float
) -> None:
    """Draw one rollout into `axes`; for several panels side by side."""
    times = [sample.time_s - began_s for sample in samples] + [end_s - began_s]
    below = [0] * len(times)
    for name, numbers, colour, hatch in (
        ("new, serving", [sample.new for sample in samples], picture.BLUE, ""),
        ("old, serving", [sample.old for sample in samples], picture.ORANGE, ""),
        ("not serving", [sample.unavailable for sample in samples], "white", "////"),
    ):
        upper = [low + number for low, number in zip(below, [*numbers, numbers[-1]], strict=True)]
        axes.fill_between(
            times,
            below,
            upper,
            step="post",
            facecolor=colour,
            edgecolor=picture.GREY if hatch else picture.BLACK,
            hatch=hatch,
            linewidth=0.6,
            label=name,
        )
        below = upper
    axes.axhline(most, color=picture.VERMILION, linestyle="--", linewidth=1.3, label="most pods")
    axes.axhline(least, color=picture.BLACK, linestyle=":", linewidth=1.8, label="least serving")
    axes.set_xlim(0, end_s - began_s)
    axes.set_ylim(0, max([most, *below]) + 0.6)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))


def say(samples: Sequence[Sample], *, most: int, least: int, end_s: float, began_s: float) -> str:
    """Return a rollout in words."""
    serving = [sample.old + sample.new for sample in samples]
    total = [sample.old + sample.new + sample.unavailable for sample in samples]
    last = samples[-1]
    end = ""
    if last.old or last.unavailable:
        end = f" In the end {last.old} old and {last.new} new pods serve, {last.unavailable} do not."
    return (
        f"Rollout over {end_s - began_s:.0f} s: from {samples[0].old} old pods to {last.new} new. "
        f"Pods at most {max(total)}, {most} allowed; serving at least {min(serving)}, {least} demanded.{end}"
    )
