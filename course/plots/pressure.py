"""Available memory of a node over time, and the pods that the kubelet ended to keep it."""

from collections.abc import Sequence

from course.kubelet.eviction import THRESHOLD_BYTES
from course.kubelet.pressure import Look
from course.plots import picture
from course.plots.picture import Picture

Mi = 2**20


def plot_pressure(looks: Sequence[Look], threshold_bytes: int = THRESHOLD_BYTES) -> Picture:
    """Draw what every look of the kubelet saw, the threshold, and each eviction."""
    with picture.figure(8, 3.4) as drawn:
        axes = drawn.subplots()
        times = [look.time_s for look in looks]
        free = [look.available_bytes / Mi for look in looks]
        axes.plot(times, free, color=picture.BLUE, marker=".", label="memory.available at a look")
        axes.axhline(threshold_bytes / Mi, color=picture.VERMILION, linestyle="--", label="hard threshold")
        top = max(free)
        evictions = [look for look in looks if look.evicted]
        for number, look in enumerate(evictions):
            height = top * (0.95 - 0.13 * (number % 4))
            axes.plot(
                [look.time_s] * 2, [look.available_bytes / Mi, height], color=picture.GREY, linewidth=0.8
            )
            axes.text(look.time_s + 0.6, height, look.evicted or "", va="center")
        pressed = [look.time_s for look in looks if look.under_pressure]
        if pressed:
            axes.axvspan(
                pressed[0], pressed[-1], color=picture.YELLOW, alpha=0.25, label="MemoryPressure=True"
            )
        axes.set_xlabel("seconds")
        axes.set_ylabel("MiB available")
        axes.set_ylim(0, top * 1.08)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=3)
        said = ", ".join(f"{look.evicted} at {look.time_s:g} s" for look in evictions) or "nobody"
        return picture.finish(drawn, f"Available memory over {times[-1]:g} s. Evicted: {said}.")
